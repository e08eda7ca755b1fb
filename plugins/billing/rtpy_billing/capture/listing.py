"""Work entries as lists show them, found by person, days, state, ticket and customer."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased

from rtpy.models import Organization, Ticket, User
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.capture.allowed import may_see
from rtpy_billing.models import WorkEntry, WorkType

PER_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: of one person (None: everybody whom the actor may see), in `[first, end)`."""

    worker_id: int | None
    first: date | None = None
    end: date | None = None
    state: str = ""
    ticket_id: int | None = None
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with the names in it. `subject` is empty for a ticket that the reader may not see."""

    id: int
    worked_on: date
    seconds: int
    started: datetime | None
    ended: datetime | None
    zone: str
    state: str
    source: str
    version: int
    ticket_id: int | None
    transaction_id: int | None
    subject: str
    organization: str
    worker_id: int
    worker: str
    worker_login: str
    entered_by: str
    work_type: str
    charge_mode: str
    note_customer: str
    note_internal: str
    corrects_id: int | None
    is_late: bool
    asked: bool
    blocker: str


def list_entries(work: Work, wanted: Wanted, *, limit: int = PER_PAGE, offset: int = 0) -> list[Shown]:
    """The youngest day first. One query."""
    return _read(work, *_clauses(work, wanted), limit=limit, offset=offset)


def shown_entry(work: Work, entry: WorkEntry) -> Shown:
    """One with the names in it. One query."""
    return _read(work, WorkEntry.id == entry.id, limit=1)[0]


def shown_with(work: Work, entry: WorkEntry) -> list[Shown]:
    """The corrections of an entry, or the entry that it corrects. One query."""
    return _read(work, or_(WorkEntry.corrects_id == entry.id, WorkEntry.id == entry.corrects_id), limit=50)


def _read(work: Work, *clauses: ColumnElement[bool], limit: int, offset: int = 0) -> list[Shown]:
    sees = work.rights.of(Right.SHOW_TICKET).visible()
    entered_by = aliased(User)
    kind = WorkType.name.label("work_type")
    rows = work.db.execute(
        select(
            WorkEntry,
            case((sees, Ticket.subject), else_="").label("subject"),
            Organization.name.label("organization"),
            User.name.label("worker_name"),
            User.real_name.label("worker_real_name"),
            entered_by.name.label("enterer_name"),
            kind,
        )
        .outerjoin(Ticket, Ticket.id == WorkEntry.ticket_id)
        .outerjoin(Organization, Organization.id == WorkEntry.organization_id)
        .outerjoin(WorkType, WorkType.id == WorkEntry.work_type_id)
        .join(User, User.id == WorkEntry.worked_by_id)
        .join(entered_by, entered_by.id == WorkEntry.entered_by_id)
        .where(*clauses)
        .order_by(WorkEntry.worked_on.desc(), WorkEntry.started.desc(), WorkEntry.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        Shown(
            id=row.WorkEntry.id,
            worked_on=row.WorkEntry.worked_on,
            seconds=row.WorkEntry.worked_seconds,
            started=row.WorkEntry.started,
            ended=row.WorkEntry.ended,
            zone=row.WorkEntry.zone,
            state=row.WorkEntry.state,
            source=row.WorkEntry.source,
            version=row.WorkEntry.version,
            ticket_id=row.WorkEntry.ticket_id,
            transaction_id=row.WorkEntry.transaction_id,
            subject=row.subject or "",
            organization=row.organization or "",
            worker_id=row.WorkEntry.worked_by_id,
            worker=row.worker_real_name or row.worker_name,
            worker_login=row.worker_name,
            entered_by=row.enterer_name if row.WorkEntry.entered_by_id != row.WorkEntry.worked_by_id else "",
            work_type=row.work_type or "",
            charge_mode=row.WorkEntry.charge_mode or "",
            note_customer=row.WorkEntry.note_customer,
            note_internal=row.WorkEntry.note_internal,
            corrects_id=row.WorkEntry.corrects_id,
            is_late=row.WorkEntry.is_late,
            asked=row.WorkEntry.asked_organization_id is not None,
            blocker=row.WorkEntry.blocker,
        )
        for row in rows
    ]


def count_entries(work: Work, wanted: Wanted) -> tuple[int, int]:
    """How many there are, and their seconds together. One query."""
    row = work.db.execute(
        select(func.count(), func.coalesce(func.sum(WorkEntry.worked_seconds), 0))
        .select_from(WorkEntry)
        .where(*_clauses(work, wanted))
    ).one()
    return int(row[0]), int(row[1])


def _clauses(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    me = work.actor.user_id
    clauses: list[ColumnElement[bool]] = []
    if wanted.worker_id is not None:
        clauses.append(WorkEntry.worked_by_id == wanted.worker_id)
    if wanted.worker_id is None or not may_see(work, wanted.worker_id):
        if not may_see(work, 0):
            clauses.append(WorkEntry.worked_by_id == me)
    if wanted.first is not None:
        clauses.append(WorkEntry.worked_on >= wanted.first)
    if wanted.end is not None:
        clauses.append(WorkEntry.worked_on < wanted.end)
    if wanted.state == "open":
        clauses.append(WorkEntry.state.in_(("draft", "submitted")))
    elif wanted.state == "asked":
        clauses.append(WorkEntry.asked_organization_id.is_not(None))
    elif wanted.state:
        clauses.append(WorkEntry.state == wanted.state)
    if wanted.ticket_id is not None:
        clauses.append(WorkEntry.ticket_id == wanted.ticket_id)
    if wanted.organization_id is not None:
        clauses.append(WorkEntry.organization_id == wanted.organization_id)
    return clauses
