"""What a form says of an agreement as a whole, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from rtpy.models import Organization, OrganizationDomain, OrganizationMember, User, WorkCalendar
from rtpy.work import Work
from rtpy_billing.models import Agreement, Customer
from rtpy_billing.money import CURRENCIES
from rtpy_billing.periods.rhythm import LAST_ANCHOR, Every
from rtpy_billing.periods.term import Renewal
from rtpy_billing.typed import Typed

APPROVALS = {
    "both": "Time, then billing",
    "once": "In one step",
    "none": "None: approved at once",
}
GROUPINGS = {
    "entry": "One line for each entry",
    "ticket": "One line for each request",
    "person": "One line for each person",
    "work_type": "One line for each kind of work",
    "period": "One line for the whole period",
}
WEEKLY = frozenset({Every.WEEK.value, Every.TWO_WEEKS.value})


@dataclass(frozen=True, slots=True)
class Terms:
    """Every column of an agreement that a form sets, by its name there."""

    columns: Mapping[str, object]


def read_terms(work: Work, agreement: Agreement | None, given: Mapping[str, str]) -> Terms:
    """The terms as typed. Raises Invalid with a sentence for each field that does not hold.

    Customer and currency are chosen once: what was priced in one currency stays so.
    """
    typed = Typed(given)
    columns: dict[str, object] = {}
    if agreement is None:
        columns["organization_id"] = _organization(work, typed)
        columns["currency"] = _currency(work, typed, columns["organization_id"])
    currency = str(columns.get("currency") or (agreement.currency if agreement else "EUR"))
    columns["name"] = typed.text("name", 200, "Give the agreement a name.")
    columns["number"] = _number(work, agreement, typed)
    starts_on = typed.day("starts_on", "On which day does it start?")
    ends_on = typed.end_after("last_day")
    if starts_on and ends_on and ends_on <= starts_on:
        typed.wrong("last_day", "It must end after it starts.")
    columns["starts_on"], columns["ends_on"] = starts_on, ends_on
    _read_renewal(typed, columns, ends_on)
    _read_periods(typed, columns)
    columns["calendar_id"] = _calendar(work, typed)
    columns["approval"] = typed.choice("approval", APPROVALS, "both")
    columns["grouping"] = typed.choice("grouping", GROUPINGS, "")
    columns["approver_id"] = _person(work, typed, "approver")
    columns["customer_approver_id"] = _person(work, typed, "customer_approver")
    columns["needs_clock_times"] = typed.box("needs_clock_times")
    columns["purchase_order"] = typed.text("purchase_order", 100)
    columns["purchase_order_required"] = typed.box("purchase_order_required")
    columns["purchase_order_limit"] = typed.amount("purchase_order_limit", currency)
    columns["notes"] = typed.long_text("notes")
    organization_id = agreement.organization_id if agreement else columns.get("organization_id")
    _check_their_approver(work, typed, columns["customer_approver_id"], organization_id)
    typed.check()
    return Terms(columns)


def next_number(work: Work) -> str:
    """A number that no agreement has: the year and a count."""
    year = work.now.year
    taken = work.db.scalar(
        select(func.count()).select_from(Agreement).where(Agreement.number.like(f"A-{year}-%"))
    )
    count = (taken or 0) + 1
    while work.db.scalar(select(Agreement.id).where(Agreement.number == f"A-{year}-{count:03}")):
        count += 1
    return f"A-{year}-{count:03}"


def _organization(work: Work, typed: Typed) -> int | None:
    name = typed.text("organization", 200, "For which customer?")
    found = work.db.scalar(select(Organization.id).where(func.lower(Organization.name) == name.lower()))
    if name and found is None:
        typed.wrong("organization", f"There is no organisation “{name[:60]}”.")
    return found


def _currency(work: Work, typed: Typed, organization_id: object) -> str:
    typed_code = typed.text("currency", 3).upper()
    customer = work.db.get(Customer, organization_id) if isinstance(organization_id, int) else None
    if not typed_code and customer is not None:
        typed_code = customer.currency
    if not typed_code and organization_id is None:
        return "EUR"  # nothing is saved without a customer
    if not typed_code:
        typed.wrong("currency", "Which currency? Write its code, such as EUR.")
    elif typed_code not in CURRENCIES:
        typed.wrong("currency", f"“{typed_code}” is not a currency: write its code, such as EUR.")
        return "EUR"
    elif customer is not None and typed_code != customer.currency:
        typed.wrong(
            "currency", f"The customer pays in {customer.currency}: this agreement would cover nothing."
        )
    return typed_code or "EUR"


def _number(work: Work, agreement: Agreement | None, typed: Typed) -> str:
    number = typed.text("number", 40) or (agreement.number if agreement else next_number(work))
    other = work.db.scalar(select(Agreement.id).where(func.lower(Agreement.number) == number.lower()))
    if other is not None and (agreement is None or other != agreement.id):
        typed.wrong("number", f"There is an agreement {number} already.")
    return number


def _read_renewal(typed: Typed, columns: dict[str, object], ends_on: date | None) -> None:
    renewal = typed.choice("renewal", [each.value for each in Renewal], "none")
    if renewal != Renewal.NONE and ends_on is None and "last_day" not in {p.field for p in typed.problems}:
        typed.wrong("renewal", "What has no end needs no renewal: give its last day, or choose none.")
    columns["renewal"] = renewal
    columns["renewal_months"] = typed.number("renewal_months", 1, 120, 12)
    columns["notice_days"] = typed.number("notice_days", 0, 730, 0)


def _read_periods(typed: Typed, columns: dict[str, object]) -> None:
    every = typed.choice("every", [each.value for each in Every], "monthly")
    most = 7 if every in WEEKLY else LAST_ANCHOR
    columns["every"] = every
    columns["anchor"] = typed.number("anchor", 1, most)
    columns["in_advance"] = typed.box("in_advance")


def _calendar(work: Work, typed: Typed) -> int | None:
    chosen = typed.number("calendar")
    if chosen is not None and work.db.get(WorkCalendar, chosen) is None:
        typed.wrong("calendar", "Choose a calendar of the list.")
        return None
    return chosen


def _person(work: Work, typed: Typed, name: str) -> int | None:
    text = typed.text(name, 200)
    if not text:
        return None
    found = work.db.scalars(
        select(User.id).where(
            or_(func.lower(User.name) == text.lower(), func.lower(User.email_address) == text.lower()),
            User.merged_into_id.is_(None),
        )
    ).all()
    if len(found) != 1:
        typed.wrong(name, f"Nobody here is “{text[:60]}”: write a login name or a mail address.")
        return None
    return found[0]


def _check_their_approver(work: Work, typed: Typed, user_id: object, organization_id: object) -> None:
    if user_id is None or organization_id is None:
        return
    member = work.db.scalar(
        select(OrganizationMember.id).where(
            OrganizationMember.user_id == user_id, OrganizationMember.organization_id == organization_id
        )
    )
    if member is None and not _writes_from(work, user_id, organization_id):
        typed.wrong("customer_approver", "This person does not belong to the customer.")


def _writes_from(work: Work, user_id: object, organization_id: object) -> bool:
    """Is the person's mail domain one of the customer's?"""
    address = work.db.scalar(select(User.email_address).where(User.id == user_id)) or ""
    found = work.db.scalar(
        select(OrganizationDomain.id).where(
            OrganizationDomain.organization_id == organization_id,
            OrganizationDomain.domain == address.rpartition("@")[2].lower(),
        )
    )
    return found is not None


def last_day(ends_on: date | None) -> date | None:
    """The last day itself, as people write it."""
    return None if ends_on is None else ends_on - timedelta(days=1)
