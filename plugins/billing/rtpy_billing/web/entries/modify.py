"""One entry: its form while it is a draft, what it says afterwards, and what can still be done with it."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.duration import read_minutes
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Organization
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.work import Work
from rtpy_billing.capture.allowed import find_entry, find_ticket, may_log
from rtpy_billing.capture.entries import (
    answer_move,
    change_entry,
    correct_entry,
    delete_entry,
    move_entry,
)
from rtpy_billing.capture.listing import Shown, shown_entry, shown_with
from rtpy_billing.capture.reading import read_given
from rtpy_billing.capture.sharing import credits_of, may_share
from rtpy_billing.capture.submitting import take_back
from rtpy_billing.capture.values import OPEN_STATES
from rtpy_billing.models import WorkEntry
from rtpy_billing.rights import SEE_MONEY
from rtpy_billing.typed import Typed
from rtpy_billing.web.entries.form import entry_fields, problems_above, values_of, wrong_in
from rtpy_billing.web.entries.words import CHARGES, SOURCES, STATES, clocks_of

DEEDS = {
    "save": "The entry is changed.",
    "delete": "The entry is deleted.",
    "take_back": "The entry is a draft again.",
    "move": "The entry is moved.",
    "go_along": "The entry belongs to the ticket's customer now.",
    "stay": "The entry stays with the customer for whom it was done.",
    "correct": "The correction is a draft: hand it in like other work.",
}


@view_config(
    route_name="billing.entries.modify",
    request_method="GET",
    renderer="billing/entries/form.pt",
    permission=STAFF,
)
def show_entry(resource: SystemResource, request: Request) -> dict[str, object]:
    """The entry as it is."""
    entry = find_entry(request.work, int(request.matchdict["id"]))
    return _page(request, entry, values_of(entry), {})


@view_config(
    route_name="billing.entries.modify",
    request_method="POST",
    renderer="billing/entries/form.pt",
    permission=STAFF,
)
def change(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """One of the deeds; what does not go is said above the form with all that was typed."""
    work, given = request.work, texts_of(request)
    entry = find_entry(work, int(request.matchdict["id"]))
    deed = given.get("deed", "save")
    if deed not in DEEDS:
        raise Refused("There is no such deed.")
    try:
        with work.db.begin_nested():
            remarks = _do(work, entry, deed, given)
    except (Invalid, Refused) as problem:
        request.response.status_int = 422 if isinstance(problem, Invalid) else 409
        work.db.refresh(entry)
        return _page(request, entry, {**values_of(entry), **given}, wrong_in(problem))
    except Conflict as conflict:
        request.response.status_int = 409
        work.db.refresh(entry)
        return _page(request, entry, values_of(entry), {"": str(conflict)})
    for remark in remarks:
        request.flash(remark, "warn")
    request.flash(DEEDS[deed])
    if deed == "delete":
        return HTTPSeeOther(request.route_path("billing.entries.list"))
    return HTTPSeeOther(request.route_path("billing.entries.modify", id=entry.id))


def _do(work: Work, entry: WorkEntry, deed: str, given: dict[str, str]) -> tuple[str, ...]:
    typed = Typed(given)
    version = typed.number("version", 0, default=-1)
    assert version is not None
    if deed == "save":
        return change_entry(work, entry, read_given(work, given, entry), version).remarks
    if deed == "delete":
        delete_entry(work, entry, version)
    elif deed == "take_back":
        take_back(work, entry, version)
    elif deed == "move":
        number = typed.number("to_ticket", 1, 10**12)
        if number is None or typed.problems:
            raise Invalid(Problem("to_ticket", "Write the number of the ticket to which it belongs."))
        move_entry(work, entry, version, ticket=find_ticket(work, number))
    elif deed in ("go_along", "stay"):
        answer_move(work, entry, version, goes_along=deed == "go_along")
    else:
        correct_entry(work, entry, _minutes(given.get("by", "")), typed.long_text("why", 2000))
    return ()


def _minutes(text: str) -> int:
    try:
        return read_minutes(text)
    except ValueError as wrong:
        raise Invalid(Problem("minutes", f"{wrong} A minus in front takes back.")) from None


def _page(
    request: Request, entry: WorkEntry, given: dict[str, str], wrong: dict[str, str]
) -> dict[str, object]:
    work = request.work
    sees_money = bool(request.has_permission(SEE_MONEY))
    mine = may_log(work, entry.worked_by_id)
    can_change = mine and entry.state == "draft" and entry.corrects_id is None
    fields = entry_fields(request, given, wrong, entry) if can_change else ()
    asked = work.db.get(Organization, entry.asked_organization_id) if entry.asked_organization_id else None
    shown: Shown = shown_entry(work, entry)
    return {
        "title": "Change an entry" if can_change else "Work entry",
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Time", request.route_path("billing.entries.list")),
        ),
        "fields": fields,
        "problems": problems_above(fields, wrong),
        "wrong": wrong,
        "given": given,
        "post_url": request.route_path("billing.entries.modify", id=entry.id),
        "hidden": [("version", str(entry.version))],
        "button": "Save",
        "entry": shown,
        "others": shown_with(work, entry),
        "credits": credits_of(work, entry),
        "share_url": request.route_path("billing.credit.share", id=entry.id)
        if entry.corrects_id is None and may_share(work, entry)
        else None,
        "asked": asked.name if asked else "",
        "can_delete": mine and entry.state == "draft",
        "can_take_back": mine and entry.state == "submitted",
        "can_move": mine and entry.state in OPEN_STATES and entry.state != "draft",
        "can_correct": mine and entry.state != "draft" and entry.corrects_id is None,
        "can_answer": mine and asked is not None and entry.state in OPEN_STATES,
        "states": STATES,
        "source": SOURCES.get(shown.source, shown.source),
        "charges": CHARGES,
        "clocks_of": clocks_of,
        "price_url": request.route_path("billing.prices.display", id=entry.id) if sees_money else "",
        "returned": entry.returned_reason if entry.state == "draft" else "",
    }
