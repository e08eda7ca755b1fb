"""What a loose end is, and what a kind of loose ends is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rtpy.plugin_settings import setting
from rtpy.work import Work


class End(StrEnum):
    """At which end something may fall."""

    ANSWER = "answer"
    BILL = "bill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One loose end; `key` names the thing and the state of it that matters, so that another state is another one.

    `owner_id` None is nobody's. `number` is how many entries or the like stand behind it, `amount` minor units.
    """

    key: str
    since: datetime
    owner_id: int | None = None
    ticket_id: int | None = None
    organization_id: int | None = None
    thing_id: int | None = None
    number: int = 0
    amount: int | None = None
    currency: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything: the work, and today where the house is."""

    work: Work
    zone: ZoneInfo
    today: date
    nobody_id: int

    def before(self, *, hours: int = 0, days: int = 0) -> datetime:
        """The moment so long ago."""
        return self.work.now - timedelta(hours=hours, days=days)

    def limit(self, name: str) -> int:
        """A setting of this plugin that is a whole number."""
        value: int = setting(self.work.app, self.work.db, f"billing.{name}")
        return value

    def start_of(self, day: date) -> datetime:
        """Midnight of that day where the house is."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of loose ends: how it is called, what to do about it, and how all of them are found.

    `find` asks a bounded number of statements, whatever the number of tickets. `action` is the label of the button;
    the page knows where it leads. `is_money`: who may not see money does not see it.
    """

    name: str
    end: End
    title: str
    help: str
    action: str
    find: Callable[[Look], Iterable[Found]]
    is_money: bool = False
