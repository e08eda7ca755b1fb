"""The board of loose ends: what stands on it, who sees it, and how it empties."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.grants import Holder, Place, grant_right
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Refused
from rtpy.models import ConfigChange, Ticket
from rtpy_billing.loose_ends.board import count_loose_ends, read_board, read_trend
from rtpy_billing.loose_ends.dismissing import dismiss, take_back
from rtpy_billing.loose_ends.kinds import KINDS
from rtpy_billing.loose_ends.looking import look
from rtpy_billing.models import LooseEnd


def kinds_of(work, ticket=None):
    """What is loose, of one ticket if it is given."""
    look(work)
    query = select(LooseEnd.kind).order_by(LooseEnd.kind)
    return list(work.db.scalars(query.where(LooseEnd.ticket_id == ticket.id) if ticket else query))


def say(work, ticket, *changes):
    change_ticket(work, ticket, *(changes or (Correspond(plain_message("Hello.")),)))


@pytest.fixture
def asked(make, work_of):
    """A request of a customer, and the work of that customer."""
    ticket = make.ticket("Printer")
    return ticket, lambda: work_of("ann@client.example")


def test_a_request_falls_through_at_one_place_after_the_other(asked, work, work_of, make, clock):
    ticket, anns = asked
    jo = make.staff("jo")
    assert kinds_of(work, ticket) == []
    clock.advance(timedelta(hours=5))
    assert kinds_of(work_of("jo"), ticket) == ["unowned"]
    say(work, ticket, SetOwner(jo))
    clock.advance(timedelta(hours=5))
    assert kinds_of(work_of("jo"), ticket) == ["unanswered"]
    say(work_of("jo"), ticket)
    assert kinds_of(work_of("jo"), ticket) == []
    clock.advance(timedelta(hours=1))
    say(anns(), ticket)
    assert kinds_of(work_of("jo"), ticket) == []  # she wrote just now
    clock.advance(timedelta(hours=9))
    assert kinds_of(work_of("jo"), ticket) == ["spoke_last"]
    say(
        work_of("jo"),
        ticket,
        Correspond(plain_message("Soon.")),
        SetDate("Due", work_of("jo").now + timedelta(hours=2)),
    )
    clock.advance(timedelta(hours=3))
    assert kinds_of(work_of("jo"), ticket) == ["overdue"]
    say(work_of("jo"), ticket, SetDate("Due", None), SetStatus("stalled"))
    assert kinds_of(work_of("jo"), ticket) == ["stalled"]
    say(work_of("jo"), ticket, SetStatus("resolved"))
    assert kinds_of(work_of("jo"), ticket) == ["closed_without_time"]
    say(work_of("jo"), ticket, AddTime(15))
    assert kinds_of(work_of("jo"), ticket) == []


def test_a_kind_is_found_by_statements_whose_number_does_not_grow(work_of, make, query_count, clock):
    for number in range(3):
        make.ticket(f"Number {number}")
    clock.advance(timedelta(hours=30))
    look(work_of())
    with query_count() as few:
        look(work_of())
    for number in range(12):
        make.ticket(f"Further {number}")
    look(work_of())
    with query_count() as many:
        look(work_of())
    assert many.total == few.total
    assert many.total <= 3 * len(KINDS) + 8


def test_what_is_no_problem_counts_no_more_until_something_else_happens(asked, work, work_of, make, clock):
    ticket, _ = asked
    clock.advance(timedelta(hours=5))
    make.staff("jo")
    jos = work_of("jo")
    look(work_of())
    (end,) = work.db.scalars(select(LooseEnd).where(LooseEnd.ticket_id == ticket.id))
    with pytest.raises(Refused, match="SeeLooseEnds"):
        dismiss(jos, end.id, "It is mine.")
    with pytest.raises(Invalid, match="Say why"):
        dismiss(work, end.id, "  ")
    with pytest.raises(Invalid, match="still to come"):
        dismiss(work, end.id, "Later.", date(2026, 3, 2))
    row = dismiss(work, end.id, "The customer rang.", date(2026, 3, 2) + timedelta(days=3))
    assert count_loose_ends(work_of()) == 0
    assert work.db.scalars(select(ConfigChange).where(ConfigChange.kind == "loose_end")).one().after["reason"]
    look(work_of())
    assert count_loose_ends(work_of()) == 0
    clock.advance(timedelta(days=4))
    assert kinds_of(work_of("root"), ticket)
    take_back(work, row.id)
    assert count_loose_ends(work_of("root")) > 0


def test_one_sees_ones_own_and_with_the_right_everybodys(asked, work, work_of, make, clock):
    ticket, _ = asked
    jo, mia = make.staff("jo"), make.staff("mia")
    say(work, ticket, SetOwner(jo))
    make.ticket("Nobody's")
    clock.advance(timedelta(hours=9))
    look(work_of())
    assert count_loose_ends(work_of("jo")) == 1
    assert count_loose_ends(work_of("mia")) == 0
    grant_right(work, Holder(mia.id), "SeeLooseEnds", Place("system"))
    assert count_loose_ends(work_of("mia")) == 3
    assert [part.kind.name for part in read_board(work_of("mia"))] == ["unowned", "unanswered"]
    assert read_trend(work_of()) == [(date(2026, 3, 2), 3)]


def test_the_board_is_read_in_few_statements(work_of, make, clock, query_count):
    for number in range(15):
        make.ticket(f"Number {number}")
    clock.advance(timedelta(hours=9))
    look(work_of())
    with query_count() as count:
        parts = read_board(work_of())
    assert count.total <= 5
    assert (parts[0].number, len(parts[0].rows)) == (15, 5)


def test_the_page_empties_as_its_lines_are_dealt_with(root, work, make, clock):
    ticket = make.ticket("Printer on fire")
    clock.advance(timedelta(hours=5))
    page = root.get("/billing/loose-ends")
    assert "Everything is in hand" in page
    page = (
        page.forms[next(key for key, form in page.forms.items() if "deed" in form.fields)]
        .submit("deed")
        .follow()
    )
    assert page.html.select_one(".billing-ends .count").text == "1"
    assert "Printer on fire" in page
    form = next(form for form in page.forms.values() if "reason" in form.fields)
    form["reason"], form["until"] = "A drill.", "yesterday"
    again = form.submit("deed", status=422)
    assert "is not a day" in again
    assert 'value="A drill."' in again
    form["until"] = ""
    page = form.submit("deed").follow()
    assert page.html.select_one(".billing-ends .count").text == "0"
    assert "A drill." in page
    assert work.db.get(Ticket, ticket.id).status == "new"
