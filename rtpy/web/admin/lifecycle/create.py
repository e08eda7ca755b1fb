"""Making a lifecycle, as a rule as a copy of another."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.lifecycles import create_lifecycle
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.lifecycle.lifecycle import ASSET, TICKET
from rtpy.lifecycle.load import NAME_LENGTH
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.lifecycle.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """Which one it is to be like; `?copy=NAME` chooses."""
    return _form(request, {"copy_of": request.GET.get("copy", "")})


@view_config(
    route_name="admin.lifecycle.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def make_lifecycle(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The lifecycle, to be edited at once."""
    given = texts_of(request)
    try:
        of_type, copy_of = given.get("type", ""), given.get("copy_of", "")
        if of_type not in (TICKET, ASSET) or (copy_of and copy_of not in request.app.lifecycles):
            raise Invalid(Problem("copy_of", "Choose from the list."))
        row = create_lifecycle(request.work, given.get("name", ""), of_type, copy_of)
    except Invalid as invalid:
        return _form(request, given, problems_of(invalid))
    request.flash(f"The lifecycle {row.name} is there. No queue uses it yet.")
    return HTTPSeeOther(request.route_path("admin.lifecycle.modify", id=row.id))


def _form(
    request: Request, given: dict[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    copies = [("", "Nothing: three statuses to begin with")]
    copies += [(life.name, f"{life.name}: {', '.join(life.statuses)}") for life in request.app.lifecycles]
    types = ((TICKET, "Tickets"), (ASSET, "Assets"))
    fields = (
        Field(
            "name",
            "Name",
            given.get("name", ""),
            required=True,
            hint=f"At most {NAME_LENGTH} characters. Queues name it, so it cannot be changed afterwards.",
        ),
        Field(
            "type", "For", kind="select", required=True, options=_options(types, given.get("type", TICKET))
        ),
        Field("copy_of", "Begin with", kind="select", options=_options(copies, given.get("copy_of", ""))),
    )
    return form_values(
        request,
        title="New lifecycle",
        post_url=request.route_path("admin.lifecycle.create"),
        sections=(Section("The lifecycle", fields),),
        problems=problems,
        crumbs=(Link("Lifecycles", request.route_path("admin.lifecycle.list")),),
        buttons=(Button("Make the lifecycle", "save", "primary"),),
    )


def _options(known: Sequence[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in known)
