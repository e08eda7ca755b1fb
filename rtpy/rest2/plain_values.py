"""Values of documents as columns take them: what JSON says in several ways is meant the same."""

from dataclasses import dataclass
from typing import Any, Protocol

from rtpy.errors import Invalid, Problem

LARGEST = 2**63 - 1


class Reads(Protocol):
    """Makes a value of a document into one of a column. Raises Invalid."""

    def __call__(self, name: str, value: Any) -> Any:  # Any: JSON, and what a column holds
        """`name` is that of the field, for the sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """A field that can be written: which attribute of the settings it is, and how its value is read."""

    attribute: str
    read: Reads


def read_text(name: str, value: Any) -> str:
    """A text; numbers are texts too, null is none. Raises Invalid for lists and objects."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case str() | int() | float():
            return str(value).replace("\x00", "")
    raise _wrong(name, "a text")


def read_flag(name: str, value: Any) -> bool:
    """1 or 0, as number, text or truth value; null and "" are 0. Raises Invalid."""
    if value in (None, "", "0", 0, False):
        return False
    if value in ("1", 1, True):
        return True
    raise _wrong(name, "1 or 0")


def read_number(name: str, value: Any) -> int:
    """A whole number, as number or text; null and "" are 0. Raises Invalid."""
    if isinstance(value, bool) or value in (None, ""):
        return int(bool(value))
    text = str(value).strip() if isinstance(value, str | int) else ""
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 19 or abs(int(text)) > LARGEST:
        raise _wrong(name, "a whole number")
    return int(text)


def _wrong(name: str, what: str) -> Invalid:
    return Invalid(Problem(name, f"{name} must be {what}"))
