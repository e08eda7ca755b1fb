"""A customer without an account and without script, from the first question to the rating and beyond; in German."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from plugins.portal.tests.e2e.life import Life, Looker
from rtpy.app import App
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.clock import SettableClock
from rtpy.content.part import plain_message
from rtpy.models import Ticket, User
from rtpy.testing.looking import chromium, person
from rtpy.testing.people import Factory
from rtpy.testing.servers import chromium_path
from rtpy.testing.serving import serving
from rtpy_portal.asking.saving import TopicValues, save_topic
from rtpy_portal.issues.updating import post_update
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Chapter, Issue, IssueAffected, Rating, Topic
from rtpy_portal.requests.telling import TellAfterwards
from rtpy_portal.words import say_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.databases("sqlite"),  # what differs between databases is tried where the rows are written
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]

ANN = "ann@client.example"
TEXT = "The printer on the second floor prints everything green since this morning."
SUBJECT = "Green printer"
SECRET = "xyzzy-never-for-customers"
say = say_in("de")


@dataclass
class Customer:
    """Ann's browser, the site behind it, and who looks over her shoulder."""

    page: Page
    life: Life
    looker: Looker
    number: int = 0

    def at(self, title: str) -> None:
        """She is at the page of that title; it is looked at."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        self.looker.look(self.page)

    def press(self, label: str) -> None:
        """She presses a button, some seconds after she came to the page."""
        self.life.wait()
        self.page.get_by_role("button", name=label, exact=True).first.click()


@pytest.fixture
def ann(committed_app: App, clock: SettableClock) -> Iterator[Customer]:
    """A portal with a topic, a page of knowledge and a known issue; Tom works there."""
    life = Life(committed_app, clock)
    with committed_app.sessions() as db:
        make = Factory(committed_app, db)
        make.staff("tom", real_name="Tom Bauer")
        make.organization("Client", "client.example")
        db.commit()
    with life.work_of("root") as work:
        queue = Factory(committed_app, work.db).queue()
        save_topic(
            work, None, TopicValues("Drucker", queue.id, questions="Which one? * = Upstairs | Downstairs")
        )
        chapter = work.db.scalars(select(Chapter).order_by(Chapter.id)).first()
        assert chapter is not None
        values = PageValues(
            "When the printer prints green",
            chapter.id,
            content="The cartridge of the printer is empty.",
            audience=Audience.EVERYONE,
        )
        publish(work, create_page(work, values, None))
        save_issue(work, None, IssueValues("Mail delays", "Mail comes late since noon.", audience="everyone"))
    with (
        serving(committed_app) as url,
        chromium() as browser,
        person(browser, url, java_script_enabled=False, locale="de-DE") as page,
    ):
        yield Customer(page, life, Looker(browser, url))


def test_a_customer_from_the_first_question_to_the_rating(ann: Customer, tmp_path: Path) -> None:
    _ask(ann)
    _read_by_key_and_answer(ann, tmp_path)
    _be_solved(ann)
    _rate(ann)
    _open_again(ann)
    _join_and_leave(ann)
    _ask_for_a_lost_link(ann)
    told = [text for text in map(str, ann.life.mails()) if SECRET in text and "@staff.example" not in text]
    assert not told, "a comment left the house"


def _ask(ann: Customer) -> None:
    """She picks a topic, is offered a page that is not it, and sends all the same."""
    page = ann.page
    page.goto("/portal")
    ann.at(say("How can we help?"))
    with ann.life.app.reading_sessions() as db:
        topic = db.scalars(select(Topic).where(Topic.name == "Drucker")).one()
    page.locator(f".portal-tile[href$='/portal/ask/{topic.id}']").click()
    page.fill("#address", ANN)
    page.fill("#name", "Ann Miller")
    page.fill("#text", TEXT)
    page.fill("#subject", SUBJECT)
    page.get_by_label("Which one?").select_option(label="Upstairs")
    page.set_input_files("#files", {"name": "green.txt", "mimeType": "text/plain", "buffer": b"all green"})
    ann.at("Drucker")
    ann.press(say("Send"))
    ann.at(say("Do any of these answer it?"))
    expect(page.locator("main")).to_contain_text("When the printer prints green")
    expect(page.locator("main")).to_contain_text("green.txt")
    ann.press(say("Send it anyway"))
    ann.at(say("Thank you, we have your request"))
    with ann.life.app.reading_sessions() as db:
        ann.number = db.scalars(select(Ticket.id).where(Ticket.subject == SUBJECT)).one()
    expect(page.locator("main")).to_contain_text(str(ann.number))


def _read_by_key_and_answer(ann: Customer, folder: Path) -> None:
    """The mail that confirms it carries her link; she reads, and answers with a file."""
    page, life = ann.page, ann.life
    receipt = life.mail_to(ANN, lambda text: "/portal/key/" in text)
    page.goto(life.link(receipt, "/portal/key/"))
    assert page.url.endswith(f"/portal/request/{ann.number}"), "the key stands in the address"
    expect(page.locator("#by-key")).to_have_text(say("You are reading as ${name}.", name="Ann Miller"))
    expect(page.locator(".request-main")).to_contain_text(TEXT)
    ann.at(SUBJECT)
    picture = folder / "sheet.txt"
    picture.write_text("green, all of it")
    page.fill("#answer-text", "The sheets of the board are green too.")
    page.set_input_files("#answer-files", picture)
    ann.press(say("Send"))
    expect(page.locator(".request-main")).to_contain_text("The sheets of the board are green too.")
    file = page.get_by_role("link", name="sheet.txt").get_attribute("href")
    assert file is not None
    assert page.request.get(file).text() == "green, all of it"


def _be_solved(ann: Customer) -> None:
    """Tom takes it, answers, says what it was, and solves it; a comment stays among ourselves."""
    ann.life.wait()
    with ann.life.work_of("tom") as work:
        ticket = work.db.get_one(Ticket, ann.number)
        tom = work.db.scalars(select(User).where(User.name == "tom")).one()
        change_ticket(work, ticket, SetOwner(tom))
        change_ticket(work, ticket, Comment(plain_message(f"She never buys cartridges. {SECRET}")))
        change_ticket(
            work,
            ticket,
            Correspond(plain_message("The cyan cartridge was empty; there is a new one.")),
            TellAfterwards("The cyan cartridge was empty.", "It has a new one."),
            SetStatus("resolved"),
        )


def _rate(ann: Customer) -> None:
    """A face of the closing mail chooses, and only the button says so; a bad one is followed up."""
    page, life = ann.page, ann.life
    closing = life.mail_to(ANN, lambda text: "score=bad" in text)
    page.goto(life.link(closing, "score=bad"))
    expect(page.locator("input[name=score][value=bad]")).to_be_checked()
    assert _count(life, Rating) == 0, "a link alone has rated"
    ann.at(say("How did it go?"))
    page.get_by_label(say("It took too long"), exact=True).check()
    page.fill("#comment", "Two days for a cartridge.")
    ann.press(say("Send my rating"))
    expect(page.get_by_role("status")).to_have_text(say("Thank you! We read every rating."))
    with life.app.reading_sessions() as db:
        rating = db.scalars(select(Rating)).one()
        assert rating.comment == "Two days for a cartridge."
        follow_up = db.get_one(Ticket, rating.follow_up_id)
        tom = db.scalars(select(User.id).where(User.name == "tom")).one()
        assert (follow_up.type, follow_up.owner_id) == ("reminder", tom)
        assert follow_up.due is not None


def _open_again(ann: Customer) -> None:
    """The page says what it was; it is still not right, so it is open again."""
    page = ann.page
    page.goto(f"/portal/request/{ann.number}")
    expect(page.locator(".request-after")).to_contain_text("The cyan cartridge was empty.")
    expect(page.locator(".request-after")).to_contain_text("It has a new one.")
    assert SECRET not in page.content()
    ann.at(SUBJECT)
    page.fill("#reopen-text", "Now everything is yellow.")
    ann.press(say("Open it again"))
    expect(page.locator(".request-main")).to_contain_text("Now everything is yellow.")
    expect(page.locator("#reopen-text")).to_have_count(0)
    with ann.life.app.reading_sessions() as db:
        assert db.get_one(Ticket, ann.number).status == "open"


def _join_and_leave(ann: Customer) -> None:
    """Late mail affects her, too: she says so, confirms it, hears what is new, and has enough."""
    page, life = ann.page, ann.life
    page.goto("/portal")
    page.get_by_role("link", name="Mail delays").first.click()
    ann.at("Mail delays")
    page.fill("#address", "bob@other.example")
    page.fill("#impact", "Orders come too late.")
    ann.press(say("This affects me too"))
    expect(page.get_by_role("status")).to_be_visible()
    asked = life.mail_to("bob@other.example", lambda text: "/confirm/" in text)
    page.goto(life.link(asked, "/confirm/"))
    ann.at(say("Does this affect you?"))
    ann.press(say("Yes, it affects me"))
    ann.at("Mail delays")
    with life.work_of("root") as work:
        issue = work.db.scalars(select(Issue)).one()
        post_update(work, issue, "A disk is full.", "cause_found", None, None)
    news = life.mail_to("bob@other.example", lambda text: "A disk is full." in text)
    page.goto(life.link(news, "/leave/"))
    ann.at(say("No more mails about this?"))
    ann.press(say("No more mails about it"))
    ann.at(say("You get no more mails about it"))
    with life.app.reading_sessions() as db:
        (row,) = db.scalars(select(IssueAffected).where(IssueAffected.address == "bob@other.example"))
        assert row.left is not None


def _ask_for_a_lost_link(ann: Customer) -> None:
    """She deleted the mails: the form says the same to everybody, and her mailbox has a link."""
    page, life = ann.page, ann.life
    page.context.clear_cookies()
    page.goto(f"/portal/request/{ann.number}")
    ann.at(say("Get your link"))
    expect(page.locator("#number")).to_have_value(str(ann.number))
    page.fill("#address", ANN)
    ann.press(say("Send me the link"))
    ann.at(say("We have sent it"))
    before = len(life.mails())
    lost = life.mail_to(ANN, lambda text: "/portal/key/" in text)
    assert len(life.mails()) == before + 1
    page.goto(life.link(lost, "/portal/key/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)


def _count(life: Life, model: type) -> int:
    with life.app.reading_sessions() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0
