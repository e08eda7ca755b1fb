"""Scopes: how far a login reaches, beside the rights of whose it is."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What may be done, each including the ones before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Scope:
    """A level, and the ids of the queues whose tickets it is about; None: no limit to queues.

    It never gives a right, it only leaves some out.
    """

    level: Level = Level.ADMIN
    queues: frozenset[int] | None = None

    @property
    def reads(self) -> bool:
        """Every login reads."""
        return True

    @property
    def writes(self) -> bool:
        """May anything be changed?"""
        return self.level is not Level.READ

    @property
    def administers(self) -> bool:
        """May the set-up be changed: queues, people, groups, fields? What is limited to queues never does."""
        return self.level is Level.ADMIN and self.queues is None

    def allows(self, *, writing: bool, is_setup: bool = False) -> bool:
        """May a call go on that writes, or not, in the set-up, or not? A search by POST does not write."""
        if not writing:
            return True
        return self.administers if is_setup else self.writes

    def refusal(self, *, is_setup: bool = False) -> str:
        """Why not, as a sentence for who calls."""
        if not self.writes:
            return "This token may only read."
        if self.queues is not None and is_setup:
            return "This token is limited to some queues and cannot change the set-up."
        return "This token cannot change the set-up: it needs the scope admin."


EVERYTHING = Scope()
"""No limit but the rights of the user."""
ONLY_READ = Scope(Level.READ)
