"""Sellers and customers as the parties of a document, frozen into its snapshot when it is issued."""

from collections.abc import Mapping

from rtpy_billing.documents.snapshot import Address, BankAccount, Party
from rtpy_billing.models import Customer, Seller


def seller_party(seller: Seller) -> Party:
    """The firm that bills."""
    return Party(
        seller.name,
        Address(seller.street, seller.extra, seller.postcode, seller.city, seller.region, seller.country),
        legal_name=seller.legal_name,
        vat_id=seller.vat_id,
        tax_number=seller.tax_number,
        registration=seller.registration,
        registration_scheme=seller.registration_scheme,
        endpoint=seller.endpoint,
        endpoint_scheme=seller.endpoint_scheme,
        contact=seller.contact,
        phone=seller.phone,
        email=seller.email,
        website=seller.website,
    )


def customer_party(customer: Customer | None, name: str) -> Party:
    """Who is billed; `name` is the organisation's, used where nothing else stands."""
    if customer is None:
        return Party(name)
    return Party(
        customer.name or name,
        Address(
            customer.street,
            customer.extra,
            customer.postcode,
            customer.city,
            customer.region,
            customer.country,
        ),
        vat_id=customer.vat_id,
        tax_number=customer.tax_number,
        registration=customer.registration,
        registration_scheme=customer.registration_scheme,
        endpoint=customer.endpoint,
        endpoint_scheme=customer.endpoint_scheme,
        customer_number=customer.customer_number,
        contact=customer.contact,
        phone=customer.phone,
        email=customer.email,
    )


def bank_accounts(seller: Seller) -> tuple[BankAccount, ...]:
    """Where to pay."""
    return tuple(_account(one) for one in seller.bank_accounts or ())


def _account(kept: Mapping[str, object]) -> BankAccount:
    return BankAccount(
        str(kept.get("account", "")),
        bic=str(kept.get("bic", "")),
        holder=str(kept.get("holder", "")),
        bank=str(kept.get("bank", "")),
        routing=str(kept.get("routing", "")),
    )
