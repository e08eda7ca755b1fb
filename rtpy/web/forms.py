"""A form field as the templates show it: its name, label, what was typed, and what is wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select or a group of radio buttons."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """What a field expects when `value` is chosen in another one.

    `takes` is False when it expects nothing: a script takes the field away then. `opens` is the id of a part of the
    form that belongs to this choice alone.
    """

    value: str
    label: str
    text: str
    takes: bool = True
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """What the macro `field` of components.pt draws.

    `kind` is an HTML input type (text, email, number, password, date, datetime-local, search, file, checkbox)
    or select or textarea. `error` is a sentence; the field then says so to screen readers too. `hints` say what it
    expects by the choice in the field `follows`: all of them in a list, and with a script that of the choice.
    """

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    hint: str = ""
    error: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    autocomplete: str | None = None
    placeholder: str | None = None
    checked: bool = False
    disabled: bool = False
    autofocus: bool = False
    multiple: bool = False
    rows: int = 6
    follows: str = ""
    hints: tuple[Hint, ...] = ()
    hints_title: str = ""

    @property
    def id(self) -> str:
        """The element's id; the label and the descriptions point at it."""
        return f"field-{self.name}"

    @property
    def described_by(self) -> str | None:
        """Ids of hint and error for aria-describedby; None if there is neither."""
        ids = [f"{self.id}-{part}" for part, text in (("hint", self.hint), ("error", self.error)) if text]
        return " ".join(ids) or None

    @property
    def invalid(self) -> str | None:
        """The value of aria-invalid; None leaves the attribute out."""
        return "true" if self.error else None
