"""Making, changing and deleting a provider."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.identity.oidc.provider import callback_url
from rtpy.identity.oidc.saving import delete_provider, plain_provider, save_provider
from rtpy.models import SignOnProvider
from rtpy.rights.names import Right
from rtpy.web.admin.editing import form_values
from rtpy.web.admin.sign_on.fields import sections
from rtpy.web.admin.sign_on.frame import provider_asked, tabs_of
from rtpy.web.shown import Deed, Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.sign_on.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def new_provider(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, None, {})


@view_config(
    route_name="admin.sign_on.modify",
    request_method="GET",
    renderer="admin/sign_on/modify.pt",
    permission=Right.SUPER_USER,
)
def provider_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form of one provider."""
    row = provider_asked(request)
    return _form(request, row, plain_provider(request.work, row))


@view_config(
    route_name="admin.sign_on.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def make_provider(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it, or say what is wrong."""
    return _save(request, None)


@view_config(
    route_name="admin.sign_on.modify",
    request_method="POST",
    renderer="admin/sign_on/modify.pt",
    permission=Right.SUPER_USER,
)
def change_provider(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or say what is wrong."""
    return _save(request, provider_asked(request))


@view_config(route_name="admin.sign_on.delete", request_method="POST", permission=Right.SUPER_USER)
def remove_provider(resource: SystemResource, request: Request) -> Response:
    """Delete it; the people stay."""
    row = provider_asked(request)
    name = row.name
    delete_provider(request.work, row)
    request.flash(f"“{name}” is deleted.")
    return HTTPSeeOther(request.route_path("admin.sign_on.list"))


def _save(request: Request, row: SignOnProvider | None) -> dict[str, object] | Response:
    given = texts_of(request)
    try:
        with request.db.begin_nested():
            saved = save_provider(request.work, row, given)
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    request.flash(f"“{saved.name}” is saved.")
    return HTTPSeeOther(request.route_path("admin.sign_on.modify", id=saved.id))


def _form(
    request: Request,
    row: SignOnProvider | None,
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path = request.route_path
    url = path("admin.sign_on.create") if row is None else path("admin.sign_on.modify", id=row.id)
    intro = "Save it switched off first: its page then shows the redirect address that the provider wants to know."
    values = form_values(
        request,
        title=row.name if row is not None else "New provider",
        intro=intro if row is None else "",
        post_url=url,
        sections=sections(given, has_secret=row is not None and bool(row.client_secret)),
        problems=wrong,
        crumbs=(Link("Single sign-on", path("admin.sign_on.list")),),
        tabs=tabs_of(request, row, "admin.sign_on.modify") if row is not None else (),
    )
    if row is not None:
        values["redirect_url"] = callback_url(request.app.config, row.id)
        values["delete_url"] = path("admin.sign_on.delete", id=row.id)
        values["deeds"] = (Deed("Test it", path("admin.sign_on.test", id=row.id), icon="check"),)
    return values
