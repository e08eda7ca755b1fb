"""Results as files, on paper, and as feeds, in the browser."""

import csv
import io
import logging
import re

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.dates import SetDate
from rtpy.rights.names import Right
from rtpy.testing.fixtures import START

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def read(answer, delimiter=","):
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.fixture
def tickets(make):
    """Two that Jo sees, and one that Jo does not."""
    make.staff("sam")
    found = [make.ticket("=HYPERLINK(1)"), make.ticket("Two"), make.ticket("Hidden", queue="Board")]
    make.revoke(Right.SHOW_TICKET, make.queue("Board"))
    return found


def test_a_search_is_sent_as_a_file_with_its_columns_in_its_order(jo, tickets):
    one, two, _ = tickets
    asked = {
        "Query": "Queue = 'General' OR Queue = 'Board'",
        "OrderBy": "id",
        "Order": "DESC",
        "Format": "'<b>__id__</b>/TITLE:Number', Subject",
    }
    answer = jo.get("/search/results.csv", asked)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tickets-2026-03-02.csv"'
    rows = [["Number", "Subject"], [str(two.id), "Two"], [str(one.id), "'=HYPERLINK(1)"]]
    assert read(answer) == rows
    old = jo.get("/Search/Results.tsv", asked, status=301).follow()
    assert read(old, "\t") == rows
    book = jo.get("/search/results.xlsx", asked)
    assert book.body.startswith(b"PK")
    paper = jo.get("/search/results.print", asked)
    assert "=HYPERLINK(1)" in paper.text
    assert "Hidden" not in paper.text


def test_the_log_tells_who_took_what_along_and_nothing_is_written(jo, tickets, caplog, query_count):
    with caplog.at_level(logging.INFO, "rtpy.exports"), query_count() as count:
        jo.get("/search/results.csv", {"Query": "Subject = 'Two\n\n'"})
        jo.get("/search/results.print", {"Query": "Subject = 'Two'"})
    lines = [record.getMessage() for record in caplog.records if record.name == "rtpy.exports"]
    assert lines[0].endswith("jo exported 0 tickets as csv: " + repr("Subject = 'Two" + 2 * chr(10) + "'"))
    assert "jo exported 1 tickets as print" in lines[1]
    assert not [each for each in count.statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_what_makes_no_sense_is_said_instead_of_a_file(jo):
    for asked, sentence in (
        ({"Query": "Qeue = 'x'"}, "There is no field Qeue."),
        ({"Query": "Queue = "}, "Column"),
        ({"Format": "Subjct"}, "There is no column Subjct. Did you mean Subject?"),
    ):
        for kind in ("csv", "xlsx", "print"):
            answer = jo.get(f"/search/results.{kind}", asked, expect_errors=True)
            assert 400 <= answer.status_int < 500
            assert sentence in answer.text
    jo.get("/search/results.exe", status=404)


def test_files_take_a_login_of_staff(browser, customer):
    assert "/login?next=" in browser.get("/search/results.csv").headers["Location"]
    customer.get("/search/results.csv", status=403)


# --- feeds ---


def make_feed(browser, query=""):
    """The path of a new calendar; that of the news has another ending."""
    page = browser.get("/feeds", {"Query": query, "name": "My work"})
    form = next(each for each in page.forms.values() if "query" in each.fields)
    made = form.submit(status=200)
    return re.search(r'value="http://localhost(/feeds/[\w-]{43}\.ics)"', made.text)[1]


def test_a_feed_shows_without_a_login_what_its_user_may_see_until_it_is_revoked(
    jo, another, tickets, work, make
):
    _, two, hidden = tickets
    for ticket in tickets:
        change_ticket(work, ticket, SetDate("Due", START))
    calendar = make_feed(jo, "Subject = 'Two' OR Subject = 'Hidden'")
    reader = another()
    answer = reader.get(calendar)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert re.findall(r"UID:ticket-(\d+)-(\w+)@", answer.text) == [(str(two.id), "due")]
    assert f"ticket-{hidden.id}-" not in answer.text
    news = reader.get(calendar.replace(".ics", ".rss"))
    assert f"#{two.id} Two" in news.text
    assert f"#{hidden.id} " not in news.text
    again = reader.get(calendar, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_int, again.body) == (304, b"")
    page = jo.get("/feeds")
    assert calendar[7:50] not in page.text
    make.revoke(Right.SHOW_TICKET, make.queue())
    assert "UID:" not in reader.get(calendar).text
    form = next(each for each in jo.get("/feeds").forms.values() if "revoke" in each.fields)
    form.submit("revoke", status=303)
    gone = reader.get(calendar, status=404)
    assert gone.text == reader.get("/feeds/none.ics", status=404).text == "There is no such feed.\n"


def test_the_key_of_a_feed_is_in_no_log(jo, another, caplog):
    calendar = make_feed(jo)
    with caplog.at_level(logging.DEBUG):
        another().get(calendar)
        another().get(calendar.replace("/feeds/", "//FEEDS/"), expect_errors=True)
    assert "/feeds/***" in caplog.text
    assert calendar[7:50] not in caplog.text


def test_a_feed_of_what_is_no_search_is_refused_beside_its_field(jo):
    page = jo.get("/feeds", {"Query": "Qeue = 'x'", "name": "Mine"})
    form = next(each for each in page.forms.values() if "query" in each.fields)
    answer = form.submit(status=422)
    assert "There is no field Qeue" in answer.text
    assert "addresses of" not in answer.text
