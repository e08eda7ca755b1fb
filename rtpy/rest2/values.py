"""Values as RT writes them: references to other things, moments, numbers as texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from rtpy.rest2.call import Call

NEVER = "1970-01-01T00:00:00Z"
"""A moment that is not set."""

Document = dict[str, Any]
"""A JSON object; Any: its values are of every kind."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing that a record speaks of; `key` stands in its address (the name of a user, else the number).

    `extra` are further keys of its stub, such as the name and values of a custom field.
    """

    kind: str
    id: int
    key: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def stub(call: Call, ref: Ref) -> Document:
    """The three keys of every reference, and what comes with it."""
    key = ref.key or str(ref.id)
    return {"type": ref.kind, "id": key, "_url": url(call, ref.kind, key), **ref.extra}


def url(call: Call, *pieces: str | int) -> str:
    """The whole address of something; a name stands in it as RT's does, with @ as it is."""
    return "/".join((call.base, *map(_in_path, pieces)))


def _in_path(piece: str | int) -> str:
    """Most are numbers, in which nothing needs a second look."""
    text = str(piece)
    return text if text.isascii() and text.isalnum() else quote(text, safe="@+,:=!$'()*")


def shown(call: Call, value: Any) -> Any:
    """A value as JSON has it: references as stubs, moments in UTC, numbers as texts."""
    match value:
        case Ref():
            return stub(call, value)
        case datetime():
            return w3c(value)
        case bool():
            return "1" if value else "0"
        case Number():
            return value.value
        case int():
            return str(value)
        case list() | tuple():
            return [shown(call, each) for each in value]
        case dict():
            return {name: shown(call, each) for name, each in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class Number:
    """One of the few numbers that are numbers in JSON too."""

    value: int | float


def w3c(at: datetime | None) -> str:
    """A moment as RT writes it: UTC, whole seconds; 1970 for none."""
    return NEVER if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
