"""What a report is asked, read from the address, and the form for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import Organization, Queue
from rtpy.rights.names import Right
from rtpy.web.forms import Field, Option
from rtpy_sla.clocks.words import Target, Verdict
from rtpy_sla.models import Policy
from rtpy_sla.reports.counting import sees_all
from rtpy_sla.reports.values import Asked, midnight
from rtpy_sla.reports.words import TARGETS

LONGEST = timedelta(days=366 * 3)
EARLIEST, LATEST = date(1990, 1, 1), date(2190, 1, 1)
FILTERS = ("customer", "queue", "policy", "target")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """The question, as far as it could be read, and what was wrong with it by field."""

    asked: Asked
    problems: Mapping[str, str]
    typed: Mapping[str, str]

    def kept(self) -> dict[str, str]:
        """The same question as parameters of an address."""
        asked = self.asked
        given = {
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
            "zone": asked.zone.key,
            "customer": asked.organization_id,
            "queue": asked.queue_id,
            "policy": asked.policy_id,
            "target": asked.target.value if asked.target else None,
            "person": asked.person_id,
            "verdict": asked.verdict.value if asked.verdict else None,
            "cause": asked.cause if asked.cause != "" else "none",
        }
        return {name: str(value) for name, value in given.items() if value is not None}


def read_asked(request: Request) -> AskedFor:
    """From `from` and `to` (both days included) in `zone` (the reader's, if none is given), and the filters.

    Without days: the month that runs, in its first week the one before.
    """
    given = {name: value.replace("\0", "").strip()[:200] for name, value in request.GET.items()}
    problems: dict[str, str] = {}
    zone = _zone(request, given.get("zone", ""), problems)
    today = request.work.now.astimezone(zone).date()
    usual_last = today if today.day > 7 else today.replace(day=1) - timedelta(1)
    first, last = _day(given, "from", problems), _day(given, "to", problems)
    last = last or max(usual_last, first or usual_last)
    first = first or last.replace(day=1)
    if last < first:
        problems["to"] = "The last day must not be before the first."
        last = first
    if last - first > LONGEST:
        problems["to"] = "At most three years at once."
        last = first + LONGEST
    cause = given.get("cause")
    asked = Asked(
        midnight(first, zone),
        midnight(last + timedelta(1), zone),
        zone,
        _number(given, "customer"),
        _number(given, "queue"),
        _number(given, "policy"),
        _word(given, "target", Target),
        _number(given, "person"),
        _word(given, "verdict", Verdict),
        "" if cause == "none" else cause or None,
    )
    return AskedFor(asked, problems, given)


def heeding(found: AskedFor, filters: Sequence[str]) -> AskedFor:
    """The same without the filters that a report does not heed, so that it does not seem to."""
    columns = {"customer": "organization_id", "queue": "queue_id", "policy": "policy_id", "target": "target"}
    ignored: dict[str, Any] = {columns[each]: None for each in FILTERS if each not in filters}
    ignored |= {"person_id": None, "verdict": None, "cause": None}
    return replace(found, asked=replace(found.asked, **ignored))


def fields_for(
    request: Request, found: AskedFor, filters: Sequence[str], *, with_days: bool
) -> tuple[Field, ...]:
    """The fields of the form above a report; a query for each list of choices."""
    asked, wrong, typed = found.asked, found.problems, found.typed
    fields = []
    if with_days:
        for name, label, day in (("from", "From", asked.first), ("to", "To", asked.last)):
            value = typed.get(name, "") if name in wrong else day.isoformat()
            fields.append(Field(name, label, value, "date", error=wrong.get(name, ""), required=True))
        zone = typed.get("zone", "") if "zone" in wrong else asked.zone.key
        fields.append(Field("zone", "Time zone", zone, error=wrong.get("zone", ""), required=True))
    db = request.db
    choices: dict[str, tuple[str, str, object, Any]] = {
        "customer": ("Customer", "All customers", asked.organization_id, _named(Organization)),
        "queue": ("Queue", "All queues", asked.queue_id, _named(Queue)),
        "policy": ("Policy", "All policies", asked.policy_id, _named(Policy)),
    }
    for name in filters:
        if name == "target":
            rows: Iterable[Any] = [(each.value, title) for each, title in TARGETS.items()]
            chosen: object = asked.target.value if asked.target else None
            fields.append(_choice(name, "Target", "All targets", chosen, rows))
        else:
            label, nothing, chosen, query = choices[name]
            known = db.execute(query).all()
            if name == "queue":
                known = [each for each in known if _may_know(request, each.id)]
            fields.append(_choice(name, label, nothing, chosen, known))
    return tuple(fields)


def _may_know(request: Request, queue_id: int) -> bool:
    """May the reader know that there is this queue?"""
    work = request.work
    return sees_all(work) or work.rights.of(Right.SEE_QUEUE).in_queue(queue_id)


def _named(model: Any) -> Any:
    return select(model.id, model.name).order_by(model.name)


def _choice(name: str, label: str, nothing: str, chosen: object, rows: Iterable[Any]) -> Field:
    options = (
        Option("", nothing, chosen is None),
        *(Option(str(value), title, value == chosen) for value, title in rows),
    )
    return Field(name, label, kind="select", required=True, options=options)


def _zone(request: Request, typed: str, problems: dict[str, str]) -> ZoneInfo:
    usual = ZoneInfo(str(getattr(request.zone, "key", "UTC")))
    if not typed:
        return usual
    try:
        return ZoneInfo(typed)
    except (KeyError, ValueError, OSError):
        problems["zone"] = f"“{typed[:60]}” is not a time zone: write it like Europe/Berlin."
        return usual


def _day(given: Mapping[str, str], name: str, problems: dict[str, str]) -> date | None:
    text = given.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems[name] = f"“{text[:40]}” is not a day: write it as 2026-03-31."
        return None
    if not EARLIEST <= day <= LATEST:
        problems[name] = "Choose a day between 1990 and 2190."
        return None
    return day


def _number(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name, "")
    return (int(text) or None) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _word(given: Mapping[str, str], name: str, words: type[Word]) -> Word | None:
    text = given.get(name, "")
    return words(text) if text in list(words) else None
