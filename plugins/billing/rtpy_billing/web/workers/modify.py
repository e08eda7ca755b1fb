"""What is known of a person who logs time."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.admin.editing import SAVE, Section, form_values
from rtpy.web.shown import Link
from rtpy_billing.models import Worker
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.workers import DAYS, save_worker, typed_worker
from rtpy_billing.web import choices
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.workers.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values."""
    user = _user(request)
    return _form(request, user, typed_worker(request.db.get(Worker, user.id)))


@view_config(
    route_name="billing.workers.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it."""
    user = _user(request)
    return answer(
        request,
        lambda given, confirmed: save_worker(request.work, user, given, confirmed=confirmed),
        lambda given, problems: _form(request, user, given, problems),
        done="That is saved.",
        route="billing.workers.list",
    )


def _user(request: Request) -> User:
    user = row_of(request, User)
    if user is None:
        raise HTTPNotFound()
    return user


def _form(
    request: Request, user: User, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title=f"{user.real_name or user.name}: work",
        post_url=path("billing.workers.modify", id=user.id),
        sections=(
            Section(
                "Role",
                (
                    f.one_of(
                        "role_id",
                        "Usual role",
                        choices.roles(request),
                        "None",
                        "Agreement and ticket come first.",
                    ),
                ),
            ),
            Section(
                "Expected hours",
                (
                    *(f.text(f"day_{at}", name) for at, name in enumerate(DAYS)),
                    f.text(
                        "day_ends", "The day ends at", "Such as 17:30: a timer that runs on is asked about."
                    ),
                ),
                "Such as 8 or 7:30; an empty day is free.",
            ),
        ),
        problems=problems,
        crumbs=(Link("People who work", path("billing.workers.list")),),
        links=(Link("Forget notes", path("billing.workers.forget", id=user.id)),),
        buttons=(SAVE,),
    )
