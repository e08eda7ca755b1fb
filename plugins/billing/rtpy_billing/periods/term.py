"""How long an agreement runs: notice, renewal, and the days on which somebody must be told."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rtpy_billing.periods.rhythm import add_months


class Renewal(StrEnum):
    """What happens at the end of an agreement's term."""

    NONE = "none"  # it ends
    AUTOMATIC = "automatic"  # it goes on for another term unless somebody gave notice
    ASK = "ask"  # it ends unless somebody renews it by hand


@dataclass(frozen=True, slots=True)
class Term:
    """The current term `[starts_on, ends_on)`; `ends_on` None runs for ever. Lengths in months and days."""

    starts_on: date
    ends_on: date | None
    renewal: Renewal = Renewal.NONE
    months: int = 12
    notice_days: int = 0
    noticed_on: date | None = None

    @property
    def notice_by(self) -> date | None:
        """The last day on which notice still ends the agreement at the end of its term; None if it has no end."""
        return None if self.ends_on is None else self.ends_on - timedelta(days=self.notice_days + 1)

    def is_running(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def is_up_for_renewal(self, day: date, warn_days: int = 30) -> bool:
        """Whether somebody should look at it: the last day for notice is at most `warn_days` away, or it must be asked.

        An agreement of which notice was given is settled, and so is one that simply ends.
        """
        if self.notice_by is None or self.renewal is Renewal.NONE or self.noticed_on is not None:
            return False
        return day >= self.notice_by - timedelta(days=warn_days) and self.is_running(day)

    def renewed(self, day: date) -> "Term | None":
        """The term that follows by itself when `day` has come to its end; None if none does.

        A term that lies wholly in the past when somebody looks again (a worker that stood still) is skipped: the
        result always has `day`.
        """
        if self.ends_on is None or day < self.ends_on or self.renewal is not Renewal.AUTOMATIC:
            return None
        if self.noticed_on is not None and self.notice_by is not None and self.noticed_on <= self.notice_by:
            return None
        starts_on, number = self.ends_on, 1
        while (ends_on := add_months(self.ends_on, self.months * number)) <= day:
            starts_on, number = ends_on, number + 1
        return Term(starts_on, ends_on, self.renewal, self.months, self.notice_days)
