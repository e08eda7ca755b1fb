"""The strip under the head of a ticket: covered, billable, or over."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy_billing.money import shown
from rtpy_billing.pricing.words import Cover, Outcome
from rtpy_billing.repricing.standing import Standing, standing_of
from rtpy_billing.rights import LOG_TIME, SEE_MONEY

_WORDS = {
    Outcome.HIDDEN: "internal, never billed",
    Outcome.NO_CHARGE: "shown to the customer at nought",
    Outcome.UNDECIDED: "not decided whether it is charged",
    Outcome.WRITTEN_OFF: "written off",
    Outcome.CAPPED: "the most that was agreed for this period is reached",
    Outcome.HELD: "waits for the customer’s consent",
    Outcome.BLOCKED: "used up: nothing more may be billed",
}
_TONES = {
    Outcome.COVERED: "ok",
    Outcome.CHARGED: "info",
    Outcome.UNDECIDED: "warn",
    Outcome.HELD: "warn",
    Outcome.BLOCKED: "bad",
    Outcome.CAPPED: "warn",
}


def show_strip(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """For who logs time or sees money; tickets of no customer have none."""
    rights = resource.work.rights
    if not (rights.system(LOG_TIME) or rights.system(SEE_MONEY)):
        return None
    standing = standing_of(resource.work, resource.ticket)
    if standing is None:
        return None
    sees_money = rights.system(SEE_MONEY)
    is_over = standing.left is not None and standing.left <= 0
    url = None
    if standing.agreement_id is not None and sees_money:
        url = request.route_path("billing.agreements.display", id=standing.agreement_id)
    return {
        "words": words_of(standing, sees_money=sees_money),
        "line": standing.line,
        "url": url,
        "tone": "warn" if is_over else _TONES.get(standing.outcome, "plain"),
    }


def words_of(standing: Standing, *, sees_money: bool) -> str:
    """`covered · 3 h 20 left`, `billable at 95.00 EUR an hour`, `over by 0:30 · billable at ...`."""
    parts = []
    if standing.outcome is Outcome.COVERED:
        parts.append("covered")
        if standing.left is not None and standing.left > 0:
            parts.append(f"{_quantity(standing, standing.left, sees_money=sees_money)} left")
    elif standing.left is not None and standing.left <= 0:
        over = _quantity(standing, -standing.left, sees_money=sees_money)
        parts.append(f"over by {over}" if standing.left else "used up")
    if standing.outcome is Outcome.CHARGED:
        parts.append(_rate(standing, sees_money=sees_money))
    elif standing.outcome in _WORDS:
        parts.append(_WORDS[standing.outcome])
    return " · ".join(part for part in parts if part)


def _rate(standing: Standing, *, sees_money: bool) -> str:
    if standing.rate is None:
        return "billable, but there is no rate for it"
    if not sees_money:
        return "billable"
    return f"billable at {shown(standing.rate, standing.currency)} an hour"


def _quantity(standing: Standing, quantity: int, *, sees_money: bool) -> str:
    if standing.cover is Cover.HOURS:
        hours, minutes = divmod(quantity // 60, 60)
        return f"{hours}:{minutes:02}"
    if standing.cover is Cover.MONEY:
        return shown(quantity, standing.currency) if sees_money else "some of it"
    return str(quantity)
