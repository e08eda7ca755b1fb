"""Levels, and which queues use them, in set-up files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Section
from rtpy.models import Queue, WorkCalendar
from rtpy.work import Work
from rtpy_sla.levels.saving import USUAL, LevelValues, plain_level, save_level, set_queue_level
from rtpy_sla.models import Level, QueueLevel

Entry = dict[str, Any]


def _dump_levels(work: Work) -> Sequence[Entry]:
    return [plain_level(work, level) for level in work.db.scalars(select(Level).order_by(Level.name))]


def _save_level(work: Work, entry: Entry, before: Entry | None) -> None:
    name, calendar = str(entry["name"]), str(entry["calendar"])
    calendar_id = None
    if calendar:
        calendar_id = work.db.scalar(
            select(WorkCalendar.id).where(func.lower(WorkCalendar.name) == calendar.lower())
        )
        if calendar_id is None:
            raise Invalid(Problem("calendar", f"There is no calendar “{calendar}”."))
    level = work.db.scalar(select(Level).where(func.lower(Level.name) == name.lower()))
    values = LevelValues(
        name, str(entry["description"]), entry["terms"], calendar_id, bool(entry["disabled"])
    )
    save_level(work, level, values)


def _dump_queues(work: Work) -> Sequence[Entry]:
    rows = work.db.execute(
        select(Queue.name, Level.name.label("level"))
        .join(QueueLevel, QueueLevel.queue_id == Queue.id)
        .join(Level, Level.id == QueueLevel.level_id, isouter=True)
        .order_by(Queue.name)
    )
    return [{"queue": row.name, "level": row.level or USUAL} for row in rows]


def _save_queue(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["queue"])
    queue = work.db.scalar(select(Queue).where(func.lower(Queue.name) == name.lower()))
    if queue is None:
        raise Invalid(Problem("queue", f"There is no queue “{name}”."))
    set_queue_level(work, queue, str(entry["level"]))


LEVELS = Section(
    "sla_levels",
    ("name",),
    {"description": "", "terms": {}, "calendar": "", "disabled": False},
    _dump_levels,
    _save_level,
)
QUEUES = Section("sla_queue_levels", ("queue",), {"level": USUAL}, _dump_queues, _save_queue)
