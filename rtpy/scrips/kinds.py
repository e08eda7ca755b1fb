"""What a condition and an action of a scrip are: values that plugins register under a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rtpy.mail.occasion import Occasion


def _no_template(name: str) -> Mapping[str, str]:
    raise LookupError(f"there is no template named {name}")


@dataclass(frozen=True, slots=True)
class Task:
    """A scrip that is to act: its id and description, its argument, and the text of its template.

    `translations` are further texts of the template by language; `find_template` answers with the texts of another
    template by language (empty: for everybody else), or raises LookupError.
    """

    scrip_id: int
    description: str
    argument: str
    template_name: str
    template: str
    translations: Mapping[str, str] = field(default_factory=dict)
    find_template: Callable[[str], Mapping[str, str]] = _no_template


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to do, and why, in words an administrator understands."""

    reason: str


Commit = Callable[[], str]
"""Does what was prepared and says what it did, such as “sent to 2 addresses”."""

Check = Callable[[str], None]
"""Looks at an argument when it is saved; raises Invalid with a sentence."""


def _any_argument(_argument: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """A kind of condition. `holds` gets the occasion and the argument; it reads only.

    It answers None when the condition holds, else the reason why not. `help` is a sentence. `argument` says what the
    argument is, for the form (empty: it takes none); `check` looks at one when it is saved.
    """

    holds: Callable[[Occasion, str], str | None]
    help: str
    argument: str = ""
    check: Check = _any_argument


@dataclass(frozen=True, slots=True)
class ActionKind:
    """A kind of action. `prepare` reads only: it answers with the deed to be done, or why there is nothing to do.

    All prepared deeds of a transaction are committed afterwards in their order, each in a savepoint of its own.
    `argument` and `check` are as for conditions; `mails`: it sends mail with the template.
    """

    prepare: Callable[[Occasion, Task], Commit | Skip]
    help: str
    argument: str = ""
    check: Check = _any_argument
    mails: bool = False


__all__ = ["ActionKind", "Check", "Commit", "ConditionKind", "Occasion", "Skip", "Task"]
