"""Loose ends of the answer: requests that nobody has, nobody answered, or nobody will come back to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import aliased

from rtpy.models import Group, GroupClosure, Link, Ticket, Transaction
from rtpy.models.group import PRIVILEGED
from rtpy_billing.loose_ends.values import End, Found, Kind, Look

REMEMBERED_DAYS = 90
"""What is older is history: nobody would act on it."""

_STAFF = (
    select(GroupClosure.member_id)
    .join(Group, Group.id == GroupClosure.group_id)
    .where(Group.domain == "SystemInternal", Group.name == PRIVILEGED)
    .scalar_subquery()
)


def find_unowned(look: Look) -> Iterable[Found]:
    """Nobody has it."""
    late = look.before(hours=look.limit("unowned_hours"))
    query = _tickets(look, Ticket.owner_id == look.nobody_id, Ticket.created < late)
    for row in look.work.db.execute(query.add_columns(Ticket.created)):
        yield _of_ticket(look, row, str(row.id), row.created)


def find_unanswered(look: Look) -> Iterable[Found]:
    """Asked by a customer, and no reply since."""
    late = look.before(hours=look.limit("answer_hours"))
    query = _tickets(look, Ticket.told.is_(None), Ticket.created < late, Ticket.creator_id.not_in(_STAFF))
    for row in look.work.db.execute(query.add_columns(Ticket.created)):
        yield _of_ticket(look, row, str(row.id), row.created)


def find_spoke_last(look: Look) -> Iterable[Found]:
    """The customer wrote after our last reply."""
    late = look.before(hours=look.limit("answer_hours"))
    last = _last_of_customer(Ticket.told)
    query = _tickets(look, Ticket.told.is_not(None)).add_columns(last.label("last"))
    for row in look.work.db.execute(query):
        if row.last is not None and row.last < late:
            yield _of_ticket(look, row, f"{row.id}:{int(row.last.timestamp())}", row.last)


def find_overdue(look: Look) -> Iterable[Found]:
    """The date has passed."""
    query = _tickets(look, Ticket.due < look.work.now).add_columns(Ticket.due)
    for row in look.work.db.execute(query):
        yield _of_ticket(look, row, f"{row.id}:{int(row.due.timestamp())}", row.due)


def find_stalled(look: Look) -> Iterable[Found]:
    """It waits for somebody, and nothing says when to ask again: no date, no open reminder."""
    reminder = aliased(Ticket)
    has_reminder = exists(
        select(Link.id)
        .join(reminder, reminder.id == Link.local_base_id)
        .where(
            Link.local_target_id == Ticket.id,
            reminder.type == "reminder",
            reminder.status.in_(look.work.app.lifecycles.active_statuses()),
        )
        .correlate(Ticket)
    )
    query = _tickets(
        look, Ticket.status == "stalled", Ticket.due.is_(None), Ticket.starts.is_(None), ~has_reminder
    )
    for row in look.work.db.execute(query.add_columns(Ticket.last_updated)):
        yield _of_ticket(look, row, f"{row.id}:{int(row.last_updated.timestamp())}", row.last_updated)


def find_closed_unanswered(look: Look) -> Iterable[Found]:
    """Closed, and the customer wrote once more."""
    last = _last_of_customer(func.coalesce(Ticket.told, Ticket.created))
    query = _tickets(
        look,
        Ticket.last_updated > look.before(days=REMEMBERED_DAYS),
        Ticket.last_updated > Ticket.resolved,
        Ticket.status.not_in(("deleted", "rejected")),
        active=False,
    ).add_columns(last.label("last"), Ticket.resolved)
    for row in look.work.db.execute(query):
        if row.last is not None and row.last > row.resolved:
            yield _of_ticket(look, row, f"{row.id}:{int(row.last.timestamp())}", row.last)


def _tickets(look: Look, *conditions: ColumnElement[bool], active: bool = True) -> Select[Any]:
    lifecycles = look.work.app.lifecycles
    statuses = lifecycles.active_statuses() if active else lifecycles.inactive_statuses()
    query: Any = select(Ticket.id, Ticket.owner_id, Ticket.organization_id)  # the callers add columns
    asked: Select[Any] = query.where(
        Ticket.type == "ticket", Ticket.merged_into_id.is_(None), Ticket.status.in_(statuses), *conditions
    )
    return asked


def _last_of_customer(since: Any) -> ScalarSelect[datetime]:
    """When the last message came that somebody outside the staff wrote after `since`."""
    return (
        select(func.max(Transaction.created))
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == Ticket.id,
            Transaction.type == "Correspond",
            Transaction.created > since,
            Transaction.creator_id.not_in(_STAFF),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )


def _of_ticket(look: Look, row: Any, key: str, since: Any) -> Found:
    owner = None if row.owner_id == look.nobody_id else row.owner_id
    return Found(key=key, since=since, owner_id=owner, ticket_id=row.id, organization_id=row.organization_id)


KINDS = (
    Kind(
        "unowned",
        End.ANSWER,
        "Requests without an owner",
        "Take it, or give it to somebody.",
        "Open",
        find_unowned,
    ),
    Kind(
        "unanswered",
        End.ANSWER,
        "No reply yet",
        "A customer asked, and nobody of us has answered.",
        "Answer",
        find_unanswered,
    ),
    Kind(
        "spoke_last",
        End.ANSWER,
        "The customer spoke last",
        "Something came after our last reply and waits for an answer.",
        "Answer",
        find_spoke_last,
    ),
    Kind(
        "overdue",
        End.ANSWER,
        "The date has passed",
        "What was due is not done: do it, or agree on another date and set it.",
        "Open",
        find_overdue,
    ),
    Kind(
        "stalled",
        End.ANSWER,
        "Waiting, with no date to ask again",
        "Set a date or a reminder, or nobody will come back to it.",
        "Set a date",
        find_stalled,
    ),
    Kind(
        "closed_unanswered",
        End.ANSWER,
        "Closed, but the customer wrote again",
        "Read what came after it was resolved: open it again, answer, or say why nothing is to be done.",
        "Read",
        find_closed_unanswered,
    ),
)
