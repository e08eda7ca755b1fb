"""Organisations, and which of them are customers."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import or_, select

from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import Customer, Seller
from rtpy_billing.rights import ADMIN_BILLING


@view_config(
    route_name="billing.customers.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_BILLING,
)
def list_customers(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name or number. One query."""
    asked = read_asked(request)
    query = (
        select(Organization, Customer, Seller.name)
        .outerjoin(Customer, Customer.organization_id == Organization.id)
        .outerjoin(Seller, Seller.id == Customer.seller_id)
        .order_by(Organization.name)
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    if not asked.with_disabled:
        query = query.where(Organization.disabled.is_(False))
    for word in asked.words.split()[:5]:
        columns = (Organization.name, Customer.name, Customer.customer_number)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return list_values(
        request,
        asked,
        route="billing.customers.list",
        title="Customers",
        intro="Every organisation can be billed: enter its address, tax numbers and how its invoices are to look.",
        columns=("Organisation", "Number", "Address", "Currency", "Billed by"),
        lines=[_line(request, *row) for row in request.db.execute(query)],
        empty="There is no organisation yet.",
    )


def _line(
    request: Request, organization: Organization, customer: Customer | None, seller: str | None
) -> Line:
    url = request.route_path("billing.customers.modify", id=organization.id)
    state = "closed" if organization.disabled else ""
    if customer is None:
        return Line(organization.name, url, ("–", "not set up yet", "–", "–"), state)
    address = ", ".join(part for part in (customer.street, customer.city, customer.country) if part)
    return Line(
        organization.name,
        url,
        (customer.customer_number or "–", address or "no address yet", customer.currency, seller or "–"),
        "our own" if customer.is_own else state,
    )
