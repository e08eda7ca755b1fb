"""Commands by mail that plugins bring."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from rtpy.app import App
from rtpy.changes.change import Change
from rtpy.errors import Invalid, Problem
from rtpy.mail.commands.lines import EACH, NAMES
from rtpy.models import Ticket
from rtpy.work import Work

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class MailCommand:
    """A line `Name: value` at the top of a mail of proved staff.

    `read` gets the sender's work, the ticket, the value and the sender's time zone, and answers with changes to be
    made in the same bundle as all other lines; their checks ask for rights. It writes nothing itself, and raises
    Refused with a sentence for the sender when the value makes no sense.
    """

    read: Callable[[Work, Ticket, str, tzinfo], Iterable[Change]]


def brought_commands(app: App) -> Mapping[str, MailCommand]:
    """Those of the listed plugins by name. Raises Invalid for a name that is ours, or none that a line can have."""
    found: dict[str, MailCommand] = app.named("rtpy_mail_commands")
    for name in found:
        if not _NAME.fullmatch(name) or name in _TAKEN:
            why = "rtpy has one of that name" if name in _TAKEN else "small letters and digits, no blanks"
            raise Invalid(Problem("plugins", f"A plugin brings the command by mail {name}: {why}."))
    return found


_TAKEN = frozenset({*NAMES, *EACH, *(f"{verb}{name}" for verb in ("add", "del") for name in (*NAMES, *EACH))})
