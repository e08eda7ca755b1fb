"""Pricing a customer's open work anew and writing down what moved."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from rtpy.work import Work
from rtpy_billing.models import CostRate, EntryLine, WorkEntry
from rtpy_billing.money import product
from rtpy_billing.pricing.line import PricedLine
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.words import Outcome
from rtpy_billing.repricing.entries import INVOICED, columns_of, fill
from rtpy_billing.repricing.reading import Read, read_inputs


@dataclass(frozen=True, slots=True)
class Sums:
    """What an entry comes to: seconds, and minor units of its currency."""

    billed_seconds: int
    value: int
    amount: int
    covered_seconds: int
    blocker: str
    currency: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry whose billed time, amount or cover changed; `before` is None when it had none yet.

    Its worth at full price may change without anybody paying more or less: that alone is no move.
    """

    entry_id: int
    before: Sums | None
    after: Sums


def reprice(
    work: Work, organization_id: int | None, about: Collection[int] | None = None
) -> tuple[Moved, ...]:
    """Price the open work of a customer (None: work for nobody) and write its lines and sums; returns what moved.

    Call it in the transaction of whatever changed an entry, an agreement, a rate or a rule; `about` names the entries
    that were changed, None when it was something else. Approved work keeps billed time and rate and may only gain or
    lose cover; invoiced work never moves. The number of queries does not depend on the number of entries.
    """
    work.db.flush()  # what is to be priced must be where it is read from
    read = read_inputs(work, organization_id, about)
    if not read.entries:
        return ()
    by_entry: dict[int, list[PricedLine]] = defaultdict(list)
    for line in price(read.inputs).lines:
        by_entry[line.entry_id].append(line)
    costs = read_costs(work, read)
    of_line = {line.id: line.agreement_id for line in read.inputs.lines}
    moved = []
    for row in read.entries:
        lines, stored = by_entry[row.id], read.stored.get(row.id, ())
        store(work, lines, stored)
        before = sums_of(row) if stored else None
        after = summed(row, lines)
        write(row, after, lines, of_line=of_line, cost=cost_of(row, lines, costs))
        if before is None or replace(before, value=after.value) != after:
            moved.append(Moved(row.id, before, after))
    work.db.flush()
    return tuple(moved)


def reprice_all(work: Work) -> tuple[Moved, ...]:
    """Price all open work of all customers, after a change of something that holds for everybody."""
    query = select(WorkEntry.organization_id).where(WorkEntry.state.not_in((INVOICED, "approved"))).distinct()
    found = sorted(work.db.scalars(query), key=lambda id_: id_ or 0)  # always in one order, for their locks
    return tuple(one for organization_id in found for one in reprice(work, organization_id))


def reprice_tickets(work: Work, ticket_ids: Iterable[int]) -> tuple[Moved, ...]:
    """Price the open work of these tickets, after something was decided for them."""
    query = select(WorkEntry.organization_id, WorkEntry.id).where(
        WorkEntry.ticket_id.in_(set(ticket_ids)), WorkEntry.state != INVOICED
    )
    about: dict[int | None, list[int]] = defaultdict(list)
    for organization_id, entry_id in work.db.execute(query):
        about[organization_id].append(entry_id)
    order = sorted(about, key=lambda id_: id_ or 0)
    return tuple(one for id_ in order for one in reprice(work, id_, about[id_]))


def sums_of(row: WorkEntry) -> Sums:
    """What the entry came to when it was last priced."""
    return Sums(row.billed_seconds, row.value, row.amount, row.covered_seconds, row.blocker, row.currency)


def summed(row: WorkEntry, lines: Sequence[PricedLine]) -> Sums:
    """What the lines come to."""
    return Sums(
        billed_seconds=sum(line.billed_seconds for line in lines),
        value=sum(line.value for line in lines),
        amount=sum(line.amount for line in lines),
        covered_seconds=sum(line.billed_seconds for line in lines if line.outcome is Outcome.COVERED),
        blocker=blocker(row, lines),
        currency=lines[0].currency if lines else "",
    )


def blocker(row: WorkEntry, lines: Sequence[PricedLine]) -> str:
    """Why the entry cannot be billed as things are, or nothing."""
    outcomes = {line.outcome for line in lines}
    if Outcome.UNDECIDED in outcomes:
        return "undecided"
    if outcomes <= {Outcome.HIDDEN, Outcome.NO_CHARGE, Outcome.WRITTEN_OFF}:
        return ""
    if row.organization_id is None:
        return "no_customer"
    if any(
        line.charged_rate is None and line.outcome is Outcome.CHARGED and line.billed_seconds
        for line in lines
        if line.fee_id is None and not (line.lump and line.amount)
    ):
        return "no_rate"
    if Outcome.HELD in outcomes:
        return "held"
    return "blocked" if Outcome.BLOCKED in outcomes else ""


def store(work: Work, lines: Sequence[PricedLine], stored: Sequence[EntryLine]) -> None:
    """Make the stored lines of one entry say what the new ones say; rows that need no change are not touched."""
    rows = {(row.segment, row.part): row for row in stored}
    for line in lines:
        row = rows.pop((line.segment, line.part), None)
        if row is None:
            work.db.add(EntryLine(**columns_of(line)))
        else:
            fill(row, columns_of(line))
    for row in rows.values():
        work.db.delete(row)


def write(
    row: WorkEntry, sums: Sums, lines: Sequence[PricedLine], *, of_line: Mapping[int, int], cost: int | None
) -> None:
    """Keep the sums on the entry, where lists and reports add them up."""
    line_id = next((line.line_id for line in lines if line.line_id is not None), None)
    columns = {
        "agreement_id": of_line.get(line_id) if line_id is not None else None,
        "billed_seconds": sums.billed_seconds,
        "value": sums.value,
        "amount": sums.amount,
        "covered_seconds": sums.covered_seconds,
        "blocker": sums.blocker,
        "currency": sums.currency,
        "cost": cost,
    }
    fill(row, columns)


def read_costs(work: Work, read: Read) -> Mapping[tuple[int | None, int | None], list[CostRate]]:
    """What hours cost ourselves, by person and by role, the latest first."""
    people = {row.worked_by_id for row in read.entries}
    query = (
        select(CostRate)
        .where(
            or_(CostRate.user_id.in_(people), CostRate.user_id.is_(None)),
            CostRate.currency == read.inputs.customer.currency,
        )
        .order_by(CostRate.valid_from.desc(), CostRate.id.desc())
    )
    found: dict[tuple[int | None, int | None], list[CostRate]] = defaultdict(list)
    for row in work.db.scalars(query):
        found[row.user_id, row.role_id if row.user_id is None else None].append(row)
    return found


def cost_of(
    row: WorkEntry,
    lines: Sequence[PricedLine],
    costs: Mapping[tuple[int | None, int | None], list[CostRate]],
) -> int | None:
    """What the work cost ourselves by its date: the person's own rate before the role's; None when neither is known."""
    role_id = lines[0].role_id if lines else row.role_id
    for key in ((row.worked_by_id, None), (None, role_id)):
        for rate in costs.get(key, ()):
            if rate.valid_from <= row.worked_on and (
                rate.valid_until is None or row.worked_on < rate.valid_until
            ):
                return product(rate.amount, row.worked_seconds, 3600)
    return None
