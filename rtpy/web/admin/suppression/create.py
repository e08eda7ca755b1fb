"""Put an address on the list of those that get no mail."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.suppression import CAUSE_WORDS, Cause, suppress
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.suppression.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form; `?address=` is written into it."""
    return _form(request, {"pattern": request.GET.get("address", "").replace("\x00", "")[:320]}, {})


@view_config(
    route_name="admin.suppression.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def create_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Fields `pattern`, `cause`, `note`."""
    given = texts_of(request)
    try:
        row = suppress(
            request.work, given.get("pattern", ""), given.get("cause", Cause.HAND), given.get("note", "")
        )
    except Invalid as invalid:
        return _form(request, given, problems_of(invalid))
    request.flash(f"{row.pattern} gets no mail about tickets any more.")
    return HTTPSeeOther(request.route_path("admin.suppression.list"))


def _form(request: Request, given: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    cause = given.get("cause", Cause.HAND)
    fields = (
        Field(
            "pattern",
            "Address or domain",
            given.get("pattern", ""),
            hint="For example ann@client.example, or @client.example for everybody there.",
            required=True,
        ),
        Field(
            "cause",
            "Why",
            kind="select",
            required=True,
            options=tuple(Option(each, words, each == cause) for each, words in CAUSE_WORDS.items()),
        ),
        Field("note", "Note", given.get("note", ""), "textarea", hint="For who reads this later.", rows=3),
    )
    return form_values(
        request,
        title="No more mail to an address",
        post_url=request.route_path("admin.suppression.create"),
        sections=(Section("The address", fields),),
        problems=wrong,
        crumbs=(Link("Addresses that get no mail", request.route_path("admin.suppression.list")),),
        buttons=(Button("Add it to the list", "save", "primary"),),
    )
