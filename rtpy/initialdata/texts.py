"""Values of a set-up file as the texts of a form, and secrets, which a file only names: it never holds them."""

import os
from collections.abc import Mapping
from pathlib import Path

from rtpy.errors import Invalid, Problem

ASK = "ask"
"""Of a secret: there is one, which somebody types on the page."""
LONGEST_SECRET = 10_000


def as_text(value: object) -> str:
    """True is 1, False and None nothing, a list lines, a number its digits."""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    return "" if value is None else str(value)


def secret_in(entry: Mapping[str, object], field: str) -> str:
    """The secret that an entry names as `env:NAME` or `file:/path`; empty when it names none.

    Raises Invalid when it cannot be read, or stands in the file itself.
    """
    said = str(entry.get(field, ""))
    kind, _, place = said.partition(":")
    if said in ("", ASK):
        return ""
    if kind == "env" and place:
        found = os.environ.get(place, "")
        if not found:
            raise Invalid(Problem(field, f"The environment variable {place} is not set."))
    elif kind == "file" and Path(place).is_absolute():
        found = _read(field, Path(place))
    else:
        words = f'Write "env:NAME", "file:/path" or "{ASK}": a secret itself never stands in a set-up file.'
        raise Invalid(Problem(field, words))
    return found


def _read(field: str, path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            found = file.read(LONGEST_SECRET + 1).strip("\r\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise Invalid(Problem(field, f"{path} cannot be read: {wrong}.")) from wrong
    if not 0 < len(found) <= LONGEST_SECRET:
        raise Invalid(Problem(field, f"{path} holds no secret, or more than one."))
    return found
