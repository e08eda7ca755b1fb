"""Pages of known issues: what customers read and press, what staff do, and that nothing of a ticket is ever there."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.mail.sealed_words import open_words
from rtpy.models import OutgoingMail
from rtpy_portal.issues.affected import Counts, counts_of, join
from rtpy_portal.issues.linking import link_tickets
from rtpy_portal.issues.mailing import leave_token, write_slice
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.models import Issue, IssueAffected, IssueTicket

CANARY = re.compile(r"CANARY|secret-requestor|hidden-firm", re.IGNORECASE)


@pytest.fixture
def ann(make):
    """A customer with an account."""
    return make.customer("ann@firm.example", "Ann")


def confirm_url(app, db):
    """The link of the newest mail that asks to confirm."""
    body = open_words(
        app.config, db.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()
    )
    return re.search(r"/portal/issues/confirm/\S+", body)[0]


def test_the_list_says_what_is_open_and_how_far_it_is(browser, issue, tell):
    issue("Mail delays")
    tell(issue("Old story"), "It is done.", "done")
    issue("Darker colours", kind="idea")
    pages = {show: browser.get(f"/portal/issues{show}").text for show in ("", "?show=done", "?show=ideas")}
    titles = {"": "Mail delays", "?show=done": "Old story", "?show=ideas": "Darker colours"}
    for show, page in pages.items():
        assert [title for title in titles.values() if title in page] == [titles[show]]
    assert "We have heard of it" in pages[""]


def test_the_menu_names_known_issues_while_there_are_any(browser, issue, tell):
    assert "Known issues" not in browser.get("/portal").html.nav.text
    made = issue()
    assert "Known issues" in browser.get("/portal").html.nav.text
    assert "Mail delays" in browser.get("/portal").text
    tell(made, "", "done")
    assert "Known issues" not in browser.get("/portal").html.nav.text


def test_what_is_for_others_is_not_there(browser, work, make, issue):
    firm = make.organization("Firm")
    made = issue("VPN drops", organizations=[firm])
    assert browser.get(f"/portal/issues/{made.id}", status=404)
    assert browser.get(f"/portal/issues/{made.id}/feed.atom", status=404)
    for address in ("/portal", "/portal/issues", "/portal/issues/feed.atom"):
        assert "VPN drops" not in browser.get(address).text


def test_who_has_no_account_joins_by_a_mail_and_a_button(browser, app, db, issue):
    made = issue()
    form = browser.get(f"/portal/issues/{made.id}").forms[0]
    form["address"], form["impact"] = "new@nowhere.example", "No orders come in"
    said = form.submit("deed", value="join").follow()
    assert "We have sent a mail" in said.text
    url = confirm_url(app, db)
    page = browser.get(url)
    assert counts_of(db, [made.id]) == {}
    page.forms[0].submit().follow()
    assert counts_of(db, [made.id]) == {made.id: Counts(1, 0)}
    assert browser.get(url, status=404)


def test_the_answer_is_the_same_for_known_unknown_and_joined_addresses(browser, db, work, make, issue):
    made = issue()
    join(work, made, make.customer("joined@firm.example").id)
    make.customer("known@firm.example")
    answers = set()
    for address in ("joined@firm.example", "known@firm.example", "unknown@nowhere.example"):
        form = browser.get(f"/portal/issues/{made.id}").forms[0]
        form["address"] = address
        answer = form.submit("deed", value="join")
        answers.add((answer.status, answer.location))
    assert len(answers) == 1


@pytest.mark.databases("sqlite")  # nothing is written
def test_what_is_typed_is_kept_when_something_is_wrong(browser, db, issue):
    form = browser.get(f"/portal/issues/{issue().id}").forms[0]
    form["address"], form["impact"] = "nonsense", "No orders come in"
    page = form.submit("deed", value="join", status=422)
    assert "name@example.com" in page.text
    assert page.forms[0]["impact"].value == "No orders come in"
    form["address"], form["website"] = "robot@nowhere.example", "https://spam.example"
    form.submit("deed", value="join")
    assert db.scalars(select(IssueAffected)).all() == []


def test_a_mail_program_leaves_with_one_click_and_a_scanner_does_not(browser, db, work, make, issue):
    row = join(work, issue(), make.customer("ann@firm.example").id)
    url = f"/portal/issues/leave/{leave_token(work, row)}"
    page = browser.get(url)
    db.refresh(row)
    assert row.left is None
    assert page.forms[0].action.endswith(url)
    browser.post(url, {"List-Unsubscribe": "One-Click"})
    db.refresh(row)
    assert row.left is not None
    assert "no more mails" in browser.get(url).text
    assert browser.get("/portal/issues/leave/" + "x" * 60, status=404)


def test_an_update_is_read_with_the_day_from_before_struck_out(browser, issue, tell):
    made = issue()
    tell(made, "A part is ordered.", "planned", date(2026, 3, 2))
    tell(made, "The part is late.", "planned", date(2026, 3, 9))
    page = browser.get(f"/portal/issues/{made.id}")
    assert "2 Mar 2026" in page.html.find("del").text
    assert "9 Mar 2026" in page.text
    feed = browser.get(f"/portal/issues/{made.id}/feed.atom")
    assert feed.content_type == "application/atom+xml"
    assert "The part is late." in feed.text


def test_what_staff_noted_before_it_was_opened_stays_with_them(browser, work, tell):
    made = save_issue(work, None, IssueValues("Mail", "Late"))
    tell(made, "Between us: it is the intern.", "looking")
    work.now += timedelta(seconds=1)
    save_issue(work, made, IssueValues("Mail", "Late", audience="everyone"))
    for address in (
        f"/portal/issues/{made.id}",
        f"/portal/issues/{made.id}/feed.atom",
        "/portal/issues/feed.atom",
    ):
        assert "intern" not in browser.get(address).text


def test_nothing_of_a_linked_ticket_is_ever_shown_on_an_issue(browser, db, work, make, issue, tell):
    hidden = make.organization("Hidden-Firm", "hidden-firm.example")
    made = issue()
    ticket = make.ticket("CANARY subject", requestor="secret-requestor@hidden-firm.example")
    ticket.organization_id = hidden.id
    db.flush()
    change_ticket(work, ticket, Comment(plain_message("CANARY comment")))
    change_ticket(work, ticket, Correspond(plain_message("CANARY reply")))
    link_tickets(work, made, [ticket.id])
    before = db.scalar(select(OutgoingMail.id).order_by(OutgoingMail.id.desc()).limit(1)) or 0
    tell(made, "We look.", "looking")
    while write_slice(work):
        pass
    pages = [
        browser.get(address).text
        for address in (
            "/portal",
            "/portal/issues",
            f"/portal/issues/{made.id}",
            "/portal/issues/feed.atom",
            f"/portal/issues/{made.id}/feed.atom",
        )
    ]
    mails = db.scalars(select(OutgoingMail).where(OutgoingMail.id > before)).all()
    assert mails
    for text in (*pages, *(mail.subject + mail.body for mail in mails)):
        assert CANARY.search(text) is None
    assert "Affected: 1 person" in pages[2]


def test_pages_for_customers_ask_a_bounded_number_of_queries(browser, work, make, issue, tell, query_count):
    made = issue()
    for n in range(5):
        issue(f"Issue {n}")
        tell(made, f"News {n}")
        join(work, made, make.customer(f"p{n}@firm.example").id)
    for address, most in (
        ("/portal/issues", 4),
        (f"/portal/issues/{made.id}", 5),
        ("/portal/issues/feed.atom", 2),
    ):
        browser.get(address)
        with query_count() as counted:
            browser.get(address)
        assert counted.total <= most, counted.statements


def test_staff_write_tell_and_close(root, db, work, make):
    form = _form(root.get("/known-issues/create"), "title")
    form["title"], form["text"], form["audience"] = "Mail delays", "Mail is late.", "everyone"
    page = form.submit("deed", value="save").follow()
    made = db.scalars(select(Issue)).one()
    ticket = make.ticket("Late", requestor="bob@firm.example")
    link = _form(page, "tickets")
    link["tickets"] = f"#{ticket.id}"
    page = link.submit().follow()
    assert "1 ticket is linked." in page.text
    update = _form(page, "stage")
    update["text"], update["stage"] = "It is the disk.", "done"
    closing = update.submit().follow()
    answer = _form(closing, "message")
    answer["message"] = "Mail is quick again."
    closed = answer.submit()
    assert "closed" in closed.text
    db.refresh(ticket)
    assert ticket.status == "resolved"
    assert "CloseTickets" not in root.get(f"/known-issues/{made.id}/history").text
    assert "bob@firm.example" in root.get(f"/known-issues/{made.id}/affected").text


def _form(page, field):
    """The form of a page that has this field."""
    return next(form for form in page.forms.values() if field in form.fields)


@pytest.mark.parametrize(
    "address", ["", "/create", "/1", "/1/modify", "/1/close", "/1/merge", "/1/history", "/1/affected"]
)
@pytest.mark.databases("sqlite")  # permissions are the core's
def test_pages_of_staff_are_for_staff(browser, issue, address):
    issue()
    assert browser.get(f"/known-issues{address}", status="*").status_int in (302, 303, 403, 404)


def test_a_ticket_says_which_issue_is_behind_it_and_makes_one_without_its_words(root, db, make):
    ticket = make.ticket("CANARY subject")
    page = root.get(f"/ticket/{ticket.id}")
    form = next(
        each for each in page.forms.values() if each.action.endswith(f"/known-issues/ticket/{ticket.id}")
    )
    made = form.submit("deed", value="make").follow()
    assert CANARY.search(_form(made, "title")["title"].value + _form(made, "title")["text"].value) is None
    issue = db.scalars(select(Issue)).one()
    assert db.scalars(select(IssueTicket.ticket_id)).all() == [ticket.id]
    page = root.get(f"/ticket/{ticket.id}")
    assert f"/known-issues/{issue.id}" in page.text
    form = next(
        each for each in page.forms.values() if each.action.endswith(f"/known-issues/ticket/{ticket.id}")
    )
    form.submit("deed", value="unlink").follow()
    assert db.scalars(select(IssueTicket.ticket_id)).all() == []


def test_still_broken_opens_only_ones_own_request(browser, enter, db, work, make, issue, tell, ann):
    made = issue()
    mine, other = (
        make.ticket("Mail", requestor="ann@firm.example"),
        make.ticket("Mail", requestor="eve@firm.example"),
    )
    link_tickets(work, made, [mine.id, other.id])
    tell(made, "It is done.", "done")
    for each in (mine, other):
        change_ticket(work, each, SetStatus("resolved"))
    enter(browser, ann)
    page = browser.get(f"/portal/request/{mine.id}")
    form = next(
        each for each in page.forms.values() if each.action.endswith(f"/portal/request/{mine.id}/issue")
    )
    form["text"] = "Still nothing."
    form.submit("deed", value="broken")
    for each in (mine, other):
        db.refresh(each)
    assert (mine.status, other.status) == ("open", "resolved")
    browser.get(f"/portal/request/{other.id}", status=404)


def test_a_request_names_only_an_issue_that_its_reader_may_read(browser, enter, work, make, issue, ann):
    firm = make.organization("Firm")
    seen, hidden = issue("Mail delays"), issue("VPN drops", organizations=[firm])
    tickets = {each.title: make.ticket("Help", requestor="ann@firm.example") for each in (seen, hidden)}
    for each in (seen, hidden):
        link_tickets(work, each, [tickets[each.title].id])
    enter(browser, ann)
    texts = {title: browser.get(f"/portal/request/{ticket.id}").text for title, ticket in tickets.items()}
    assert "Mail delays" in texts["Mail delays"]
    assert "VPN drops" not in texts["VPN drops"]
