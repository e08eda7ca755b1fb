"""Work entries with their priced lines, from rows to the values of pricing and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from rtpy_billing.models import TicketTerms, WorkEntry
from rtpy_billing.pricing.line import PricedLine, Step
from rtpy_billing.pricing.values import Entry
from rtpy_billing.pricing.words import ChargeMode, Fixed, Outcome, Rung

APPROVED, INVOICED = "approved", "invoiced"
FIXED = {APPROVED: Fixed.VALUE, INVOICED: Fixed.ALL}


def entry_value(
    row: WorkEntry,
    terms: TicketTerms | None,
    person_role_id: int | None,
    period: Any,
    lines: Sequence[PricedLine],
    *,
    is_history: bool,
) -> Entry:
    """One entry. What somebody chose for its ticket counts where nobody chose for the entry.

    Work for no customer on no ticket (a meeting, a training) is hidden unless somebody says otherwise.
    """
    fixed = Fixed.ALL if is_history else FIXED.get(row.state, Fixed.NOTHING)
    if fixed is Fixed.VALUE and not lines:
        fixed = Fixed.NOTHING
    mode = ChargeMode(row.charge_mode) if row.charge_mode else None
    if mode is None and row.organization_id is None and row.ticket_id is None:
        mode = ChargeMode.HIDDEN
    return Entry(
        id=row.id,
        person_id=row.worked_by_id,
        worked_on=row.worked_on,
        worked_seconds=row.worked_seconds,
        ticket_id=row.ticket_id,
        zone=row.zone,
        started_at=row.started,
        ended_at=row.ended,
        work_type_id=row.work_type_id or (terms.work_type_id if terms else None),
        role_id=row.role_id,
        person_role_id=person_role_id,
        line_id=row.line_id or (terms.line_id if terms else None),
        charge_mode=mode,
        write_off_reason=row.write_off_reason,
        rate=row.rate,
        site_id=row.site_id,
        corrects=row.corrects_id,
        period=period,
        fixed=fixed,
        lines=tuple(lines),
    )


def priced_line(row: Any, steps: Sequence[Mapping[str, Any]] = ()) -> PricedLine:
    """A stored line (an `EntryLine`, or a row with its columns) as a value; steps only where they are given."""
    return PricedLine(
        entry_id=row.entry_id,
        segment=row.segment,
        part=row.part,
        started_at=row.started,
        ended_at=row.ended,
        worked_on=row.worked_on,
        customer_on=row.customer_on,
        in_hours=row.in_hours,
        exception=row.is_exception,
        worked_seconds=row.worked_seconds,
        billed_seconds=row.billed_seconds,
        role_id=row.role_id,
        work_type_id=row.work_type_id,
        line_id=row.line_id,
        rung=Rung(row.rung) if row.rung else None,
        rate_id=row.rate_id,
        rate=row.rate,
        charged_rate=row.charged_rate,
        fee_id=row.fee_id,
        currency=row.currency,
        value=row.value,
        outcome=Outcome(row.outcome),
        amount=row.amount,
        lump=row.is_lump,
        taken=row.taken,
        sources=tuple((str(source), int(taken)) for source, taken in row.sources or ()),
        steps=tuple(Step.from_json(dict(step)) for step in steps),
    )


def columns_of(line: PricedLine) -> dict[str, Any]:
    """A line as the columns of its row; on which invoice it stands is not among them."""
    return {
        "entry_id": line.entry_id,
        "segment": line.segment,
        "part": line.part,
        "started": line.started_at,
        "ended": line.ended_at,
        "worked_on": line.worked_on,
        "customer_on": line.customer_on,
        "in_hours": line.in_hours,
        "is_exception": line.exception,
        "worked_seconds": line.worked_seconds,
        "billed_seconds": line.billed_seconds,
        "role_id": line.role_id,
        "work_type_id": line.work_type_id,
        "line_id": line.line_id,
        "rung": line.rung,
        "rate_id": line.rate_id,
        "rate": line.rate,
        "charged_rate": line.charged_rate,
        "fee_id": line.fee_id,
        "currency": line.currency,
        "value": line.value,
        "outcome": line.outcome,
        "amount": line.amount,
        "is_lump": line.lump,
        "taken": line.taken,
        "sources": [list(source) for source in line.sources] or None,
        "steps": [step.to_json() for step in line.steps],
    }


def fill(row: Any, columns: Mapping[str, Any]) -> None:
    """Set what differs; a row in which nothing does stays clean, and is not written."""
    for name, value in columns.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
