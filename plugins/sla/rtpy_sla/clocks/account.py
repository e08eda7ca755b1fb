"""The time of one clock: how much of it has counted, and when it will be used up."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rtpy_sla.clocks.situation import Mode, Situation, mode_of, since
from rtpy_sla.clocks.terms import Terms
from rtpy_sla.clocks.words import Target, Unit


class Account:
    """Seconds in the clock's unit from `base` on, up to `since`, where the present stretch begins.

    A pause moves the due moment by the open time that lies in it: what is left is counted again from its end. A term in
    days asks for that many closes of business that do not lie in a pause. Once time is used up, `due` stays.
    """

    __slots__ = (
        "base",
        "closed",
        "closes",
        "due",
        "is_used_up",
        "left",
        "mode",
        "paused",
        "since",
        "terms",
        "used",
    )

    def __init__(self, terms: Terms, base: datetime, mode: Mode) -> None:
        self.terms = terms
        self.base = self.since = base
        self.mode = mode
        self.used = self.paused = self.closed = self.closes = 0
        self.is_used_up = False
        self.due: datetime | None = None
        self.left: int | None = None
        if mode is Mode.COUNTING:
            self.due = self._find_due(base)
        elif terms.date is not None:
            self.due = terms.date

    def turn(self, at: datetime, mode: Mode) -> int:
        """Ends the stretch at `at` and begins another; gives the seconds of the one that ended."""
        begin, hours = self.since, self.terms.hours
        seconds = hours.between(begin, at)
        if self.mode is Mode.COUNTING:
            self.used += seconds
            self._use_up(begin, at)
        elif self.mode is Mode.PAUSED:
            self.paused += seconds
        else:
            self.closed += seconds
        self.since, self.mode = at, mode
        if mode is Mode.COUNTING and not self.is_used_up:
            self.due = self._find_due(at)
        return seconds

    def left_now(self) -> int | None:
        """What was left at `since`; None without a target."""
        terms = self.terms
        if terms.amount is None:
            return None
        if self.is_used_up:
            return 0
        if terms.unit is not Unit.DAYS:
            return max(terms.amount - self.used, 0)
        if self.mode is Mode.COUNTING and self.due is not None:
            return terms.hours.between(self.since, self.due)
        return self.left

    def _use_up(self, begin: datetime, at: datetime) -> None:
        due = self.due
        if due is not None and due < at:
            self.is_used_up = True
        elif self.terms.unit is Unit.DAYS and self.terms.amount is not None:
            self.left = None if due is None else self.terms.hours.between(at, due)
            self.closes += sum(close < at for close in self._closes(begin, at))

    def _find_due(self, at: datetime) -> datetime | None:
        terms = self.terms
        if terms.date is not None or terms.amount is None:
            return terms.date
        try:
            if terms.unit is not Unit.DAYS:
                return terms.hours.after(at, max(terms.amount - self.used, 0))
            if at == self.base:
                return terms.hours.end_of_day(at, terms.amount)
            wanted = max(terms.amount, 1) - self.closes
            return self._closes(at, None, max(wanted, 1))[-1]
        except ValueError:  # the calendar has no more hours: then it is never due
            return None

    def _closes(self, begin: datetime, until: datetime | None, most: int = 0) -> Sequence[datetime]:
        """Closes of business days after `begin` that can be one of the n: as many, or up to and with `until`."""
        hours = self.terms.hours
        first = hours.end_of_day(self.base, min(self.terms.amount or 0, 1))
        close = max(hours.end_of_day(begin, 0), first)
        found: list[datetime] = []
        while (until is None or close <= until) and (not most or len(found) < most):
            found.append(close)
            close = hours.end_of_day(close, 0)
        return found


def account_since(start: datetime, target: Target, terms: Terms, past: Sequence[Situation]) -> Account:
    """The account as it stands under these terms, with all that was paused since `start`."""
    held = since(past, start)
    first = held[0]
    if start < first.at:  # before this ticket was there: nobody knows of pauses then
        account = Account(terms, start, Mode.COUNTING)
        held = [first._replace(at=start), *held]
    else:
        account = Account(terms, start, mode_of(target, terms, first))
    catch_up(account, target, held[1:])
    return account


def catch_up(account: Account, target: Target, later: Iterable[Situation]) -> None:
    """Let an account that stood still live through what came later."""
    for situation in later:
        mode = mode_of(target, account.terms, situation)
        if mode is not account.mode:
            account.turn(situation.at, mode)
