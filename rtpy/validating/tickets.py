"""Tickets: what is kept on them against the history that it comes from, merges, owners and links."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from rtpy.changes.change import Record
from rtpy.changes.pipeline import change_ticket
from rtpy.db.base import table_of
from rtpy.models import Link, Ticket, Transaction, User
from rtpy.validating.validation import Found, Validation, count_rows
from rtpy.work import Work

ROUNDS = 20
"""Tickets merged into merged ones, into merged ones: so deep at most."""


@dataclass(frozen=True, slots=True)
class PutRight:
    """Give a ticket the value that its history says, and note it there."""

    column: str
    field: str
    """RT's name of it."""
    value: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Only the validator makes this change."""

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Set it. What was booked stays booked: no minutes are in this entry."""
        old = getattr(ticket, self.column)
        setattr(ticket, self.column, self.value)
        yield Record(
            Transaction(type="Set", field=self.field, old_value=str(old), new_value=str(self.value)),
            by_system=True,
        )


def _worked() -> Any:
    """Tickets that speak for themselves, with the minutes of their history and of those merged into them.

    Both are added up in one go: to join two such sums took SQLite minutes.
    """
    has = select(Ticket.id.label("id"), Ticket.time_worked.label("has"), literal(0).label("minutes"))
    booked = (
        select(func.coalesce(Ticket.merged_into_id, Ticket.id), literal(0), Transaction.time_taken)
        .join(Ticket, Ticket.id == Transaction.object_id)
        .where(Transaction.object_type == "ticket", Transaction.time_taken != 0)
    )
    both = union_all(has.where(Ticket.merged_into_id.is_(None), Ticket.time_worked != 0), booked).subquery()
    sums = (func.sum(both.c.has), func.sum(both.c.minutes))
    return (
        select(both.c.id, sums[0].label("time_worked"), sums[1].label("minutes"))
        .group_by(both.c.id)
        .having(sums[0] != sums[1])
        .order_by(both.c.id)
    )


def _look_worked(work: Work) -> Found:
    found = _worked().subquery()
    return count_rows(
        work,
        select(
            literal("ticket"),
            found.c.id,
            literal("has"),
            found.c.time_worked,
            literal("not"),
            found.c.minutes,
        ).order_by(found.c.id),
    )


def _repair_worked(work: Work) -> int:
    rows = work.db.connection().execute(_worked()).all()
    for row in rows:
        ticket = work.db.get_one(Ticket, row.id)
        change_ticket(work.as_system(), ticket, PutRight("time_worked", "TimeWorked", int(row.minutes)))
    return len(rows)


def _owned() -> Any:
    kept = aliased(User)
    return (
        select(Ticket.id, kept.id.label("owner"))
        .join(User, User.id == Ticket.owner_id)
        .join(kept, kept.id == User.merged_into_id)
        .where(Ticket.merged_into_id.is_(None))
        .order_by(Ticket.id)
    )


def _look_owned(work: Work) -> Found:
    found = _owned().subquery()
    return count_rows(
        work,
        select(literal("ticket"), found.c.id, literal("should be of user"), found.c.owner).order_by(
            found.c.id
        ),
    )


def _repair_owned(work: Work) -> int:
    rows = work.db.connection().execute(_owned()).all()
    for row in rows:
        ticket = work.db.get_one(Ticket, row.id)
        change_ticket(work.as_system(), ticket, PutRight("owner_id", "Owner", int(row.owner)))
    return len(rows)


def _chained() -> Any:
    table = table_of(Ticket)
    middle = table.alias("middle")
    itself = table.c.merged_into_id == table.c.id
    further = exists().where(middle.c.id == table.c.merged_into_id, middle.c.merged_into_id.is_not(None))
    return or_(itself, and_(table.c.merged_into_id.is_not(None), further))


def _look_chained(work: Work) -> Found:
    table = table_of(Ticket)
    query = select(literal("ticket"), table.c.id, literal("merged into"), table.c.merged_into_id)
    return count_rows(work, query.where(_chained()).order_by(table.c.id))


def _repair_chained(work: Work) -> int:
    table, connection = table_of(Ticket), work.db.connection()
    middle = table.alias("middle")
    changed = connection.execute(
        update(table).where(table.c.merged_into_id == table.c.id).values(merged_into_id=None)
    ).rowcount
    target = (
        select(middle.c.merged_into_id).where(middle.c.id == table.c.merged_into_id).correlate(table)
    ).scalar_subquery()
    for _ in range(ROUNDS):
        done = connection.execute(
            update(table)
            .where(_chained(), table.c.merged_into_id != table.c.id)
            .values(merged_into_id=target)
        ).rowcount
        changed += done
        if not done:
            break
    return int(changed)


