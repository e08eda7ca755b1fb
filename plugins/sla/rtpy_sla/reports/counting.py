"""Which clocks count in a report, and how: one clause for verdicts, one for who may see what, one subquery for all."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from rtpy.db.base import table_of
from rtpy.models import Organization, Queue, Ticket, User
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_sla.clocks.words import MEASURED, State, Verdict
from rtpy_sla.models import ClockRow, Policy, PolicyVersion
from rtpy_sla.reports.values import Asked
from rtpy_sla.rights import SEE_SERVICE_REPORTS

clocks, tickets, versions = table_of(ClockRow).c, table_of(Ticket).c, table_of(PolicyVersion).c

_MEASURED = clocks.target.in_([each.value for each in sorted(MEASURED)])
RUNNING = clocks.state == literal(State.RUNNING.value, literal_execute=True)
"""Written out, for the partial index."""
_GOING = clocks.state.in_([State.RUNNING.value, State.PAUSED.value])
_SETTLED_VERDICT = case(
    (and_(clocks.missed.is_not(None), clocks.excuse != ""), Verdict.EXCUSED.value),
    (clocks.missed.is_not(None), Verdict.MISSED.value),
    (clocks.state == State.STOPPED.value, Verdict.NONE.value),
    (and_(clocks.amount.is_(None), _MEASURED), Verdict.NONE.value),
    else_=Verdict.MET.value,
)
_OPEN_VERDICT = case((and_(clocks.amount.is_(None), _MEASURED), Verdict.NONE.value), else_=Verdict.OPEN.value)
COLUMNS = (
    clocks.id,
    clocks.ticket_id,
    clocks.target,
    clocks.cycle,
    clocks.state,
    clocks.unit,
    clocks.used,
    clocks.paused,
    clocks.amount,
    clocks.started,
    clocks.due,
    clocks.ended,
    clocks.version_id,
    clocks.person_id,
    clocks.cause,
    tickets.organization_id,
    tickets.queue_id,
)


def sees_all(work: Work) -> bool:
    """May the actor see figures of all customers and people? All others get those of tickets that they may see."""
    return bool(work.rights.system(SEE_SERVICE_REPORTS))


def seen(work: Work) -> ColumnElement[bool]:
    """Over tickets: which the reader may count. Deleted ones never; merged ones count as what they were merged into."""
    allowed = true() if sees_all(work) else work.rights.of(Right.SHOW_TICKET).visible()
    return and_(allowed, tickets.status != "deleted", tickets.merged_into_id.is_(None))


def narrowed(asked: Asked) -> list[ColumnElement[bool]]:
    """Over clocks and tickets: the filters that were asked for."""
    found: list[ColumnElement[bool]] = []
    if asked.organization_id is not None:
        found.append(tickets.organization_id == asked.organization_id)
    if asked.queue_id is not None:
        found.append(tickets.queue_id == asked.queue_id)
    if asked.policy_id is not None:
        found.append(clocks.version_id.in_(select(versions.id).where(versions.policy_id == asked.policy_id)))
    if asked.target is not None:
        found.append(clocks.target == asked.target.value)
    if asked.person_id is not None:
        found.append(clocks.person_id == asked.person_id)
    if asked.cause is not None:
        found.append(clocks.cause == asked.cause)
    return found


def settled(work: Work, asked: Asked, *columns: ColumnElement[Any]) -> Select[Any]:
    """Clocks that came to count in the time asked for, with `verdict` and `at` (when) in front of `columns`."""
    return (
        select(_SETTLED_VERDICT.label("verdict"), clocks.settled.label("at"), *columns)
        .select_from(table_of(ClockRow))
        .join(table_of(Ticket), tickets.id == clocks.ticket_id)
        .where(clocks.settled >= asked.start, clocks.settled < asked.end, seen(work), *narrowed(asked))
    )


def overdue(work: Work, asked: Asked, *columns: ColumnElement[Any]) -> Select[Any]:
    """Clocks that run past their due moment and were not looked at since: missed at that moment."""
    return (
        select(literal(Verdict.MISSED.value).label("verdict"), clocks.due.label("at"), *columns)
        .select_from(table_of(ClockRow))
        .join(table_of(Ticket), tickets.id == clocks.ticket_id)
        .where(
            clocks.settled.is_(None),
            RUNNING,
            clocks.due < work.now,
            clocks.due >= asked.start,
            clocks.due < asked.end,
            seen(work),
            *narrowed(asked),
        )
    )


def still_open(work: Work, asked: Asked, *columns: ColumnElement[Any]) -> Select[Any]:
    """Clocks that run or are paused now, are not missed, and began before the end of the time asked for."""
    return (
        select(_OPEN_VERDICT.label("verdict"), clocks.started.label("at"), *columns)
        .select_from(table_of(ClockRow))
        .join(table_of(Ticket), tickets.id == clocks.ticket_id)
        .where(
            clocks.settled.is_(None),
            _GOING,
            or_(clocks.due.is_(None), clocks.due >= work.now, clocks.state == State.PAUSED.value),
            clocks.started < asked.end,
            seen(work),
            *narrowed(asked),
        )
    )


def counted(work: Work, asked: Asked, *, with_open: bool) -> Subquery:
    """All that a report of these days counts, one row a clock: COLUMNS with `verdict` and `at`."""
    parts = [settled(work, asked, *COLUMNS), overdue(work, asked, *COLUMNS)]
    if with_open:
        parts.append(still_open(work, asked, *COLUMNS))
    return union_all(*parts).subquery("counted")


def is_sqlite(db: Session) -> bool:
    """Is the database SQLite? It counts seconds in its own way."""
    return db.get_bind().dialect.name == "sqlite"


def epoch(db: Session, moment: Any) -> ColumnElement[int]:
    """Whole seconds of a moment since 1970."""
    if is_sqlite(db):
        return cast(func.strftime("%s", moment), Integer)
    return cast(func.floor(extract("epoch", moment)), BigInteger)


def customer_names(db: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    """By number; None is no customer."""
    return _names(db, Organization, ids, "(no customer)")


def queue_names(db: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    """By number."""
    return _names(db, Queue, ids, "(no queue)")


def policy_names(db: Session, version_ids: Iterable[int | None]) -> dict[int | None, tuple[int | None, str]]:
    """Number and name of the policy, by version; None is what was promised without a policy."""
    found: dict[int | None, tuple[int | None, str]] = {None: (None, "(without a policy)")}
    wanted = {each for each in version_ids if each is not None}
    rows = db.execute(
        select(PolicyVersion.id, Policy.id, Policy.name)
        .join(Policy, Policy.id == PolicyVersion.policy_id)
        .where(PolicyVersion.id.in_(wanted))
    )
    return found | {version: (policy, name) for version, policy, name in rows}


def people_names(db: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    """By number; None is nobody."""
    wanted = {each for each in ids if each is not None}
    rows = db.execute(select(User.id, User.real_name, User.name).where(User.id.in_(wanted)))
    found: dict[int | None, str] = {None: "(nobody)"}
    return found | {id_: real_name or name for id_, real_name, name in rows}


def _names(db: Session, model: Any, ids: Iterable[int | None], nothing: str) -> dict[int | None, str]:
    wanted = {each for each in ids if each is not None}
    found: dict[int | None, str] = {None: nothing}
    if wanted:
        rows = db.execute(select(model.id, model.name).where(model.id.in_(wanted)))
        found.update((row.id, row.name) for row in rows)
    return found
