"""Rates of tax, by class and place."""

from datetime import date

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.times import show_day
from rtpy_billing.models import TaxRateRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.tax_rates import CATEGORIES


@view_config(
    route_name="billing.taxes.list", request_method="GET", renderer="admin/list.pt", permission=ADMIN_BILLING
)
def list_rates(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of class and place. One query."""
    asked, today = read_asked(request), request.work.now.date()
    order = (TaxRateRow.tax_class, TaxRateRow.place, TaxRateRow.valid_from.desc())
    rows = [
        row
        for row in request.db.scalars(select(TaxRateRow).order_by(*order))
        if asked.finds(f"{row.tax_class} {row.place}", disabled=_is_past(row, today))
    ]
    return list_values(
        request,
        asked,
        route="billing.taxes.list",
        title="Tax rates",
        intro="What a class of things bears at a place from a day on. Our own country's rates hold at home; "
        "what is sold abroad follows where the customer is.",
        columns=("Class", "Place", "Rate", "From", "Until"),
        lines=[
            Line(
                row.tax_class,
                request.route_path("billing.taxes.modify", id=row.id),
                (
                    row.place or "everywhere",
                    f"{row.rate / 100:g} %"
                    if row.category == "S"
                    else CATEGORIES.get(row.category, row.category),
                    show_day(row.valid_from),
                    show_day(row.valid_until) if row.valid_until else "–",
                ),
                "over" if _is_past(row, today) else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.taxes.create"),
        create_label="New rate",
        empty="No rate yet. Without one nothing can be invoiced, unless we charge no tax.",
    )


def _is_past(row: TaxRateRow, today: date) -> bool:
    return row.valid_until is not None and row.valid_until <= today
