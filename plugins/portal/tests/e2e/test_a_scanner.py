"""A mail scanner opens every link of every mail, and every link on the pages behind them: nothing changes by that.

No mail asks to be trusted more than another here: whatever the outbox delivered in the story is read for addresses.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
from sqlalchemy import func, select

from plugins.portal.tests.e2e.life import ADDRESS, Life
from rtpy.app import App
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.clock import SettableClock
from rtpy.content.part import plain_message
from rtpy.db.base import Base
from rtpy.identity.sessions import start_session
from rtpy.models import Ticket, User
from rtpy.testing.browsers import make_browser
from rtpy.testing.people import Factory
from rtpy.testing.quick_forms import Browser
from rtpy.work import Actor, Face, Work
from rtpy.wsgi import make_wsgi
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.members import memberships_of
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.access.wanted import Wanted, WantedKind, want
from rtpy_portal.asking.making import Question as Asking
from rtpy_portal.asking.making import ask_by_address
from rtpy_portal.issues.affected import join
from rtpy_portal.issues.joining import ask_to_join
from rtpy_portal.issues.updating import post_update
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.knowledge.moderating import answer_question
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.questions import Asker, ask_question
from rtpy_portal.knowledge.telling import tell_confirm
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Chapter, Issue, MemberRow, Question, Rating
from rtpy_portal.organizations.inviting import invite
from rtpy_portal.requests.telling import TellAfterwards
from rtpy_portal.words import say_in

pytestmark = pytest.mark.databases("sqlite")  # what a GET writes does not depend on the database

ANN, BOB, EVE = "ann@client.example", "bob@client.example", "eve@elsewhere.example"
WRITTEN = {"web_sessions": "the session of who is logged in notes when it was last seen"}
"""What reading may write, and why; it is nothing that a person has said or done."""
KINDS = {
    "a request": r"/portal/key/[\w.-]+$",
    "its rating": r"/portal/key/.*score=bad",
    "a known issue": r"/portal/issues/\d+$",
    "joining it": r"/portal/issues/confirm/",
    "leaving it": r"/portal/issues/leave/",
    "a question": r"/portal/knowledge/confirm/",
    "no more of it": r"/portal/knowledge/leave/",
    "a login": r"/portal/login/key/",
    "an invitation": r"/portal/login(\?|$)",
    "a ticket": r"/ticket/\d+",
}
"""What mails of the story lead to: each is there, or the test would pass by opening nothing."""


@dataclass
class Mailed:
    """The site after the story, with the addresses of all its mails."""

    life: Life
    wsgi: Any
    links: frozenset[str]

    def browser(self, name: str = "") -> Browser:
        """A browser of nobody, or of somebody who is logged in."""
        browser = make_browser(self.wsgi, "192.0.2.9")
        if name:
            app = self.life.app
            with app.work() as work:
                user = work.db.scalars(select(User).where(User.name == name)).one()
                cookie = start_session(work.db, user.id, now=app.clock.now(), days=1)
            browser.set_cookie("rtpy_session", cookie)
        return browser

    def content(self) -> dict[str, list[str]]:
        """Every row of every table, but of those in WRITTEN."""
        found = {}
        with self.life.app.engine.connect() as connection:
            for name, table in Base.metadata.tables.items():
                if name not in WRITTEN and connection.dialect.has_table(connection, name):
                    found[name] = sorted(map(repr, connection.execute(select(table))))
        return found


@pytest.fixture
def mailed(committed_app: App, clock: SettableClock, compiled_templates: Path) -> Mailed:
    """Everything that the portal mails was mailed."""
    life = Life(committed_app, clock)
    _live(life)
    wsgi = make_wsgi(committed_app, **{"rtpy.template_cache": compiled_templates})
    links = {link for mail in life.mails() for link in _links_of(mail)}
    return Mailed(life, wsgi, frozenset(life.path(each) for each in links))


@pytest.mark.parametrize("name", ["", ANN], ids=["nobody", "who is logged in"])
def test_opening_every_link_of_every_mail_changes_nothing(mailed: Mailed, name: str) -> None:
    missing = [
        kind for kind, form in KINDS.items() if not any(re.search(form, link) for link in mailed.links)
    ]
    assert not missing, mailed.links
    browser, seen = mailed.browser(name), set[str]()
    before = mailed.content()
    mailed.life.clock.advance(timedelta(minutes=10))
    for link in sorted(mailed.links):
        for ask in (browser.head, browser.get):
            answer = _follow(ask(link, status="*"), ask)
            assert answer.status_int < 400, f"{link} was dead, so that opening it proves nothing"
        seen |= _links_on(answer)
    for link in sorted(seen - mailed.links):
        assert browser.get(link, status="*").status_int < 500, link
    assert len(seen) > 20, "the pages behind the mails lead nowhere"
    after = mailed.content()
    changed = {name: set(after[name]) ^ set(rows) for name, rows in before.items() if after[name] != rows}
    assert not changed


def test_a_button_changes_what_a_link_did_not(mailed: Mailed) -> None:
    """Else the test above would hold of a site where nothing works."""
    browser = mailed.browser()
    (link,) = [each for each in mailed.links if "score=bad" in each][:1]
    page = _follow(browser.get(link), browser.get)
    form = next(each for each in page.forms.values() if "score" in each.fields)
    assert form["score"].value == "bad"
    form.submit(status=303)
    (link,) = [each for each in mailed.links if "/portal/login/key/" in each]
    page = browser.get(link)
    next(each for each in page.forms.values() if each.action in ("", link)).submit(status=303)
    assert "Ann Miller" in browser.get("/portal").html.footer.text
    with mailed.life.app.reading_sessions() as db:
        assert db.scalar(select(func.count()).select_from(Rating)) == 1


def _live(life: Life) -> None:
    """A request from its question to its end, one that is asked about later, an issue, a page, links, a colleague."""
    app = life.app
    with life.work_of("root") as work:
        make = Factory(app, work.db)
        acme = make.organization("Client", "client.example")
        ann = make.customer(ANN, "Ann Miller")
        work.db.add(MemberRow(user_id=ann.id, organization_id=acme.id, grade=Grade.ALL, manages=True))
        tom = make.staff("tom", real_name="Tom Bauer")
        ask_by_address(
            work.as_system(), ANN, "Ann", Asking("The printer burns.", "a", "Printer", language="de")
        )
        ask_by_address(work.as_system(), EVE, "Eve", Asking("No mail.", "b", "No mail"))
        chapter = work.db.scalars(select(Chapter).order_by(Chapter.id)).first()
        assert chapter is not None
        values = PageValues("Printers", chapter.id, content="They burn.", audience=Audience.EVERYONE)
        page = create_page(work, values, None)
        publish(work, page)
        issue = save_issue(work, None, IssueValues("Mail delays", "Mail is late.", audience="everyone"))
        join(work, issue, ann.id)
        asked = ask_question(
            work, page.id, Asker(ann.id), content="All of them?", shown_name="Ann", wants_mail=True
        )
        answer_question(work, asked, "Some.", "Tom")
    life.wait()
    with life.work_of("tom") as work:
        printer, no_mail = work.db.scalars(select(Ticket).order_by(Ticket.id)).all()
        change_ticket(work, printer, SetOwner(tom))
        change_ticket(work, printer, Comment(plain_message("Who pays for it?")))
        acting = work.as_actor(Actor(ann.id, ann.name, Face.WEB))
        change_ticket(acting, printer, Correspond(plain_message("It still burns.")))
        change_ticket(work, printer, Correspond(plain_message("Where does it stand?")))
        done = (
            Correspond(plain_message("It is out.")),
            TellAfterwards("Heat.", "Water."),
            SetStatus("resolved"),
        )
        change_ticket(work, printer, *done)
    life.wait()
    with life.work_of("root") as work:
        save_settings(work, "portal", {"portal.ratings_delay": 1})
        change_ticket(work, work.db.get_one(Ticket, no_mail.id), SetStatus("resolved"))
        post_update(work, work.db.scalars(select(Issue)).one(), "A disk is full.", "cause_found", None, None)
    life.clock.advance(timedelta(hours=2))
    life.wait()
    with app.work() as work:
        _ask_for_links(work, printer.id)
    life.wait()


def _ask_for_links(work: Work, number: int) -> None:
    """Those that are good for a short while."""
    issue, page_id = work.db.scalars(select(Issue)).one(), work.db.scalars(select(Question.page_id)).one()
    ask_to_join(work, issue, EVE, "", "en", place="192.0.2.1")
    asker = Asker(None, EVE, "en")
    asked = ask_question(work, page_id, asker, content="Why?", shown_name="", wants_mail=True)
    tell_confirm(work, asked)
    want(work, Wanted(WantedKind.KEY, ANN, number), "192.0.2.1")
    want(work, Wanted(WantedKind.LOGIN, ANN, leads_to="/portal/requests"), "192.0.2.1")
    ann = work.db.scalars(select(User).where(User.name == ANN)).one()
    known = memberships_of(work.app, work.db, ann.id)
    visitor = Visitor(ann.id, ann.name, ann.display_name, Way.ACCOUNT, memberships=known)
    acting = work.as_actor(Actor(ann.id, ann.name, Face.WEB))
    url = work.app.config.url("/portal/login")
    invite(acting, visitor, known[0].organization_id, BOB, "Bob", url, say_in("en"))


def _links_of(mail: Message) -> Iterable[str]:
    """All addresses that a program finds in a mail: in its texts, its HTML, and its headers."""
    yield from ADDRESS.findall(str(mail.get("List-Unsubscribe", "")))
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            yield from (each.replace("&amp;", "&").rstrip(".,") for each in ADDRESS.findall(data.decode()))


def _links_on(page: Any) -> set[str]:
    """All addresses of our own on a page, also of forms that only read."""
    if "html" not in (page.content_type or ""):
        return set()
    found = [each.get("href") or each.get("src") for each in page.html.select("a[href], link[href], [src]")]
    found += [each.get("action", "") for each in page.html.select("form[method=get]")]
    here = page.request.path_qs
    paths = (urldefrag(urljoin(here, each))[0] for each in found)
    return {each for each in paths if each.startswith("/")}


def _follow(answer: Any, ask: Callable[..., Any]) -> Any:
    """To where it leads, as browsers go."""
    for _ in range(5):
        if answer.status_int not in (301, 302, 303, 307):
            break
        answer = ask(urljoin(answer.request.url, answer.location), status="*")
    return answer
