"""The customer's real work of some months, as it was and as it would be under an agreement: side by side."""

from dataclasses import dataclass
from datetime import date, timedelta

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy_billing.models import Agreement
from rtpy_billing.money import product, shown
from rtpy_billing.periods.rhythm import add_months
from rtpy_billing.repricing.replaying import Sum, replay
from rtpy_billing.repricing.terms import month_of
from rtpy_billing.rights import SEE_MONEY
from rtpy_billing.typed import Typed
from rtpy_billing.web.days import days
from rtpy_billing.web.prices.words import hours

LONGEST = 800  # days


@view_config(
    route_name="billing.replays.display",
    request_method="GET",
    renderer="billing/replays/display.pt",
    permission=SEE_MONEY,
)
def show_replay(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?start=` and `?last_day=`; the last three whole months when nothing is asked. No query for each entry."""
    agreement: Agreement | None = request.db.get(Agreement, int(request.matchdict["id"]))
    if agreement is None:
        raise HTTPNotFound()
    start, end, problems = _asked(request)
    found = replay(request.work, agreement, start, end)
    path, currency = request.route_path, found.currency

    now, then = found.now, found.then

    return {
        "crumbs": (
            Link("Home", path("home")),
            Link("Agreements", path("billing.agreements.list")),
            Link(agreement.name, path("billing.agreements.display", id=agreement.id)),
        ),
        "title": "Replay real work",
        "name": agreement.name,
        "span": days(start, end),
        "fields": (
            Field("start", "From", start.isoformat(), "date", error=problems.get("start", ""), required=True),
            Field(
                "last_day",
                "Up to and with",
                (end - timedelta(days=1)).isoformat(),
                "date",
                error=problems.get("last_day", ""),
                required=True,
            ),
        ),
        "entries": found.entries,
        "worked": hours(found.worked_seconds),
        "rows": (
            _money("Fees", now.fees, then.fees, currency),
            _money("Charged for work", now.charged, then.charged, currency),
            _money("Together", now.total, then.total, currency, strong=True),
            _money("An hour brings", _effective(now), _effective(then), currency),
            _money("Waits for somebody", now.waiting, then.waiting, currency),
            _hours("Hours billed", now.billed_seconds, then.billed_seconds),
            _hours("Hours covered", now.covered_seconds, then.covered_seconds),
        ),
        "left_out": ", ".join(found.left_out),
    }


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: what it is called, both sides and what lies between them."""

    label: str
    now: str
    then: str
    difference: str
    strong: bool = False


def _money(label: str, now: int, then: int, currency: str, *, strong: bool = False) -> Compared:
    plus = "+" if then > now else ""
    return Compared(
        label, shown(now, currency), shown(then, currency), plus + shown(then - now, currency), strong
    )


def _hours(label: str, now: int, then: int) -> Compared:
    return Compared(label, hours(now), hours(then), ("+" if then > now else "") + hours(then - now))


def _effective(sums: Sum) -> int:
    """What an hour that was billed brings, fees included; nought where none was."""
    return product(sums.total, 3600, sums.billed_seconds) if sums.billed_seconds > 0 else 0


def _asked(request: Request) -> tuple[date, date, dict[str, str]]:
    """The days that are asked for; the usual ones with a sentence where they make no sense."""
    this_month = month_of(request.work.now.date())
    typed = Typed({name: request.GET.get(name, "") for name in ("start", "last_day")})
    start = typed.day("start") or add_months(this_month, -3)
    end = typed.end_after("last_day") or max(this_month, start + timedelta(days=1))
    if end <= start:
        typed.wrong("last_day", "It ends before it begins.")
    elif (end - start).days > LONGEST:
        typed.wrong("start", "At most two years at once, please.")
    if typed.problems:
        request.response.status_int = 422
        start, end = add_months(this_month, -3), this_month
    return start, end, {problem.field: problem.message for problem in typed.problems}