def _behind() -> Any:
    """Tickets with the moment of the last entry of their history, where it is later than what they say."""
    latest = (
        select(Transaction.object_id, func.max(Transaction.created).label("latest"))
        .where(Transaction.object_type == "ticket")
        .group_by(Transaction.object_id)
        .subquery("latest")
    )
    return (
        select(Ticket.id, Ticket.last_updated, latest.c.latest)
        .join(latest, latest.c.object_id == Ticket.id)
        .where(Ticket.last_updated < latest.c.latest)
        .order_by(Ticket.id)
    )


def _look_behind(work: Work) -> Found:
    found = _behind().subquery()
    return count_rows(
        work,
        select(
            literal("ticket"), found.c.id, found.c.last_updated, literal("before"), found.c.latest
        ).order_by(found.c.id),
    )


def _repair_behind(work: Work) -> int:
    table, connection = table_of(Ticket), work.db.connection()
    rows = [{"key": row.id, "moment": row.latest} for row in connection.execute(_behind())]
    if rows:
        right = update(table).where(table.c.id == bindparam("key"))
        connection.execute(right.values(last_updated=bindparam("moment")), rows)
    return len(rows)


def _ends(work: Work) -> tuple[str, list[Any]]:
    """How the URIs of our tickets begin, and clauses of links that say two different things of an end."""
    prefix = f"fsck.com-rt://{work.app.config.organization}/ticket/"
    table = table_of(Link)
    clauses = []
    for end in ("base", "target"):
        local, uri = table.c[f"local_{end}_id"], table.c[end]
        other = and_(local.is_not(None), uri != literal(prefix) + cast(local, String))
        lost = and_(local.is_(None), uri.startswith(prefix, autoescape=True))
        clauses.append(or_(other, lost))
    return prefix, clauses


def _look_links(work: Work) -> Found:
    _, clauses = _ends(work)
    table = table_of(Link)
    query = select(literal("link"), table.c.id, table.c.base, table.c.type, table.c.target)
    return count_rows(work, query.where(or_(*clauses)).order_by(table.c.id))


def _repair_links(work: Work) -> int:
    prefix, _ = _ends(work)
    table, connection, changed = table_of(Link), work.db.connection(), 0
    for end in ("base", "target"):
        local, uri = table.c[f"local_{end}_id"], table.c[end]
        wanted = literal(prefix) + cast(local, String)
        changed += connection.execute(
            update(table).where(local.is_not(None), uri != wanted).values({end: wanted})
        ).rowcount
        lost = and_(local.is_(None), uri.startswith(prefix, autoescape=True))
        named = (
            select(Ticket.id).where(literal(prefix) + cast(Ticket.id, String) == uri).correlate(table)
        ).scalar_subquery()
        changed += connection.execute(
            update(table).where(lost, named.is_not(None)).values({f"local_{end}_id": named})
        ).rowcount
        changed += connection.execute(delete(table).where(lost)).rowcount
    return int(changed)


def _stray_reminders() -> Any:
    """Reminders are found by their ticket only."""
    linked = exists().where(Link.local_base_id == Ticket.id, Link.type == "RefersTo")
    return select(literal("reminder"), Ticket.id).where(
        Ticket.type == "reminder", Ticket.merged_into_id.is_(None), not_(linked)
    )


TICKETS = (
    Validation(
        "tickets.merged_in_a_chain",
        "tickets are merged into one that is merged itself",
        _look_chained,
        "They stand with the last one of the chain afterwards.",
        _repair_chained,
    ),
    Validation(
        "tickets.time_worked",
        "tickets have another sum of minutes than their history",
        _look_worked,
        "The sum becomes that of the history, noted there.",
        _repair_worked,
    ),
    Validation(
        "tickets.owner_merged",
        "tickets are owned by somebody who was merged into another person",
        _look_owned,
        "The kept person owns them, noted in their history.",
        _repair_owned,
    ),
    Validation(
        "tickets.last_updated",
        "tickets were changed after the moment that they give for it",
        _look_behind,
        "It becomes the moment of the last entry of their history.",
        _repair_behind,
    ),
    Validation(
        "tickets.reminders_of_nothing",
        "reminders hang on no ticket",
        lambda work: count_rows(work, _stray_reminders().order_by(Ticket.id)),
        "Shred them: rtpy shredder ticket NUMBER.",
    ),
    Validation(
        "links.ends",
        "links name one ticket in their address and point at another, or at none",
        _look_links,
        "The address follows what they point at; links to tickets that are gone are deleted.",
        _repair_links,
    ),
)
