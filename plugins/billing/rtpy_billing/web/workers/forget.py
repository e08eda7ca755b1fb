"""Forgetting what a person wrote about their work, when they ask for it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.capture.forgetting import count_notes, forget_notes
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import row_of


@view_config(
    route_name="billing.workers.forget",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """How much there is to forget."""
    return _form(request, _user(request), {})


@view_config(
    route_name="billing.workers.forget",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def forget(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Do it, when the login name is typed."""
    user, given = _user(request), texts_of(request)
    try:
        number = forget_notes(request.work, user, given.get("confirmed", ""))
    except Invalid as invalid:
        return _form(request, user, given, problems_of(invalid))
    request.flash(f"The notes of {number} {'entry are' if number == 1 else 'entries are'} forgotten.")
    return HTTPSeeOther(request.route_path("billing.workers.modify", id=user.id))


def _user(request: Request) -> User:
    user = row_of(request, User)
    if user is None:
        raise HTTPNotFound()
    return user


def _form(
    request: Request, user: User, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    path, number = request.route_path, count_notes(request.work, user)
    name = user.real_name or user.name
    return form_values(
        request,
        title=f"{name}: forget notes",
        intro=(
            f"{number} {'entry' if number == 1 else 'entries'} of {name} hold notes, or say by what they were "
            "found. They become empty for ever. Time, rates, amounts and reasons of decisions stay, and so does what "
            "stands on issued documents."
        ),
        post_url=path("billing.workers.forget", id=user.id),
        sections=(
            Section(
                "Confirm it",
                (
                    Fields(given).text(
                        "confirmed", "Login name", f"Type {user.name} to confirm it.", required=True
                    ),
                ),
            ),
        ),
        problems=problems,
        crumbs=(
            Link("People who work", path("billing.workers.list")),
            Link(name, path("billing.workers.modify", id=user.id)),
        ),
        buttons=(Button("Forget the notes", "forget", "danger"),),
    )
