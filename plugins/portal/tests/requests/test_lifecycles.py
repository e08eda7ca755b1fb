"""Requests in lifecycles of other shapes: their customers read and do what makes sense there."""

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy.lifecycle import load_lifecycles
from rtpy.lifecycle.present import definition_of
from rtpy.models import StoredLifecycle
from rtpy_portal.requests.closing import close_request, reopen_request
from rtpy_portal.requests.listing import Asked, list_requests
from rtpy_portal.requests.reading import read_request

pytestmark = pytest.mark.databases("sqlite")  # words and moves

ODD = """
[desk]
initial = ["asked", "asked by phone"]
active = ["done"]
inactive = ["archived"]

[desk.defaults]
on_create = "asked"

[desk.transitions]
"" = ["asked", "asked by phone"]
"asked" = ["asked by phone", "done", "archived"]
"asked by phone" = ["done"]
"done" = ["archived"]

[till]
initial = ["asked"]
inactive = ["done"]

[till.defaults]
on_create = "asked"

[till.transitions]
"" = ["asked"]
"asked" = ["done"]
"""
"""No status called resolved, several initial ones, none active, no way back, and `done` with two meanings."""


@pytest.fixture
def ticket_in(app, make, db, work):
    """Makes a request of Ann in a queue with that lifecycle."""
    for order, each in enumerate(load_lifecycles(ODD), 10):
        definition = definition_of(each)
        db.add(
            StoredLifecycle(
                name=each.name, type="ticket", definition=definition, sort_order=order, created=work.now
            )
        )
    db.flush()
    app.refresh_lifecycles(db)

    def made(lifecycle):
        queue = make.queue(lifecycle)
        queue.lifecycle = lifecycle
        db.flush()
        return make.ticket(lifecycle, queue=queue.name)

    return made


def test_what_is_closed_in_its_own_lifecycle_is_not_listed_as_open(work, ticket_in, ann, as_ann):
    desk, till = ticket_in("desk"), ticket_in("till")
    for each in (desk, till):
        change_ticket(work, each, SetStatus("done"))
    found = {
        is_open: [line.subject for line in list_requests(as_ann, ann, Asked(is_open=is_open)).lines]
        for is_open in (True, False)
    }
    assert found == {True: ["desk"], False: ["till"]}


@pytest.mark.parametrize(
    ("status", "is_closed", "after"),
    [("asked", True, "archived"), ("asked by phone", False, "asked by phone")],
)
def test_who_says_that_it_works_closes_it_where_that_is_possible_and_tells_it_where_it_is_not(
    work, ticket_in, ann, as_ann, say, status, is_closed, after
):
    ticket = ticket_in("desk")
    if status != ticket.status:
        change_ticket(work, ticket, SetStatus(status))
    assert read_request(as_ann, ann, ticket, say).stage == "received"
    assert close_request(as_ann, ann, ticket, say) is is_closed
    assert ticket.status == after


def test_what_cannot_be_opened_again_takes_the_words_all_the_same(work, ticket_in, ann, as_ann, say):
    ticket = ticket_in("desk")
    change_ticket(work, ticket, SetStatus("archived"))
    reopen_request(as_ann, ann, ticket, say, "Not yet.")
    assert ticket.status == "archived"
    assert "Not yet." in read_request(as_ann, ann, ticket, say).messages[-1].html
