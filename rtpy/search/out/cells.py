"""Cells of exported tables: values as text, and texts that no spreadsheet takes for a formula."""

import re
from datetime import date, datetime, tzinfo

from rtpy.search.columns.column import Linked, Value

# What a spreadsheet may take for a formula: a sign at the beginning, also after quotes or blanks (visible or not),
# in full width too; and what moves on to the next cell or line.
_FORMULA = re.compile(r"[\s\"'\u200b-\u200f\u2060\ufeff]*[=+\-@\uff0b\uff0d\uff1d\uff20\t\r\n]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def guard(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet could take it for a formula (OWASP: CSV injection)."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """What `guard` was given: for reading an export back."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def as_text(value: Value, zone: tzinfo) -> str:
    """A value for people: moments by the clock of `zone` (`2026-03-02 10:00`), several values with commas between."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(each.label if isinstance(each, Linked) else each for each in value)
    return str(value)


def clean(text: str) -> str:
    """Without the control characters that neither XML nor a spreadsheet takes."""
    return _CONTROLS.sub("", text)
