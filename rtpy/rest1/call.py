"""One call of REST 1.0: who calls, what came along, and the work to be done."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from pyramid.request import Request

from rtpy.identity.logins import Login
from rtpy.rest1.forms import field_list
from rtpy.rest1.frame import Stopped
from rtpy.rest1.given import Given
from rtpy.work import Work


@dataclass
class Call:
    """`request` is for what is about the session alone; all else comes from `given`."""

    request: Request
    login: Login
    work: Work
    given: Given

    @property
    def is_staff(self) -> bool:
        """Customers read what customers may read, whatever rights they hold."""
        return self.login.is_privileged

    @cached_property
    def zone(self) -> ZoneInfo:
        """The caller's, in which tickets tell their dates."""
        try:
            return ZoneInfo(self.login.timezone or "UTC")
        except (ValueError, OSError, LookupError):
            return ZoneInfo("UTC")

    @property
    def is_long(self) -> bool:
        """Was the long form asked for?"""
        return self.given.text("format") == "l"

    @cached_property
    def fields(self) -> list[str]:
        """The fields that were asked for; none: all. Raises Stopped for what is no list of names."""
        text = self.given.text("fields")
        if not text.strip():
            return []
        found = field_list(text)
        if found is None:
            raise Stopped(f"Invalid field specification: {text[:200]}")
        return found
