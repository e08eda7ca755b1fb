"""The levels that are set up, as values kept between requests: by name, and by queue."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.calendars.open_hours import OpenHours, always
from rtpy.errors import NotFound
from rtpy.models import Ticket
from rtpy.plugin_settings import setting
from rtpy.remembered import remembered, watch
from rtpy.working_hours import hours_of
from rtpy_sla.levels.settings import USUAL
from rtpy_sla.levels.terms import LevelTerms, known_terms
from rtpy_sla.models import Level, QueueLevel

watch(Level, QueueLevel)

ALWAYS = always()


@dataclass(frozen=True, slots=True)
class KnownLevel:
    """One level that is in use."""

    id: int
    name: str
    terms: LevelTerms
    calendar_id: int | None


@dataclass(frozen=True, slots=True)
class Levels:
    """All levels in use by lower-case name, and the level of each queue that uses levels (None: the usual one)."""

    by_name: Mapping[str, KnownLevel]
    by_queue: Mapping[int, int | None]

    @property
    def names(self) -> tuple[str, ...]:
        """What can be chosen on tickets."""
        return tuple(level.name for level in self.by_name.values())


def levels_of(app: App, db: Session) -> Levels:
    """What is set up. As a rule nothing is asked of the database."""
    return remembered(app, db, "sla levels", _read)


def level_of(app: App, db: Session, ticket: Ticket) -> KnownLevel | None:
    """The level that a ticket names; None when its queue uses no levels, and for a name that is none."""
    levels = levels_of(app, db)
    return levels.by_name.get(ticket.sla.strip().lower()) if ticket.queue_id in levels.by_queue else None


def first_level(app: App, db: Session, queue_id: int) -> KnownLevel | None:
    """What new tickets of a queue get that name no level: that of the queue, else the usual one."""
    levels = levels_of(app, db)
    if queue_id not in levels.by_queue:
        return None
    number = levels.by_queue[queue_id]
    if number is not None:
        return next((level for level in levels.by_name.values() if level.id == number), None)
    return levels.by_name.get(str(setting(app, db, USUAL)).strip().lower())


def hours_of_level(app: App, db: Session, level: KnownLevel) -> OpenHours:
    """The business hours of a level; every minute without a calendar, and when its calendar is gone."""
    if level.calendar_id is None:
        return ALWAYS
    try:
        return hours_of(app, db, level.calendar_id)
    except NotFound:
        return ALWAYS


def _read(db: Session) -> Levels:
    rows = db.scalars(select(Level).where(Level.disabled.is_(False)).order_by(Level.name))
    queues = db.execute(select(QueueLevel.queue_id, QueueLevel.level_id))
    return Levels(
        {
            row.name.lower(): KnownLevel(row.id, row.name, known_terms(row.terms), row.calendar_id)
            for row in rows
        },
        {row.queue_id: row.level_id for row in queues},
    )
