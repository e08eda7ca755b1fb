"""Setting levels up, and saying which queues use them; the scrips that do the work come with the first queue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, func, or_, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.scrips import ScripValues, create_scrip
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import Queue, Scrip, ScripAction, Ticket, WorkCalendar
from rtpy.work import Work
from rtpy.working_hours import hours_of
from rtpy_sla.levels.scrips import DUE_NEEDED, SET_DUE, SET_STARTS, STARTS_NEEDED
from rtpy_sla.levels.terms import known_terms, read_terms, write_terms
from rtpy_sla.models import Level, QueueLevel
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS

NONE, USUAL = "none", "usual"
"""What a queue can have instead of a level of its own."""


@dataclass(frozen=True, slots=True)
class LevelValues:
    """A level as somebody gives it; `terms` are plain values, as in set-up files."""

    name: str
    description: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)
    calendar_id: int | None = None
    disabled: bool = False


def save_level(work: Work, level: Level | None, values: LevelValues) -> Level:
    """Make a level, or change it. Due dates follow with the next message or change of status, as in RT.

    Needs AdminServiceLevels. Raises Invalid. A level that tickets name keeps its name: they know it by that.
    """
    need_system(work, ADMIN_SERVICE_LEVELS)
    name = " ".join(values.name.split())
    problems = _wrong_name(work, level, name)
    terms = None
    try:
        terms = read_terms(values.terms)
    except Invalid as invalid:
        problems += invalid.problems
    if level is not None and not problems and name.lower() != level.name.lower():
        problems += _still_named(work, level)
    if values.calendar_id is not None:
        problems += _wrong_calendar(work, values.calendar_id)
    if problems or terms is None:
        raise Invalid(*problems)
    before = plain_level(work, level) if level is not None else None
    if level is None:
        level = Level()
        work.db.add(level)
    level.name, level.description = name, values.description.strip()[:4000]
    level.terms, level.calendar_id, level.disabled = write_terms(terms), values.calendar_id, values.disabled
    work.db.flush()
    note_configuration(work, "sla_level", level.id, name, before, plain_level(work, level))
    return level


def plain_level(work: Work, level: Level) -> dict[str, Any]:
    """A level as plain values: what the log and set-up files have."""
    calendar = work.db.get(WorkCalendar, level.calendar_id) if level.calendar_id is not None else None
    return {
        "name": level.name,
        "description": level.description,
        "terms": write_terms(known_terms(level.terms)),
        "calendar": calendar.name if calendar is not None else "",
        "disabled": bool(level.disabled),
    }


def set_queue_level(work: Work, queue: Queue, choice: str) -> bool:
    """Let a queue use a level of that name, the usual one, or none at all (NONE); whether that changed anything.

    The first queue brings the two scrips of RT that set Starts and Due, if none are there. Needs
    AdminServiceLevels. Raises Invalid.
    """
    need_system(work, ADMIN_SERVICE_LEVELS)
    row = work.db.get(QueueLevel, queue.id)
    before = _choice(work, row)
    level_id = None
    if choice not in (NONE, USUAL):
        level_id = work.db.scalar(
            select(Level.id).where(func.lower(Level.name) == choice.lower(), Level.disabled.is_(False))
        )
        if level_id is None:
            raise Invalid(Problem(f"queue.{queue.id}", f"There is no level “{choice[:64]}” in use."))
    if row is not None and choice == NONE:
        work.db.delete(row)
    elif choice != NONE:
        row = row or QueueLevel(queue_id=queue.id)
        row.level_id = level_id
        work.db.add(row)
        make_scrips(work)
    work.db.flush()
    after = _choice(work, work.db.get(QueueLevel, queue.id))
    note_configuration(work, "sla_queue_level", queue.id, queue.name, {"level": before}, {"level": after})
    return before != after


def make_scrips(work: Work) -> None:
    """RT's scrips that set Starts and Due, in all queues; none when any of theirs is there, switched off or not."""
    is_ours = or_(ScripAction.kind.in_((SET_STARTS, SET_DUE)), ScripAction.name.in_((SET_STARTS, SET_DUE)))
    known = select(Scrip.id).join(ScripAction, ScripAction.id == Scrip.action_id).where(is_ours)
    if work.db.scalar(select(exists(known))):
        return
    system = work.as_system()
    for description, condition, action, types in (
        ("Set starts by the service level", STARTS_NEEDED, SET_STARTS, "Create,Set"),
        ("Set due by the service level", DUE_NEEDED, SET_DUE, "Create,Correspond,Set,Status"),
    ):
        create_scrip(system, ScripValues(description, condition, action, transaction_types=types))


def _choice(work: Work, row: QueueLevel | None) -> str:
    if row is None:
        return NONE
    level = work.db.get(Level, row.level_id) if row.level_id is not None else None
    return level.name if level is not None else USUAL


def _wrong_name(work: Work, level: Level | None, name: str) -> list[Problem]:
    if not name:
        return [Problem("name", "Give it a name, such as Gold.")]
    if len(name) > 64:
        return [Problem("name", "A name has at most 64 characters.")]
    if name.lower() in (NONE, USUAL):
        return [
            Problem("name", f"“{name}” means something else in the choice of a queue: take another name.")
        ]
    other = work.db.scalar(select(Level.id).where(func.lower(Level.name) == name.lower()))
    if other is not None and (level is None or other != level.id):
        return [Problem("name", f"There is a level named {name} already.")]
    return []


def _still_named(work: Work, level: Level) -> list[Problem]:
    if not work.db.scalar(
        select(exists(select(Ticket.id).where(func.lower(Ticket.sla) == level.name.lower())))
    ):
        return []
    sentence = f"Tickets name the level {level.name}: make another level instead, and switch this one off."
    return [Problem("name", sentence)]


def _wrong_calendar(work: Work, calendar_id: int) -> list[Problem]:
    try:
        hours_of(work.app, work.db, calendar_id).next_open(work.now)
    except NotFound:
        return [Problem("calendar", "There is no such calendar: choose one of the list.")]
    except ValueError:
        return [Problem("calendar", "This calendar never opens: nothing would ever be due.")]
    return []
