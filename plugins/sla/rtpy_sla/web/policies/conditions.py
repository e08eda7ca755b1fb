"""For which tickets a policy is: conditions in words, as a form holds them, and read back from what was typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.errors import Problem
from rtpy.models import Group, Organization, OrganizationSite, Queue

CHANNELS = {
    "": "any way",
    "mail": "by mail",
    "web": "in the browser",
    "rest2": "by a program",
}
MOST_NAMES = 500
LISTS = ("organizations", "sites", "queues", "groups")
LABELS = {"organizations": "organisation", "sites": "site", "queues": "queue", "groups": "group"}


@dataclass(frozen=True, slots=True)
class Words:
    """Names of what conditions point at, by list and number."""

    names: Mapping[str, Mapping[int, str]]

    def say(self, conditions: Mapping[str, Any]) -> str:
        """`organisations Acme, Borg; priority from 50; by mail`, or that it is for every ticket."""
        parts = [
            f"{LABELS[kind]}{'s' if len(conditions[kind]) > 1 else ''} {', '.join(self._named(kind, conditions))}"
            for kind in LISTS
            if conditions.get(kind)
        ]
        low, high = conditions.get("priority_from"), conditions.get("priority_to")
        if low is not None or high is not None:
            parts.append(f"priority {_range(low, high)}")
        parts += [CHANNELS.get(each, each) for each in conditions.get("channels", ())]
        parts += [f"{name} is {' or '.join(values)}" for name, values in conditions.get("fields", {}).items()]
        if conditions.get("query"):
            parts.append(str(conditions["query"]))
        return "; ".join(parts) or "every ticket"

    def typed(self, conditions: Mapping[str, Any]) -> dict[str, str]:
        """As the form holds them."""
        found = {f"for.{kind}": "\n".join(self._named(kind, conditions)) for kind in LISTS}
        for end in ("priority_from", "priority_to"):
            value = conditions.get(end)
            found[f"for.{end}"] = "" if value is None else str(value)
        found["for.channel"] = next(iter(conditions.get("channels", ())), "")
        fields = conditions.get("fields", {})
        found["for.fields"] = "\n".join(f"{name} = {value}" for name in fields for value in fields[name])
        found["for.query"] = str(conditions.get("query", ""))
        return found

    def _named(self, kind: str, conditions: Mapping[str, Any]) -> list[str]:
        return [self.names[kind].get(number, f"#{number}") for number in conditions.get(kind, ())]


def words_for(request: Request, conditions: Iterable[Mapping[str, Any]]) -> Words:
    """Names of all that these conditions point at. A query a list at most."""
    used = {kind: {number for each in conditions for number in each.get(kind, ())} for kind in LISTS}
    return Words({kind: _names(request.db, kind, numbers) for kind, numbers in used.items()})


def read_conditions(db: Session, given: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """What was typed as it is stored, and what is wrong with it. A query a list at most."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for kind in LISTS:
        numbers = _numbers(db, kind, given.get(f"for.{kind}", ""), problems)
        if numbers:
            found[kind] = numbers
    for end in ("priority_from", "priority_to"):
        text = given.get(f"for.{end}", "").strip()
        if text.lstrip("-").isdigit() and text.isascii() and len(text) < 10:
            found[end] = int(text)
        elif text:
            problems.append(Problem(f"for.{end}", "Write a priority as a whole number."))
    channel = given.get("for.channel", "")
    if channel in CHANNELS and channel:
        found["channels"] = [channel]
    fields = _fields(given.get("for.fields", ""), problems)
    if fields:
        found["fields"] = fields
    query = given.get("for.query", "").strip()
    if query:
        found["query"] = query
    return found, problems


def _numbers(db: Session, kind: str, text: str, problems: list[Problem]) -> list[int]:
    wanted = list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
    if not wanted:
        return []
    if len(wanted) > MOST_NAMES:
        problems.append(Problem(f"for.{kind}", f"At most {MOST_NAMES} of them."))
        return []
    known = {name.lower(): number for number, name in _by_name(db, kind, wanted)}
    missing = [name for name in wanted if name.lower() not in known]
    if missing:
        named = ", ".join(f"“{name[:60]}”" for name in missing[:5])
        problems.append(Problem(f"for.{kind}", f"There is no {LABELS[kind]} {named}."))
    return sorted(known[name.lower()] for name in wanted if name.lower() in known)


def _by_name(db: Session, kind: str, wanted: Sequence[str]) -> list[tuple[int, str]]:
    lowered = [name.lower() for name in wanted]
    if kind == "sites":
        label = _site_label()
        query = (
            select(OrganizationSite.id, label)
            .join(Organization, Organization.id == OrganizationSite.organization_id)
            .where(func.lower(label).in_(lowered))
        )
    else:
        model: Any = {"organizations": Organization, "queues": Queue, "groups": Group}[kind]
        query = select(model.id, model.name).where(func.lower(model.name).in_(lowered))
        if kind == "groups":
            query = query.where(Group.domain == "UserDefined")
    return [(row[0], row[1]) for row in db.execute(query)]


def _names(db: Session, kind: str, numbers: set[int]) -> dict[int, str]:
    if not numbers:
        return {}
    if kind == "sites":
        query = (
            select(OrganizationSite.id, _site_label())
            .join(Organization, Organization.id == OrganizationSite.organization_id)
            .where(OrganizationSite.id.in_(numbers))
        )
    else:
        model: Any = {"organizations": Organization, "queues": Queue, "groups": Group}[kind]
        query = select(model.id, model.name).where(model.id.in_(numbers))
    return {row[0]: row[1] for row in db.execute(query)}


def _site_label() -> Any:
    return Organization.name + ": " + OrganizationSite.name


def _fields(text: str, problems: list[Problem]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign or not name or not value:
            problems.append(
                Problem("for.fields", f"“{line.strip()[:60]}”: write lines like “Contract = Gold”.")
            )
        else:
            found.setdefault(name, []).append(value)
    return found


def _range(low: int | None, high: int | None) -> str:
    if low is None:
        return f"up to {high}"
    return f"from {low}" if high is None else f"{low} to {high}"
