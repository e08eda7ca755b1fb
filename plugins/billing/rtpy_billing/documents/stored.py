"""Frozen dataclasses as plain JSON values and back, by their type hints; for what is kept for ever."""

import types
import typing
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


def to_plain(value: object) -> Any:  # Any: JSON
    """Dataclasses become objects, tuples lists, dates ISO texts, fractions "25/6"."""
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value


def from_plain(wanted: type[T], stored: Mapping[str, Any]) -> T:
    """The value of that class; what is missing gets its default, what is unknown is left out.

    Raises TypeError if a field without default is missing: then it was never one of these.
    """
    hints = _hints(cast(Hashable, wanted))
    return wanted(**{name: _read(hints[name], value) for name, value in stored.items() if name in hints})


@cache
def _hints(wanted: Any) -> dict[str, Any]:
    return typing.get_type_hints(wanted)


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        kinds = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_read(kind, one) for kind, one in zip(kinds, value, strict=True))
    if origin in (types.UnionType, typing.Union):
        return _read(next(kind for kind in arguments if kind is not type(None)), value)
    if is_dataclass(hint):
        return from_plain(cast(type, hint), value)
    if hint is date:
        return date.fromisoformat(value)
    return hint(value)
