"""Ladders in set-up files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.initialdata.section import Section
from rtpy.work import Work
from rtpy_sla.escalation.ladders import LadderValues, plain_ladder, save_ladder
from rtpy_sla.models import Ladder

Entry = dict[str, Any]


def _dump(work: Work) -> Sequence[Entry]:
    return [plain_ladder(row) for row in work.db.scalars(select(Ladder).order_by(Ladder.name))]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    ladder = work.db.scalar(select(Ladder).where(func.lower(Ladder.name) == name.lower()))
    values = LadderValues(
        name, str(entry["description"]), entry["steps"], entry["quiet"], bool(entry["disabled"])
    )
    save_ladder(work, ladder, values)


LADDERS = Section(
    "sla_ladders",
    ("name",),
    {"description": "", "steps": [], "quiet": {}, "disabled": False},
    _dump,
    _save,
)
