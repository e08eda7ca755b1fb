"""One look at everything: what is loose now, written down beside what was loose before."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.jobs.worker import Chore
from rtpy.models.locks import lock_name
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_billing.loose_ends.kinds import KINDS
from rtpy_billing.loose_ends.values import Found, Look
from rtpy_billing.models import Dismissal, LooseEnd, LooseEndCount

AT_ONCE = 200
"""So many rows a statement takes."""
_ends = table_of(LooseEnd)
_FACTS = ("owner_id", "ticket_id", "organization_id", "thing_id", "number", "amount", "currency", "detail")


def look(work: Work) -> int:
    """Find everything that is loose, and write down what is new, other or gone; how many rows that were.

    A number of statements that depends on the kinds, not on how much there is.
    """
    lock_name(work.db, "billing loose ends")  # two at once would both write what is new
    now = look_at(work)
    written = 0
    for kind in KINDS:
        found = {each.key: each for each in kind.find(now)}
        written += _write(work, kind.name, found)
    _count(work, now)
    return written


def look_at(work: Work) -> Look:
    """Today, where the house is."""
    zone = ZoneInfo(setting(work.app, work.db, "billing.zone"))
    return Look(work, zone, work.now.astimezone(zone).date(), work.app.nobody_id(work.db))


def look_round(app: App) -> int:
    """One round of the worker. Always 0: the next look comes at its time."""
    with app.work() as work:
        look(work)
    return 0


LOOKING = Chore("billing loose ends", 20.0, look_round)


def is_loose(today: date) -> ColumnElement[bool]:
    """That nobody has said of a row of `billing_loose_ends` that it is no problem, or only for a time that is over."""
    return (
        ~select(Dismissal.id)
        .where(
            Dismissal.kind == LooseEnd.kind,
            Dismissal.key == LooseEnd.key,
            or_(Dismissal.until.is_(None), Dismissal.until > today),
        )
        .exists()
    )


def _write(work: Work, kind: str, found: Mapping[str, Found]) -> int:
    db = work.db
    columns = (LooseEnd.id, LooseEnd.key, *(getattr(LooseEnd, name) for name in _FACTS))
    before = {row.key: row for row in db.execute(select(*columns).where(LooseEnd.kind == kind))}
    gone = [row.id for key, row in before.items() if key not in found]
    new = [_row(kind, each) for key, each in found.items() if key not in before]
    changed = [
        {"id": before[key].id, **_facts(each)}
        for key, each in found.items()
        if key in before and _facts(each) != {name: getattr(before[key], name) for name in _FACTS}
    ]
    for start in range(0, len(gone), AT_ONCE):
        db.execute(delete(LooseEnd).where(LooseEnd.id.in_(gone[start : start + AT_ONCE])))
    if new:
        db.execute(insert(_ends), new)
    if changed:
        db.execute(update(LooseEnd), changed)
    return len(gone) + len(new) + len(changed)


def _facts(found: Found) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _FACTS}


def _row(kind: str, found: Found) -> dict[str, Any]:
    return {"kind": kind, "key": found.key, "since": found.since, **_facts(found)}


def _count(work: Work, now: Look) -> None:
    """How many there are today, for the trend."""
    db = work.db
    rows = db.execute(select(LooseEnd.kind, func.count()).where(is_loose(now.today)).group_by(LooseEnd.kind))
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    known = {
        row.kind: row.number
        for row in db.execute(
            select(LooseEndCount.kind, LooseEndCount.number).where(LooseEndCount.on == now.today)
        )
    }
    for kind in KINDS:
        number = counted.get(kind.name, 0)
        if kind.name not in known:
            db.add(LooseEndCount(on=now.today, kind=kind.name, number=number))
        elif known[kind.name] != number:
            db.execute(
                update(LooseEndCount)
                .where(LooseEndCount.on == now.today, LooseEndCount.kind == kind.name)
                .values(number=number)
            )
    db.flush()  # the next look reads them
