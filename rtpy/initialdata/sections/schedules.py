"""Schedules and recurring tickets, with the fields of their forms: every value is a text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any  # a row of one of two tables

from sqlalchemy import func, select

from rtpy.changes.recurrences import plain_recurrence, save_recurrence
from rtpy.initialdata.section import Entry, Section
from rtpy.models import Recurrence, Schedule
from rtpy.schedules.saving import plain_schedule, save_schedule
from rtpy.work import Work

SCHEDULE = (
    "type statuses queue owner organization overdue untouched_hours due_within_hours words query condition "
    "condition_argument action action_argument template transaction how every_minutes weekdays at zone repeat "
    "repeat_hours disabled"
).split()
RECURRENCE = (
    "queue subject body checklist requestors owner priority due_hours fields run_as every interval start at zone end "
    "by nth weekday weekdays day month until count disabled"
).split()


def _section(
    name: str,
    keys: Sequence[str],
    model: type[Any],
    plain: Callable[[Work, Any], Mapping[str, str]],
    save: Callable[[Work, Any, Mapping[str, str]], object],
) -> Section:
    def dump(work: Work) -> Sequence[Entry]:
        rows = work.db.scalars(select(model).order_by(func.lower(model.name), model.id))
        return [dict(plain(work, row)) for row in rows]

    def put(work: Work, entry: Entry, before: Entry | None) -> None:
        name = str(entry["name"])
        row = work.db.scalar(select(model).where(func.lower(model.name) == name.lower()))
        save(work, row, {key: str(value) for key, value in entry.items() if value != ""})

    return Section(name, ("name",), dict.fromkeys(keys, ""), dump, put)


SCHEDULES = _section("schedules", SCHEDULE, Schedule, plain_schedule, save_schedule)
RECURRENCES = _section("recurring", RECURRENCE, Recurrence, plain_recurrence, save_recurrence)
