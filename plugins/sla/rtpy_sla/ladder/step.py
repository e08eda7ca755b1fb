"""Steps of escalation, and ladders of them, as values."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from rtpy_sla.clocks.words import Target

PERCENT_LIMIT = 1_000
SECONDS_LIMIT = 366 * 86_400
STEPS_LIMIT = 30
DEEDS_LIMIT = 12


class DeedKind(StrEnum):
    """What a step can do."""

    NOTIFY_OWNER = "notify_owner"
    NOTIFY_PERSON = "notify_person"
    NOTIFY_GROUP = "notify_group"
    NOTIFY_ROLE = "notify_role"
    """Who plays a role on the ticket, such as AdminCc or a custom role Account manager."""
    NOTIFY_LEVEL = "notify_level"
    """The n-th group of those that the settings name for escalation."""
    RAISE_TO = "raise_to"
    RAISE_BY = "raise_by"
    ASSIGN = "assign"
    SET_STATUS = "set_status"
    ADD_CC = "add_cc"
    ADD_ADMIN_CC = "add_admin_cc"
    COMMENT = "comment"
    WEBHOOK = "webhook"


NOTIFYING = frozenset(
    {
        DeedKind.NOTIFY_OWNER,
        DeedKind.NOTIFY_PERSON,
        DeedKind.NOTIFY_GROUP,
        DeedKind.NOTIFY_ROLE,
        DeedKind.NOTIFY_LEVEL,
    }
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One action: a kind, and what it needs: a name, a number, a text, or nothing."""

    kind: DeedKind
    value: str = ""

    @property
    def number(self) -> int:
        """The value as a number, for kinds that take one."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold when the step's time has come; all that are set."""

    is_unowned: bool = False
    is_in_first_status: bool = False
    is_unanswered: bool = False
    """Nobody of the staff has answered what the customer wrote last."""
    from_priority: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """When a clock reaches `percent` of its term, or `seconds` after it (before: below zero), do these `deeds`.

    Seconds are those of the clock, so business time for a target in business hours. No `targets`: for all. `key` stays
    when the step is changed, so that no clock takes it twice.
    """

    key: str
    percent: int | None = None
    seconds: int = 0
    targets: frozenset[Target] = frozenset()
    conditions: Conditions = Conditions()
    deeds: tuple[Deed, ...] = ()
    added: datetime | None = None
    """Moments before this one are not taken: nobody is woken because a step was thought of later."""

    def threshold(self, term: int) -> int:
        """The seconds of a clock with this term at which the step is due; never less than 0."""
        return max(term * self.percent // 100 if self.percent is not None else term + self.seconds, 0)

    def is_for(self, target: str) -> bool:
        """Whether clocks of this target take it."""
        return not self.targets or target in self.targets


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the night, as the clock of each person shows them, in which mails wait until `end`.

    From `from_priority` on they do not wait (None: they always do).
    """

    start: time
    end: time
    from_priority: int | None = None

    def until(self, at: datetime, zone: tzinfo, priority: int) -> datetime:
        """When a mail of `at` may go to somebody in `zone`: `at` itself, or the end of the quiet hours."""
        local = at.astimezone(zone)
        now = local.time().replace(tzinfo=None)
        if self.from_priority is not None and priority >= self.from_priority:
            return at
        if self.start <= self.end:
            is_quiet, is_tomorrow = self.start <= now < self.end, False
        else:
            is_quiet, is_tomorrow = now >= self.start or now < self.end, now >= self.start
        if not is_quiet:
            return at
        day = local.date() + timedelta(days=is_tomorrow)
        return max(datetime.combine(day, self.end, zone).astimezone(at.tzinfo), at)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps as policies use them."""

    id: int
    name: str
    steps: tuple[Step, ...]
    quiet: Quiet | None = None
