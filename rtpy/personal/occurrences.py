"""Where names and addresses of a person stand: looked for in every column of texts of every table."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, String, Table, Text, and_, bindparam, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.db.folding import folded
from rtpy.migrations.lines import present_tables
from rtpy.personal.declared import kept_of
from rtpy.personal.former import Former

AT_ONCE = 500
ACCOUNT = "users"
"""The account itself has values of its own afterwards."""


def searched(app: App) -> dict[Table, list[Column[Any]]]:
    """The columns of texts in which a person is replaced, by table: all but those that are declared to stay."""
    kept = {(each.table, column) for each in kept_of(app) for column in each.columns}
    found = {}
    for table in present_tables(app.lines):
        columns = [
            column
            for column in table.c
            if isinstance(_plain(column), String)
            and (table.name, column.name) not in kept
            and not column.primary_key
            and not column.foreign_keys
            and getattr(_plain(column), "length", None) not in (64, 36)  # hashes
        ]
        if columns and table.name != ACCOUNT:
            found[table] = columns
    return found


def _plain(column: Column[Any]) -> Any:
    return getattr(column.type, "impl", column.type)


def _as_text(column: Column[Any]) -> Any:
    """What is stored, also of JSON: neither names nor addresses hold a sign that JSON writes differently."""
    return type_coerce(column, Text)


def _clause(former: Former, columns: list[Column[Any]]) -> Any:
    words = [each.lower() for each in former.sure()]
    return or_(
        *(
            folded(_as_text(column), word).contains(word, autoescape=True)
            for column in columns
            for word in words
        )
    )


def changes_in(
    db: Session, former: Former, table: Table, columns: list[Column[Any]]
) -> Iterator[tuple[tuple[Any, ...], dict[str, tuple[str, str]]]]:
    """Rows in which something is replaced: the key, and by column the text before and after. Read in portions."""
    if not former.sure():
        return
    keys = list(table.primary_key)
    query = select(*keys, *(_as_text(column) for column in columns)).where(_clause(former, columns))
    last: tuple[Any, ...] | None = None
    while True:
        part = query.order_by(*keys).limit(AT_ONCE)
        if last is not None:
            part = part.where(_after(keys, last))
        rows = db.connection().execute(part).all()
        for row in rows:
            values = dict(zip(columns, row[len(keys) :], strict=True))
            about = any(value is not None and former.without(value) != value for value in values.values())
            changed = {}
            for column, value in values.items():
                if value is None:
                    continue
                short = about and isinstance(column.type, String) and not isinstance(column.type, Text)
                if (new := _fit(column, former.without(value, about=short))) != value:
                    changed[column.name] = (value, new)
            if changed:
                yield tuple(row[: len(keys)]), changed
        if len(rows) < AT_ONCE:
            return
        last = tuple(rows[-1][: len(keys)])


def _fit(column: Column[Any], text: str) -> str:
    length = getattr(_plain(column), "length", None)
    return text[:length] if length else text


def _after(keys: list[Column[Any]], last: tuple[Any, ...]) -> Any:
    """Behind the row of that key, in the order of the keys."""
    return or_(
        *(
            and_(
                *(key == value for key, value in zip(keys[:at], last[:at], strict=True)), keys[at] > last[at]
            )
            for at in range(len(keys))
        )
    )


def write(db: Session, table: Table, rows: list[tuple[tuple[Any, ...], dict[str, tuple[str, str]]]]) -> None:
    """Write what `changes_in` found. Histories must be open."""
    keys = list(table.primary_key)
    here = and_(*(key == bindparam(f"key{at}") for at, key in enumerate(keys)))
    for key, changed in rows:
        values = {table.c[name]: type_coerce(new, Text) for name, (_, new) in changed.items()}
        where = {f"key{at}": value for at, value in enumerate(key)}
        db.connection().execute(update(table).where(here).values(values), where)
