"""Visitors: who reads a page of the portal."""

from dataclasses import dataclass
from enum import StrEnum

from rtpy.work import Actor, Face, Work
from rtpy_portal.access.grades import Membership


class Way(StrEnum):
    """How a visitor came in."""

    ACCOUNT = "account"
    KEY = "key"
    """By the link of a mail: for one request, and for no list and no money."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A known person who reads the portal; `login_name` is the account's name, `name` what people call them."""

    user_id: int
    login_name: str
    name: str
    way: Way
    lang: str = ""
    timezone: str = ""
    is_staff: bool = False
    ticket_id: int | None = None
    """The only request that a key opens."""
    memberships: tuple[Membership, ...] = ()
    """What an account has in the organisations that they belong to; a key has none."""

    def acting(self, work: Work) -> Work:
        """The same transaction, acting as this visitor."""
        return work.as_actor(Actor(self.user_id, self.login_name, Face.WEB))
