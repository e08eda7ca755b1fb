"""Making, changing, trying and starting a schedule, with the log of its runs."""

from collections.abc import Mapping, Sequence
from html import escape

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import Schedule, ScheduleRun
from rtpy.rights.names import Right
from rtpy.schedules.doing import FAILED, Result, try_deed
from rtpy.schedules.running import holding
from rtpy.schedules.saving import plain_schedule, read_schedule, run_soon, save_schedule
from rtpy.search.selection import selected
from rtpy.web.admin.by_clock import Pages, card, posted, row_asked
from rtpy.web.admin.editing import SAVE, Button
from rtpy.web.admin.schedules.fields import sections
from rtpy.web.admin.schedules.list import describe_run
from rtpy.web.staff.forms import problems_of

PAGES = Pages("admin.schedule", "Schedules", "New schedule")
TRY = Button("Dry run", "try")
RUN = Button("Save and run soon", "run")
TRIED = 50
RUNS = 20
FAILURES = 5


@view_config(
    route_name="admin.schedule.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
@view_config(
    route_name="admin.schedule.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def schedule_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form, or that of one schedule."""
    row = row_asked(request, Schedule)
    return _form(resource, request, row, plain_schedule(request.work, row) if row is not None else {})


@view_config(
    route_name="admin.schedule.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
@view_config(
    route_name="admin.schedule.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def schedule_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, let it run soon, or say what it would do now."""
    row, given = row_asked(request, Schedule), posted(request)
    try:
        if given.get("deed") == "try":
            return _form(resource, request, row, given, shown=_tried(request, given))
        with request.work.db.begin_nested():
            saved = save_schedule(request.work, row, given)
            if given.get("deed") == "run":
                run_soon(request.work, saved)
    except Invalid as invalid:
        return _form(resource, request, row, given, wrong=problems_of(invalid))
    request.flash(
        f"“{saved.name}” is saved; the worker runs it within some seconds."
        if given.get("deed") == "run"
        else f"“{saved.name}” is saved."
    )
    return HTTPSeeOther(request.route_path("admin.schedule.modify", id=saved.id))


def _form(
    resource: SystemResource,
    request: Request,
    row: Schedule | None,
    given: Mapping[str, str],
    *,
    shown: str = "",
    wrong: Mapping[str, str] | None = None,
) -> dict[str, object]:
    cards = [shown] if shown else []
    if row is not None:
        cards.append(_runs(request, row))
    return PAGES.form(request, row, sections(resource, request, given), (SAVE, TRY, RUN), cards, wrong)


def _tried(request: Request, given: Mapping[str, str]) -> str:
    """What it would do to the first tickets, as if it had never run; all of it is undone."""
    work = request.work
    values = read_schedule(work, given)
    found = selected(work, values.selection)
    held, others = holding(work, found, values.deed)
    failed = [each for each in others if each.outcome == FAILED]
    results = [*failed, *try_deed(work, held[:TRIED], values.deed)]
    note = (
        f"{len(found)} found, the condition holds for {len(held)}. Nothing was changed and nothing was sent."
    )
    if len(held) > TRIED:
        note += f" Only the first {TRIED} were tried."
    return card("Dry run", _lines(request, results), "No ticket would have its turn now.", note)


def _lines(request: Request, results: Sequence[Result]) -> list[str]:
    lines = []
    for each in results:
        url = request.route_path("ticket.display", id=each.ticket_id)
        tone = {"done": "ok", "failed": "bad"}.get(each.outcome, "")
        told = f" · mail to {', '.join(each.told)}" if each.told and "mail to" not in each.reason else ""
        lines.append(
            f'<a class="title" href="{escape(url)}">#{each.ticket_id} {escape(each.subject)}</a>'
            f'<span class="badge badge-{tone}">{escape(each.outcome)}</span> '
            f'<span class="meta">{escape(each.reason + told)}</span>'
        )
    return lines


def _runs(request: Request, row: Schedule) -> str:
    runs = request.db.scalars(
        select(ScheduleRun)
        .where(ScheduleRun.schedule_id == row.id)
        .order_by(ScheduleRun.id.desc())
        .limit(RUNS)
    )
    items = []
    for run in runs:
        failures = [entry for entry in run.entries if entry.get("outcome") == "failed"][:FAILURES]
        lines = "".join(
            f'<br /><span class="meta">#{escape(str(entry["ticket"]))}: {escape(str(entry["reason"]))}</span>'
            for entry in failures
        )
        bad = ' <span class="badge badge-bad">failed</span>' if run.error or run.failed else ""
        items.append(
            f'<span class="title">{escape(describe_run(run))}</span>{bad}'
            f'<span class="meta">{request.when(run.started)}</span>{lines}'
        )
    return card("Runs", items, "It has not run yet.")
