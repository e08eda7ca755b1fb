"""Entries that wait for approval, as the lists show them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from rtpy.models import Organization, Ticket, User
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.models import Agreement, EntryLine, WorkEntry, WorkType

PER_PAGE = 100


class Step(StrEnum):
    """Which list."""

    TIME = "time"
    BILLING = "billing"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a list: a person, a customer, the week that begins on a day."""

    person_id: int | None = None
    organization_id: int | None = None
    week: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry. `subject` is empty for a ticket that the reader may not see."""

    id: int
    version: int
    day: date
    person: str
    customer: str
    ticket_id: int | None
    subject: str
    work_type: str
    worked: int
    billed: int
    amount: int
    value: int
    currency: str
    covered: int
    mode: str
    write_off: str
    note_customer: str
    note_internal: str
    blocker: str
    is_late: bool
    is_asked: bool


def count_waiting(db: Session) -> dict[Step, int]:
    """How many entries stand on each list. One query."""
    columns = [func.sum(case((clause(step), 1), else_=0)) for step in Step]
    open_ = WorkEntry.state.in_(("submitted", "checked", "approved"))
    row = db.execute(_base(*columns).where(open_)).one()
    return {step: int(number or 0) for step, number in zip(Step, row, strict=True)}


def clause(step: Step) -> ColumnElement[bool]:
    """Of entries joined with their agreements."""
    short = Agreement.approval.in_(("once", "none"))
    if step is Step.TIME:
        return and_(WorkEntry.state == "submitted", or_(Agreement.id.is_(None), ~short))
    if step is Step.BILLING:
        return or_(WorkEntry.state == "checked", and_(WorkEntry.state == "submitted", short))
    return WorkEntry.state == "approved"


def list_waiting(work: Work, step: Step, wanted: Filter, offset: int = 0) -> list[Waiting]:
    """A page and one more, the oldest day first, people together. One query."""
    sees = work.rights.of(Right.SHOW_TICKET).visible()
    query = _base(
        WorkEntry,
        User.name.label("login"),
        User.real_name,
        Organization.name.label("customer"),
        case((sees, Ticket.subject), else_="").label("subject"),
        WorkType.name.label("work_type"),
    )
    query = (
        query.join(User, User.id == WorkEntry.worked_by_id)
        .outerjoin(Organization, Organization.id == WorkEntry.organization_id)
        .outerjoin(Ticket, Ticket.id == WorkEntry.ticket_id)
        .outerjoin(WorkType, WorkType.id == WorkEntry.work_type_id)
        .where(clause(step))
        .order_by(WorkEntry.worked_on, User.name, WorkEntry.id)
        .limit(PER_PAGE + 1)
        .offset(offset)
    )
    if step is Step.APPROVED:
        on_draft = select(EntryLine.id).where(
            EntryLine.entry_id == WorkEntry.id, EntryLine.invoice_line_id.is_not(None)
        )
        query = query.where(~on_draft.exists())
    if wanted.person_id is not None:
        query = query.where(WorkEntry.worked_by_id == wanted.person_id)
    if wanted.organization_id is not None:
        query = query.where(WorkEntry.organization_id == wanted.organization_id)
    if wanted.week is not None:
        query = query.where(
            WorkEntry.worked_on >= wanted.week, WorkEntry.worked_on < wanted.week + timedelta(days=7)
        )
    return [_waiting(*row) for row in work.db.execute(query)]


def choices(db: Session, step: Step) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The people and the customers of a list, for its filters. Two queries."""
    people = db.execute(
        _base(User.id, User.name, User.real_name)
        .join(User, User.id == WorkEntry.worked_by_id)
        .where(clause(step))
        .distinct()
        .order_by(User.name)
    )
    customers = db.execute(
        _base(Organization.id, Organization.name)
        .join(Organization, Organization.id == WorkEntry.organization_id)
        .where(clause(step))
        .distinct()
        .order_by(Organization.name)
    )
    return [(row.id, row.real_name or row.name) for row in people], [(row.id, row.name) for row in customers]


def _base(*columns: Any) -> Select[Any]:  # any columns
    return (
        select(*columns).select_from(WorkEntry).outerjoin(Agreement, Agreement.id == WorkEntry.agreement_id)
    )


def _waiting(
    entry: WorkEntry, login: str, real_name: str, customer: str | None, subject: str | None, kind: str | None
) -> Waiting:
    return Waiting(
        entry.id,
        entry.version,
        entry.worked_on,
        real_name or login,
        customer or "",
        entry.ticket_id,
        subject or "",
        kind or "",
        entry.worked_seconds,
        entry.billed_seconds,
        entry.amount,
        entry.value,
        entry.currency,
        entry.covered_seconds,
        entry.charge_mode or "",
        entry.write_off_reason,
        entry.note_customer,
        entry.note_internal,
        entry.blocker,
        entry.is_late,
        entry.asked_organization_id is not None,
    )
