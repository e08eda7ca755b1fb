"""The week sheet: rows are tickets, columns are days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, select

from rtpy.models import Organization, Ticket, User
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.capture.expected import expected_minutes
from rtpy_billing.models import WorkEntry

MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """What was worked in a row on a day. With `entry_id` it is one draft, which the cell changes; else it adds one."""

    minutes: int = 0
    entry_id: int | None = None
    version: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket (`t7`), or other work for an organisation (`o3`) or for nobody (`o0`)."""

    key: str
    name: str
    subject: str
    cells: tuple[Cell, ...]

    @property
    def ticket_id(self) -> int | None:
        """The ticket's number."""
        return int(self.key[1:]) if self.key[0] == "t" else None

    @property
    def organization_id(self) -> int | None:
        """Whose other work it is."""
        return int(self.key[1:]) or None if self.key[0] == "o" else None

    @property
    def minutes(self) -> int:
        """Of the week."""
        return sum(cell.minutes for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A person's week."""

    worker: User
    days: tuple[date, ...]
    rows: tuple[Row, ...]
    expected: tuple[int, ...]
    drafts: int

    @property
    def sums(self) -> tuple[int, ...]:
        """Minutes of each day."""
        return tuple(sum(row.cells[at].minutes for row in self.rows) for at in range(len(self.days)))


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def read_sheet(work: Work, worker: User, monday: date, further: Iterable[str] = ()) -> Sheet:
    """The week that begins on `monday`, with the rows of its entries and those of `further`. Four queries at most."""
    days = tuple(monday + timedelta(days=each) for each in range(7))
    entries = work.db.execute(
        select(
            WorkEntry.id,
            WorkEntry.ticket_id,
            WorkEntry.organization_id,
            WorkEntry.worked_on,
            WorkEntry.worked_seconds,
            WorkEntry.state,
            WorkEntry.version,
            WorkEntry.corrects_id,
        )
        .where(WorkEntry.worked_by_id == worker.id, WorkEntry.worked_on.between(days[0], days[-1]))
        .order_by(WorkEntry.id)
    ).all()
    found: dict[str, list[Cell]] = {}
    drafts = 0
    for entry in entries:
        cells = found.setdefault(key_of(entry.ticket_id, entry.organization_id), [Cell()] * 7)
        at = (entry.worked_on - monday).days
        before, is_draft = cells[at], entry.state == "draft"
        drafts += is_draft
        single = not before.count and is_draft and entry.corrects_id is None
        minutes = before.minutes + entry.worked_seconds // 60
        cells[at] = Cell(minutes, entry.id if single else None, entry.version, before.count + 1)
    for key in further:
        if len(found) < MOST_ROWS and _is_key(key):
            found.setdefault(key, [Cell()] * 7)
    names = _names(work, found)
    rows = tuple(Row(key, *names[key], tuple(cells)) for key, cells in sorted(found.items()) if key in names)
    return Sheet(worker, days, rows, expected_minutes(work, worker.id, days), drafts)


def rows_of(work: Work, worker_id: int, first: date, end: date) -> Mapping[str, int]:
    """The rows of `[first, end)` with the minutes of each. One query."""
    found: dict[str, int] = {}
    rows = work.db.execute(
        select(WorkEntry.ticket_id, WorkEntry.organization_id, WorkEntry.worked_seconds).where(
            WorkEntry.worked_by_id == worker_id, WorkEntry.worked_on >= first, WorkEntry.worked_on < end
        )
    )
    for ticket_id, organization_id, seconds in rows:
        key = key_of(ticket_id, organization_id)
        found[key] = found.get(key, 0) + seconds // 60
    return found


def tickets_like(work: Work, words: str) -> Sequence[tuple[int, str]]:
    """At most ten tickets that the actor may see whose subject has the words, the youngest first. One query."""
    clean = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = work.db.execute(
        select(Ticket.id, Ticket.subject)
        .where(
            Ticket.subject.ilike(f"%{clean}%", escape="\\"),
            Ticket.merged_into_id.is_(None),
            Ticket.type == "ticket",
            work.rights.of(Right.SHOW_TICKET).visible(),
        )
        .order_by(Ticket.id.desc())
        .limit(10)
    )
    return [(row.id, row.subject) for row in rows]


def key_of(ticket_id: int | None, organization_id: int | None) -> str:
    """The row in which an entry stands."""
    return f"t{ticket_id}" if ticket_id is not None else f"o{organization_id or 0}"


def _is_key(key: str) -> bool:
    return key[:1] in ("t", "o") and key[1:].isascii() and key[1:].isdigit() and len(key) < 20


def _names(work: Work, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What stands in front of each row; a ticket that does not exist has no name, and no row."""
    tickets = [int(key[1:]) for key in keys if key[0] == "t"]
    organizations = [int(key[1:]) for key in keys if key[0] == "o"]
    names: dict[str, tuple[str, str]] = {}
    if tickets:
        sees = work.rights.of(Right.SHOW_TICKET).visible()
        rows = work.db.execute(
            select(Ticket.id, case((sees, Ticket.subject), else_="").label("subject")).where(
                Ticket.id.in_(tickets)
            )
        )
        names |= {f"t{row.id}": (f"#{row.id}", row.subject) for row in rows}
    if organizations:
        rows = work.db.execute(
            select(Organization.id, Organization.name).where(Organization.id.in_(organizations))
        )
        names |= {f"o{row.id}": ("Other work", row.name) for row in rows}
        names["o0"] = ("Other work", "for nobody in particular")
    return names
