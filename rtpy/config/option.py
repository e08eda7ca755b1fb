"""One option: how it is written, what it may be, and the dataclass field that carries its row of the table."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How the value of an option is written."""

    TEXT = "text"
    NUMBER = "whole number"
    SIZE = "size in bytes, or with a unit such as 50 MB"
    SHARE = "number from 0 to 1"
    SWITCH = "true or false"
    CHOICE = "one of a few words"
    LIST = "list of words"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Option:
    """One setting as an administrator sees it; `name` is dotted, such as `mail.transport`."""

    name: str
    kind: Kind
    default: Any  # of the type that `kind` says
    help: str
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int | None = None
    pattern: str = ""
    """A regular expression that a text must match as a whole, unless it is empty and may be."""
    expected: str = ""
    """What `pattern` asks for, in words."""
    secret: bool = False


ADDRESS = {"pattern": r"[^\s@<>]+@[^\s@<>]+", "expected": "a mail address"}
"""What makes a text an address, for `option`."""


def option(kind: Kind, default: Any, help: str, **more: Any) -> Any:
    """A dataclass field that carries its row of the option table; Any, as `dataclasses.field` is."""
    return field(default=default, metadata={"kind": kind, "help": help, **more})
