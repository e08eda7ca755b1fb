"""Making, changing and removing a rounding rule."""

from collections.abc import Mapping

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_billing.models import RoundingRuleRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.rounding_rules import (
    DIRECTIONS,
    GROUPINGS,
    remove_rounding_rule,
    save_rounding_rule,
    typed_rounding_rule,
)
from rtpy_billing.setting_up.scopes import SCOPES
from rtpy_billing.web import choices
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.saving import answer, row_of


@view_config(
    route_name="billing.rounding.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.rounding.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = row_of(request, RoundingRuleRow)
    return _form(request, row, typed_rounding_rule(row))


@view_config(
    route_name="billing.rounding.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.rounding.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or take it away (`deed`=`remove`)."""
    row = row_of(request, RoundingRuleRow)
    if row is not None and texts_of(request).get("deed") == "remove":
        return answer(
            request,
            lambda given, confirmed: remove_rounding_rule(request.work, row, confirmed=confirmed),
            lambda given, problems: _form(request, row, given, problems),
            done="The rule is gone.",
            route="billing.rounding.list",
        )
    return answer(
        request,
        lambda given, confirmed: save_rounding_rule(request.work, row, given, confirmed=confirmed),
        lambda given, problems: _form(request, row, given, problems),
        done="The rule is saved.",
        route="billing.rounding.list",
    )


def _form(
    request: Request,
    row: RoundingRuleRow | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    return form_values(
        request,
        title="New rounding rule" if row is None else f"Rounding rule: {row.name}",
        post_url=path("billing.rounding.create")
        if row is None
        else path("billing.rounding.modify", id=row.id),
        sections=(
            Section(
                "The rule",
                (
                    f.text("name", "Name", "Such as Quarter hours.", required=True),
                    f.choice(
                        "grouping",
                        "What is rounded together",
                        GROUPINGS,
                        "Rounding each entry for itself makes many short ones dear.",
                    ),
                    f.text("minimum", "At least", "Minutes.", "number"),
                    f.text(
                        "increment",
                        "In steps of",
                        "Minutes, above the minimum. Empty: to the second.",
                        "number",
                    ),
                    f.choice("direction", "Rounded", DIRECTIONS),
                    f.text("grace", "Grace", "So many minutes over a step are forgiven.", "number"),
                    f.text("maximum", "At most", "Minutes. Empty: no limit.", "number"),
                ),
                "It changes what is billed, never what was worked.",
            ),
            Section(
                "For whom",
                (
                    f.choice(
                        "rung",
                        "It holds for",
                        {rung: text for rung, text in SCOPES.items() if rung != "ticket"},
                        "The closest rule holds: line, customer, then everybody.",
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
                    f.one_of("work_type_id", "Work type", choices.work_types(request), "Any work type"),
                ),
            ),
        ),
        problems=problems,
        crumbs=(Link("Rounding", path("billing.rounding.list")),),
        buttons=(SAVE,) if row is None else (SAVE, Button("Remove", "remove", "danger")),
    )
