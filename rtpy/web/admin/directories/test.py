"""Trying a directory: connect, count, and show what one person of it would be here."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.transactions import let_go
from rtpy.identity.directories.checking import becomes, check_directory
from rtpy.identity.directories.settings import Settings, settings_of
from rtpy.rights.names import Right
from rtpy.web.admin.directories.frame import crumbs_of, directory_asked, tabs_of
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of


@view_config(
    route_name="admin.directory.test",
    request_method="GET",
    renderer="admin/directories/test.pt",
    permission=Right.SUPER_USER,
)
def test_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """Whom to look for; nothing is asked yet."""
    return _page(request, settings_of(directory_asked(request)), "")


@view_config(
    route_name="admin.directory.test",
    request_method="POST",
    renderer="admin/directories/test.pt",
    permission=Right.SUPER_USER,
)
def test_directory(resource: SystemResource, request: Request) -> dict[str, object]:
    """Ask it, with no transaction open meanwhile."""
    settings = settings_of(directory_asked(request))
    login = texts_of(request).get("login", "").strip()[:320]
    let_go(request)
    checked = check_directory(request.app, settings, login)
    values = _page(request, settings, login)
    said = becomes(request.work, settings, checked.person) if checked.person else ""
    return {**values, "checked": checked, "becomes": said}


def _page(request: Request, settings: Settings, login: str) -> dict[str, object]:
    path = request.route_path
    return {
        "crumbs": crumbs_of(request, Link(settings.name, path("admin.directory.modify", id=settings.id))),
        "title": settings.name,
        "tabs": tabs_of(request, settings.id, "admin.directory.test"),
        "post_url": path("admin.directory.test", id=settings.id),
        "is_off": settings.disabled,
        "field": Field(
            "login",
            "Login name",
            login,
            hint="Whom to show. Empty: anybody. Nobody's password is needed.",
            autocomplete="off",
        ),
        "checked": None,
        "becomes": "",
    }
