"""When a ticket of a level starts and is due, as RT's SLA.pm and its actions work it out. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from rtpy_sla.levels.terms import LevelTerms, Time


class BusinessHours(Protocol):
    """The arithmetic of a calendar; `rtpy.calendars.open_hours.OpenHours` is one."""

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds between the two."""
        ...

    def after(self, start: datetime, seconds: int) -> datetime:
        """When so many open seconds have passed."""
        ...

    def next_open(self, at: datetime) -> datetime:
        """The first moment from `at` on that is open."""
        ...


@dataclass(frozen=True, slots=True)
class Act:
    """A message on the ticket: its creation, or a reply. `is_outside`: by a customer."""

    at: datetime
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A change of status."""

    at: datetime
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Life:
    """What of a ticket's history counts here; `acts` and `moves` in order of time."""

    created: datetime
    status: str
    acts: tuple[Act, ...]
    moves: tuple[Move, ...] = ()


def starts_of(terms: LevelTerms, life: Life, hours: BusinessHours) -> datetime | None:
    """When work is to begin; None for a level that says nothing about it."""
    return _moment(terms.starts, terms.out_of_hours, life.created, life, hours)


def due_of(terms: LevelTerms, life: Life, hours: BusinessHours) -> datetime | None:
    """The earlier of two: an answer to the last effective act, and the resolution counted from creation.

    After a customer's message Response counts, from the oldest one that is not answered; after one of ours
    KeepInLoop. None when neither asks for anything now, as in a status that is ignored.
    """
    answer: datetime | None = None
    act = last_effective_act(life.acts)
    if act is not None:
        asked = terms.response if act.is_outside else terms.keep_in_loop
        answer = _moment(asked, terms.out_of_hours, act.at, life, hours)
    resolve = _moment(terms.resolve, terms.out_of_hours, life.created, life, hours)
    return min((at for at in (answer, resolve) if at is not None), default=None)


def last_effective_act(acts: Sequence[Act]) -> Act | None:
    """The last message of ours, or the oldest of the customer's messages after it."""
    found: Act | None = None
    for act in reversed(acts):
        if not act.is_outside:
            return found or act
        found = act
    return found


def _moment(
    time: Time | None, out_of_hours: Time | None, start: datetime, life: Life, hours: BusinessHours
) -> datetime | None:
    if time is None or life.status.lower() in time.ignored:
        return None
    business, real = time.business, time.real
    if out_of_hours is not None and hours.next_open(start) != start:
        if out_of_hours.business:
            business = (business or 0) + out_of_hours.business
        if out_of_hours.real:
            real = (real or 0) + out_of_hours.real
    excluded = list(_ignored(time, start, life)) if time.excludes_ignored else []
    if business is None:
        start += sum((end - begin for begin, end in excluded), timedelta())
    else:
        seconds = 60 * business + sum(hours.between(begin, end) for begin, end in excluded)
        start = hours.after(start, seconds) if seconds else hours.next_open(start)
    return start + timedelta(minutes=real or 0)


def _ignored(time: Time, start: datetime, life: Life) -> Iterator[tuple[datetime, datetime]]:
    """The stretches since `start` that the ticket spent in ignored statuses and has left again."""
    begin = start
    for move in life.moves:
        if move.at < start:
            continue
        was, is_now = move.old.lower() in time.ignored, move.new.lower() in time.ignored
        if was and is_now:
            continue
        if was:
            yield begin, move.at
        begin = move.at
