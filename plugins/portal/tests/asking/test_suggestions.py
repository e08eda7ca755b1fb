"""Suggestions: before a request is sent, and while it is typed."""

import pytest
from sqlalchemy import func, select

from rtpy.models import Ticket
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Chapter, Deflection

ASK = "/portal/ask"


def count(db):
    return db.scalar(select(func.count()).select_from(Ticket))


@pytest.fixture
def ann(browser, make, enter):
    """A customer with an open request, logged in."""
    make.ticket("Printer in the hall prints nothing", requestor="ann@client.example")
    make.ticket("Printer of somebody else prints nothing", requestor="bob@other.example")
    return enter(browser, make.customer("ann@client.example"))


def test_an_own_request_that_is_open_comes_first_and_sending_anyway_is_the_first_button(ann, db, fill):
    before = count(db)
    page = fill(ann.get(ASK), text="The printer prints blank pages").submit(status=200)
    assert (page.html.h1.text, count(db)) == ("Do any of these answer it?", before)
    assert "Printer in the hall" in page.html.main.text
    assert "somebody else" not in page.text
    assert page.html.main.find("button").text == "Send it anyway"
    form = next(form for form in page.forms.values() if "stamp" in form.fields)
    form.submit("deed", value="send", status=303)
    assert count(db) == before + 1


def test_what_answers_it_is_noted_and_the_way_back_sends_the_request(ann, db, fill):
    before = count(db)
    page = fill(ann.get(ASK), text="The printer prints blank pages").submit(status=200)
    deed = next(
        each["value"]
        for each in page.html.find_all("button")
        if each.get("value", "").startswith("answered:")
    )
    form = next(form for form in page.forms.values() if "stamp" in form.fields)
    glad = form.submit("deed", value=deed, status=200)
    row = db.scalars(select(Deflection)).one()
    assert (row.kind, row.words, row.was_sent) == ("request", "The printer prints blank pages", False)
    assert count(db) == before
    back = next(form for form in glad.forms.values() if "answered" in form.fields)
    back.submit("deed", value="send", status=303)
    db.refresh(row)
    assert (row.was_sent, count(db)) == (True, before + 1)


@pytest.mark.databases("sqlite")  # who asks decides, not the database
def test_who_is_not_logged_in_gets_nobodys_requests_suggested(browser, ann, another, fill):
    stranger = another()
    answer = stranger.get(f"{ASK}/suggestions", {"q": "The printer prints blank pages"})
    assert answer.text == ""
    mine = ann.get(f"{ASK}/suggestions", {"q": "The printer prints blank pages"})
    assert "Printer in the hall" in mine.text
    assert mine.headers["Cache-Control"] == "no-store"
    fill(stranger.get(ASK), address="ann@client.example", text="The printer prints blank pages").submit(
        status=303
    )


def test_suggestions_take_few_queries(ann, query_count):
    ann.get(f"{ASK}/suggestions", {"q": "The printer prints blank pages"})
    with query_count() as counted:
        ann.get(f"{ASK}/suggestions", {"q": "The printer prints blank pages"})
    assert counted.total <= 9
    with query_count() as counted:
        ann.get(ASK)
    assert counted.total <= 9


@pytest.fixture
def answers(work, db):
    """A page of knowledge, a page for staff alone, and a known issue, all about paper."""
    chapter = db.scalar(select(Chapter.id).order_by(Chapter.id))
    for title, audience in (
        ("Paper jam in the printer", Audience.EVERYONE),
        ("Paper jam secrets", Audience.STAFF),
    ):
        publish(
            work, create_page(work, PageValues(title, chapter, content="Open the flap.", audience=audience))
        )
    save_issue(
        work,
        None,
        IssueValues("Paper jam in all printers", "The new paper is too thick.", audience="everyone"),
    )


@pytest.mark.databases("sqlite")  # how pages and issues are found is tested with them
def test_pages_and_known_issues_are_suggested_to_everybody_and_their_links_work(browser, answers, fill):
    page = fill(
        browser.get(ASK), address="ann@client.example", text="There is a paper jam in the printer"
    ).submit()
    links = [each["href"] for each in page.html.find(class_="portal-answers").find_all("a")]
    assert [link.split("/")[2] for link in links] == ["issues", "knowledge"]
    for link in links:
        browser.get(link)
    assert "secrets" not in page.text
