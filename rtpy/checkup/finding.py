"""One thing that was looked at, what was found, and the way out if it is wrong."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How much a finding matters."""

    FINE = "ok"
    NOTE = "note"
    """As it is set, but worth knowing."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` and `remedy` are for the administrator at the command line; they hold no secrets."""

    about: str
    grade: Grade
    sentence: str
    remedy: str = ""

    @property
    def line(self) -> str:
        """In one line."""
        return f"{self.about}: {self.sentence}{'; ' if self.remedy else ''}{self.remedy}"


def fine(about: str, sentence: str = "in order") -> Finding:
    """Nothing is wrong with it."""
    return Finding(about, Grade.FINE, sentence)


def note(about: str, sentence: str, remedy: str = "") -> Finding:
    """Nothing fails because of it."""
    return Finding(about, Grade.NOTE, sentence, remedy)


def wrong(about: str, sentence: str, remedy: str) -> Finding:
    """Something fails because of it, now or later."""
    return Finding(about, Grade.WRONG, sentence, remedy)
