"""How work on a ticket stands right now: who would pay for an hour of it, at which rate, and how much is left."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.models import Ticket
from rtpy.plugin_settings import setting
from rtpy.remembered import remembered, watch
from rtpy.work import Work
from rtpy.working_hours import all_hours
from rtpy_billing.balances.drawing import Balances
from rtpy_billing.balances.present import Balance, balances_of
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Customer,
    RateRow,
    Role,
    RoundingRuleRow,
    Seller,
    SurchargeRow,
    TicketTerms,
    Worker,
    WorkType,
)
from rtpy_billing.pricing import values
from rtpy_billing.pricing.line import PricedLine
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.words import About, Cover, Outcome
from rtpy_billing.repricing.reading import OF_BALANCES, read_tickets
from rtpy_billing.repricing.terms import (
    line_value,
    read_agreements,
    read_customer,
    read_rates,
    read_surcharges,
    read_work_types,
)

watch(
    Agreement,
    AgreementLine,
    Customer,
    RateRow,
    Role,
    RoundingRuleRow,
    Seller,
    SurchargeRow,
    TicketTerms,
    Worker,
    WorkType,
)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Standing:
    """What an hour of work begun now would be: `rate` in minor units an hour, `left` in the unit of the line's balance.

    `line` and `agreement_id` are those of the agreement that covers it or sets its terms; `left` is None without a
    balance, and below zero when more was drawn than there is.
    """

    outcome: Outcome
    currency: str
    rate: int | None = None
    line: str = ""
    agreement_id: int | None = None
    cover: Cover = Cover.NONE
    left: int | None = None


@dataclass(frozen=True, slots=True)
class _Setup:
    """What is the same for all tickets of a customer until somebody changes the set-up."""

    customer: values.Customer
    agreed: tuple[tuple[AgreementLine, Agreement], ...]
    lines: tuple[values.Line, ...]
    rates: tuple[values.Rate, ...]
    surcharges: tuple[values.Surcharge, ...]
    work_types: dict[int, values.WorkType]
    roles: dict[int, int | None]


def standing_of(work: Work, ticket: Ticket) -> Standing | None:
    """How a ticket of a customer stands; None for one of nobody.

    No query as a rule; three where the customer has a balance, two where something was decided for the ticket.
    """
    if ticket.organization_id is None:
        return None
    setup = _setup(work, ticket.organization_id)
    tickets, terms, rates, surcharges = _decided(work, ticket, setup)
    balances = balances_of(work.db, _with_balance(setup), _today(work, setup)) if setup.agreed else {}
    used = {
        id_: replace(each.ledger, fixed=(*each.ledger.fixed, *each.open_uses))
        for id_, each in balances.items()
    }
    entry = values.Entry(
        id=-1,
        person_id=work.actor.user_id,
        worked_on=_today(work, setup),
        worked_seconds=HOUR,
        zone=setup.customer.zone,
        started_at=work.now,
        ended_at=work.now + timedelta(seconds=HOUR),
        ticket_id=ticket.id,
        work_type_id=terms.work_type_id if terms else None,
        person_role_id=setup.roles.get(work.actor.user_id),
        line_id=terms.line_id if terms else None,
        site_id=ticket.site_id,
    )
    inputs = values.Inputs(
        customer=setup.customer,
        entries=[entry],
        tickets=tickets,
        work_types=setup.work_types,
        lines=setup.lines,
        rates=rates,
        surcharges=surcharges,
        draw=Balances(used),
    )
    return _said(setup, price(inputs).lines, balances)


def _said(setup: _Setup, lines: tuple[PricedLine, ...], balances: dict[int, Balance]) -> Standing:
    first = next(line for line in lines if line.fee_id is None)
    line = next((each for each in setup.lines if each.id == first.line_id), None)
    balance = balances.get(line.id) if line else None
    return Standing(
        first.outcome,
        first.currency,
        first.charged_rate if first.outcome is Outcome.CHARGED else first.rate,
        line.name if line else "",
        line.agreement_id if line else None,
        line.cover if line else Cover.NONE,
        balance.left if balance else None,
    )


def _setup(work: Work, organization_id: int) -> _Setup:
    zone = str(setting(work.app, work.db, "billing.zone"))
    return remembered(
        work.app,
        work.db,
        f"billing.setup:{organization_id}:{zone}",
        lambda db: _read_setup(work, db, organization_id, zone),
    )


def _read_setup(work: Work, db: Session, organization_id: int, zone: str) -> _Setup:
    calendars = all_hours(work.app, db)
    customer = read_customer(db, organization_id, calendars, zone, locked=False)
    agreed = [
        (line, agreement)
        for line, agreement in read_agreements(db, organization_id)
        if agreement.currency == customer.currency
    ]
    found = (line_value(line, agreement, calendars) for line, agreement in agreed)
    lines = tuple(line for line in found if line is not None)
    ids = [line.id for line in lines]
    setup = _Setup(
        customer,
        tuple(agreed),
        lines,
        tuple(read_rates(db, customer, ids, ())),
        tuple(read_surcharges(db, customer, ids, ())),
        read_work_types(db),
        {row.user_id: row.role_id for row in db.execute(select(Worker.user_id, Worker.role_id))},
    )
    for row in {each for pair in agreed for each in pair}:
        db.expunge(row)  # they outlive this session, as values
    return setup


def _with_balance(setup: _Setup) -> list[tuple[AgreementLine, Agreement]]:
    drawing = {line.id for line in setup.lines if line.cover in OF_BALANCES}
    return [(line, agreement) for line, agreement in setup.agreed if line.id in drawing]


def _decided(
    work: Work, ticket: Ticket, setup: _Setup
) -> tuple[dict[int, values.Ticket], TicketTerms | None, list[values.Rate], list[values.Surcharge]]:
    """What holds for this ticket alone."""
    rates, surcharges = list(setup.rates), list(setup.surcharges)
    needs_assets = any(
        condition.about is About.ASSET for line in setup.lines for condition in line.conditions
    )
    special = remembered(work.app, work.db, "billing.special_tickets", _read_special)
    if ticket.id not in special and not needs_assets:
        plain = values.Ticket(
            id=ticket.id, queue_id=ticket.queue_id, type=ticket.type, site_id=ticket.site_id
        )
        return {ticket.id: plain}, None, rates, surcharges
    tickets, terms = read_tickets(work.db, {ticket.id}, setup.lines)
    if ticket.id in special:
        ids = [line.id for line in setup.lines]
        rates = read_rates(work.db, setup.customer, ids, (ticket.id,))
        surcharges = read_surcharges(work.db, setup.customer, ids, (ticket.id,))
    return tickets, terms.get(ticket.id), rates, surcharges


def _read_special(db: Session) -> frozenset[int]:
    """Tickets for which something was decided, or that have rates of their own."""
    decided = db.scalars(select(TicketTerms.ticket_id))
    priced = db.scalars(select(RateRow.scope_id).where(RateRow.rung == "ticket"))
    dearer = db.scalars(select(SurchargeRow.scope_id).where(SurchargeRow.rung == "ticket"))
    return frozenset(id_ for ids in (decided, priced, dearer) for id_ in ids if id_ is not None)


def _today(work: Work, setup: _Setup) -> date:
    return work.now.astimezone(ZoneInfo(setup.customer.zone)).date()
