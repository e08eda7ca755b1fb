"""What a form says of a booking into a balance, or of a question to the customer, read and checked."""

from rtpy.work import Work
from rtpy_billing.agreements.booking import Booking
from rtpy_billing.agreements.consenting import DAYS, Ask, price_of
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.ledgers.values import Unit
from rtpy_billing.models import Agreement, AgreementLine
from rtpy_billing.typed import Typed


def read_booking(work: Work, agreement: Agreement, line: AgreementLine, typed: Typed) -> Booking:
    """A quantity in the line's unit (with a sign), the day, the reason. Raises Invalid."""
    quantity = read_quantity(typed, "quantity", line, agreement.currency, signed=True)
    day = typed.day("day") or today_of(work, agreement.organization_id)
    booking = Booking(quantity or 0, day, typed.text("note", 500), typed.end_after("last_day"))
    typed.check()
    return booking


def read_ask(agreement: Agreement, line: AgreementLine, typed: Typed) -> Ask:
    """What the customer is asked; an empty amount follows from the overflow rate. Raises Invalid."""
    quantity = read_quantity(typed, "more", line, agreement.currency) or 0
    amount = typed.amount("amount", agreement.currency)
    if amount is None:
        amount = price_of(line, quantity)
    if amount is None and not typed.problems:
        typed.wrong("amount", "What does it cost at most? The line has no overflow rate.")
    address, text = typed.text("address", 320), typed.long_text("text", 1000)
    ticket_id, days = typed.number("ticket"), typed.number("days", 1, 90, DAYS)
    typed.check()
    return Ask(quantity, amount or 0, address, text, ticket_id, days or DAYS)


def read_quantity(
    typed: Typed, name: str, line: AgreementLine, currency: str, *, signed: bool = False
) -> int | None:
    """In the unit of the line's balance."""
    unit = UNITS[LineKind(line.kind)]
    if unit is Unit.SECONDS:
        return typed.duration(name, signed=signed)
    if unit is Unit.MONEY:
        return typed.amount(name, currency, signed=signed)
    return typed.number(name, -100_000 if signed else 0, 100_000)
