"""Rows as plain values, for the log of the set-up and for forms."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from rtpy.db.base import Base

NOT_TOLD = frozenset({"id", "version", "logo"})


def plain(row: Base, names: Iterable[str] = ()) -> dict[str, Any]:
    """The columns of a row (or those of that name) as the log of the set-up keeps them."""
    wanted = tuple(names) or tuple(attr.key for attr in row.__mapper__.column_attrs)
    return {name: _value(getattr(row, name)) for name in wanted if name not in NOT_TOLD}


def as_typed(row: Base, names: Iterable[str]) -> dict[str, str]:
    """The columns of a row as a form shows them: flags `1` or empty, None empty."""
    found = {}
    for name in names:
        value = getattr(row, name)
        found[name] = (
            ("1" if value else "") if isinstance(value, bool) else "" if value is None else str(value)
        )
    return found


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
