"""Making and changing a role."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Section, form_values
from rtpy.web.shown import Link
from rtpy_billing.models import Role
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.roles import save_role, typed_role
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.roles.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.roles.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = row_of(request, Role)
    return _form(request, row, typed_role(row))


@view_config(
    route_name="billing.roles.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.roles.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it."""
    row = row_of(request, Role)
    return answer(
        request,
        lambda given, confirmed: save_role(request.work, row, given, confirmed=confirmed),
        lambda given, problems: _form(request, row, given, problems),
        done="The role is saved.",
        route="billing.roles.list",
    )


def _form(
    request: Request,
    row: Role | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title="New role" if row is None else f"Role: {row.name}",
        post_url=path("billing.roles.create") if row is None else path("billing.roles.modify", id=row.id),
        sections=(
            Section(
                "The role",
                (
                    f.text("name", "Name", "Such as engineer, senior, architect.", required=True),
                    f.text("shown_name", "Name for customers", "Empty: the same."),
                    f.text("sort_order", "Place in lists", "The smaller, the earlier.", "number"),
                    f.box("disabled", "Disabled", "Not offered any more; what was logged keeps it."),
                ),
            ),
        ),
        problems=problems,
        crumbs=(Link("Roles", path("billing.roles.list")),),
        buttons=(SAVE,),
    )
