"""The week sheet: a plain form of tickets and days."""

from datetime import date, timedelta

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Conflict, Invalid, NotFound, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import User
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_named, texts_of
from rtpy_billing.capture.allowed import find_ticket, may_log
from rtpy_billing.capture.sheet import Sheet, monday_of, read_sheet, rows_of, tickets_like
from rtpy_billing.capture.sheet_saving import cell_name, save_sheet, seen_of, shown_minutes
from rtpy_billing.capture.submitting import submit_days
from rtpy_billing.rights import LOG_TIME_FOR_OTHERS
from rtpy_billing.web.entries.words import duration
from rtpy_billing.web.sheet.whose import day_of, query_of, worker_of


@view_config(
    route_name="billing.sheet.week", request_method="GET", renderer="billing/sheet/week.pt", permission=STAFF
)
def show_week(resource: SystemResource, request: Request) -> dict[str, object]:
    """The week of the day in the address, one's own or a colleague's; `row` names rows without time."""
    worker = worker_of(request)
    monday = monday_of(day_of(request, worker, "day"))
    sheet = read_sheet(request.work, worker, monday, request.GET.getall("row"))
    return _page(request, sheet, {}, {})


@view_config(
    route_name="billing.sheet.week", request_method="POST", renderer="billing/sheet/week.pt", permission=STAFF
)
def change_week(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, hand it in, or add rows; what was typed stays until it is saved."""
    work, given = request.work, texts_of(request)
    worker = worker_of(request)
    monday = monday_of(day_of(request, worker, "day"))
    rows = list(texts_named(request, "row"))
    deed = given.get("deed", "save")
    if deed == "enter":  # the key, in a field: another ticket is added if one is named
        deed = "add" if given.get("add", "").strip() else "save"
    if deed == "add" or deed.startswith("add:"):
        return _add(request, worker, monday, rows, given, deed.removeprefix("add").removeprefix(":"))
    if deed in ("copy_week", "copy_day"):
        return _copy(request, worker, monday, rows, given, whole_week=deed == "copy_week")
    sheet = read_sheet(work, worker, monday, rows)
    try:
        with work.db.begin_nested():
            saved = save_sheet(work, sheet, given)
            handed = (
                submit_days(work, worker.id, monday, monday + timedelta(days=7)) if deed == "submit" else 0
            )
    except Invalid as invalid:
        request.response.status_int = 422
        wrong = {each.field: each.message for each in invalid.problems}
        return _page(request, read_sheet(work, worker, monday, rows), given, wrong)
    except (Conflict, Refused) as problem:
        request.response.status_int = 409
        return _page(request, read_sheet(work, worker, monday, rows), {}, {"": str(problem)})
    for remark in saved.remarks:
        request.flash(remark, "warn")
    if deed == "submit":
        request.flash(f"{handed} {'entry is' if handed == 1 else 'entries are'} handed in.")
    else:
        request.flash("The week is saved." if saved.count else "Nothing was changed.")
    return HTTPSeeOther(
        request.route_path("billing.sheet.week", _query=query_of(request, worker, day=monday.isoformat()))
    )


def _add(
    request: Request, worker: User, monday: date, rows: list[str], given: dict[str, str], chosen: str
) -> dict[str, object]:
    """A row for the ticket of that number; for words, the tickets that have them, to choose from."""
    work, words = request.work, chosen or given.get("add", "").strip().removeprefix("#")
    wrong, found = {}, []
    if words == "other":
        rows.append("o0")
    elif words.isascii() and words.isdigit() and len(words) < 19:
        try:
            rows.append(f"t{find_ticket(work, int(words)).id}")
        except NotFound as problem:
            wrong["add"] = str(problem)
    elif words:
        found = list(tickets_like(work, words[:100]))
        if not found:
            wrong["add"] = f"No ticket that you may see has “{words[:60]}” in its subject."
    else:
        wrong["add"] = "Write the number of a ticket, or words of its subject."
    sheet = read_sheet(work, worker, monday, rows)
    return {
        **_page(request, sheet, given, wrong),
        "found": found,
        "add": "" if not wrong and not found else words,
    }


def _copy(
    request: Request, worker: User, monday: date, rows: list[str], given: dict[str, str], *, whole_week: bool
) -> dict[str, object]:
    """The rows of the week before, or yesterday's with their times for today: nothing is saved by it."""
    work = request.work
    if whole_week:
        found = rows_of(work, worker.id, monday - timedelta(days=7), monday)
        sheet = read_sheet(work, worker, monday, [*rows, *found])
        return _page(request, sheet, given, {} if found else {"": "There is no time in the week before."})
    today = day_of(request, worker, "none")
    found = rows_of(work, worker.id, today - timedelta(days=1), today)
    sheet = read_sheet(work, worker, monday, [*rows, *found])
    if today in sheet.days:
        at = sheet.days.index(today)
        for row in sheet.rows:
            if row.key in found and not row.cells[at].count and found[row.key] > 0:
                given.setdefault(cell_name(row, at), "")
                given[cell_name(row, at)] = given[cell_name(row, at)] or duration(found[row.key])
    return _page(request, sheet, given, {} if found else {"": "Nothing was logged yesterday."})


def _page(request: Request, sheet: Sheet, given: dict[str, str], wrong: dict[str, str]) -> dict[str, object]:
    work, worker = request.work, sheet.worker
    monday = sheet.days[0]

    def url(day: date) -> str:
        found: str = request.route_path(
            "billing.sheet.week", _query=query_of(request, worker, day=day.isoformat())
        )
        return found

    ids = {cell_name(row, at): f"c-{row.key}-{at}" for row in sheet.rows for at in range(7)} | {"add": "add"}
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Time", request.route_path("billing.entries.list")),
        ),
        "sheet": sheet,
        "own": worker.id == work.actor.user_id,
        "worker": worker,
        "may_choose": work.rights.system(LOG_TIME_FOR_OTHERS),
        "may_log": may_log(work, worker.id),
        "today": day_of(request, worker, "none"),
        "number": monday.isocalendar().week,
        "previous_url": url(monday - timedelta(days=7)),
        "next_url": url(monday + timedelta(days=7)),
        "post_url": request.route_path("billing.sheet.week"),
        "typed": lambda row, at: given.get(cell_name(row, at), shown_minutes(row.cells[at])),
        "was": lambda row, at: shown_minutes(row.cells[at]),
        "seen": lambda row, at: seen_of(row.cells[at]),
        "wrong": wrong,
        "problems": [(ids.get(name), sentence) for name, sentence in wrong.items()],
        "duration": duration,
        "found": [],
        "add": given.get("add", ""),
    }
