"""The ledger of a balance: every movement with the running balance; booking into it, and asking for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.admin.editing import beside
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.times import show_day
from rtpy_billing.agreements.booking import correct, refund, top_up, transfer
from rtpy_billing.agreements.bookings_typed import read_ask, read_booking
from rtpy_billing.agreements.consenting import ask_consent, asked_words, held_work, price_of, standing
from rtpy_billing.agreements.effects import Unconfirmed
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.balances.kinds import UNITS, LineKind, has_balance
from rtpy_billing.balances.present import Balance, balances_of
from rtpy_billing.balances.quantities import hours, in_words, left_in_words
from rtpy_billing.ledgers.running import running
from rtpy_billing.ledgers.values import Kind, Unit
from rtpy_billing.models import Agreement, AgreementLine, Consent, Customer, MovementRow, WorkEntry
from rtpy_billing.money import plain, shown
from rtpy_billing.rights import ADMIN_AGREEMENTS, APPROVE_BILLING, SEE_MONEY
from rtpy_billing.typed import Typed
from rtpy_billing.web.agreements.confirming import confirmation, is_confirmed
from rtpy_billing.web.agreements.found import crumbs_of, find_agreement, find_line
from rtpy_billing.web.agreements.words import MOVEMENTS
from rtpy_billing.web.fields import Fields

MOST_SHOWN = 500
DEEDS = {
    "top-up": "Top-up: bought in addition",
    "correction": "Correction: -2h takes two hours away",
    "refund": "Refund of what is left",
    "transfer": "Move to another balance",
}
ANSWERS = {
    "asked": "waits for an answer",
    "agreed": "agreed",
    "refused": "said no",
    "expired": "closed without an answer",
}


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A movement in words; `is_open` ones may still move."""

    day: Html
    kind: str
    quantity: str
    balance: str
    about: str
    url: str
    is_open: bool


@view_config(
    route_name="billing.agreements.ledger",
    request_method="GET",
    renderer="billing/agreements/ledger.pt",
    permission=SEE_MONEY,
)
def ledger(resource: SystemResource, request: Request) -> dict[str, object]:
    """All movements, the newest first. At most ten queries."""
    agreement, line = _found(request)
    return _page(resource, request, agreement, line, {})


