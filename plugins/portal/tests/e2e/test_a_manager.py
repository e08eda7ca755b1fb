"""Who manages an organisation's people, with an account and with script, at a site with billing and service levels."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from plugins.billing.tests.invoicing.made import APRIL, total
from plugins.billing.tests.invoicing.made import Shop as BillingShop
from plugins.portal.tests.e2e.life import Life, Looker
from rtpy.app import App
from rtpy.clock import SettableClock
from rtpy.models import OrganizationDomain, Ticket, User, Watcher
from rtpy.testing.looking import chromium, person
from rtpy.testing.people import Factory
from rtpy.testing.servers import chromium_path
from rtpy.testing.serving import serving
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue as issue_invoice
from rtpy_portal.access.grades import Grade
from rtpy_portal.issues.updating import post_update
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.knowledge.moderating import answer_question
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Chapter, Issue, MemberRow, Question, RequestRow
from rtpy_sla.reports.service import make_report

pytestmark = [
    pytest.mark.browser,
    pytest.mark.databases("sqlite"),  # what differs between databases is tried where the rows are written
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]

ANN, BOB = "ann@acme.example", "bob@acme.example"
GUIDE = "When the printer prints green"


@pytest.fixture(scope="session")
def listed_plugins() -> tuple[str, ...]:
    """A site with all three: what they bring to the pages of customers comes by hooks."""
    return ("billing", "sla", "portal")


DROP = """([form, names]) => {
  const carried = new DataTransfer();
  for (const name of names) carried.items.add(new File(["of the printer"], name, { type: "text/plain" }));
  document.querySelector(form).dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true }));
}"""
"""Files that are dropped on a form."""


@dataclass
class Manager:
    """Ann's browser and the site behind it."""

    page: Page
    life: Life
    looker: Looker
    acme: int

    def at(self, title: str) -> None:
        """She is at the page of that title; it is looked at."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        self.looker.look(self.page)


@pytest.fixture
def ann(committed_app: App, clock: SettableClock) -> Iterator[Manager]:
    """Acme was billed for March; Bob asked for two things, one of them private."""
    life = Life(committed_app, clock)
    with life.work_of("root") as work:
        make = Factory(committed_app, work.db)
        shop = BillingShop(work, make)
        acme = shop.organization.id
        work.db.add(OrganizationDomain(organization_id=acme, domain="acme.example"))
        shop.agreement()
        shop.entry(60)
        drafts = prepare_drafts(work, shop.organization, APRIL)
        issue_invoice(work, drafts[0], drafts[0].version, total(drafts))
        make_report(work, acme, date(2026, 2, 1))
        user = make.customer(ANN, "Ann Abel")
        make.customer(BOB, "Bob Berg")
        may = dict.fromkeys(("may_raise", "may_copy", "sees_money", "manages"), True)
        work.db.add(MemberRow(user_id=user.id, organization_id=acme, grade=Grade.NOT_PRIVATE, **may))
        make.ticket("Scanner jammed", requestor=BOB)
        private = make.ticket("Salaries", requestor=BOB)
        work.db.add(RequestRow(ticket_id=private.id, is_private=True))
        chapter = work.db.scalars(select(Chapter).order_by(Chapter.id)).first()
        assert chapter is not None
        text = "The cartridge of the printer is empty."
        publish(
            work,
            create_page(work, PageValues(GUIDE, chapter.id, content=text, audience=Audience.EVERYONE), None),
        )
        save_issue(work, None, IssueValues("Mail delays", "Mail comes late since noon.", audience="everyone"))
    clock.set(datetime(2026, 4, 2, 9, tzinfo=UTC))
    with serving(committed_app) as url, chromium() as browser, person(browser, url) as page:
        yield Manager(page, life, Looker(browser, url), acme)


def test_a_manager_of_an_organisation(ann: Manager) -> None:
    _log_in_by_a_link(ann)
    _see_what_is_not_private(ann)
    _raise_for_a_colleague(ann)
    _change_a_colleague(ann)
    _read_documents(ann)
    _vote_and_ask(ann)
    _follow_an_issue(ann)


def _log_in_by_a_link(ann: Manager) -> None:
    page = ann.page
    page.goto("/portal/login")
    page.fill("#address", ANN)
    ann.at("Log in")
    page.get_by_role("button", name="Send me the link").click()
    ann.at("We have sent it")
    mail = ann.life.mail_to(ANN, lambda text: "/login/key/" in text)
    page.goto(ann.life.link(mail, "/login/key/"))
    expect(page.locator("main")).to_contain_text("You will be logged in as Ann Abel.")
    page.locator("main").get_by_role("button", name="Log in").click()
    ann.at("How can we help?")
    expect(page.locator("footer")).to_contain_text("You are reading as Ann Abel.")


def _see_what_is_not_private(ann: Manager) -> None:
    page = ann.page
    page.goto("/portal/requests")
    page.get_by_role("link", name="All that I may see").click()
    ann.at("My requests")
    expect(page.locator("main")).to_contain_text("Scanner jammed")
    assert "Salaries" not in page.content()
    page.goto("/portal/organization")
    ann.at("Acme")
    expect(page.locator("section[aria-labelledby=requests]")).to_contain_text("Scanner jammed")
    assert "Salaries" not in page.content()
    with ann.life.app.reading_sessions() as db:
        private = db.scalars(select(Ticket.id).where(Ticket.subject == "Salaries")).one()
    answer = page.request.get(f"/portal/request/{private}", max_redirects=0)
    assert (answer.status, "Salaries" in answer.text()) == (404, False)
    page.get_by_role("link", name="Scanner jammed").click()
    ann.at("Scanner jammed")


def _raise_for_a_colleague(ann: Manager) -> None:
    """What may help shows while she types, so that it is not shown once more before it is sent."""
    page = ann.page
    page.goto("/portal/ask")
    page.select_option("#colleague", label="Bob Berg (Acme)")
    page.locator("#text").press_sequentially("The printer prints green", delay=5)
    expect(page.locator("[data-suggested]")).to_contain_text(GUIDE)
    page.fill("#subject", "Green printer of Bob")
    page.evaluate(DROP, ["#ask", ["a.txt", "b.txt", "c.txt"]])
    page.get_by_role("button", name="Remove: b.txt").click()
    ann.at("Ask us")
    page.get_by_role("button", name="Send", exact=True).click()
    ann.at("Thank you, we have your request")
    page.get_by_role("link", name="Go to your request").click()
    ann.at("Green printer of Bob")
    expect(page.locator(".said .chips .name")).to_have_text(["a.txt", "c.txt"])
    with ann.life.app.reading_sessions() as db:
        rows = db.execute(
            select(Watcher.role, User.email_address)
            .join(User, User.id == Watcher.principal_id)
            .join(Ticket, Ticket.id == Watcher.ticket_id)
            .where(Ticket.subject == "Green printer of Bob", Watcher.role.in_(("Requestor", "Cc")))
        )
        assert set(map(tuple, rows)) == {("Requestor", BOB), ("Cc", ANN)}


def _change_a_colleague(ann: Manager) -> None:
    page = ann.page
    page.goto(f"/portal/organization/{ann.acme}")
    page.get_by_role("link", name="Change Bob Berg").click()
    page.locator("input[name=grade][value='not private']").check()
    expect(page.locator("input[name=grade][value=all]")).to_have_count(0)
    ann.looker.look(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("What Bob Berg sees and may do is saved.")
    with ann.life.app.reading_sessions() as db:
        bob = db.scalars(select(User.id).where(User.email_address == BOB)).one()
        assert db.scalars(select(MemberRow.grade).where(MemberRow.user_id == bob)).one() == Grade.NOT_PRIVATE


def _read_documents(ann: Manager) -> None:
    """A report names every request, so it is for who sees all of them; money is for who was given it."""
    page = ann.page
    page.goto(f"/portal/organization/{ann.acme}")
    documents = page.locator("section[aria-labelledby=documents]")
    expect(documents).to_contain_text("Invoice 2026-0001")
    expect(documents).to_contain_text("Statement")
    expect(documents).not_to_contain_text("Service report")
    with ann.life.work_of("root") as work:
        ann_id = work.db.scalars(select(User.id).where(User.email_address == ANN)).one()
        work.db.execute(update(MemberRow).where(MemberRow.user_id == ann_id).values(grade=Grade.ALL))
    page.reload()
    expect(page.locator("section[aria-labelledby=requests]")).to_contain_text("Salaries")
    for name, begins in (("Invoice 2026-0001", b"%PDF"), ("Statement", b"%PDF"), ("Service report", b"%PDF")):
        href = documents.get_by_role("link", name=name).first.get_attribute("href")
        assert href is not None
        answer = page.request.get(href)
        assert (answer.status, answer.body()[:4]) == (200, begins), name
    ann.at("Acme")


def _vote_and_ask(ann: Manager) -> None:
    page, life = ann.page, ann.life
    page.goto("/portal/knowledge")
    ann.at("Knowledge")
    page.get_by_role("link", name=GUIDE).first.click()
    ann.at(GUIDE)
    page.locator("button[name=helped][value=yes]").click()
    expect(page.locator("#helped")).to_contain_text("Thank you for telling us.")
    page.get_by_text("Ask a question about this page").click()
    page.fill("#question-text", "Does that hold for yellow, too?")
    page.fill("#shown_name", "Ann")
    page.get_by_label("Mail me when there is an answer").check()
    page.get_by_role("button", name="Send question").click()
    expect(page.locator("#questions")).to_contain_text("We look at your question first")
    expect(page.locator("#questions")).not_to_contain_text("yellow")
    with life.work_of("root") as work:
        answer_question(work, work.db.scalars(select(Question)).one(), "For all colours.", "")
    answered = life.mail_to(ANN, lambda text: "For all colours." in text)
    page.goto(life.link(answered, "/portal/knowledge/page/"))
    expect(page.locator("#questions")).to_contain_text("For all colours.")
    expect(page.locator("#questions")).to_contain_text("Does that hold for yellow, too?")
    ann.at(GUIDE)


def _follow_an_issue(ann: Manager) -> None:
    page, life = ann.page, ann.life
    page.goto("/portal/issues")
    ann.at("Known issues")
    page.get_by_role("link", name="Mail delays").click()
    page.get_by_role("button", name="This affects me too").click()
    expect(page.locator("main")).to_contain_text("You said so. We tell you by mail what is new about it.")
    ann.at("Mail delays")
    life.wait()
    with life.work_of("root") as work:
        post_update(work, work.db.scalars(select(Issue)).one(), "A disk is full.", "cause_found", None, None)
    assert "Mail delays" in life.mail_to(ANN, lambda text: "A disk is full." in text)
    page.reload()
    expect(page.locator("main")).to_contain_text("A disk is full.")
