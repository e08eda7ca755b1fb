"""What was worked: one's own entries, and with the right those of everybody."""

from datetime import date, timedelta

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.people import find_person
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.paging import asked_page, show_numbers
from rtpy.web.shown import Link
from rtpy_billing.capture.allowed import may_log, may_see
from rtpy_billing.capture.listing import PER_PAGE, Wanted, count_entries, list_entries
from rtpy_billing.capture.submitting import submit_days
from rtpy_billing.models import WorkEntry
from rtpy_billing.typed import Typed
from rtpy_billing.web.entries.words import CHARGES, STATES, clocks_of
from rtpy_billing.web.fields import Fields

DAYS_OF_ALL = timedelta(days=31)
"""How far back the list of everybody's time goes when no day is named."""
CHOICES = {
    "": "all",
    "open": "not approved yet",
    **{state: words for state, (words, _) in STATES.items()},
    "asked": "ticket changed customer",
}


@view_config(
    route_name="billing.entries.list",
    request_method="GET",
    renderer="billing/entries/list.pt",
    permission=STAFF,
)
def list_time(resource: SystemResource, request: Request) -> dict[str, object]:
    """By the filters in the address: `worker`, `state`, `from`, `to`, `ticket`."""
    work = request.work
    given = {name: value.replace("\0", "")[:200] for name, value in request.GET.items()}
    wanted, problems = _wanted(request, given)
    number = asked_page(request)
    total, seconds = count_entries(work, wanted)
    made = Fields(given)
    filters = [
        made.text("from", "From", kind="date"),
        made.text("to", "Until", kind="date"),
        made.choice("state", "State", CHOICES),
    ]
    if may_see(work, 0):
        filters.insert(0, made.text("worker", "Who", "A login name, or * for all"))

    def url(page: int) -> str:
        kept = {name: value for name, value in given.items() if value and name != "page"}
        found: str = request.route_path("billing.entries.list", _query={**kept, "page": str(page)})
        return found

    return {
        "crumbs": (Link("Home", request.route_path("home")),),
        "problems": problems,
        "filters": filters,
        "list_url": request.route_path("billing.entries.list"),
        "ticket_id": wanted.ticket_id,
        "entries": list_entries(work, wanted, offset=(number - 1) * PER_PAGE),
        "shows_worker": wanted.worker_id != work.actor.user_id,
        "total_minutes": seconds // 60,
        "pages": show_numbers(number, PER_PAGE, total, url),
        "states": STATES,
        "charges": CHARGES,
        "clocks_of": clocks_of,
        "create_url": request.route_path(
            "billing.entries.create", _query={"ticket": str(wanted.ticket_id)} if wanted.ticket_id else None
        )
        if may_log(work, work.actor.user_id)
        else None,
        "drafts": _has_drafts(request) if wanted.worker_id == work.actor.user_id else False,
        "submit_url": request.route_path("billing.entries.submit"),
        "is_narrowed": any(given.get(name) for name in ("from", "to", "state", "ticket", "worker")),
    }


@view_config(route_name="billing.entries.submit", request_method="POST", permission=STAFF)
def submit_all(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """Hand in every draft of one's own until today."""
    work = request.work
    count = submit_days(work, work.actor.user_id, date(1990, 1, 1), date(2200, 1, 1))
    if count:
        request.flash(f"{count} {'entry is' if count == 1 else 'entries are'} handed in.")
    else:
        request.flash("There was nothing to hand in.", "info")
    return HTTPSeeOther(request.route_path("billing.entries.list"))


def _wanted(request: Request, given: dict[str, str]) -> tuple[Wanted, list[tuple[str | None, str]]]:
    work, typed = request.work, Typed(given)
    worker_id: int | None = work.actor.user_id
    name = given.get("worker", "").strip()
    if name == "*" or (not name and given.get("ticket")):
        worker_id = None if may_see(work, 0) else worker_id
    elif name:
        found = find_person(work.db, name)
        worker_id = found.id if found and may_see(work, found.id) else worker_id
        if found is None:
            typed.wrong("worker", f"There is nobody named “{name[:80]}”: these are your own entries.")
    if worker_id is None and not any(given.get(name) for name in ("from", "to", "ticket")):
        given["from"] = (work.now.astimezone(request.zone).date() - DAYS_OF_ALL).isoformat()
    last = typed.day("to")
    wanted = Wanted(
        worker_id=worker_id,
        first=typed.day("from"),
        end=last + timedelta(days=1) if last else None,
        state=given.get("state", "") if given.get("state", "") in CHOICES else "",
        ticket_id=typed.number("ticket", 1, 10**12),
    )
    return wanted, [(f"field-{each.field}", each.message) for each in typed.problems]


def _has_drafts(request: Request) -> bool:
    query = select(WorkEntry.id).where(
        WorkEntry.worked_by_id == request.work.actor.user_id, WorkEntry.state == "draft"
    )
    return request.db.scalar(query.limit(1)) is not None
