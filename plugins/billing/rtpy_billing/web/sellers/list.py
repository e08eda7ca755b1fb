"""Sellers."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import Seller
from rtpy_billing.rights import ADMIN_BILLING


@view_config(
    route_name="billing.sellers.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_BILLING,
)
def list_sellers(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name. One query."""
    asked = read_asked(request)
    rows = [
        row
        for row in request.db.scalars(select(Seller).order_by(Seller.name))
        if asked.finds(f"{row.name} {row.legal_name} {row.city}", disabled=row.disabled)
    ]
    return list_values(
        request,
        asked,
        route="billing.sellers.list",
        title="Sellers",
        intro="The legal entities that issue invoices, each with its address, bank account, logo and numbers.",
        columns=("Seller", "Address", "VAT number", "Currency"),
        lines=[
            Line(
                row.name,
                request.route_path("billing.sellers.modify", id=row.id),
                (
                    ", ".join(filter(None, (row.street, row.city, row.country))),
                    row.vat_id or "–",
                    row.currency,
                ),
                "disabled" if row.disabled else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("billing.sellers.create"),
        create_label="New seller",
        empty="Nobody can bill yet: enter your firm.",
    )
