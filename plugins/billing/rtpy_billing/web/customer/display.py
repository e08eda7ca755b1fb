"""A customer's billing page: who they are, what was agreed, what is unbilled, invoices and what is paid."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.times import show_day
from rtpy_billing.invoicing.unbilled import unbilled_sums
from rtpy_billing.models import Agreement, Customer, Invoice, Seller
from rtpy_billing.money import shown
from rtpy_billing.rights import ADMIN_BILLING, ISSUE_INVOICES, SEE_MONEY
from rtpy_billing.web.invoices.rows import InvoiceRow, show_invoice

SHOWN = 24


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One agreement in the list."""

    number: str
    name: str
    state: str
    since: Html
    until: Html | str
    url: str


@view_config(
    route_name="billing.customer.display",
    request_method="GET",
    renderer="billing/customer/display.pt",
    permission=SEE_MONEY,
)
def show_customer(resource: SystemResource, request: Request) -> dict[str, object]:
    """Five queries, however much there is."""
    organization = request.db.get(Organization, int(request.matchdict["id"]))
    if organization is None:
        raise HTTPNotFound()
    customer = request.db.get(Customer, organization.id)
    seller = request.db.get(Seller, customer.seller_id) if customer and customer.seller_id else None
    sums = unbilled_sums(request.db, organization.id)
    path = request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(organization.name, path("organization.display", id=organization.id)),
        ),
        "name": organization.name,
        "organization_url": path("organization.display", id=organization.id),
        "modify_url": path("billing.customers.modify", id=organization.id)
        if resource.allows(ADMIN_BILLING)
        else None,
        "draft_url": path("billing.invoices.prepare", _query={"customer": organization.id})
        if resource.allows(ISSUE_INVOICES)
        else None,
        "facts": _facts(customer, seller),
        "missing": missing_of(customer, seller),
        "unbilled": tuple(shown(amount, currency) for currency, amount in sums.ready),
        "waiting": tuple(shown(amount, currency) for currency, amount in sums.waiting),
        "agreements": _agreements(request, organization.id),
        "invoices": _invoices(request, organization.id),
        "invoices_url": path("billing.invoices.list", _query={"customer": organization.id}),
    }


def missing_of(customer: Customer | None, seller: Seller | None) -> tuple[str, ...]:
    """What must be entered before anything can be issued."""
    if customer is None:
        return ("Nothing is known for billing yet: no address, no currency, no tax number.",)
    asked = (
        (seller, "Nobody is chosen who bills them."),
        (customer.street and customer.city, "The address is not complete."),
        (customer.country, "The country is missing; taxes depend on it."),
    )
    return tuple(sentence for value, sentence in asked if not value)


def _facts(customer: Customer | None, seller: Seller | None) -> tuple[tuple[str, str], ...]:
    if customer is None:
        return ()
    town = " ".join(part for part in (customer.postcode, customer.city) if part)
    address = ", ".join(part for part in (customer.street, customer.extra, town, customer.country) if part)
    said = (
        ("Number", customer.customer_number),
        ("Address", address),
        ("VAT number", customer.vat_id),
        ("Invoices to", customer.email),
        ("Payable within", f"{customer.terms_days} days"),
        ("Currency", customer.currency),
        ("Billed by", seller.name if seller else ""),
        ("Time zone", customer.zone),
        ("Notes", customer.notes),
    )
    return tuple((label, value) for label, value in said if value)


def _agreements(request: Request, organization_id: int) -> Sequence[AgreementRow]:
    rows = request.db.scalars(
        select(Agreement)
        .where(Agreement.organization_id == organization_id)
        .order_by(Agreement.state, Agreement.starts_on.desc())
        .limit(SHOWN)
    )
    return [
        AgreementRow(
            row.number,
            row.name,
            row.state,
            show_day(row.starts_on),
            show_day(row.ends_on) if row.ends_on else "open",
            f"{request.script_name}/billing/agreements/{row.id}",
        )
        for row in rows
    ]


def _invoices(request: Request, organization_id: int) -> Sequence[InvoiceRow]:
    rows = request.db.scalars(
        select(Invoice)
        .where(Invoice.organization_id == organization_id)
        .order_by(Invoice.id.desc())
        .limit(SHOWN)
    )
    return [show_invoice(request, row) for row in rows]
