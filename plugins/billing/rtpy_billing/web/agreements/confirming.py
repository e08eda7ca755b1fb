"""The page that shows what a change does to work that was done already, and asks whether it is meant."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import select

from rtpy.models import Ticket
from rtpy.web.html import Html
from rtpy.web.times import show_day
from rtpy_billing.agreements.effects import Unconfirmed
from rtpy_billing.balances.quantities import hours
from rtpy_billing.models import Agreement, WorkEntry
from rtpy_billing.money import shown
from rtpy_billing.repricing.reprice import Moved, Sums
from rtpy_billing.web.agreements.found import crumbs_of

MOST_SHOWN = 200
BLOCKERS = {"held": "waits for consent", "blocked": "blocked", "no_rate": "no rate is known"}


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One entry: what it was and what it would be, in words."""

    day: Html
    title: str
    worked: str
    before: str
    after: str
    tone: str


def is_confirmed(given: Mapping[str, str]) -> bool:
    """Did somebody press the button of this page?"""
    return given.get("confirmed") == "1"


def confirmation(
    request: Request,
    agreement: Agreement | None,
    given: Mapping[str, str],
    unconfirmed: Unconfirmed,
    post_url: str,
) -> Response:
    """The page, with what was typed in hidden fields: one button does it, the other goes back. Two queries."""
    # The change was undone: what is shown of the agreement is what holds now.
    if agreement is not None:
        request.db.refresh(agreement)
    moved = unconfirmed.moved
    gained = sum(_covered(one.after) - _covered(one.before) for one in moved)
    charged = sum(one.after.amount - (one.before.amount if one.before else 0) for one in moved)
    currency = moved[0].after.currency or (agreement.currency if agreement else "EUR")
    values = {
        "crumbs": crumbs_of(request, agreement),
        "title": "Work that was done already",
        "agreement_name": agreement.name if agreement else "",
        "count": len(moved),
        "lines": lines_of(request, moved[:MOST_SHOWN]),
        "more": max(len(moved) - MOST_SHOWN, 0),
        "gained": _with_sign(gained),
        "charged": shown(charged, currency),
        "post_url": post_url,
        "back_url": request.route_path("billing.agreements.display", id=agreement.id) if agreement else "/",
        "kept": [(name, value) for name, value in given.items() if name not in ("csrf_token", "confirmed")],
    }
    return render_to_response("billing/agreements/confirm.pt", values, request=request)


def lines_of(request: Request, moved: tuple[Moved, ...]) -> list[MovedLine]:
    """The entries in words, by their day. One query."""
    rows = {
        row.id: row
        for row in request.db.execute(
            select(
                WorkEntry.id,
                WorkEntry.worked_on,
                WorkEntry.worked_seconds,
                WorkEntry.ticket_id,
                WorkEntry.note_customer,
                Ticket.subject,
            )
            .outerjoin(Ticket, Ticket.id == WorkEntry.ticket_id)
            .where(WorkEntry.id.in_([one.entry_id for one in moved]))
        )
    }
    found = []
    for one in sorted(moved, key=lambda each: (rows[each.entry_id].worked_on, each.entry_id)):
        row = rows[one.entry_id]
        title = (
            f"#{row.ticket_id} {row.subject}"
            if row.ticket_id
            else row.note_customer or "Work without a ticket"
        )
        gains = _covered(one.after) - _covered(one.before)
        found.append(
            MovedLine(
                show_day(row.worked_on),
                title[:120],
                hours(row.worked_seconds),
                _words(one.before),
                _words(one.after),
                "ok" if gains > 0 else "bad" if gains < 0 else "",
            )
        )
    return found


def _covered(sums: Sums | None) -> int:
    return sums.covered_seconds if sums else 0


def _words(sums: Sums | None) -> str:
    if sums is None:
        return "not priced"
    parts = []
    if sums.covered_seconds:
        parts.append(f"{hours(sums.covered_seconds)} h covered")
    if sums.amount or not sums.covered_seconds:
        parts.append(f"{shown(sums.amount, sums.currency or 'EUR')} charged")
    if sums.blocker in BLOCKERS:
        parts.append(BLOCKERS[sums.blocker])
    return ", ".join(parts)


def _with_sign(seconds: int) -> str:
    return f"+{hours(seconds)}" if seconds > 0 else hours(seconds)
