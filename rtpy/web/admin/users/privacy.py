"""What is stored of a person: given out as a file, or taken away for good after a look at what that would do."""

import tempfile
from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import FileIter, Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.personal.anonymise import anonymise, check_person, preview
from rtpy.personal.export import export_person
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.users.fields import LABELS
from rtpy.web.admin.users.frame import crumbs_of, find_account, need_changeable, tabs_of
from rtpy.web.forms import Field
from rtpy.web.staff.forms import problems_of, texts_of

IN_MEMORY = 4_000_000
"""Bytes of a file that are not put on the disk before they are sent."""


@view_config(
    route_name="admin.users.privacy",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def privacy(resource: SystemResource, request: Request) -> dict[str, object]:
    """Both deeds; with `?look=1` the preview, which reads every table."""
    user = find_account(request)
    if request.GET.get("look") != "1":
        return _offered(request, user)
    try:
        return _preview(request, user, {})
    except Refused as refused:
        return _offered(request, user, str(refused))


@view_config(
    route_name="admin.users.privacy",
    request_method="POST",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def privacy_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed` look leads to the preview; anonymise does it, when `typed` is the address."""
    user, given = find_account(request), texts_of(request)
    if given.get("deed") != "anonymise":
        return HTTPSeeOther(request.route_path("admin.users.privacy", id=user.id, _query={"look": "1"}))
    number = user.id
    try:
        with request.db.begin_nested():
            former = anonymise(request.work, user, given.get("typed", ""))
    except Invalid as invalid:
        return _preview(request, user, problems_of(invalid))
    except Refused as refused:
        return _offered(request, user, str(refused))
    request.flash(f"What told who it was is gone: this is {former.name} now.")
    return HTTPSeeOther(request.route_path("admin.users.modify", id=number))


@view_config(route_name="admin.users.export", request_method="POST", permission=Right.ADMIN_USERS)
def export(resource: SystemResource, request: Request) -> Response:
    """The file. It is noted that it was given out, which is why this is no GET."""
    user = find_account(request)
    need_changeable(request, user)
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)
    export_person(request.work, user, out)
    size = out.tell()
    out.seek(0)
    response = Response(
        content_type="application/zip",
        content_disposition=f'attachment; filename="person-{user.id}.zip"',
        cache_control="no-store",
    )
    response.app_iter = FileIter(out)
    response.content_length = size
    return response


def _offered(request: Request, user: User, why: str = "") -> dict[str, object]:
    problems = {"": why} if why else {}
    try:
        check_person(request.work, user)
        panel = Panel(
            "Make a former person",
            help="Names, addresses, phones, photo, own fields and logins go; what happened stays, as that of somebody "
            "without a name. You see what would change before it does. On a large site the look takes minutes.",
            buttons=(Button("Look what would change", "look"),),
        )
    except Refused as refused:
        panel = Panel("Make a former person", help=str(refused))
    return panel_values(
        request,
        title=user.display_name,
        post_url=request.route_path("admin.users.privacy", id=user.id),
        panels=(
            Panel(
                "Give out",
                help="A ZIP file with the account, what is stored about the person, and the public part of their "
                "requests with what they sent. Nothing internal is in it, and no names of others. "
                "That it was given out is noted.",
                post_url=request.route_path("admin.users.export", id=user.id),
                buttons=(Button("Export", "export"),),
            ),
            panel,
        ),
        problems=problems,
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )


def _preview(request: Request, user: User, wrong: Mapping[str, str]) -> dict[str, object]:
    shown = preview(request.work, user)
    wanted = user.email_address or user.name
    return panel_values(
        request,
        title=f"Make {user.display_name} a former person?",
        post_url=request.route_path("admin.users.privacy", id=user.id),
        intro="Nothing has happened yet. It cannot be taken back: no undo, no directory and no backup that is younger "
        "brings the name back.",
        panels=(
            Panel(
                "Account",
                ("Value", "Now", "Afterwards"),
                tuple(Row((LABELS[column], before, after)) for column, before, after in shown.values),
            ),
            Panel(
                "What else changes",
                ("How many", "What", "What becomes of it"),
                tuple(Row((str(line.rows), line.what, line.becomes)) for line in shown.lines),
                empty="Nothing does.",
            ),
            Panel("What stays, and why", ("Where", "Why"), tuple(Row(each) for each in shown.stays)),
            Panel(
                "Do it",
                fields=(
                    Field(
                        "typed",
                        f"Type {wanted} to say that you mean it",
                        "",
                        required=True,
                        autocomplete="off",
                    ),
                ),
                buttons=(Button("Make a former person, for good", "anonymise", "danger"),),
            ),
        ),
        problems=wrong,
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )
