"""Real work replayed under an agreement: what it would have come to, beside what it came to. Changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from rtpy.errors import Refused
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy.working_hours import all_hours
from rtpy_billing.balances.drawing import Balances
from rtpy_billing.balances.kinds import GRANTED, UNITS, LineKind
from rtpy_billing.balances.reading import rules_of
from rtpy_billing.ledgers.values import Kind, Ledger, Lot
from rtpy_billing.models import Agreement, AgreementLine, TicketTerms, WorkEntry, Worker
from rtpy_billing.money import rounded
from rtpy_billing.periods.period import BillingPeriod
from rtpy_billing.periods.rhythm import Every, Rhythm, add_months
from rtpy_billing.pricing import values
from rtpy_billing.pricing.line import PricedLine
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.words import Fixed, Outcome
from rtpy_billing.repricing.entries import entry_value
from rtpy_billing.repricing.reading import of_customer, read_tickets
from rtpy_billing.repricing.terms import (
    line_value,
    month_of,
    read_agreements,
    read_customer,
    read_rates,
    read_rounding_rules,
    read_surcharges,
    read_work_types,
)

PER_PERIOD = frozenset({*GRANTED, LineKind.FIXED_FEE, LineKind.PER_UNIT, LineKind.PASS_THROUGH})
LEFT_OUT = frozenset({LineKind.FIXED_PRICE, LineKind.DISCOUNT})
"""Lines whose price a stretch of time does not tell: milestones, and what is taken off."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What work came to: fees of the time, what was charged on top, and what was covered, unpaid or waits."""

    fees: int
    charged: int
    covered_seconds: int
    billed_seconds: int
    waiting: int

    @property
    def total(self) -> int:
        """What the customer pays, before tax."""
        return self.fees + self.charged


@dataclass(frozen=True, slots=True)
class Replay:
    """Both sums, the priced lines under the agreement, and names of lines whose price is in neither."""

    currency: str
    entries: int
    worked_seconds: int
    now: Sum
    then: Sum
    lines: tuple[PricedLine, ...]
    left_out: tuple[str, ...]


def replay(work: Work, agreement: Agreement, start: date, end: date) -> Replay:
    """The customer's work from `start` up to and without `end`, as if the agreement alone had begun on `start`.

    Every entry is priced anew, also what is approved or invoiced; lines that somebody chose for an entry are forgotten,
    roles and charge modes stay. The number of queries does not depend on the number of entries. Refused when agreement
    and customer have different currencies.
    """
    db, organization_id = work.db, agreement.organization_id
    calendars = all_hours(work.app, db)
    zone = str(setting(work.app, db, "billing.zone"))
    customer = read_customer(db, organization_id, calendars, zone, locked=False)
    if customer.currency != agreement.currency:
        raise Refused(f"The agreement is in {agreement.currency}, the customer pays in {customer.currency}.")
    agreed = read_agreements(db, organization_id)
    own = db.scalars(select(AgreementLine).where(AgreementLine.agreement_id == agreement.id)).all()
    found = (line_value(line, agreement, calendars) for line in own)
    lines = [replace(line, starts_on=start, ends_on=None) for line in found if line is not None]
    rows = db.scalars(
        select(WorkEntry).where(
            of_customer(organization_id), WorkEntry.worked_on >= start, WorkEntry.worked_on < end
        )
    ).all()
    ids = {row.ticket_id for row in rows if row.ticket_id is not None}
    tickets, terms = read_tickets(db, ids, lines)
    roles = {worker.user_id: worker.role_id for worker in db.scalars(select(Worker))}
    rhythm = Rhythm(Every(agreement.every), start, agreement.anchor, end)
    line_ids = [line.id for line in lines]
    inputs = values.Inputs(
        customer=customer,
        entries=[as_new(row, terms, roles.get(row.worked_by_id), rhythm) for row in rows],
        tickets=tickets,
        work_types=read_work_types(db),
        lines=lines,
        rates=read_rates(db, customer, line_ids, tickets),
        surcharges=read_surcharges(db, customer, line_ids, tickets),
        rounding_rules=read_rounding_rules(db, organization_id, line_ids),
        draw=Balances({line.id: as_filled(line, rhythm, end) for line in own if line.kind in UNITS}),
    )
    priced = price(inputs).lines
    return Replay(
        currency=customer.currency,
        entries=len(rows),
        worked_seconds=sum(row.worked_seconds for row in rows),
        now=Sum(
            fees=sum(fees_between(line, rhythm_of_real(other), start, end) for line, other in agreed),
            charged=sum(row.amount for row in rows),
            covered_seconds=sum(row.covered_seconds for row in rows),
            billed_seconds=sum(row.billed_seconds for row in rows),
            waiting=sum(row.value for row in rows if row.blocker in ("held", "undecided")),
        ),
        then=summed(priced, sum(fees_between(line, rhythm, start, end) for line in own)),
        lines=priced,
        left_out=tuple(line.name for line in own if LineKind(line.kind) in LEFT_OUT),
    )


