"""Making and changing a ladder: steps as rows, drawn along a line of time."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import at_the_top
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_named, texts_of
from rtpy_sla.escalation.ladders import LadderValues, save_ladder
from rtpy_sla.ladder.reading import known_steps, read_steps, write_steps
from rtpy_sla.ladder.step import STEPS_LIMIT, Step
from rtpy_sla.models import Ladder
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS
from rtpy_sla.web.ladders.example import drawn
from rtpy_sla.web.ladders.form import basics, blank_step, quiet_fields, rows_of, typed_quiet, typed_steps


@view_config(
    route_name="sla.ladders.create",
    request_method="GET",
    renderer="sla/ladders/modify.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
@view_config(
    route_name="sla.ladders.modify",
    request_method="GET",
    renderer="sla/ladders/modify.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or a ladder with one step; `?example=` is whose clock is drawn."""
    row = _row(request)
    values = LadderValues("", steps=[blank_step()])
    if row is not None:
        steps = write_steps(known_steps(row.steps))
        values = LadderValues(row.name, row.description, steps, row.quiet, row.disabled)
    return _form(request, row, values, request.GET.get("example", ""))


@view_config(
    route_name="sla.ladders.create",
    request_method="POST",
    renderer="sla/ladders/modify.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
@view_config(
    route_name="sla.ladders.modify",
    request_method="POST",
    renderer="sla/ladders/modify.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it; or add, take out and draw steps without saving (`deed` = `add`, `remove.N`, `draw`)."""
    row, given = _row(request), texts_of(request)
    steps = typed_steps(given, lambda name: texts_named(request, name))
    deed = given.get("deed", "save")
    if deed == "add" and len(steps) < STEPS_LIMIT:
        steps.append(blank_step())
    elif deed.startswith("remove."):
        number = deed.removeprefix("remove.")
        steps = [step for place, step in enumerate(steps, 1) if str(place) != number]
    values = LadderValues(
        given.get("name", ""),
        given.get("description", ""),
        steps,
        typed_quiet(given),
        given.get("disabled") == "1",
    )
    example = given.get("example", "")
    if deed != "save":
        return _form(request, row, values, example)
    try:
        save_ladder(request.work, row, values)
    except Invalid as invalid:
        return _form(request, row, values, example, problems_of(invalid))
    request.flash("The ladder is saved.")
    return HTTPSeeOther(request.route_path("sla.ladders.list"))


def _row(request: Request) -> Ladder | None:
    if "id" not in request.matchdict:
        return None
    found: Ladder | None = request.db.get(Ladder, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _form(
    request: Request,
    row: Ladder | None,
    values: LadderValues,
    example: str,
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    wrong = dict(problems or {})
    path = request.route_path
    rows = rows_of(values.steps, wrong)
    first = basics(values.name, values.description, disabled=values.disabled, wrong=wrong)
    quiet = quiet_fields(values.quiet, wrong)
    fields = [*first, *quiet, *(field for each in rows for field in (*each.when, *each.who))]
    fields += [field for each in rows for pair in each.deeds for field in pair]
    return {
        "crumbs": admin_crumbs(request, Link("Escalation", path("sla.ladders.list"))),
        "title": "New ladder" if row is None else f"Ladder: {row.name}",
        "post_url": path("sla.ladders.create") if row is None else path("sla.ladders.modify", id=row.id),
        "log_url": path("sla.firings.list"),
        "problems": at_the_top(request, fields, {_shown_at(name): text for name, text in wrong.items()}),
        "basics": first,
        "quiet": quiet,
        "rows": rows,
        "may_add": len(rows) < STEPS_LIMIT,
        **drawn(request, _drawable(values.steps), example, row.id if row else None),
    }


def _shown_at(name: str) -> str:
    """The field in which a problem of an action is shown."""
    return f"{name}.value" if ".do." in name else name


def _drawable(steps: Sequence[Mapping[str, Any]]) -> Sequence[Step]:
    """The steps as far as they can be read: what is wrong is said beside its field, not in the drawing."""
    found: list[Step] = []
    for step in steps:
        try:
            found.extend(read_steps([{**step, "do": step.get("do") or [{"kind": "notify_owner"}]}]))
        except Invalid:
            continue
    return found
