"""What a report is asked, read from the address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import Organization, Principal, User
from rtpy.web.forms import Field, Option
from rtpy_billing.loose_ends.looking import look_at
from rtpy_billing.models import WorkEntry
from rtpy_billing.reports.values import Asked, ReportKind

LONGEST = timedelta(days=366 * 3)
MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class AskedFor:
    """The question, as far as it could be read, and what was wrong with it by field."""

    asked: Asked
    problems: Mapping[str, str]


def read_asked(request: Request) -> AskedFor:
    """From `from`, `to` (both days included), `customer`, `person`; the current month without any."""
    today = look_at(request.work).today
    problems: dict[str, str] = {}
    start = _day(request, "from", problems) or today.replace(day=1)
    last = _day(request, "to", problems) or max(today, start)
    if last < start:
        problems["to"] = "The last day must not be before the first."
        last = start
    if last - start > LONGEST:
        problems["to"] = "At most three years at once."
        last = start + LONGEST
    return AskedFor(
        Asked(
            start, last + timedelta(days=1), today, _number(request, "customer"), _number(request, "person")
        ),
        problems,
    )


def fields_for(request: Request, kind: ReportKind, found: AskedFor) -> tuple[Field, ...]:
    """The fields of the form above a report."""
    asked, wrong = found.asked, found.problems
    typed = {name: request.GET.get(name, "") for name in wrong}
    first, last = asked.start.isoformat(), (asked.end - timedelta(days=1)).isoformat()
    customers = request.db.execute(select(Organization.id, Organization.name).order_by(Organization.name))
    fields = [
        Field("from", "From", typed.get("from") or first, "date", error=wrong.get("from", ""), required=True),
        Field("to", "To", typed.get("to") or last, "date", error=wrong.get("to", ""), required=True),
        Field(
            "customer",
            "Customer",
            kind="select",
            required=True,
            options=_options(customers.all(), asked.organization_id, "All customers"),
        ),
    ]
    if kind.takes_person:
        people = request.db.execute(
            select(User.id, User.real_name, User.name)
            .join(Principal, Principal.id == User.id)
            .where(User.id.in_(select(WorkEntry.worked_by_id).distinct()))
            .order_by(User.real_name, User.name)
            .limit(MOST_PEOPLE)
        )
        named = [(row.id, row.real_name or row.name) for row in people]
        fields.append(
            Field(
                "person",
                "Person",
                kind="select",
                required=True,
                options=_options(named, asked.person_id, "Everybody"),
            )
        )
    return tuple(fields)


def _options(rows: Iterable[Any], chosen: int | None, nobody: str) -> tuple[Option, ...]:
    return (
        Option("0", nobody, chosen is None),
        *(Option(str(id_), name, id_ == chosen) for id_, name in rows),
    )


def _day(request: Request, name: str, problems: dict[str, str]) -> date | None:
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = f"“{text[:40]}” is not a day: write it as 2026-03-31."
        return None


def _number(request: Request, name: str) -> int | None:
    text = request.GET.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
    return number or None