def as_new(
    row: WorkEntry, terms: dict[int, TicketTerms], role_id: int | None, rhythm: Rhythm
) -> values.Entry:
    """An entry as if nobody had approved it or chosen a line for it."""
    period = rhythm.period_of(row.worked_on)
    begins = period.billed.start if period else month_of(row.worked_on)
    ticket_terms = terms.get(row.ticket_id) if row.ticket_id is not None else None
    entry = entry_value(row, ticket_terms, role_id, begins, (), is_history=False)
    return replace(entry, fixed=Fixed.NOTHING, line_id=None)


def as_filled(line: AgreementLine, rhythm: Rhythm, end: date) -> Ledger:
    """The balance of a line as it would have been filled: once, or in each period."""
    kind = LineKind(line.kind)
    if kind not in GRANTED:
        last = add_months(rhythm.starts_on, line.expires_months) if line.expires_months else None
        return Ledger(
            rules_of(line),
            (Lot("purchase", Kind.PURCHASE, line.quantity, rhythm.starts_on, last),),
            rhythm=rhythm,
        )
    lots = tuple(
        Lot(
            f"grant {period.billed.start.isoformat()}",
            Kind.GRANT,
            share_of(line.quantity, line, period),
            period.billed.start,
            period.billed.end,
            rolls=True,
        )
        for period in rhythm.periods(end)
    )
    return Ledger(rules_of(line), lots, rhythm=rhythm)


def share_of(whole: int, line: AgreementLine, period: BillingPeriod) -> int:
    """What a period bills or brings: all of it, or its days of the full one where the line says so."""
    return rounded(whole * period.share) if line.is_prorated else whole


def fees_between(line: AgreementLine, rhythm: Rhythm, start: date, end: date) -> int:
    """The fees of all periods of a line that begin in between; a block is bought once, when it begins."""
    kind = LineKind(line.kind)
    if kind is LineKind.BLOCK:
        return (
            line.price
            if start <= (line.starts_on or rhythm.starts_on) < end or rhythm.starts_on == start
            else 0
        )
    if kind not in PER_PERIOD:
        return 0
    each = line.price * (line.quantity if kind in (LineKind.PER_UNIT, LineKind.PASS_THROUGH) else 1)
    return sum(share_of(each, line, period) for period in rhythm.periods(end) if period.billed.start >= start)


def rhythm_of_real(agreement: Agreement) -> Rhythm:
    """The periods of an agreement as it is."""
    return Rhythm(Every(agreement.every), agreement.starts_on, agreement.anchor, agreement.ends_on)


def summed(lines: Sequence[PricedLine], fees: int) -> Sum:
    """The sum of priced lines."""
    return Sum(
        fees=fees,
        charged=total(lines, Outcome.CHARGED),
        covered_seconds=sum(line.billed_seconds for line in lines if line.outcome is Outcome.COVERED),
        billed_seconds=sum(line.billed_seconds for line in lines),
        waiting=sum(line.value for line in lines if line.outcome in (Outcome.HELD, Outcome.UNDECIDED)),
    )


def total(lines: Iterable[PricedLine], outcome: Outcome) -> int:
    """Minor units of all lines with this outcome."""
    return sum(line.amount for line in lines if line.outcome is outcome)
