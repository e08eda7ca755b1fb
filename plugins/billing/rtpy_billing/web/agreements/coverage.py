"""Which lines of agreements cover an entry, and why: each condition of each line with a tick or a cross."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.shown import Link
from rtpy_billing.agreements.conditions import TITLES, names_of
from rtpy_billing.models import Agreement, EntryLine, WorkEntry
from rtpy_billing.pricing.coverage import Answer, answers, in_effect
from rtpy_billing.pricing.resolving import Resolver
from rtpy_billing.pricing.values import Line
from rtpy_billing.pricing.words import About
from rtpy_billing.repricing.reading import read_inputs
from rtpy_billing.rights import SEE_MONEY

MARKS = {
    True: ("check-circle", "fits", "ok"),
    False: ("x", "does not fit", "bad"),
    None: ("clock", "depends on the hour", ""),
}


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """One condition: what it wants, whether the entry fits, by an icon of the sprite and a word."""

    wanted: str
    icon: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line in the order in which they are tried; `took` says that it pays for a part of the entry."""

    name: str
    agreement: str
    url: str
    conditions: tuple[ConditionShown, ...]
    fits: bool
    took: bool


@view_config(
    route_name="billing.agreements.coverage",
    request_method="GET",
    renderer="billing/agreements/coverage.pt",
    permission=SEE_MONEY,
)
def coverage(resource: SystemResource, request: Request) -> dict[str, object]:
    """The lines of the customer's agreements with their conditions. As many queries as repricing reads with."""
    entry: WorkEntry | None = request.db.get(WorkEntry, int(request.matchdict["id"]))
    if entry is None:
        raise HTTPNotFound()
    path = request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link("Price", path("billing.prices.display", id=entry.id)),
            Link("Cover", request.path),
        ),
        "title": "What covers this work",
        "lines": lines_for(request, entry),
        "is_invoiced": entry.state == "invoiced",
        "price_url": path("billing.prices.display", id=entry.id),
    }


def lines_for(request: Request, entry: WorkEntry) -> list[LineShown]:
    """Every line that could cover it, with each condition answered; none for an entry that is invoiced."""
    inputs = read_inputs(request.work, entry.organization_id, [entry.id]).inputs
    value = next((each for each in inputs.entries if each.id == entry.id), None)
    if value is None:
        return []
    resolver = Resolver(inputs)
    role_id, _ = resolver.role(value)
    facts = resolver.facts(value, role_id)
    hours = set()
    took = set()
    for row in request.db.execute(
        select(EntryLine.in_hours, EntryLine.line_id, EntryLine.outcome).where(EntryLine.entry_id == entry.id)
    ):
        hours.add(row.in_hours)
        if row.outcome == "covered":
            took.add(row.line_id)
    in_hours = hours.pop() if len(hours) == 1 else None
    ids = {line.agreement_id for line in inputs.lines}
    agreements = {
        row.id: row.name
        for row in request.db.execute(select(Agreement.id, Agreement.name).where(Agreement.id.in_(ids)))
    }
    stored = [
        {"about": each.about.value, "values": sorted(each.values, key=str)}
        for line in inputs.lines
        for each in line.conditions
    ]
    names = names_of(request.db, stored)
    found = []
    for line in sorted(inputs.lines, key=lambda one: (one.priority, one.id)):
        answered = answers(line, facts, in_hours=in_hours)
        conditions = [
            _dates(line, in_effect(line, entry.worked_on)),
            *(_condition(each, names) for each in answered),
        ]
        found.append(
            LineShown(
                line.name,
                agreements.get(line.agreement_id, ""),
                request.route_path("billing.agreements.display", id=line.agreement_id),
                tuple(conditions),
                all(each.tone != "bad" for each in conditions),
                line.id in took,
            )
        )
    return found


def _dates(line: Line, holds: bool) -> ConditionShown:
    ends = f" until {line.ends_on}" if line.ends_on else ""
    return ConditionShown(f"Runs from {line.starts_on}{ends}", *MARKS[holds])


def _condition(answered: Answer, names: Mapping[tuple[str, Any], str]) -> ConditionShown:
    condition = answered.condition
    values = sorted(condition.values, key=str)
    words = ", ".join(names.get((condition.about.value, value), str(value)) for value in values)
    but = "all but " if condition.excluded else ""
    return ConditionShown(f"{TITLES[About(condition.about)]}: {but}{words}", *MARKS[answered.holds])
