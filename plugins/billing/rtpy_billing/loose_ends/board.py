"""The board of loose ends as somebody may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from rtpy.models import Organization, Ticket, User
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.loose_ends.kinds import BY_NAME, KINDS
from rtpy_billing.loose_ends.looking import is_loose, look_at
from rtpy_billing.loose_ends.values import Kind
from rtpy_billing.models import Dismissal, LooseEnd, LooseEndCount
from rtpy_billing.rights import SEE_LOOSE_ENDS, SEE_MONEY

FEW = 5
"""So many of each kind stand on the board."""
MANY = 200
"""So many where one kind is looked at alone."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One loose end with the names of what it is about; `subject` None: the reader may not see that ticket."""

    id: int
    kind: Kind
    since: datetime
    owner: str | None
    owner_id: int | None
    owner_login: str
    ticket_id: int | None
    subject: str | None
    organization_id: int | None
    organization: str
    thing_id: int | None
    number: int
    amount: int | None
    currency: str
    detail: str


@dataclass(frozen=True, slots=True)
class BoardPart:
    """All of one kind: how many, and the oldest of them."""

    kind: Kind
    number: int
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Something of which somebody said that it is not a problem."""

    id: int
    kind: Kind
    detail: str
    reason: str
    by: str
    at: datetime
    until: date | None


def read_board(work: Work, *, mine: bool = False, kind: str = "") -> tuple[BoardPart, ...]:
    """What the reader may see, kinds without any left out; `kind` alone shows more of it. Four queries."""
    ranked = (
        select(
            LooseEnd.id,
            func.count().over(partition_by=LooseEnd.kind).label("of_kind"),
            func.row_number()
            .over(partition_by=LooseEnd.kind, order_by=(LooseEnd.since, LooseEnd.id))
            .label("place"),
        )
        .where(*_seen(work, mine=mine), LooseEnd.kind == kind if kind else true())
        .subquery()
    )
    query = (
        select(LooseEnd, ranked.c.of_kind, Organization.name, User.name, User.real_name)
        .join(ranked, ranked.c.id == LooseEnd.id)
        .outerjoin(Organization, Organization.id == LooseEnd.organization_id)
        .outerjoin(User, User.id == LooseEnd.owner_id)
        .where(ranked.c.place <= (MANY if kind else FEW))
        .order_by(LooseEnd.since, LooseEnd.id)
    )
    found = work.db.execute(query).all()
    subjects = _subjects(work, {row.LooseEnd.ticket_id for row in found} - {None})
    parts = []
    for each in KINDS:
        rows = [row for row in found if row.LooseEnd.kind == each.name]
        if rows:
            shown = tuple(_row(row, each, subjects) for row in rows)
            parts.append(BoardPart(each, rows[0].of_kind, shown))
    return tuple(parts)


def count_loose_ends(work: Work) -> int:
    """The number for the reader: all of them with SeeLooseEnds, else their own. One query."""
    return work.db.scalar(select(func.count()).select_from(LooseEnd).where(*_seen(work))) or 0


def read_dismissed(work: Work, limit: int = 50) -> tuple[Dismissed, ...]:
    """The last that were said not to be a problem, the newest first. One query."""
    query = (
        select(Dismissal, User.name, User.real_name)
        .join(User, User.id == Dismissal.actor_id)
        .order_by(Dismissal.at.desc(), Dismissal.id.desc())
        .limit(limit)
    )
    if not work.rights.system(SEE_LOOSE_ENDS):
        query = query.where(Dismissal.actor_id == work.actor.user_id)
    return tuple(
        Dismissed(row.id, BY_NAME[row.kind], row.key, row.reason, real_name or name, row.at, row.until)
        for row, name, real_name in work.db.execute(query)
        if row.kind in BY_NAME
    )


def read_trend(work: Work, days: int = 60) -> Sequence[tuple[date, int]]:
    """How many there were at the end of each of the last days, the oldest first. One query."""
    query = (
        select(LooseEndCount.on, func.sum(LooseEndCount.number))
        .group_by(LooseEndCount.on)
        .order_by(LooseEndCount.on.desc())
        .limit(days)
    )
    return [(day, int(number)) for day, number in reversed(work.db.execute(query).all())]


def _seen(work: Work, *, mine: bool = False) -> list[ColumnElement[bool]]:
    conditions = [is_loose(look_at(work).today)]
    if mine or not work.rights.system(SEE_LOOSE_ENDS):
        conditions.append(LooseEnd.owner_id == work.actor.user_id)
    if not work.rights.system(SEE_MONEY):
        conditions.append(LooseEnd.kind.not_in([kind.name for kind in KINDS if kind.is_money]))
    return conditions


def _subjects(work: Work, ids: set[int]) -> Mapping[int, str]:
    """Of the tickets that the reader may see."""
    if not ids:
        return {}
    visible = work.rights.of(Right.SHOW_TICKET).visible()
    rows = work.db.execute(select(Ticket.id, Ticket.subject).where(Ticket.id.in_(ids), visible))
    return {row.id: row.subject or "(no subject)" for row in rows}


def _row(row: Any, kind: Kind, subjects: Mapping[int, str]) -> BoardRow:
    end = row.LooseEnd
    return BoardRow(
        end.id,
        kind,
        end.since,
        row.real_name or row.name_1,
        end.owner_id,
        row.name_1 or "",
        end.ticket_id,
        subjects.get(end.ticket_id),
        end.organization_id,
        row.name or "",
        end.thing_id,
        end.number,
        end.amount,
        end.currency,
        end.detail,
    )
