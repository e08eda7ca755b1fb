"""Making a group, renaming it, saying what it is for, switching it off and on; and its history."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.groups import change_group, make_group, may_on_group, set_group_disabled
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Group, Principal
from rtpy.rights.names import Right
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.admin.groups.frame import crumbs_of, find_group, tabs_of
from rtpy.web.admin.panels import panel_values
from rtpy.web.admin.people_history import history_panel
from rtpy.web.forms import Field
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.groups.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_GROUP,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, None, {}, {})


@view_config(
    route_name="admin.groups.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_GROUP,
)
def create_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it, and go on to its members."""
    work, given = request.work, texts_of(request)
    try:
        with work.db.begin_nested():
            group = make_group(work, name=given.get("name", ""), description=given.get("description", ""))
    except Invalid as invalid:
        return _form(request, None, given, problems_of(invalid))
    request.flash(f"The group {group.name} is made. Put somebody into it.")
    return HTTPSeeOther(request.route_path("admin.groups.members", id=group.id))


@view_config(
    route_name="admin.groups.modify", request_method="GET", renderer="admin/form.pt", permission=STAFF
)
def modify_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The group as it is."""
    group = find_group(request)
    values = {"name": group.name, "description": group.description}
    return _form(request, group, {**values, "second_factor": "1" if group.second_factor else ""}, {})


@view_config(
    route_name="admin.groups.modify", request_method="POST", renderer="admin/form.pt", permission=STAFF
)
def modify_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The field `deed`: save, disable or enable."""
    group, work, given = find_group(request), request.work, texts_of(request)
    deed = given.get("deed", "save")
    try:
        with work.db.begin_nested():
            if deed in ("disable", "enable"):
                set_group_disabled(work, group, disabled=deed == "disable")
                said = "The group is switched " + ("off." if deed == "disable" else "on.")
            else:
                change_group(
                    work,
                    group,
                    name=given.get("name", ""),
                    description=given.get("description", ""),
                    second_factor=given.get("second_factor") == "1",
                )
                said = "Saved."
    except Invalid as invalid:
        return _form(request, group, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, group, given, {"": str(refused)})
    request.flash(said)
    return HTTPSeeOther(request.route_path("admin.groups.modify", id=group.id))


@view_config(
    route_name="admin.groups.history", request_method="GET", renderer="admin/panels.pt", permission=STAFF
)
def show_history(resource: SystemResource, request: Request) -> dict[str, object]:
    """What happened to the group."""
    group = find_group(request)
    return panel_values(
        request,
        title=group.name,
        post_url=request.path,
        panels=(history_panel(request, "group", [group.id]),),
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, group),
    )


def _second_factor(values: Mapping[str, str]) -> Field:
    return Field(
        "second_factor",
        "Whoever is in it logs in with a second factor",
        "1",
        "checkbox",
        hint="Who has none sets it up right after the login, and can open nothing else before.",
        checked=values.get("second_factor") == "1",
    )


def _form(
    request: Request, group: Group | None, values: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    fields = (
        Field("name", "Name", values.get("name", ""), required=True, autocomplete="off"),
        Field("description", "What it is for", values.get("description", ""), autocomplete="off"),
    )
    if group is None:
        return form_values(
            request,
            title="New group",
            post_url=request.route_path("admin.groups.create"),
            sections=(Section("Group", fields),),
            problems=wrong,
            crumbs=crumbs_of(request),
            buttons=(Button("Make the group", "save", "primary"),),
        )
    off = request.db.get_one(Principal, group.id).disabled
    switch = Button("Switch the group on", "enable") if off else Button("Switch off", "disable", "danger")
    return form_values(
        request,
        title=group.name,
        post_url=request.route_path("admin.groups.modify", id=group.id),
        sections=(Section("Group", (*fields, _second_factor(values))),),
        problems=wrong,
        intro="This group is switched off: nobody holds a right or gets a mail through it." if off else "",
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, group),
        buttons=(SAVE, switch) if may_on_group(request.work, group, Right.ADMIN_GROUP) else (),
    )
