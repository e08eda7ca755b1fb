"""Logging work by a form, with what a timer ran if it comes from one."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, NotFound, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_billing.capture.allowed import may_log
from rtpy_billing.capture.entries import log_work
from rtpy_billing.capture.reading import read_given
from rtpy_billing.capture.timers import discard_timer, find_timer, seconds_of
from rtpy_billing.capture.values import LONGEST_DAY, whole_minutes
from rtpy_billing.models import Timer
from rtpy_billing.rights import LOG_TIME, LOG_TIME_FOR_OTHERS
from rtpy_billing.typed import Typed
from rtpy_billing.web.entries.form import entry_fields, problems_above, wrong_in
from rtpy_billing.web.entries.words import duration

FROM_ADDRESS = ("ticket", "worked_on", "minutes", "worked_by", "started", "ended", "note_internal")


@view_config(
    route_name="billing.entries.create",
    request_method="GET",
    renderer="billing/entries/form.pt",
    permission=STAFF,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """Values in the address fill it; `?timer=7` takes the time of that timer."""
    _need(request)
    given = {name: request.GET[name].replace("\0", "")[:500] for name in FROM_ADDRESS if name in request.GET}
    given.setdefault("worked_on", request.work.now.astimezone(request.zone).date().isoformat())
    timer = _timer(request, request.GET.get("timer", ""))
    if timer is not None:
        day = (timer.started or timer.seen).astimezone(request.zone).date()
        minutes = min(whole_minutes(seconds_of(timer, request.work.now)), LONGEST_DAY)
        given |= {
            "ticket": str(timer.ticket_id or ""),
            "worked_on": day.isoformat(),
            "minutes": duration(minutes),
            "work_type": str(timer.work_type_id or ""),
            "note_internal": timer.label,
        }
    return _form(request, given, {}, timer)


@view_config(
    route_name="billing.entries.create",
    request_method="POST",
    renderer="billing/entries/form.pt",
    permission=STAFF,
)
def create_entry(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Log it; a timer that it came from is done with."""
    _need(request)
    work, given = request.work, texts_of(request)
    timer = _timer(request, given.get("timer", ""))
    try:
        with work.db.begin_nested():
            logged = log_work(work, read_given(work, given, source="timer" if timer else "form"))
            if timer is not None:
                logged.entry.evidence = {"timer_seconds": seconds_of(timer, work.now)}
                discard_timer(work, timer)
    except (Invalid, Refused) as problem:
        request.response.status_int = 422
        return _form(request, given, wrong_in(problem), timer)
    for remark in logged.remarks:
        request.flash(remark, "warn")
    request.flash("The time is logged.")
    return HTTPSeeOther(next_url(request, given, logged.entry.ticket_id))


def next_url(request: Request, given: dict[str, str], ticket_id: int | None) -> str:
    """Back to the ticket or the day from which somebody came, else to the list."""
    day = Typed({"day": given.get("worked_on", "")}).day("day")
    if given.get("back") == "day" and day is not None:
        found: str = request.route_path("billing.sheet.day", _query={"day": day.isoformat()})
        return found
    if given.get("back") == "ticket" and ticket_id is not None:
        found = request.route_path("ticket.display", id=ticket_id)
        return found
    found = request.route_path("billing.entries.list")
    return found


def _need(request: Request) -> None:
    if not may_log(request.work, request.work.actor.user_id):
        raise Refused(f"You may not log time: the right {LOG_TIME} or {LOG_TIME_FOR_OTHERS} is needed.")


def _timer(request: Request, text: str) -> Timer | None:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    try:
        return find_timer(request.work, int(text))
    except NotFound:
        return None


def _form(
    request: Request, given: dict[str, str], wrong: dict[str, str], timer: Timer | None
) -> dict[str, object]:
    fields = entry_fields(request, given, wrong)
    return {
        "title": "Log time",
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Time", request.route_path("billing.entries.list")),
        ),
        "fields": fields,
        "problems": problems_above(fields, wrong),
        "post_url": request.route_path("billing.entries.create"),
        "hidden": [
            (name, value)
            for name, value in (
                ("timer", str(timer.id) if timer else ""),
                ("back", given.get("back") or request.GET.get("back", "")),
            )
            if value
        ],
        "button": "Log it",
        "entry": None,
        "price_url": "",
    }
