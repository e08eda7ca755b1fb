"""Making, changing and removing a rate."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_billing.models import RateRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.rates import remove_rate, save_rate, typed_rate
from rtpy_billing.setting_up.scopes import SCOPES
from rtpy_billing.web import choices
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.rates.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.rates.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = row_of(request, RateRow)
    return _form(request, row, typed_rate(row))


@view_config(
    route_name="billing.rates.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.rates.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or take it away (`deed`=`remove`)."""
    row = row_of(request, RateRow)
    if row is not None and texts_of(request).get("deed") == "remove":
        return answer(
            request,
            lambda given, confirmed: remove_rate(request.work, row, confirmed=confirmed),
            lambda given, problems: _form(request, row, given, problems),
            done="The rate is gone.",
            route="billing.rates.list",
        )
    return answer(
        request,
        lambda given, confirmed: save_rate(request.work, row, given, confirmed=confirmed),
        lambda given, problems: _form(request, row, given, problems),
        done="The rate is saved.",
        route="billing.rates.list",
    )


def _form(
    request: Request,
    row: RateRow | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title="New rate" if row is None else "Rate",
        post_url=path("billing.rates.create") if row is None else path("billing.rates.modify", id=row.id),
        sections=(
            Section(
                "For whom",
                (
                    f.choice(
                        "rung",
                        "It holds for",
                        SCOPES,
                        "The closest rate wins: ticket, line, customer, then price book.",
                    ),
                    f.one_of(
                        "customer",
                        "Customer",
                        choices.customers(request),
                        "–",
                        "If it holds for one customer.",
                    ),
                    f.one_of(
                        "line",
                        "Line of an agreement",
                        choices.lines(request),
                        "–",
                        "If it holds for one line.",
                    ),
                    f.text("ticket", "Ticket", "Its number, if it holds for one ticket.", "number"),
                ),
            ),
            Section(
                "The rate",
                (
                    f.text("amount", "For an hour", "Such as 95.00.", required=True),
                    f.currency(hint="It counts for customers who pay in it."),
                    f.one_of("role_id", "Role", choices.roles(request), "Any role"),
                    f.one_of("work_type_id", "Work type", choices.work_types(request), "Any work type"),
                    f.text("valid_from", "Work from", "Empty: since ever.", "date"),
                    f.text("valid_until", "Until, not including", "Empty: until further notice.", "date"),
                ),
                "A rate for role and work type comes before one for the work type, and that before one for the role. "
                "What counts is the day of the work; approved work keeps the rate it has.",
            ),
        ),
        problems=problems,
        crumbs=(Link("Rates", path("billing.rates.list")),),
        buttons=(SAVE,) if row is None else (SAVE, Button("Remove", "remove", "danger")),
    )
