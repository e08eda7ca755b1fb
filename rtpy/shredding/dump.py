"""Dumps: files with all that was shredded, a row a line, in the order in which it can be put back."""

import base64
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import Date, DateTime, LargeBinary, Table, select

from rtpy.app import App
from rtpy.db.base import Base, table_of
from rtpy.errors import Invalid, Problem
from rtpy.models import Attachment, Blob
from rtpy.shredding.plan import Plan, among_keys

FOLDER: Final = "shredded"
FORMAT: Final = 1
_HEAVY = 8
"""Rows with bytes that are read at once."""


@dataclass(frozen=True, slots=True)
class Dump:
    """What stands in a dump: the first line, and where it lies."""

    file: Path
    header: dict[str, Any]


def write_dump(app: App, plan: Plan, name: str, header: dict[str, Any]) -> Path:
    """Write everything that `plan` takes away to a new file, readable by its owner only; it is on the disk afterwards.

    Raises OSError: then nothing may be shredded.
    """
    folder = app.config.home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{name}.jsonl"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    digest, lines = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as out:
        for value in ({"rtpy_shredded": FORMAT, **header}, *_lines(app, plan)):
            line = orjson.dumps(value) + b"\n"
            digest.update(line)
            out.write(line)
            lines += 1
        out.write(orjson.dumps({"end": lines, "sha256": digest.hexdigest()}) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
    return file


def _lines(app: App, plan: Plan) -> Iterator[dict[str, Any]]:
    connection = plan.db.connection()
    for table in plan.tables():
        heavy = any(isinstance(column.type, LargeBinary) for column in table.c)
        for which in among_keys(table, plan.rows[table], _HEAVY if heavy else 400):
            for row in connection.execute(select(table).where(which).order_by(*table.primary_key)).mappings():
                values = dict(row)
                if table is table_of(Blob) and values["data"] is None:  # it lies in another store
                    values["data"] = app.blobs.get(plan.db, values["sha256"])
                yield {
                    "table": table.name,
                    "row": {key: _plain(value) for key, value in values.items() if value is not None},
                }
    for (table, column), noted in plan.changed.items():
        for key in sorted(noted):
            old, new = noted[key]
            yield {"changed": f"{table.name}.{column}", "key": list(key), "old": old, "new": new}
    for number in sorted(plan.emptied):
        yield {"emptied": table_of(Attachment).name, "key": [number]}


def read_dump(file: Path) -> Dump:
    """Look at a dump, whether it is one and whole. Raises Invalid with the reason why it cannot be used."""
    digest, lines, last = hashlib.sha256(), 0, b""
    try:
        with file.open("rb") as given:
            first = given.readline()
            header = orjson.loads(first)
            digest.update(first)
            lines = 1
            for line in given:
                if last:
                    digest.update(last)
                    lines += 1
                last = line
        end = orjson.loads(last)
        if header["rtpy_shredded"] != FORMAT:
            raise _useless(file, "was written by another version of rtpy")
        whole = end["end"] == lines and end["sha256"] == digest.hexdigest()
    except OSError as problem:
        raise _useless(file, f"cannot be read: {problem.strerror or problem}") from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise _useless(file, "is no dump of rtpy shredder, or not a whole one") from problem
    if not whole:
        raise _useless(file, "is damaged: what it says at its end does not fit")
    return Dump(file, header)


def _useless(file: Path, why: str) -> Invalid:
    return Invalid(Problem("file", f"The file {file.name} {why}. Nothing was changed."))


def lines_of(dump: Dump) -> Iterator[dict[str, Any]]:
    """The lines between the first and the last."""
    with dump.file.open("rb") as given:
        given.readline()
        for line in given:
            value: dict[str, Any] = orjson.loads(line)
            if "end" not in value:
                yield value


def table_named(name: str) -> Table:
    """The table that a line is about. Raises Invalid when this rtpy has none of that name."""
    found = Base.metadata.tables.get(name)
    if found is None:
        raise Invalid(
            Problem(
                "file", f"The dump has rows of {name}, which is not here: list the plugin that brings it."
            )
        )
    return found


def row_of(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """The values of a row as the database takes them. Raises Invalid for a column that there is not."""
    strange = sorted(given.keys() - {column.name for column in table.c})
    if strange:
        raise Invalid(
            Problem("file", f"The dump has {table.name}.{strange[0]}, which this version does not have.")
        )
    return {column.name: _typed(column.type, given.get(column.name)) for column in table.c}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value.isoformat() if isinstance(value, date) else value


def _typed(kind: Any, value: Any) -> Any:
    plain = getattr(kind, "impl", kind)
    if value is None:
        return None
    if isinstance(plain, LargeBinary):
        return base64.b64decode(value)
    if isinstance(plain, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(plain, Date) else value
