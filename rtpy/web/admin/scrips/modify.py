"""Making, changing, ordering, switching off and deleting a scrip."""

from collections.abc import Mapping
from datetime import timedelta

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.scrips import (
    ScripValues,
    create_scrip,
    delete_scrip,
    describe_scrip,
    modify_scrip,
    move_scrip,
)
from rtpy.errors import Invalid, Refused
from rtpy.http.automation import AutomationResource, ScripResource
from rtpy.models import Scrip
from rtpy.rights.names import Right
from rtpy.scrips.checking import check_scrip
from rtpy.scrips.counts import Counted, counts_of
from rtpy.scrips.expression import FUNCTION_HELP
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.admin.scrips.fields import form_fields, read_form
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

DAYS = 30


@view_config(
    route_name="admin.scrips.create",
    request_method="GET",
    renderer="admin/scrips/modify.pt",
    permission=Right.MODIFY_SCRIPS,
)
def create_form(resource: AutomationResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, None, ScripValues("", "", ""), {}, may_change=True)


@view_config(
    route_name="admin.scrips.create",
    request_method="POST",
    renderer="admin/scrips/modify.pt",
    permission=Right.MODIFY_SCRIPS,
)
def create(resource: AutomationResource, request: Request) -> dict[str, object] | Response:
    """Make it, and show it."""
    values = read_form(request)
    try:
        with request.db.begin_nested():
            scrip = create_scrip(request.work, check_scrip(request.work, values))
    except Invalid as invalid:
        return _form(request, None, values, problems_of(invalid), may_change=True)
    except Refused as refused:
        return _form(request, None, values, {"queues": str(refused)}, may_change=True)
    request.flash(f"The scrip “{scrip.description}” is made. Try it out with a dry run.")
    return HTTPSeeOther(request.route_path("admin.scrips.modify", id=scrip.id))


@view_config(
    route_name="admin.scrips.modify",
    request_method="GET",
    renderer="admin/scrips/modify.pt",
    permission=Right.SHOW_SCRIPS,
)
def modify_form(resource: ScripResource, request: Request) -> dict[str, object]:
    """The scrip as it is."""
    values = _values(request, resource)
    return _form(request, resource.scrip, values, {}, may_change=resource.allows(Right.MODIFY_SCRIPS))


@view_config(
    route_name="admin.scrips.modify",
    request_method="POST",
    renderer="admin/scrips/modify.pt",
    permission=Right.MODIFY_SCRIPS,
)
def modify(resource: ScripResource, request: Request) -> dict[str, object] | Response:
    """`deed`: save, up, down or delete."""
    scrip, work, deed = resource.scrip, request.work, texts_of(request).get("deed", "save")
    here = request.route_path("admin.scrips.modify", id=scrip.id)
    if deed in ("up", "down"):
        moved = move_scrip(work, scrip, up=deed == "up")
        request.flash("Moved." if moved else "It is at the end already.", "ok" if moved else "info")
        return HTTPSeeOther(here)
    if deed == "delete":
        return _delete(request, scrip, here)
    values = read_form(request)
    try:
        with request.db.begin_nested():
            modify_scrip(work, scrip, check_scrip(work, values))
    except Invalid as invalid:
        request.db.refresh(scrip)
        return _form(request, scrip, values, problems_of(invalid), may_change=True)
    except Refused as refused:
        return _form(request, scrip, values, {"queues": str(refused)}, may_change=True)
    request.flash("Saved. It counts from the next change on.")
    return HTTPSeeOther(here)


def _delete(request: Request, scrip: Scrip, here: str) -> Response:
    name = scrip.description
    try:
        with request.db.begin_nested():
            delete_scrip(request.work, scrip)
    except Refused as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(here)
    request.flash(f"The scrip “{name}” is deleted.")
    return HTTPSeeOther(request.route_path("admin.scrips.list"))


def _values(request: Request, resource: ScripResource) -> ScripValues:
    told = describe_scrip(request.db, resource.scrip)
    return ScripValues(
        description=str(told["description"]),
        condition=str(told["condition"]),
        action=str(told["action"]),
        template=str(told["template"]),
        condition_argument=str(told["condition_argument"]),
        action_argument=str(told["action_argument"]),
        transaction_types=str(told["transaction_types"]),
        stage=str(told["stage"]),
        queue_ids=resource.queue_ids,
        disabled=resource.scrip.disabled,
    )


def _form(
    request: Request,
    scrip: Scrip | None,
    values: ScripValues,
    wrong: Mapping[str, str],
    *,
    may_change: bool,
) -> dict[str, object]:
    if wrong:
        request.response.status_int = 422
    path = request.route_path
    post = path("admin.scrips.modify", id=scrip.id) if scrip else path("admin.scrips.create")
    counted = Counted()
    if scrip is not None:
        since = (request.work.now - timedelta(days=DAYS)).date()
        counted = counts_of(request.db, since).get(scrip.id, Counted())
    return {
        **form_fields(request, values, wrong),
        "crumbs": admin_crumbs(request, Link("Scrips", path("admin.scrips.list"))),
        "title": values.description or "New scrip",
        "problems": [(f"field-{name}", sentence) for name, sentence in wrong.items()],
        "post_url": post,
        "dry_run_url": path("admin.scrips.dry_run", id=scrip.id) if scrip else None,
        "log_url": path("admin.log.list", _query={"kind": "scrip", "object": scrip.id}) if scrip else None,
        "may_change": may_change,
        "exists": scrip is not None,
        "is_off": scrip is not None and scrip.disabled,
        "counted": counted,
        "functions": list(FUNCTION_HELP.items()),
        "days": DAYS,
    }
