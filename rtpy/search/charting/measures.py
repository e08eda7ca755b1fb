"""What is measured of the tickets of a group: how many they are, minutes, and spans of time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal,
    or_,
    select,
)

from rtpy.charts.chart import Unit
from rtpy.db.base import table_of
from rtpy.lifecycle.lifecycle import TICKET
from rtpy.models import Group, GroupClosure, Ticket, Transaction, Watcher
from rtpy.models.group import PRIVILEGED
from rtpy.models.watcher import REQUESTOR
from rtpy.search.compiling.queues import STATUS
from rtpy.search.fields.field import Asking, CannotSearch
from rtpy.search.language.tree import Name, Operator, Term

_tickets = table_of(Ticket).c


class Statistic(StrEnum):
    """How the values of a group become one."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    MEDIAN = "median"
    P90 = "p90"
    LEAST = "min"
    MOST = "max"


STATISTICS = {
    Statistic.COUNT: "Number of tickets",
    Statistic.SUM: "Sum",
    Statistic.AVERAGE: "Average",
    Statistic.MEDIAN: "Median",
    Statistic.P90: "90th percentile",
    Statistic.LEAST: "Least",
    Statistic.MOST: "Most",
}
_WORDS = {each.value: each for each in Statistic} | {
    "avg": Statistic.AVERAGE,
    "percentile90": Statistic.P90,
    "minimum": Statistic.LEAST,
    "maximum": Statistic.MOST,
}
MINUTES = {
    "TimeWorked": ("time worked", _tickets.time_worked),
    "TimeEstimated": ("time estimated", _tickets.time_estimated),
    "TimeLeft": ("time left", _tickets.time_left),
}
DATES = {
    "Created": ("created", _tickets.created),
    "Starts": ("starts", _tickets.starts),
    "Started": ("started", _tickets.started),
    "Due": ("due", _tickets.due),
    "Told": ("last contact", _tickets.told),
    "LastUpdated": ("last update", _tickets.last_updated),
    "Resolved": ("resolved", _tickets.resolved),
}
FIRST_ANSWER, AGE, IN_STATUS = "FirstAnswer", "Age", "InStatus"
SPANS = (
    "Created-FirstAnswer",
    "Created-Started",
    "Created-Resolved",
    "Created-LastUpdated",
    "Started-Resolved",
    "Starts-Started",
    "Due-Resolved",
    AGE,
)
"""Spans that forms offer, besides the time in each status."""
_CALL = re.compile(r"\s*(\w+)\s*(?:\(\s*(.*?)\s*\)|:\s*(.*?))?\s*", re.DOTALL)
_RT_ALL = (Statistic.LEAST, Statistic.AVERAGE, Statistic.MOST, Statistic.SUM)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured; `of` is empty for the number of tickets, else as `subject` reads it."""

    statistic: Statistic = Statistic.COUNT
    of: str = ""

    @property
    def written(self) -> str:
        """As it is kept: `count`, `average:Created-Resolved`."""
        return f"{self.statistic}:{self.of}" if self.of else self.statistic.value

    @property
    def unit(self) -> Unit:
        """What its values are."""
        if not self.of:
            return Unit.NUMBER
        return Unit.MINUTES if self.of in MINUTES else Unit.SECONDS

    @property
    def title(self) -> str:
        """In words: `Average time from created to resolved`."""
        return f"{STATISTICS[self.statistic]}: {subject_title(self.of)}" if self.of else "Tickets"


COUNT = Measure()


def read_measures(text: str) -> tuple[Measure, ...]:
    """`count`, `average:Created-Resolved`, or as RT writes it: `COUNT`, `AVG(Created-Resolved)`, `ALL(TimeWorked)`.

    ALL are several. Raises CannotSearch.
    """
    found = _CALL.fullmatch(text[:200])
    word = found[1].lower() if found else ""
    statistic = _WORDS.get(word)
    if found is None or (statistic is None and word != "all"):
        known = ", ".join(each for each in Statistic)
        raise CannotSearch(f"“{text[:60]}” cannot be measured: write one of {known}, and of what.")
    of = found[2] if found[2] is not None else found[3] or ""
    if statistic is Statistic.COUNT:
        return (COUNT,)
    subject = read_subject(of)
    return tuple(Measure(each, subject) for each in ((statistic,) if statistic else _RT_ALL))


def read_subject(text: str) -> str:
    """The name of what is measured as it is spelled. Raises CannotSearch."""
    plain = text.strip()
    dates = {each.lower(): each for each in (*DATES, FIRST_ANSWER)}
    for known in (*MINUTES, AGE):
        if plain.lower() == known.lower():
            return known
    if plain.lower() == FIRST_ANSWER.lower():
        return "Created-FirstAnswer"
    head, dot, status = plain.partition(".")
    if dot and head.strip().lower() == IN_STATUS.lower() and status.strip("{} "):
        return f"{IN_STATUS}.{status.strip('{} ').lower()[:64]}"
    start, _, end = plain.partition("-")
    if (first := dates.get(start.strip().lower())) and (last := dates.get(end.strip().lower())):
        return f"{first}-{last}"
    raise CannotSearch(
        f"“{plain[:60]}” cannot be measured; these can: {', '.join((*MINUTES, *SPANS))}, InStatus.open."
    )


def subject_title(of: str) -> str:
    """In words: `time from created to first answer`."""
    if of in MINUTES:
        return MINUTES[of][0]
    if of == AGE:
        return "age of open tickets"
    if of.startswith(f"{IN_STATUS}."):
        return f"time in the status {of.partition('.')[2]}"
    start, _, end = of.partition("-")
    words = {name: words for name, (words, _) in DATES.items()} | {FIRST_ANSWER: "first answer"}
    return f"time from {words[start]} to {words[end]}"


def offered_subjects(asking: Asking) -> list[tuple[str, str]]:
    """What can be measured, with its words."""
    choices = STATUS.choices(asking) if STATUS.choices is not None else ()
    statuses = [f"{IN_STATUS}.{each.lower()}" for each in choices if not each.startswith("__")]
    return [(each, _capital(subject_title(each))) for each in (*MINUTES, *SPANS, *statuses)]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def value_of(asking: Asking, of: str) -> ColumnElement[Any]:
    """The value of one ticket: minutes, or whole seconds; NULL where it has none."""
    if of in MINUTES:
        return MINUTES[of][1]
    is_sqlite = asking.work.db.get_bind().dialect.name == "sqlite"
    seconds = _on_sqlite if is_sqlite else _elsewhere
    now = literal(int(asking.work.now.timestamp()), BigInteger)
    if of == AGE:
        is_open = STATUS.compile(asking, Term(Name("Status"), Operator.EQUALS, "__Active__"))
        return case((is_open, now - seconds(_tickets.created)))
    if of.startswith(f"{IN_STATUS}."):
        return _in_status(of.partition(".")[2], seconds, now)
    start, _, end = of.partition("-")
    moments = {name: column for name, (_, column) in DATES.items()}
    moments[FIRST_ANSWER] = _first_answer()
    return seconds(moments[end]) - seconds(moments[start])


def _on_sqlite(moment: Any) -> ColumnElement[int]:
    return cast(func.strftime("%s", moment), Integer)


def _elsewhere(moment: Any) -> ColumnElement[int]:
    return cast(func.floor(extract("epoch", moment)), BigInteger)


def _first_answer() -> Any:
    """When staff first replied who had not asked themselves."""
    rows, staff = table_of(Transaction).alias(), table_of(Group).alias()
    members, asked_by = table_of(GroupClosure).alias(), table_of(Watcher).alias()
    privileged = (
        select(members.c.member_id)
        .join(staff, staff.c.id == members.c.group_id)
        .where(staff.c.domain == "SystemInternal", staff.c.name == PRIVILEGED)
    )
    own = exists(
        select(literal(1))
        .select_from(asked_by)
        .where(
            asked_by.c.ticket_id == _tickets.id,
            asked_by.c.role == REQUESTOR,
            asked_by.c.principal_id == rows.c.creator_id,
        )
        .correlate(rows, table_of(Ticket))
    )
    return (
        select(func.min(rows.c.created))
        .where(
            rows.c.object_type == "ticket",
            rows.c.object_id == _tickets.id,
            rows.c.type == "Correspond",
            rows.c.creator_id.in_(privileged),
            ~own,
        )
        .correlate(table_of(Ticket))
        .scalar_subquery()
    )


def _in_status(status: str, seconds: Callable[[Any], ColumnElement[int]], now: Any) -> ColumnElement[Any]:
    """From the changes of status: what passed up to each leaving, less what passed up to each coming, and until now.

    A ticket that began in the status came at its beginning, which counts nothing.
    """
    rows = table_of(Transaction).alias()
    passed = seconds(rows.c.created) - seconds(_tickets.created)
    came, left = func.lower(rows.c.new_value) == status, func.lower(rows.c.old_value) == status
    changes = (
        select(func.sum(case((left, passed), else_=0) - case((came, passed), else_=0)))
        .where(
            rows.c.object_type == "ticket",
            rows.c.object_id == _tickets.id,
            rows.c.type == "Status",
            or_(and_(came, ~left), and_(left, ~came)),
        )
        .correlate(table_of(Ticket))
        .scalar_subquery()
    )
    since = now - seconds(_tickets.created)
    return case((_tickets.status == status, since + func.coalesce(changes, 0)), else_=changes)


def is_in_use(asking: Asking, of: str) -> bool:
    """Is the status of a measure one that tickets can have? True for all others."""
    if not of.startswith(f"{IN_STATUS}."):
        return True
    lives = asking.work.app.lifecycles.by_name.values()
    return any(of.partition(".")[2] in map(str.lower, each.statuses) for each in lives if each.type == TICKET)
