"""What billing knows of an organisation: made and changed in one deed."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Problem, Refused
from rtpy.models import Organization, User, WorkCalendar
from rtpy.work import Work
from rtpy_billing.models import Agreement, Customer, EntryLine, Invoice, Seller, WorkEntry
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.plain import as_typed, plain
from rtpy_billing.taxes.values import TaxCategory
from rtpy_billing.typed import Typed

GROUPINGS = {
    "entry": "A line for each entry",
    "ticket": "A line for each request",
    "person": "A line for each person",
    "work_type": "A line for each work type",
    "period": "One line for the whole period",
}
STATEMENT_DETAILS = {
    "balance": "Only what is left",
    "totals": "And the sum of each request",
    "entries": "And every entry with its note for the customer",
}
STATEMENT_RHYTHMS = {"": "Not by mail", "weekly": "Every week", "monthly": "Every month"}
TREATMENTS = {
    "": "As place and tax class say",
    TaxCategory.STANDARD.value: "Always our own rates",
    TaxCategory.REVERSE_CHARGE.value: "Reverse charge",
    TaxCategory.INTRA_COMMUNITY.value: "Intra-Community supply",
    TaxCategory.EXPORT.value: "Export",
    TaxCategory.EXEMPT.value: "Exempt",
    TaxCategory.OUTSIDE_SCOPE.value: "Not subject to tax",
}
LANGUAGES = {"en": "English", "de": "German"}
TEXTS = {
    "customer_number": 60,
    "name": 200,
    "street": 200,
    "extra": 200,
    "postcode": 20,
    "city": 100,
    "region": 20,
    "vat_id": 30,
    "tax_number": 40,
    "registration": 60,
    "registration_scheme": 4,
    "endpoint": 100,
    "endpoint_scheme": 4,
    "contact": 120,
    "phone": 60,
    "email": 250,
    "buyer_reference": 100,
    "purchase_order": 100,
}
FLAGS = ("is_own", "is_annexed", "shows_names")
COLUMNS = (
    *TEXTS,
    *FLAGS,
    *(
        "currency",
        "zone",
        "country",
        "language",
        "terms_days",
        "tax_treatment",
        "grouping",
        "statement_detail",
    ),
    *("statement_rhythm", "seller_id", "calendar_id", "account_owner_id", "notes", "version"),
)


def typed_customer(db: Session, organization: Organization) -> dict[str, str]:
    """The present values as its form shows them; of a customer who is none yet the usual ones."""
    customer = db.get(Customer, organization.id)
    if customer is not None:
        return as_typed(customer, COLUMNS)
    first = db.scalar(select(Seller).where(Seller.disabled.is_(False)).order_by(Seller.id).limit(1))
    usual = {"currency": "EUR", "zone": "UTC", "language": "en", "terms_days": "30", "grouping": "ticket"}
    if first is not None:
        usual |= {"currency": first.currency, "zone": first.zone, "language": first.language}
        usual |= {"seller_id": str(first.id), "country": first.country}
    return {**usual, "statement_detail": "balance", "version": "0"}


def save_customer(work: Work, organization: Organization, given: Mapping[str, str]) -> Customer:
    """Make the organisation a customer, or change what is known of one. Needs AdminBilling.

    `given` holds what a form says, by column. Raises Invalid; Refused when somebody else was quicker.
    """
    need_system(work, ADMIN_BILLING)
    customer = work.db.get(Customer, organization.id)
    if customer is not None and given.get("version", "") not in ("", str(customer.version)):
        raise Refused("Somebody else has changed this customer meanwhile: look again, then save.")
    values = _read(work, customer, organization, given)
    before = None if customer is None else plain(customer)
    if customer is None:
        customer = Customer(organization_id=organization.id, version=0)
        work.db.add(customer)
    for name, value in values.items():
        setattr(customer, name, value)
    work.db.flush()
    if before is not None and before != plain(customer):
        customer.version += 1
    note_configuration(work, "customer", organization.id, organization.name, before, plain(customer))
    reprice(work, organization.id)
    return customer


def _read(
    work: Work, customer: Customer | None, organization: Organization, given: Mapping[str, str]
) -> dict[str, object]:
    typed = Typed(given)
    values: dict[str, object] = {name: typed.text(name, most) for name, most in TEXTS.items()}
    values |= {name: typed.box(name) for name in FLAGS}
    values["currency"] = typed.currency("currency")
    values["zone"] = typed.zone("zone")
    values["country"] = typed.country("country")
    values["language"] = typed.choice("language", LANGUAGES, "en")
    values["terms_days"] = typed.number("terms_days", 0, 365, 30)
    values["tax_treatment"] = typed.choice("tax_treatment", TREATMENTS)
    values["grouping"] = typed.choice("grouping", GROUPINGS, "ticket")
    values["statement_detail"] = typed.choice("statement_detail", STATEMENT_DETAILS, "balance")
    values["statement_rhythm"] = typed.choice("statement_rhythm", STATEMENT_RHYTHMS)
    values["notes"] = typed.long_text("notes")
    for name, model in (("seller_id", Seller), ("calendar_id", WorkCalendar), ("account_owner_id", User)):
        number = typed.number(name, 1, 10**17)
        if number is not None and work.db.get(model, number) is None:
            typed.wrong(name, "Choose one of the list.")
        values[name] = number
    email = str(values["email"])
    if email and ("@" not in email or " " in email):
        typed.wrong("email", "Write a mail address like invoices@client.example.")
    if customer is not None and values["currency"] != customer.currency:
        _check_currency(work, customer, typed)
    if customer is None or values["currency"] != customer.currency:
        _check_agreements(work, organization.id, str(values["currency"]), typed)
    if values["is_own"] and not (customer and customer.is_own):
        other = work.db.scalar(select(Customer.organization_id).where(Customer.is_own.is_(True)).limit(1))
        if other is not None and other != organization.id:
            typed.wrong("is_own", "Another organisation is our own already.")
    typed.check()
    return values


def _check_currency(work: Work, customer: Customer, typed: Typed) -> None:
    """What is approved or drafted has its price in the old currency."""
    of_it = customer.organization_id
    entries = work.db.scalar(
        select(func.count())
        .select_from(EntryLine)
        .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
        .where(WorkEntry.organization_id == of_it, WorkEntry.state == "approved")
    )
    drafts = work.db.scalar(
        select(func.count())
        .select_from(Invoice)
        .where(Invoice.organization_id == of_it, Invoice.state == "draft")
    )
    if entries or drafts:
        typed.problems.append(
            Problem(
                "currency",
                f"Approved work or a draft invoice is in {customer.currency}: issue that before the currency changes.",
            )
        )


def _check_agreements(work: Work, organization_id: int, currency: str, typed: Typed) -> None:
    """What is agreed in another currency would cover nothing any more."""
    agreed = work.db.scalars(
        select(Agreement.number)
        .where(
            Agreement.organization_id == organization_id,
            Agreement.state != "ended",
            Agreement.currency != currency,
        )
        .order_by(Agreement.number)
    ).all()
    if agreed:
        names = ", ".join(agreed[:3]) + (" and others" if len(agreed) > 3 else "")
        typed.wrong(
            "currency", f"Agreed in another currency: {names}. They would cover nothing: end them first."
        )
