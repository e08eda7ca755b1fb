"""Making, changing and deleting a directory."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther, HTTPTemporaryRedirect
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.identity.directories.presets import KINDS, PRESETS
from rtpy.identity.directories.reading import manager_fields
from rtpy.identity.directories.saving import delete_directory, people_in, plain_directory, save_directory
from rtpy.models import Organization, UserDirectory
from rtpy.rights.names import Right
from rtpy.web.admin.directories.fields import sections
from rtpy.web.admin.directories.frame import directory_asked, tabs_of
from rtpy.web.admin.editing import SAVE, Button, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

TEST = Button("Save and test", "test")


@view_config(
    route_name="admin.directory.create",
    request_method="GET",
    renderer="admin/directories/modify.pt",
    permission=Right.SUPER_USER,
)
def new_directory(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form with what is usual for `?kind=`."""
    kind = request.GET.get("kind", "")
    return _form(request, None, PRESETS.get(kind, PRESETS["openldap"]))


@view_config(
    route_name="admin.directory.create",
    request_method="POST",
    renderer="admin/directories/modify.pt",
    permission=Right.SUPER_USER,
)
def make_directory(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it, or say what is wrong."""
    return _save(request, None)


@view_config(
    route_name="admin.directory.modify",
    request_method="GET",
    renderer="admin/directories/modify.pt",
    permission=Right.SUPER_USER,
)
def directory_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The settings of one directory."""
    row = directory_asked(request)
    return _form(request, row, plain_directory(row))


@view_config(
    route_name="admin.directory.modify",
    request_method="POST",
    renderer="admin/directories/modify.pt",
    permission=Right.SUPER_USER,
)
def change_directory(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or say what is wrong."""
    return _save(request, directory_asked(request))


@view_config(route_name="admin.directory.delete", request_method="POST", permission=Right.SUPER_USER)
def remove_directory(resource: SystemResource, request: Request) -> Response:
    """Delete it; the accounts stay."""
    row = directory_asked(request)
    name = row.name
    delete_directory(request.work, row)
    request.flash(f"“{name}” is deleted. The accounts of its people are still here.")
    return HTTPSeeOther(request.route_path("admin.directory.list"))


def _save(request: Request, row: UserDirectory | None) -> dict[str, object] | Response:
    given = texts_of(request)
    try:
        with request.db.begin_nested():
            saved = save_directory(request.work, row, given)
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    request.flash(f"“{saved.name}” is saved.")
    if given.get("deed") == TEST.value:
        # With 307 the browser posts there: nobody is asked before this is committed.
        return HTTPTemporaryRedirect(request.route_path("admin.directory.test", id=saved.id))
    return HTTPSeeOther(request.route_path("admin.directory.modify", id=saved.id))


def _form(
    request: Request,
    row: UserDirectory | None,
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path = request.route_path
    shown = {**given, "bind_password": ""}
    choices = select(Organization.id, Organization.name).where(Organization.disabled.is_(False))
    clients = [
        (str(found.id), found.name)
        for found in request.db.execute(choices.order_by(func.lower(Organization.name)))
    ]
    fields = [(str(found), name) for found, name in manager_fields(request.work)]
    create = path("admin.directory.create")
    kinds = tuple(
        Link(label, f"{create}?kind={kind}", shown.get("kind") == kind) for kind, label in KINDS.items()
    )
    values = form_values(
        request,
        title=row.name if row is not None else "New directory",
        post_url=path("admin.directory.modify", id=row.id) if row is not None else create,
        sections=sections(shown, is_new=row is None, clients=clients, manager_fields=fields),
        problems=wrong,
        crumbs=(Link("Directories", path("admin.directory.list")),),
        tabs=tabs_of(request, row.id, "admin.directory.modify") if row is not None else kinds,
        buttons=(SAVE, TEST),
    )
    values["delete_url"] = path("admin.directory.delete", id=row.id) if row is not None else None
    values["people"] = people_in(request.work, row) if row is not None else 0
    return values
