"""Making and changing a work type."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Section, form_values
from rtpy.web.shown import Link
from rtpy_billing.models import WorkType
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.work_types import HOURS, MODES, save_work_type, typed_work_type
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.work_types.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.work_types.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = row_of(request, WorkType)
    return _form(request, row, typed_work_type(row))


@view_config(
    route_name="billing.work_types.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.work_types.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it."""
    row = row_of(request, WorkType)
    return answer(
        request,
        lambda given, confirmed: save_work_type(request.work, row, given, confirmed=confirmed),
        lambda given, problems: _form(request, row, given, problems),
        done="The work type is saved.",
        route="billing.work_types.list",
    )


def _form(
    request: Request,
    row: WorkType | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title="New work type" if row is None else f"Work type: {row.name}",
        post_url=path("billing.work_types.create")
        if row is None
        else path("billing.work_types.modify", id=row.id),
        sections=(
            Section(
                "The work type",
                (
                    f.text("name", "Name", "Such as remote, on site, travel.", required=True),
                    f.text("shown_name", "Name for customers", "Empty: the same."),
                    f.choice(
                        "charge_mode", "Charged", MODES, "Entry, ticket and agreement may say otherwise."
                    ),
                    f.choice(
                        "hours",
                        "Hours",
                        HOURS,
                        "Whether its time counts as in or out of the hours agreed with the customer.",
                    ),
                    f.box("is_on_site", "Done at the customer’s"),
                    f.text("sort_order", "Place in lists", "The smaller, the earlier.", "number"),
                    f.box("disabled", "Disabled", "Not offered any more; what was logged keeps it."),
                ),
            ),
        ),
        problems=problems,
        crumbs=(Link("Work types", path("billing.work_types.list")),),
        buttons=(SAVE,),
    )
