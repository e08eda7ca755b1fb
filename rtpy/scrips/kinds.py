"""What a condition and an action of a scrip are: values that plugins register under a name."""

from collections.abc import Callable
from dataclasses import dataclass

from rtpy.mail.occasion import Occasion


@dataclass(frozen=True, slots=True)
class Task:
    """A scrip that is to act: its id and description, its argument, and the text of its template."""

    scrip_id: int
    description: str
    argument: str
    template_name: str
    template: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to do, and why, in words an administrator understands."""

    reason: str


Commit = Callable[[], str]
"""Does what was prepared and says what it did, such as “sent to 2 addresses”."""


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """A kind of condition. `holds` gets the occasion and the argument; it reads only.

    It answers None when the condition holds, else the reason why not.
    """

    holds: Callable[[Occasion, str], str | None]
    help: str


@dataclass(frozen=True, slots=True)
class ActionKind:
    """A kind of action. `prepare` reads only: it answers with the deed to be done, or why there is nothing to do.

    All prepared deeds of a transaction are committed afterwards in their order, each in a savepoint of its own.
    """

    prepare: Callable[[Occasion, Task], Commit | Skip]
    help: str


__all__ = ["ActionKind", "Commit", "ConditionKind", "Occasion", "Skip", "Task"]
