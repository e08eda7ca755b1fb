"""Sellers: the legal entities that issue invoices, with their bank accounts and logo."""

from collections.abc import Mapping

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.content.photo import photo_type
from rtpy.errors import Invalid, Problem, Refused
from rtpy.work import Work
from rtpy_billing.documents.codes import is_iban
from rtpy_billing.documents.pdf import LARGEST_LOGO
from rtpy_billing.models import Seller
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.customers import LANGUAGES
from rtpy_billing.setting_up.plain import as_typed, plain
from rtpy_billing.typed import Typed

ROUNDINGS = {"half_up": "Half a cent goes up", "half_even": "Half a cent goes to the even one (banker's)"}
TEXTS = {
    "legal_name": 200,
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
    "website": 200,
}
FLAGS = ("discount_keeps_base", "is_exempt", "disabled")
COLUMNS = (
    "name",
    *TEXTS,
    *FLAGS,
    *("currency", "zone", "country", "language", "accent", "footer", "terms", "payment_reference"),
    *("rounding", "payable_step", "exemption_text", "version"),
)
ACCOUNTS = 2
ACCOUNT_FIELDS = ("account", "bic", "holder", "bank")
LOGO = "A logo is a PNG or JPEG file of at most 500 KB and 4096 pixels each way."


def typed_seller(seller: Seller | None) -> dict[str, str]:
    """The present values as its form shows them."""
    if seller is None:
        usual = {"currency": "EUR", "zone": "UTC", "language": "en", "payment_reference": "{number}"}
        return {**usual, "rounding": "half_up", "payable_step": "1", "version": "0"}
    typed = as_typed(seller, COLUMNS)
    for at, account in enumerate(seller.bank_accounts or (), 1):
        typed |= {f"{name}_{at}": str(account.get(name, "")) for name in ACCOUNT_FIELDS}
    return typed


def save_seller(
    work: Work,
    seller: Seller | None,
    given: Mapping[str, str],
    logo: bytes | None = None,
    *,
    without_logo: bool = False,
) -> Seller:
    """Make a seller (None) or change one; `logo` takes the place of the present one. Needs AdminBilling.

    Raises Invalid; Refused when somebody else was quicker.
    """
    need_system(work, ADMIN_BILLING)
    if seller is not None and given.get("version", "") not in ("", str(seller.version)):
        raise Refused("Somebody else has changed this seller meanwhile: look again, then save.")
    values = _read(work, seller, given)
    kind = photo_type(logo) if logo else ""
    if logo and (not kind or len(logo) > LARGEST_LOGO):
        raise Invalid(Problem("logo", LOGO))
    before = None if seller is None else {**plain(seller), "has_logo": bool(seller.logo_type)}
    if seller is None:
        seller = Seller(version=0)
        work.db.add(seller)
    for name, value in values.items():
        setattr(seller, name, value)
    if logo:
        seller.logo, seller.logo_type = logo, kind
    elif without_logo:
        seller.logo, seller.logo_type = None, ""
    work.db.flush()
    after = {**plain(seller), "has_logo": bool(seller.logo_type)}
    if before is not None and before != after:
        seller.version += 1
    note_configuration(work, "seller", seller.id, seller.name, before, after)
    return seller


def _read(work: Work, seller: Seller | None, given: Mapping[str, str]) -> dict[str, object]:
    typed = Typed(given)
    name = typed.text("name", 200, "A seller needs a name.")
    taken = work.db.scalar(select(Seller.id).where(Seller.name == name))
    if taken is not None and (seller is None or taken != seller.id):
        typed.wrong("name", "There is a seller of this name already.")
    values: dict[str, object] = {"name": name}
    values |= {each: typed.text(each, most) for each, most in TEXTS.items()}
    values |= {each: typed.box(each) for each in FLAGS}
    values["currency"] = typed.currency("currency")
    values["zone"] = typed.zone("zone")
    values["country"] = typed.country("country")
    if not values["country"] and not typed.problems:
        typed.wrong("country", "Taxes depend on it: write the code of the country, such as DE.")
    values["language"] = typed.choice("language", LANGUAGES, "en")
    values["rounding"] = typed.choice("rounding", ROUNDINGS, "half_up")
    values["payable_step"] = typed.number("payable_step", 1, 1000, 1)
    values["accent"] = _accent(typed)
    values["footer"], values["terms"] = typed.long_text("footer", 2000), typed.long_text("terms", 2000)
    values["exemption_text"] = typed.long_text("exemption_text", 500)
    reference = typed.text("payment_reference", 60) or "{number}"
    if "{number}" not in reference and "{customer}" not in reference:
        typed.wrong("payment_reference", "Write {number} where the number of the invoice belongs.")
    values["payment_reference"] = reference
    if values["is_exempt"] and not values["exemption_text"]:
        typed.wrong(
            "exemption_text", "Say why no tax is charged: the law wants the sentence on every invoice."
        )
    values["bank_accounts"] = _accounts(typed)
    typed.check()
    return values


def _accent(typed: Typed) -> str:
    accent = typed.text("accent", 7).lower()
    if accent and not (
        len(accent) == 7 and accent[0] == "#" and all(sign in "0123456789abcdef" for sign in accent[1:])
    ):
        typed.wrong("accent", "Write a colour like #1f6f5c.")
        return ""
    return accent


def _accounts(typed: Typed) -> list[dict[str, str]]:
    found = []
    for at in range(1, ACCOUNTS + 1):
        one = {name: typed.text(f"{name}_{at}", 100) for name in ACCOUNT_FIELDS}
        if one["account"][:2].isalpha() and not is_iban(one["account"]):
            typed.wrong(f"account_{at}", "This IBAN is mistyped: its check digits do not agree.")
        if one["account"]:
            found.append(one)
        elif any(one.values()):
            typed.wrong(f"account_{at}", "An account needs its number.")
    return found
