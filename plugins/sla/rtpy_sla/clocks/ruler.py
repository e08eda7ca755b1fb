"""Hours that remember where instants lie: several clocks of a ticket measure from and to the same ones."""

from datetime import datetime, timedelta

from rtpy_sla.clocks.plan import Hours

MARGIN = timedelta(days=92)


class Ruler:
    """The same hours, measured from one origin, so that each instant is looked up once for all clocks of a ticket."""

    __slots__ = ("_dues", "_from", "_hours", "_marks", "_origin", "_sole", "_until")

    def __init__(self, hours: Hours, origin: datetime) -> None:
        self._hours = hours
        self._origin = origin
        self._marks: dict[datetime, int] = {origin: 0}
        self._dues: dict[tuple[datetime, int], datetime] = {}
        self._from, self._until = origin, origin - MARGIN
        self._sole: tuple[int, ...] = ()
        """The only version from `_from` to `_until`: as a rule there is one in a ticket's whole life."""

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds from `start` to `end`; 0 when `end` is not later."""
        if end <= start:
            return 0
        marks = self._marks
        begin, finish = marks.get(start), marks.get(end)
        if begin is None:
            begin = self._mark(start)
        if finish is None:
            finish = self._mark(end)
        return finish - begin

    def after(self, start: datetime, seconds: int) -> datetime:
        """The instant at which that many open seconds have passed since `start`."""
        found = self._dues.get((start, seconds))
        if found is None:
            found = self._dues[start, seconds] = self._hours.after(start, seconds)
        return found

    def end_of_day(self, start: datetime, days: int) -> datetime:
        """The close of the n-th business day after the day of `start`."""
        return self._hours.end_of_day(start, days)

    def version_ids(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """The versions of the calendar that counted between the two."""
        if start >= self._from and end <= self._until:
            return self._sole
        begin, finish = min(start, self._origin), end + MARGIN
        wide = self._hours.version_ids(begin, finish)
        if len(wide) > 1:
            return self._hours.version_ids(start, end)
        self._from, self._until, self._sole = begin, finish, wide
        return wide

    def _mark(self, at: datetime) -> int:
        if at >= self._origin:
            mark = self._hours.between(self._origin, at)
        else:
            mark = -self._hours.between(at, self._origin)
        self._marks[at] = mark
        return mark
