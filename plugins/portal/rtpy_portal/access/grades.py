"""Grades: how much of an organisation's requests somebody sees, and what they may do there."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """From little to all; each sees what the one before it sees."""

    OWN = "own"
    """What they asked for."""
    COPIES = "copies"
    """And what they get copies of."""
    SITE = "site"
    """And everything of their site that is not private."""
    NOT_PRIVATE = "not private"
    """And everything of the organisation that is not private."""
    ALL = "all"
    """And what is private too."""

    @property
    def rank(self) -> int:
        """Its place from 0 on: a higher one sees more."""
        return list(Grade).index(self)


@dataclass(frozen=True, slots=True)
class Membership:
    """What somebody sees and may do in one organisation that they belong to."""

    organization_id: int
    name: str
    grade: Grade
    site_id: int | None = None
    may_raise: bool = False
    may_copy: bool = False
    sees_money: bool = False
    sees_names: bool = False
    manages: bool = False
    is_off: bool = False
    """The organisation is closed for them: then the grade is OWN and they may do nothing."""

    @property
    def sees_colleagues(self) -> bool:
        """Do they see requests of others, be it only those of their site?"""
        return self.grade.rank >= Grade.SITE.rank
