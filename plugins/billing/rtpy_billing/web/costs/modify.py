"""Making, changing and removing a cost rate."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_billing.models import CostRate
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.workers import remove_cost_rate, save_cost_rate, typed_cost_rate
from rtpy_billing.web import choices
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.costs.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.costs.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = row_of(request, CostRate)
    return _form(request, row, typed_cost_rate(row))


@view_config(
    route_name="billing.costs.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.costs.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or take it away (`deed`=`remove`)."""
    row = row_of(request, CostRate)
    if row is not None and texts_of(request).get("deed") == "remove":
        return answer(
            request,
            lambda given, confirmed: remove_cost_rate(request.work, row),
            lambda given, problems: _form(request, row, given, problems),
            done="The cost rate is gone.",
            route="billing.costs.list",
        )
    return answer(
        request,
        lambda given, confirmed: save_cost_rate(request.work, row, given, confirmed=confirmed),
        lambda given, problems: _form(request, row, given, problems),
        done="The cost rate is saved.",
        route="billing.costs.list",
    )


def _form(
    request: Request,
    row: CostRate | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title="New cost rate" if row is None else "Cost rate",
        post_url=path("billing.costs.create") if row is None else path("billing.costs.modify", id=row.id),
        sections=(
            Section(
                "What an hour costs ourselves",
                (
                    f.one_of(
                        "user_id",
                        "Person",
                        choices.people(request),
                        "–",
                        "Either a person or a role; the person’s own counts first.",
                    ),
                    f.one_of("role_id", "Role", choices.roles(request), "–"),
                    f.text("amount", "Cost of an hour", required=True),
                    f.currency(),
                    f.text("valid_from", "Work from", kind="date", required=True),
                    f.text("valid_until", "Until, not including", "Empty: until further notice.", "date"),
                ),
                "Work since that day changes its profit, in past reports too; invoiced work keeps the cost it had.",
            ),
        ),
        problems=problems,
        crumbs=(Link("Cost rates", path("billing.costs.list")),),
        buttons=(SAVE,) if row is None else (SAVE, Button("Remove", "remove", "danger")),
    )
