"""The star of a ticket, and what is unread."""

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def star(page):
    return page.html.select_one(".ticket-marks button[name=bookmark]")


def marks(page):
    return next(form for form in page.forms.values() if form.action.endswith("/bookmark"))


def test_a_star_is_set_and_taken_away_without_javascript(jo, make):
    ticket = make.ticket()
    page = jo.get(f"/ticket/{ticket.id}")
    for pressed in ("true", "false"):
        page = marks(page).submit("bookmark").follow()
        assert star(page)["aria-pressed"] == pressed


def test_bookmarks_are_not_those_of_others(jo, root, make):
    ticket = make.ticket()
    marks(jo.get(f"/ticket/{ticket.id}")).submit("bookmark")
    assert star(root.get(f"/ticket/{ticket.id}"))["aria-pressed"] == "false"


def test_what_came_after_the_page_was_read_stays_unread(jo, make):
    ticket = make.ticket()
    page = jo.get(f"/ticket/{ticket.id}")
    assert "1 unread" in page.html.select_one(".ticket-marks").text
    change_ticket(make.system, ticket, Correspond(plain_message("One more thing.")))
    form = marks(page)
    form.action = f"/ticket/{ticket.id}/seen"
    page = form.submit().follow()
    assert "1 unread" in page.html.select_one(".ticket-marks").text
    form = marks(page)
    form.action = f"/ticket/{ticket.id}/seen"
    assert "unread" not in form.submit().follow().html.select_one(".ticket-marks").text


def test_whoever_may_not_see_the_ticket_cannot_mark_it(jo, make):
    make.queue("Secret", granted=False)
    ticket = make.ticket(queue="Secret")
    token = jo.get("/").html.select_one("input[name=csrf_token]")["value"]
    for deed in ("bookmark", "seen"):
        jo.post(f"/ticket/{ticket.id}/{deed}", {"csrf_token": token, "bookmark": "1"}, status=404)
