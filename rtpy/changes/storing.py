"""Storing one new row at once: an INSERT that was built once, in a fraction of the time of the unit of work."""

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table, insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from rtpy.changes.guard import GUARDED, need_changing
from rtpy.db.base import Base


def store(db: Session, row: Base) -> None:
    """Insert `row`, which is new and points at stored rows only; then it has its id and belongs to the session.

    What waits to be written is written before it. Columns get what the unit of work would give them.
    """
    if isinstance(row, GUARDED):
        need_changing(db, type(row))
    db.flush()
    plan = _plan(type(row))
    given = row.__dict__
    values = {name: given.get(name, default) for name, default in plan.defaults.items()}
    number = given.get("id")
    if number is None:
        number = db.connection().execute(plan.numbering, values).scalar_one()
        values["id"] = number
    else:
        values["id"] = number
        db.connection().execute(plan.numbered, values)
    for name, value in values.items():
        if name not in given:
            set_committed_value(row, name, value)
    _adopt(db, row)


def _adopt(db: Session, row: Base) -> None:
    make_transient_to_detached(row)
    stale = db.identity_map.get(identity_key(instance=row))
    if stale is not None:
        db.expunge(stale)  # of a savepoint that was rolled back: SQLite gives its id out again
    db.add(row)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Of one table: the statements for a row without and with an id, and what columns hold that are not given."""

    numbering: Insert
    numbered: Insert
    defaults: dict[str, Any]


@cache
def _plan(model: type[Base]) -> _Plan:
    table = cast(Table, model.__table__)
    defaults: dict[str, Any] = {}
    for column in table.c:
        if column.key != "id":
            default: Any = column.default
            assert default is None or default.is_scalar, f"{column} has a default that must be computed"
            defaults[column.key] = None if default is None else default.arg
    return _Plan(insert(table).returning(table.c.id), insert(table), defaults)
