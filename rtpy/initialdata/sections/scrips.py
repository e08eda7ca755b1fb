"""Scrips in their order, known by their descriptions."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.scrips import ScripValues, create_scrip, describe_scrip, modify_scrip, set_scrip_order
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.queues import queue_named
from rtpy.models import Scrip
from rtpy.scrips.checking import check_scrip
from rtpy.work import Work

USUAL: Entry = {
    "order": 0,
    "condition": "",
    "condition_argument": "",
    "transaction_types": "",
    "action": "",
    "action_argument": "",
    "template": "Blank",
    "stage": "create",
    "queues": [],
    "disabled": False,
}


def _dump(work: Work) -> Sequence[Entry]:
    found = [describe_scrip(work.db, scrip) for scrip in work.db.scalars(select(Scrip).order_by(Scrip.id))]
    return sorted(found, key=lambda entry: (int(str(entry["order"])), str(entry["description"])))


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    values = check_scrip(
        work,
        ScripValues(
            str(entry["description"]),
            str(entry["condition"]),
            str(entry["action"]),
            str(entry["template"]),
            str(entry["condition_argument"]),
            str(entry["action_argument"]),
            str(entry["transaction_types"]),
            str(entry["stage"]),
            tuple(queue_named(work, str(name)).id for name in entry["queues"]),
            bool(entry["disabled"]),
        ),
    )
    same = work.db.scalars(
        select(Scrip).where(func.lower(Scrip.description) == values.description.lower()).order_by(Scrip.id)
    ).all()
    if len(same) > 1:
        raise Invalid(Problem("description", "Several scrips have this description: give each one its own."))
    if same:
        modify_scrip(work, same[0], values)
    scrip = same[0] if same else create_scrip(work, values)
    if entry["order"]:
        set_scrip_order(work, scrip, int(entry["order"]))


SCRIPS = Section("scrips", ("description",), USUAL, _dump, _save, unordered=frozenset({"queues"}))