@view_config(
    route_name="billing.agreements.ledger",
    request_method="POST",
    renderer="billing/agreements/ledger.pt",
    permission=SEE_MONEY,
)
def book(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Book, or ask the customer; each needs its right."""
    agreement, line = _found(request)
    given = texts_of(request)
    try:
        request.flash(_do(request, agreement, line, given))
    except Invalid as invalid:
        return _page(resource, request, agreement, line, given, problems_of(invalid))
    except Refused as refused:
        return _page(resource, request, agreement, line, given, {"": str(refused)})
    except Unconfirmed as unconfirmed:
        return confirmation(request, agreement, given, unconfirmed, request.path)
    return HTTPSeeOther(request.path)


def _do(request: Request, agreement: Agreement, line: AgreementLine, given: Mapping[str, str]) -> str:
    work, typed, confirmed = request.work, Typed(given), is_confirmed(given)
    if given.get("deed") == "ask":
        consent = ask_consent(work, agreement, line, read_ask(agreement, line, typed))
        return f"{consent.asked_of} gets the link by mail."
    kind = typed.choice("kind", DEEDS)
    booking = read_booking(work, agreement, line, typed)
    match kind:
        case "top-up":
            top_up(work, agreement, line, booking, confirmed=confirmed)
        case "correction":
            correct(work, agreement, line, booking, confirmed=confirmed)
        case "refund":
            refund(work, agreement, line, booking, confirmed=confirmed)
        case "transfer":
            transfer(work, agreement, line, _target(request, typed), booking, confirmed=confirmed)
        case _:
            raise Invalid(Problem("kind", "Choose what to book."))
    return "It is booked."


def _target(request: Request, typed: Typed) -> tuple[Agreement, AgreementLine]:
    number = typed.number("target")
    line = request.db.get(AgreementLine, number) if number else None
    if line is None:
        raise Invalid(Problem("target", "Choose the balance that it goes to."))
    return request.db.get(Agreement, line.agreement_id), line


def _page(
    resource: SystemResource,
    request: Request,
    agreement: Agreement,
    line: AgreementLine,
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> dict[str, object]:
    today = today_of(request.work, agreement.organization_id)
    balance = balances_of(request.db, [(line, agreement)], today)[line.id]
    unit, currency = UNITS[LineKind(line.kind)], agreement.currency
    held = held_work(request.db, line)
    if wrong:
        request.response.status_int = 422
    may_book = resource.allows(ADMIN_AGREEMENTS)
    booking = given.get("deed") == "book"
    problems = wrong or {}
    booking_fields = _booking_fields(request, agreement, line, given if booking else {})
    ask_fields = _ask_fields(request, agreement, line, {} if booking else given)
    return {
        "crumbs": crumbs_of(request, agreement, Link(line.name, request.path)),
        "title": f"Ledger of {line.name}",
        "left": left_in_words(unit, balance.left, currency),
        "held": in_words(unit, held.quantity, currency) if held.quantity else "",
        "lines": _lines(request, balance, unit, currency, line.id),
        "consents": _consents(request, line),
        "may_book": may_book,
        "may_ask": may_book or resource.allows(APPROVE_BILLING),
        "booking_fields": beside(booking_fields, problems if booking else {}),
        "ask_fields": beside(ask_fields, {} if booking else problems),
        "problems": [(f"field-{name}" if name else None, text) for name, text in problems.items()],
        "post_url": request.path,
    }


def _lines(request: Request, balance: Balance, unit: Unit, currency: str, line_id: int) -> list[LedgerLine]:
    """The newest first; uses of one entry from one lot are one line already."""
    read = running(balance.drawn.movements)[-MOST_SHOWN:]
    ids = {one.movement.source for one in read if one.movement.kind is Kind.USE}
    tickets = {
        row.id: row.ticket_id
        for row in request.db.execute(select(WorkEntry.id, WorkEntry.ticket_id).where(WorkEntry.id.in_(ids)))
    }
    notes = {
        (row.lot, row.quantity): row.note
        for row in request.db.execute(
            select(MovementRow.lot, MovementRow.quantity, MovementRow.note).where(
                MovementRow.line_id == line_id, MovementRow.note != ""
            )
        )
    }
    open_uses = set(balance.open_uses)
    found = []
    for one in reversed(read):
        movement = one.movement
        ticket_id = tickets.get(movement.source) if isinstance(movement.source, int) else None
        is_use = movement.kind is Kind.USE
        found.append(
            LedgerLine(
                show_day(movement.worked_on),
                MOVEMENTS[movement.kind],
                _with_sign(unit, movement.quantity, currency),
                in_words(unit, one.balance, currency),
                f"#{ticket_id}"
                if ticket_id
                else ""
                if is_use
                else notes.get((movement.lot, movement.quantity), ""),
                request.route_path("ticket.display", id=ticket_id) if ticket_id else "",
                movement in open_uses,
            )
        )
    return found


def _with_sign(unit: Unit, quantity: int, currency: str) -> str:
    words = in_words(unit, quantity, currency)
    return f"+{words}" if quantity > 0 else words


def _consents(request: Request, line: AgreementLine) -> list[tuple[Html, str, str, str]]:
    rows = request.db.scalars(
        select(Consent).where(Consent.line_id == line.id).order_by(Consent.id.desc()).limit(50)
    )
    return [
        (
            show_day(row.asked.date()),
            asked_words(line, row),
            row.asked_of,
            ANSWERS[standing(row, request.work)] + (f": {row.answered_by}" if row.answered_by else ""),
        )
        for row in rows
    ]


def _booking_fields(
    request: Request, agreement: Agreement, line: AgreementLine, given: Mapping[str, str]
) -> Sequence[Field]:
    f = Fields({"kind": "top-up", **given})
    unit = UNITS[LineKind(line.kind)]
    hint = {
        Unit.SECONDS: "Hours, such as 5 or 2:30.",
        Unit.MONEY: agreement.currency,
        Unit.INCIDENTS: "Incidents.",
    }
    others = [
        (row.id, f"{row.number}: {row.name}")
        for row in request.db.execute(
            select(AgreementLine.id, AgreementLine.kind, AgreementLine.name, Agreement.number)
            .join(Agreement, Agreement.id == AgreementLine.agreement_id)
            .where(
                Agreement.organization_id == agreement.organization_id,
                AgreementLine.id != line.id,
                Agreement.state != "draft",
            )
        )
        if has_balance(row.kind) and UNITS[LineKind(row.kind)] is unit
    ]
    deeds = {name: label for name, label in DEEDS.items() if others or name != "transfer"}
    fields = [
        f.choice("kind", "What", deeds),
        f.text("quantity", "How much", hint[unit], required=True),
        f.text("day", "From which day on", "Empty: today.", "date"),
        f.text("last_day", "Usable until", "Empty: as the line says.", "date"),
        f.text("note", "Reason", "Stands in the ledger for ever."),
    ]
    if others:
        fields.insert(1, f.one_of("target", "Where to", others, "Choose"))
    return fields


def _ask_fields(
    request: Request, agreement: Agreement, line: AgreementLine, given: Mapping[str, str]
) -> Sequence[Field]:
    unit, held = UNITS[LineKind(line.kind)], held_work(request.db, line)
    quantity = -(-held.quantity // 3600) * 3600 if unit is Unit.SECONDS else held.quantity
    amount = price_of(line, quantity)
    at_rate = f", {shown(amount, agreement.currency)} for what waits" if amount else ""
    typed = {
        "more": _typed(unit, quantity, agreement.currency) if quantity else "",
        "address": _their_address(request, agreement),
        "days": "14",
    }
    f = Fields({**typed, **given})
    fields = [
        f.text("more", "At most so much more", required=True),
        f.text(
            "amount",
            f"At most for ({agreement.currency}, before tax)",
            f"Empty: at the overflow rate{at_rate}.",
        ),
        replace(f.area("text", "What for", "The customer reads it: one or two sentences.", 3), required=True),
        f.text("ticket", "For request", "Its number, if it is about one.", "number"),
        f.text("address", "Mail address that gets the link", kind="email", required=True),
        f.text("days", "The link holds for days", kind="number"),
    ]
    return fields


def _typed(unit: Unit, quantity: int, currency: str) -> str:
    if unit is Unit.SECONDS:
        return hours(quantity)
    return plain(quantity, currency) if unit is Unit.MONEY else str(quantity)


def _their_address(request: Request, agreement: Agreement) -> str:
    if agreement.customer_approver_id:
        user = request.db.get(User, agreement.customer_approver_id)
        if user is not None and user.email_address:
            return str(user.email_address)
    customer = request.db.get(Customer, agreement.organization_id)
    return str(customer.email) if customer else ""


def _found(request: Request) -> tuple[Agreement, AgreementLine]:
    agreement = find_agreement(request)
    line = find_line(request, agreement)
    if not has_balance(line.kind):
        raise HTTPNotFound()
    return agreement, line
