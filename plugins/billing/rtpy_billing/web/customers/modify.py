"""What billing knows of an organisation."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.working_hours import offered
from rtpy_billing.models import Customer, Seller
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.customers import (
    GROUPINGS,
    LANGUAGES,
    STATEMENT_DETAILS,
    STATEMENT_RHYTHMS,
    TREATMENTS,
    save_customer,
    typed_customer,
)
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.people import staff_choices


@view_config(
    route_name="billing.customers.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show_customer(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values."""
    organization = _organization(request)
    return _form(request, organization, typed_customer(request.db, organization))


@view_config(
    route_name="billing.customers.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """All of them, or none."""
    organization = _organization(request)
    given = {**texts_of(request), "version": request.GET.get("version", "")}
    try:
        save_customer(request.work, organization, given)
    except Invalid as invalid:
        return _form(request, organization, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, organization, given, {"": str(refused)})
    request.flash(f"{organization.name} is saved.")
    return HTTPSeeOther(request.route_path("billing.customer.display", id=organization.id))


def _organization(request: Request) -> Organization:
    found: Organization | None = request.db.get(Organization, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _form(
    request: Request,
    organization: Organization,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path = request.route_path
    return form_values(
        request,
        title=f"Billing of {organization.name}",
        post_url=path(
            "billing.customers.modify", id=organization.id, _query={"version": given.get("version", "")}
        ),
        sections=_sections(request, Fields(given)),
        problems=problems,
        crumbs=(Link("Customers", path("billing.customers.list")),),
        links=(Link("Billing page", path("billing.customer.display", id=organization.id)),),
    )


def _sections(request: Request, f: Fields) -> tuple[Section, ...]:
    db = request.db
    sellers = db.execute(
        select(Seller.id, Seller.name).where(Seller.disabled.is_(False)).order_by(Seller.name)
    ).all()
    customer = db.get(Customer, int(request.matchdict["id"]))
    staff = staff_choices(db)
    return (
        Section(
            "Address",
            (
                f.text("name", "Name on invoices", "Empty: the organisation's name."),
                f.text("street", "Street"),
                f.text("extra", "More of the address", "Building, post box, department."),
                f.text("postcode", "Postcode"),
                f.text("city", "City"),
                f.text("region", "State or region"),
                f.text("country", "Country", "The code of two letters, such as DE. Taxes depend on it."),
                f.text("contact", "Contact"),
                f.text("phone", "Telephone"),
                f.text("email", "Address for invoices", "Where invoices are mailed to.", "email"),
                f.choice("language", "Language of documents", LANGUAGES),
            ),
        ),
        Section(
            "Tax and electronic invoices",
            (
                f.text("customer_number", "Customer number"),
                f.text("vat_id", "VAT number", "With the country before it, such as DE123456789."),
                f.text("tax_number", "Tax number"),
                f.text("registration", "Register number"),
                f.text(
                    "registration_scheme", "Scheme of the register", "Its code of four digits, if it has one."
                ),
                f.choice("tax_treatment", "Tax", TREATMENTS),
                f.text("endpoint", "Electronic address", "For Peppol: a GLN, a VAT number or a Leitweg-ID."),
                f.text(
                    "endpoint_scheme", "Its scheme", "Four digits: 0088 for a GLN, 0204 for a Leitweg-ID."
                ),
                f.text("buyer_reference", "Buyer reference", "What they want to read on each invoice."),
                f.text("purchase_order", "Purchase order", "Where an agreement does not name one."),
            ),
        ),
        Section(
            "Invoices",
            (
                f.one_of(
                    "seller_id", "Billed by", [(row.id, row.name) for row in sellers], "Choose one later"
                ),
                f.currency(),
                f.text("terms_days", "Payable within days", kind="number"),
                f.choice("grouping", "Lines", GROUPINGS),
                f.box("is_annexed", "List the single entries on a page of their own"),
                f.box("shows_names", "The customer may read who worked", "Otherwise they read the role."),
            ),
        ),
        Section(
            "Time",
            (
                f.text("zone", "Time zone", "Days and billing periods begin there, such as Europe/Berlin."),
                f.one_of(
                    "calendar_id",
                    "Agreed hours",
                    offered(request.app, db, {customer.calendar_id} if customer is not None else ()),
                    "Always",
                    "What lies outside counts as out of hours, where an agreement says nothing else.",
                ),
                f.one_of(
                    "account_owner_id",
                    "Who looks after them",
                    staff,
                    "Nobody",
                    "Decides what is charged, and hears of it when something is about to be lost.",
                ),
                f.box(
                    "is_own",
                    "This is our own organisation",
                    "Its work is hidden unless somebody says otherwise.",
                ),
            ),
        ),
        Section(
            "Statements",
            (
                f.choice("statement_detail", "What they may see", STATEMENT_DETAILS),
                f.choice("statement_rhythm", "By mail", STATEMENT_RHYTHMS),
                f.area("notes", "Notes", "For ourselves."),
            ),
        ),
    )
