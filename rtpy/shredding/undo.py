"""Putting back what was shredded, from its dump."""

from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from rtpy.changes.configuring import note_configuration
from rtpy.changes.guard import changing
from rtpy.changes.opened_history import opened_history
from rtpy.db.base import table_of
from rtpy.errors import Refused
from rtpy.models import Attachment
from rtpy.remembered import forget
from rtpy.shredding.dump import Dump, lines_of, row_of, table_named
from rtpy.shredding.plan import portions
from rtpy.shredding.shred import self_references, set_values
from rtpy.work import Work

_BYTES = 4_000_000
"""Bytes of rows that are put back at once."""


def undo(work: Work, dump: Dump) -> int:
    """Put everything back that stands in a dump; says how many rows that were.

    Raises Refused when a number is in use again or what the rows belong to is gone, Invalid for a dump that does not
    fit: nothing was changed.
    """
    db = work.db
    db.flush()
    rows, later, changed = 0, [], []
    batch: list[dict[str, Any]] = []
    table: Table | None = None
    weight = 0
    emptied = [line["key"][0] for line in lines_of(dump) if "emptied" in line]
    with changing(db):
        _make_room(work, emptied)
        for line in lines_of(dump):
            if "changed" in line:
                changed.append(line)
            if "row" not in line:
                continue
            wanted = table_named(line["table"])
            if table is not None and (wanted is not table or weight > _BYTES or len(batch) >= 200):
                _insert(work, table, batch)
                batch, weight = [], 0
            table = wanted
            row = row_of(table, line["row"])
            weight += sum(len(value) for value in row.values() if isinstance(value, str | bytes))
            for column in self_references(table):
                if row[column] is not None:
                    key = tuple(row[each.name] for each in table.primary_key)
                    later.append((table, column, key, row[column]))
                    row[column] = None
            batch.append(row)
            rows += 1
        if table is not None and batch:
            _insert(work, table, batch)
        for table, column, key, value in later:
            set_values(work, table, column, [(key, value)])
        _change_back(work, changed)
    note_configuration(work, "shredded", None, str(dump.header.get("what", "")), None, {"put back": rows})
    forget(db.connection())
    db.flush()
    db.expire_all()
    return rows


def _make_room(work: Work, ids: list[int]) -> None:
    for some in portions(ids):
        work.db.connection().execute(
            delete(table_of(Attachment)).where(Attachment.id.in_(some), Attachment.size == 0)
        )


def _insert(work: Work, table: Table, rows: list[dict[str, Any]]) -> None:
    connection = work.db.connection()
    if table.name == "blobs":  # the same bytes may have come again
        known = set(
            connection.scalars(select(table.c.sha256).where(table.c.sha256.in_([r["sha256"] for r in rows])))
        )
        rows = [row for row in rows if row["sha256"] not in known]
    try:
        with work.db.begin_nested():
            if rows:
                work.db.connection().execute(insert(table), rows)  # asked for anew: it begins the savepoint
    except IntegrityError as problem:
        raise Refused(
            f"Rows of {table.name} cannot be put back: their numbers or names are in use again, or what they belong "
            "to is gone. Nothing was changed."
        ) from problem


def _change_back(work: Work, lines: list[dict[str, Any]]) -> None:
    """What let go holds on again, unless somebody has given it another value since."""
    if not lines:
        return
    connection = work.db.connection()
    with opened_history(work.db):
        for line in lines:
            name, _, column = line["changed"].partition(".")
            table = table_named(name)
            where = [part == value for part, value in zip(table.primary_key, line["key"], strict=True)]
            connection.execute(
                update(table)
                .where(*where, table.c[column].is_not_distinct_from(line["new"]))
                .values({column: line["old"]})
            )
