"""Answering a form of the set-up: saved, wrong, or first to be confirmed because work would move."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response

from rtpy.errors import Invalid
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.money import shown
from rtpy_billing.repricing.effects import WouldMove
from rtpy_billing.repricing.reprice import Moved
from rtpy_billing.web.agreements.confirming import MOST_SHOWN, lines_of

T = TypeVar("T")


def row_of(request: Request, model: type[T]) -> T | None:
    """The row that the address names, None where it names none (making a new one); 404 when there is no such row."""
    if "id" not in request.matchdict:
        return None
    found: T | None = request.db.get(model, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def answer(
    request: Request,
    save: Callable[[Mapping[str, str], bool], object],
    again: Callable[[Mapping[str, str], Mapping[str, str]], dict[str, object]],
    *,
    done: str,
    route: str,
) -> dict[str, object] | Response:
    """Let `save` do it with what was typed and whether that is confirmed; then to `route`, with the sentence `done`.

    What is wrong is shown by `again` in the form; what moves work is shown on a page of its own first.
    """
    given = texts_of(request)
    try:
        save(given, given.get("confirmed") == "1")
    except Invalid as invalid:
        return again(given, problems_of(invalid))
    except WouldMove as would:
        return confirmation(request, given, would.moved, request.route_path(route))
    request.flash(done)
    return HTTPSeeOther(request.route_path(route))


def confirmation(
    request: Request, given: Mapping[str, str], moved: tuple[Moved, ...], back_url: str
) -> Response:
    """What would move, with what was typed in hidden fields: one button does it, the other goes back."""
    covered = sum(
        one.after.covered_seconds - (one.before.covered_seconds if one.before else 0) for one in moved
    )
    sums: dict[str, int] = {}
    for one in moved:
        before = one.before.amount if one.before else 0
        sums[one.after.currency] = sums.get(one.after.currency, 0) + one.after.amount - before
    values: dict[str, Any] = {
        "crumbs": admin_crumbs(request),
        "title": "Work that was done already",
        "agreement_name": "",
        "count": len(moved),
        "lines": lines_of(request, moved[:MOST_SHOWN]),
        "more": max(len(moved) - MOST_SHOWN, 0),
        "gained": f"{'+' if covered > 0 else '−' if covered < 0 else ''}{abs(covered) / 3600:.2f}",
        "charged": ", ".join(shown(amount, currency) for currency, amount in sums.items() if currency),
        "post_url": request.path,
        "back_url": back_url,
        "kept": [(name, value) for name, value in given.items() if name not in ("csrf_token", "confirmed")],
    }
    return render_to_response("billing/agreements/confirm.pt", values, request=request)
