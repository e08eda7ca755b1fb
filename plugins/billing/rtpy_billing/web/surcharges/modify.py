"""Making, changing and removing a surcharge."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_billing.models import SurchargeRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.scopes import SCOPES
from rtpy_billing.setting_up.surcharges import (
    HOLIDAYS,
    HOURS,
    OPERATIONS,
    remove_surcharge,
    save_surcharge,
    typed_surcharge,
)
from rtpy_billing.setting_up.workers import DAYS
from rtpy_billing.web import choices
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.surcharges.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.surcharges.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = row_of(request, SurchargeRow)
    return _form(request, row, typed_surcharge(row))


@view_config(
    route_name="billing.surcharges.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.surcharges.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or take it away (`deed`=`remove`)."""
    row = row_of(request, SurchargeRow)
    if row is not None and texts_of(request).get("deed") == "remove":
        return answer(
            request,
            lambda given, confirmed: remove_surcharge(request.work, row, confirmed=confirmed),
            lambda given, problems: _form(request, row, given, problems),
            done="The surcharge is gone.",
            route="billing.surcharges.list",
        )
    return answer(
        request,
        lambda given, confirmed: save_surcharge(request.work, row, given, confirmed=confirmed),
        lambda given, problems: _form(request, row, given, problems),
        done="The surcharge is saved.",
        route="billing.surcharges.list",
    )


def _form(
    request: Request,
    row: SurchargeRow | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title="New surcharge" if row is None else f"Surcharge: {row.name}",
        post_url=path("billing.surcharges.create")
        if row is None
        else path("billing.surcharges.modify", id=row.id),
        sections=(
            Section(
                "The surcharge",
                (
                    f.text("name", "Name", "Such as After hours, Sunday, Call-out.", required=True),
                    f.choice("operation", "What it does", OPERATIONS),
                    f.text("value", "By how much", "A factor such as 1.5, or an amount.", required=True),
                    f.currency(hint="Of an amount; factors hold in all currencies."),
                ),
            ),
            Section(
                "When",
                (
                    f.choice("hours", "Hours", HOURS, "By the calendar that is agreed with the customer."),
                    f.choice(
                        "holidays",
                        "Dates with hours of their own",
                        HOLIDAYS,
                        "Holidays and short days of the calendar.",
                    ),
                    f.one_of("role_id", "Role", choices.roles(request), "Any role"),
                    f.one_of("work_type_id", "Work type", choices.work_types(request), "Any work type"),
                    f.text("valid_from", "Work from", "Empty: since ever.", "date"),
                    f.text("valid_until", "Until, not including", "Empty: until further notice.", "date"),
                ),
            ),
            Section(
                "On which days",
                tuple(f.box(f"weekday_{at}", name) for at, name in enumerate(DAYS)),
                "By the customer’s calendar. None ticked means any day.",
            ),
            Section(
                "For whom",
                (
                    f.choice(
                        "rung",
                        "It holds for",
                        SCOPES,
                        "Of all rungs the closest that has a surcharge which fits is taken, and all of its own.",
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
                "Several at once",
                (
                    f.text("sort_order", "Order", "Where several fit they work in this order.", "number"),
                    f.box(
                        "is_last",
                        "The last one",
                        "Where it fits, none after it counts: put Sunday before After hours so.",
                    ),
                ),
            ),
        ),
        problems=problems,
        crumbs=(Link("Surcharges", path("billing.surcharges.list")),),
        buttons=(SAVE,) if row is None else (SAVE, Button("Remove", "remove", "danger")),
    )
