"""Status: what the lifecycle allows, and what follows from it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink, DeleteLink
from rtpy.changes.ticket.status import SetStatus
from rtpy.clock import SettableClock
from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.testing.people import Factory
from rtpy.work import Work


def test_opening_a_new_ticket_starts_it(work: Work, make: Factory) -> None:
    ticket = make.ticket()

    change_ticket(work, ticket, SetStatus("open"))

    assert ticket.started == work.now
    assert ticket.resolved is None


def test_resolving_stamps_and_reopening_clears(
    work_of: Callable[..., Work], clock: SettableClock, make: Factory
) -> None:
    ticket = make.ticket()
    change_ticket(work_of("root"), ticket, SetStatus("resolved"))
    resolved = ticket.resolved
    clock.advance(timedelta(hours=1))

    change_ticket(work_of("root"), ticket, SetStatus("rejected"))
    after_rejecting = ticket.resolved
    change_ticket(work_of("root"), ticket, SetStatus("open"))

    assert resolved == after_rejecting
    assert ticket.resolved is None


def test_the_same_status_again_records_nothing(work: Work, make: Factory) -> None:
    ticket = make.ticket()

    outcome = change_ticket(work, ticket, SetStatus("NEW"))

    assert outcome.transactions == ()


def test_an_unknown_status_says_what_is_possible(work: Work, make: Factory) -> None:
    with pytest.raises(Refused, match="open"):
        change_ticket(work, make.ticket(), SetStatus("fixed"))


def test_deleting_needs_its_own_right(work_of: Callable[..., Work], make: Factory) -> None:
    user = make.staff("helper")
    ticket = make.ticket(queue="Narrow")
    queue = make.queue("Narrow")
    make.revoke("DeleteTicket", queue)
    assert user

    with pytest.raises(Refused, match="DeleteTicket"):
        change_ticket(work_of("helper"), ticket, SetStatus("deleted"))


def test_open_dependencies_hold_a_ticket_open(work: Work, make: Factory) -> None:
    ticket, other = make.ticket("Move"), make.ticket("Order boxes")
    change_ticket(work, ticket, AddLink("DependsOn", str(other.id)))

    with pytest.raises(Refused, match=f"#{other.id}"):
        change_ticket(work, ticket, SetStatus("resolved"))
    change_ticket(work, other, SetStatus("resolved"))
    change_ticket(work, ticket, SetStatus("resolved"))

    assert ticket.status == "resolved"


def test_a_removed_dependency_holds_nothing(work: Work, make: Factory) -> None:
    ticket, other = make.ticket("Move"), make.ticket("Order boxes")
    change_ticket(work, other, AddLink("DependedOnBy", f"#{ticket.id}"))

    change_ticket(work, ticket, DeleteLink("DependsOn", str(other.id)), SetStatus("resolved"))

    assert ticket.status == "resolved"


@pytest.mark.parametrize("kind", ["DependsOn", "MemberOf"])
def test_links_never_close_a_circle(kind: str, work: Work, make: Factory) -> None:
    first, second, third = (make.ticket(name) for name in "ABC")
    change_ticket(work, first, AddLink(kind, str(second.id)))
    change_ticket(work, second, AddLink(kind, str(third.id)))

    with pytest.raises(Refused, match="circle"):
        change_ticket(work, third, AddLink(kind, str(first.id)))


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:text/html,x", "no scheme", "http://a b"])
def test_unsafe_addresses_are_not_linked(uri: str, work: Work, make: Factory) -> None:
    with pytest.raises(Refused):
        change_ticket(work, make.ticket(), AddLink("RefersTo", uri))


def test_a_ticket_that_one_cannot_see_cannot_be_linked(work_of: Callable[..., Work], make: Factory) -> None:
    make.staff("tech")
    ticket = make.ticket()
    hidden: Ticket = _hidden_ticket(make)

    with pytest.raises(Refused, match="that you can see"):
        change_ticket(work_of("tech"), ticket, AddLink("RefersTo", str(hidden.id)))


def _hidden_ticket(make: Factory) -> Ticket:
    make.queue("Board", granted=False)
    return make.ticket("Merger plans", queue="Board")
