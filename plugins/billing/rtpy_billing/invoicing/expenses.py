"""Expenses, travel and parts: entered, approved, and then billed once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from rtpy.changes.allowed import may, need_system
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.models import Organization, Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.invoicing.line_changes import read_quantity
from rtpy_billing.models import Customer, Expense, Seller, WorkEntry, WorkType
from rtpy_billing.money import CURRENCIES, plain
from rtpy_billing.rights import APPROVE_BILLING, LOG_TIME, LOG_TIME_FOR_OTHERS
from rtpy_billing.setting_up.tax_rates import tax_classes
from rtpy_billing.typed import Typed

DRAFT, APPROVED, INVOICED = "draft", "approved", "invoiced"
KINDS = {"expense": "Expense", "travel": "Travel", "part": "Part"}
TRAVEL = {"distance": "By distance", "zone": "By zone, a flat fee"}
MODES = {
    "billable": "Charge it",
    "no_charge": "Show it at no charge",
    "hidden": "Do not charge it, and do not show it",
}
THOUSAND = 1000
LARGEST_RECEIPT = 5_000_000
RECEIPT = "A receipt is a PDF, PNG or JPEG file of at most 5 MB."


class Unit(StrEnum):
    """What a quantity counts, by kind of travel."""

    PIECE = "C62"
    KILOMETRE = "KMT"
    LUMP_SUM = "LS"


@dataclass(frozen=True, slots=True)
class Saved:
    """An expense, with sentences for who entered it."""

    expense: Expense
    remarks: tuple[str, ...] = ()


def typed_expense(work: Work, expense: Expense | None) -> dict[str, str]:
    """The present values as the form shows them."""
    if expense is None:
        seller = work.db.scalar(select(Seller).order_by(Seller.disabled, Seller.id).limit(1))
        usual = {"kind": "expense", "quantity": "1", "tax_class": "standard"}
        usual["currency"] = seller.currency if seller else "EUR"
        return {
            **usual,
            "charge_mode": "billable",
            "spent_on": work.now.date().isoformat(),
            "travel": "distance",
        }
    currency = expense.currency
    return {
        "kind": expense.kind,
        "travel": "zone" if expense.unit == Unit.LUMP_SUM else "distance",
        "ticket": str(expense.ticket_id or ""),
        "organization": str(expense.organization_id or ""),
        "spent_on": expense.spent_on.isoformat(),
        "text": expense.text,
        "note_internal": expense.note_internal,
        "quantity": f"{expense.quantity / THOUSAND:g}",
        "cost": plain(expense.cost, currency) if expense.cost is not None else "",
        "price": plain(expense.price, currency),
        "currency": currency,
        "tax_class": expense.tax_class,
        "charge_mode": expense.charge_mode,
        "serial": expense.serial,
        "reimburse": "1" if expense.reimburse_to_id else "",
    }


def save_expense(
    work: Work,
    expense: Expense | None,
    given: Mapping[str, str],
    receipt: tuple[str, bytes] | None = None,
    version: int | None = None,
) -> Saved:
    """Enter an expense (None) or change a draft. Needs LogTime, for what a colleague entered LogTimeForOthers.

    Raises Invalid, Refused; Conflict when it was changed since `version`. A trip that is billed by distance or zone and
    as time as well is told, not refused.
    """
    _need(work, expense)
    if expense is not None and expense.state != DRAFT:
        raise Refused("Only drafts can be changed: ask who approves to send it back.")
    if expense is not None and version is not None and expense.version != version:
        raise Conflict("Somebody else has changed this expense meanwhile: look at it again.")
    values = _read(work, given)
    kind = _receipt_type(receipt[1]) if receipt else ""
    if expense is None:
        expense = Expense(user_id=work.actor.user_id, created=work.now, state=DRAFT, version=0)
        work.db.add(expense)
    for name, value in values.items():
        setattr(expense, name, value)
    if receipt:
        expense.receipt, expense.receipt_name, expense.receipt_type = receipt[1], receipt[0][:255], kind
    expense.version += 1
    work.db.flush()
    return Saved(expense, _remarks(work, expense))


def delete_expense(work: Work, expense: Expense) -> None:
    """Take a draft away."""
    _need(work, expense)
    if expense.state != DRAFT:
        raise Refused("Only drafts can be deleted.")
    work.db.delete(expense)
    work.db.flush()


def approve_expenses(work: Work, versions: Mapping[int, int]) -> int:
    """Let expenses come onto the next draft invoice. Needs ApproveBilling. All or none; how many.

    Raises Invalid with a problem `expense.ID` for each that cannot be.
    """
    need_system(work, APPROVE_BILLING)
    rows = _lock(work, versions)
    _check(rows, lambda row: "" if row.state == DRAFT else "It is approved already.")
    _check(rows, lambda row: "" if row.organization_id else "It is for no customer: choose one, or hide it.")
    _check(rows, lambda row: "It is of a day to come." if row.spent_on > work.now.date() else "")
    for row in rows:
        row.state, row.approved_by_id = APPROVED, work.actor.user_id
        row.version += 1
    work.db.flush()
    return len(rows)


def send_expenses_back(work: Work, versions: Mapping[int, int]) -> int:
    """Make drafts of approved expenses again. Needs ApproveBilling."""
    need_system(work, APPROVE_BILLING)
    rows = _lock(work, versions)
    _check(rows, lambda row: "" if row.state == APPROVED else "It is not approved, or billed already.")
    for row in rows:
        row.state, row.approved_by_id = DRAFT, None
        row.version += 1
    work.db.flush()
    return len(rows)


def _need(work: Work, expense: Expense | None) -> None:
    own = expense is None or expense.user_id == work.actor.user_id
    need_system(work, *((LOG_TIME, LOG_TIME_FOR_OTHERS) if own else (LOG_TIME_FOR_OTHERS,)))


def _lock(work: Work, versions: Mapping[int, int]) -> list[Expense]:
    if not versions:
        raise Invalid(Problem("expenses", "Choose at least one."))
    rows = list(
        work.db.scalars(
            select(Expense)
            .where(Expense.id.in_(versions))
            .order_by(Expense.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(rows) != len(versions):
        raise Invalid(Problem("expenses", "One of them was deleted meanwhile."))
    _check(rows, lambda row: "" if row.version == versions[row.id] else "It was changed meanwhile.")
    return rows


def _check(rows: list[Expense], wrong: Callable[[Expense], str]) -> None:
    problems = [Problem(f"expense.{row.id}", sentence) for row in rows if (sentence := wrong(row))]
    if problems:
        raise Invalid(*problems)


def _read(work: Work, given: Mapping[str, str]) -> dict[str, object]:
    typed = Typed(given)
    kind = typed.choice("kind", KINDS, "expense")
    ticket = _ticket(work, typed)
    organization_id = ticket.organization_id if ticket else typed.number("organization", 1, 10**17)
    if organization_id is not None and work.db.get(Organization, organization_id) is None:
        typed.wrong("organization", "Choose a customer of the list.")
        organization_id = None
    currency = typed.choice("currency", CURRENCIES, "EUR")
    customer = work.db.get(Customer, organization_id) if organization_id else None
    if customer is not None and currency != customer.currency:
        typed.wrong("currency", f"This customer is billed in {customer.currency}: enter the price in it.")
    unit = Unit.PIECE
    if kind == "travel":
        unit = Unit.LUMP_SUM if typed.choice("travel", TRAVEL, "distance") == "zone" else Unit.KILOMETRE
    quantity = read_quantity(typed, "quantity")
    if quantity < 0:
        typed.wrong("quantity", "A quantity is more than nought.")
    mode = typed.choice("charge_mode", MODES, "billable")
    text = typed.long_text("text", 1000)
    if not text and mode != "hidden":
        typed.wrong("text", "The customer wants to read what it was.")
    price = typed.amount("price", currency)
    if price is None and mode == "billable" and not typed.problems:
        typed.wrong("price", "What do we charge for one?")
    values: dict[str, object] = {
        "kind": kind,
        "ticket_id": ticket.id if ticket else None,
        "organization_id": organization_id,
        "spent_on": typed.day("spent_on", "On which day?"),
        "text": text,
        "note_internal": typed.long_text("note_internal", 4000),
        "quantity": round(quantity * THOUSAND),
        "unit": unit.value,
        "cost": typed.amount("cost", currency),
        "price": price or 0,
        "currency": currency,
        "tax_class": typed.choice("tax_class", tax_classes(work.db), "standard"),
        "charge_mode": mode,
        "serial": typed.text("serial", 255) if kind == "part" else "",
        "reimburse_to_id": work.actor.user_id if typed.box("reimburse") else None,
    }
    typed.check()
    return values


def _ticket(work: Work, typed: Typed) -> Ticket | None:
    number = typed.number("ticket", 1, 10**17)
    if number is None:
        return None
    ticket = work.db.get(Ticket, number)
    if ticket is None or not may(work, ticket, Right.SHOW_TICKET):
        typed.wrong("ticket", f"There is no ticket #{number}.")
        return None
    return ticket


def _receipt_type(data: bytes) -> str:
    """What the bytes are, whatever the browser said. Raises Invalid."""
    if len(data) > LARGEST_RECEIPT:
        raise Invalid(Problem("receipt", RECEIPT))
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    raise Invalid(Problem("receipt", RECEIPT))


def _remarks(work: Work, expense: Expense) -> tuple[str, ...]:
    """Travel is billed by distance, by zone or as time: never two of them by accident."""
    if expense.kind != "travel" or expense.charge_mode == "hidden":
        return ()
    near = (expense.spent_on - timedelta(days=1), expense.spent_on + timedelta(days=1))
    said = []
    others = select(Expense.id).where(
        Expense.id != expense.id,
        Expense.kind == "travel",
        Expense.user_id == expense.user_id,
        Expense.spent_on == expense.spent_on,
        Expense.organization_id == expense.organization_id,
        Expense.charge_mode != "hidden",
    )
    if work.db.scalar(others.limit(1)) is not None:
        said.append("There is another trip of that day to this customer: is one of them twice?")
    hours = (
        select(WorkEntry.id)
        .join(WorkType, WorkType.id == WorkEntry.work_type_id)
        .where(
            WorkEntry.worked_by_id == expense.user_id,
            WorkEntry.organization_id == expense.organization_id,
            WorkEntry.worked_on.between(*near),
            WorkType.name.ilike("%travel%") | WorkType.name.ilike("%fahrt%") | WorkType.name.ilike("%reise%"),
        )
    )
    if work.db.scalar(hours.limit(1)) is not None:
        said.append("Time of travel is logged as well: the way would be billed twice, by hours and by this.")
    return tuple(said)
