"""One setting that a plugin keeps in the database: what it may be, and how it is read from a form or a file."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from rtpy.errors import Invalid, Problem

SettingValue = str | int | bool
LARGEST = 10**15 - 1
"""Of a number without another bound: every database and every reader of JSON keeps it."""


class SettingKind(StrEnum):
    """What a setting holds, and so which field the form has for it."""

    TEXT = "text"
    LONG_TEXT = "long text"
    NUMBER = "whole number"
    SWITCH = "yes or no"
    CHOICE = "one of a few"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as an administrator sees it; `name` is dotted, such as `billing.day_hours`.

    `choices` are (value, label) for a CHOICE. `section` is the heading above it on the page. `check` gets a value of
    the right kind and answers with a sentence that says what is wrong, or with an empty one.
    """

    name: str
    kind: SettingKind
    default: SettingValue
    label: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int = 0
    maximum: int | None = None
    longest: int = 10_000
    """Characters of a text at most."""
    section: str = ""
    check: Callable[[Any], str] | None = None

    @property
    def plugin(self) -> str:
        """Whose it is."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """Its name inside the plugin."""
        return self.name.partition(".")[2]

    def read(self, text: str) -> SettingValue:
        """The value that a form's text means. Raises Invalid."""
        if self.kind is SettingKind.SWITCH:
            return text == "1"
        if self.kind is SettingKind.NUMBER:
            digits = text.strip()
            if (
                not digits.removeprefix("-").isascii()
                or not digits.removeprefix("-").isdigit()
                or len(digits) > 15
            ):
                raise self._wrong(f"write {self._bounds()}")
            return self.accept(int(digits))
        if self.kind is SettingKind.LONG_TEXT:
            return self.accept(text.replace("\r\n", "\n").strip())
        return self.accept(" ".join(text.split()))

    def accept(self, value: Any) -> SettingValue:
        """The same value when it may be one. Raises Invalid with a sentence that names it."""
        wanted = {SettingKind.NUMBER: int, SettingKind.SWITCH: bool}.get(self.kind, str)
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise self._wrong(_KINDS[wanted])
        if isinstance(value, str) and len(value) > self.longest:
            raise self._wrong(f"write at most {self.longest} characters")
        if self.kind is SettingKind.CHOICE and value not in [choice for choice, _ in self.choices]:
            raise self._wrong(f"choose one of {', '.join(choice for choice, _ in self.choices)}")
        if self.kind is SettingKind.NUMBER and not self._is_within(value):
            raise self._wrong(f"write {self._bounds()}")
        wrong = self.check(value) if self.check is not None else ""
        if wrong:
            raise Invalid(Problem(self.name, wrong))
        return cast(SettingValue, value)

    def _is_within(self, value: Any) -> bool:
        return bool(self.minimum <= value <= (LARGEST if self.maximum is None else self.maximum))

    def _bounds(self) -> str:
        most = " or more" if self.maximum is None else f" to {self.maximum}"
        return f"a whole number, {self.minimum}{most}"

    def _wrong(self, what: str) -> Invalid:
        return Invalid(Problem(self.name, f"{self.label}: {what}."))


_KINDS: dict[type, str] = {int: "it is a whole number", bool: "it is true or false", str: "it is a text"}
