"""Everything that decides about the price of a customer's open work, in a bounded number of queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from rtpy.models import Link, Ticket
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy.working_hours import all_hours
from rtpy_billing.balances.drawing import Balances
from rtpy_billing.balances.reading import read_ledgers
from rtpy_billing.balances.rhythms import rhythm_of
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    EntryLine,
    TicketTerms,
    WorkEntry,
    Worker,
    not_invoiced,
)
from rtpy_billing.pricing import values
from rtpy_billing.pricing.line import PricedLine
from rtpy_billing.pricing.words import About, ChargeMode, Cover, Grouping
from rtpy_billing.repricing.entries import APPROVED, INVOICED, entry_value, priced_line
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

WITHOUT_STEPS = tuple(column for column in EntryLine.__table__.c if column.name != "steps")
BY_TICKET = frozenset({Grouping.ENTRY, Grouping.TICKET_DAY, Grouping.TICKET})
OF_BALANCES = frozenset({Cover.HOURS, Cover.MONEY, Cover.INCIDENTS})


@dataclass(frozen=True, slots=True)
class Read:
    """The inputs, and the rows that the answer is written to: open entries and their stored lines."""

    inputs: values.Inputs
    entries: Sequence[WorkEntry]
    stored: Mapping[int, Sequence[EntryLine]]


def read_inputs(work: Work, organization_id: int | None, about: Collection[int] | None = None) -> Read:
    """What `price()` needs for the open work of a customer (None: work for nobody).

    `about` are the entries whose price is asked for; where nothing joins them to the rest of the customer's work (no
    balance, no cap, groups within a ticket), only the work on their tickets is read. None: all.
    """
    db = work.db
    calendars = all_hours(work.app, db)
    customer = read_customer(db, organization_id, calendars, str(setting(work.app, db, "billing.zone")))
    agreed = [
        (line, agreement)
        for line, agreement in read_agreements(db, organization_id)
        if agreement.currency == customer.currency
    ]
    found = (line_value(line, agreement, calendars) for line, agreement in agreed)
    lines = [line for line in found if line is not None]
    line_ids = [line.id for line in lines]
    rules = read_rounding_rules(db, organization_id, line_ids)
    is_open = open_clause(organization_id, about if is_local(lines, rules) else None, about)
    rows = db.scalars(select(WorkEntry).where(is_open)).all()
    past = history(db, rows, is_open, organization_id, lines, rules)
    ticket_ids = {row.ticket_id for row in (*rows, *past) if row.ticket_id is not None}
    tickets, terms = read_tickets(db, ticket_ids, lines)
    stored = read_stored(db, is_open)
    past_lines = read_past_lines(db, [row.id for row in past])
    roles = {worker.user_id: worker.role_id for worker in db.scalars(select(Worker))}
    period = periods(agreed)

    def value(row: WorkEntry, known: Sequence[PricedLine], *, is_history: bool) -> values.Entry:
        ticket_terms = terms.get(row.ticket_id) if row.ticket_id is not None else None
        role_id = roles.get(row.worked_by_id)
        return entry_value(row, ticket_terms, role_id, period(row.worked_on), known, is_history=is_history)

    entries = []
    for row in rows:
        known = [priced_line(line, line.steps) for line in stored[row.id]] if row.state == APPROVED else []
        entries.append(value(row, known, is_history=False))
    entries += [value(row, past_lines[row.id], is_history=True) for row in past if past_lines[row.id]]
    inputs = values.Inputs(
        customer=customer,
        entries=entries,
        tickets=tickets,
        work_types=read_work_types(db),
        lines=lines,
        rates=read_rates(db, customer, line_ids, tickets),
        surcharges=read_surcharges(db, customer, line_ids, tickets),
        rounding_rules=rules,
        draw=Balances(read_ledgers(db, agreed)),
    )
    return Read(inputs, rows, stored)


def is_local(lines: Sequence[values.Line], rules: Sequence[values.RoundingRule]) -> bool:
    """Whether the price of an entry depends on no work but that on its own ticket."""
    joined = any(line.cover in OF_BALANCES or line.cap is not None for line in lines)
    return not joined and all(rule.grouping in BY_TICKET for rule in rules)


def open_clause(
    organization_id: int | None, only: Collection[int] | None, about: Collection[int] | None
) -> ColumnElement[bool]:
    """Entries of the customer whose price may still move; with `only`, those on the tickets of these entries.

    Approved work that nobody pays for (hidden, given away, written off) moves no more, unless it is asked about.
    """
    moves = or_(
        WorkEntry.state.not_in((APPROVED, INVOICED)),
        and_(
            WorkEntry.state == APPROVED,
            or_(WorkEntry.amount != 0, WorkEntry.covered_seconds != 0, WorkEntry.blocker != ""),
        ),
    )
    if about:
        moves = or_(moves, and_(WorkEntry.id.in_(about), WorkEntry.state != INVOICED))
    clause = and_(of_customer(organization_id), not_invoiced(), moves)
    if only is None:
        return clause
    there = select(WorkEntry.ticket_id).where(WorkEntry.id.in_(only), WorkEntry.ticket_id.is_not(None))
    near = or_(WorkEntry.id.in_(only), WorkEntry.corrects_id.in_(only), WorkEntry.ticket_id.in_(there))
    return and_(clause, near)


def of_customer(organization_id: int | None) -> ColumnElement[bool]:
    """Entries of this customer, or of none."""
    if organization_id is None:
        return WorkEntry.organization_id.is_(None)
    return WorkEntry.organization_id == organization_id


def history(
    db: Session,
    rows: Sequence[WorkEntry],
    is_open: ColumnElement[bool],
    organization_id: int | None,
    lines: Sequence[values.Line],
    rules: Sequence[values.RoundingRule],
) -> Sequence[WorkEntry]:
    """Entries that move no more but share a group, an incident, a cap or a correction with some that do."""
    if not rows:
        return []
    first = min(row.worked_on for row in rows)
    groupings = {rule.grouping for rule in rules} | {Grouping.TICKET_DAY}
    tickets = WorkEntry.ticket_id.in_(select(WorkEntry.ticket_id).where(is_open))
    since = WorkEntry.worked_on >= first
    near: list[ColumnElement[bool]] = [and_(tickets, since)]
    if Grouping.TICKET in groupings or any(line.cover is Cover.INCIDENTS for line in lines):
        near.append(tickets)
    if Grouping.PERSON_DAY in groupings:
        near.append(and_(WorkEntry.worked_by_id.in_({row.worked_by_id for row in rows}), since))
    if Grouping.INVOICE in groupings or any(line.cap is not None for line in lines):
        near.append(WorkEntry.worked_on >= first.replace(month=1, day=1))
    originals = {row.corrects_id for row in rows if row.corrects_id is not None}
    if originals:
        near.append(WorkEntry.id.in_(originals))
    known = {row.id for row in rows}
    fixed = WorkEntry.state.in_((APPROVED, INVOICED))
    query = select(WorkEntry).where(of_customer(organization_id), fixed, or_(*near))
    return [row for row in db.scalars(query) if row.id not in known]


def read_tickets(
    db: Session, ids: Collection[int], lines: Sequence[values.Line]
) -> tuple[dict[int, values.Ticket], dict[int, TicketTerms]]:
    """Tickets with what was decided for them; their assets only where a condition asks for assets."""
    if not ids:
        return {}, {}
    query = (
        select(Ticket.id, Ticket.queue_id, Ticket.type, Ticket.site_id, TicketTerms)
        .outerjoin(TicketTerms, TicketTerms.ticket_id == Ticket.id)
        .where(Ticket.id.in_(ids))
    )
    assets: dict[int, set[int]] = defaultdict(set)
    if any(condition.about is About.ASSET for line in lines for condition in line.conditions):
        links = select(Link.local_base_id, Link.target).where(
            Link.local_base_id.in_(ids), Link.target.like("asset:%")
        )
        for ticket_id, target in db.execute(links):
            number = target.removeprefix("asset:")
            if ticket_id is not None and number.isdigit():
                assets[ticket_id].add(int(number))
    tickets, terms = {}, {}
    for id_, queue_id, type_, site_id, decided in db.execute(query):
        if decided is not None:
            terms[id_] = decided
        mode = decided.charge_mode if decided is not None else None
        tickets[id_] = values.Ticket(
            id=id_,
            queue_id=queue_id,
            type=type_,
            site_id=site_id,
            asset_ids=frozenset(assets[id_]),
            role_id=decided.role_id if decided is not None else None,
            charge_mode=ChargeMode(mode) if mode else None,
            incident=decided.incident if decided is not None else None,
        )
    return tickets, terms


def read_stored(db: Session, is_open: ColumnElement[bool]) -> Mapping[int, list[EntryLine]]:
    """The stored lines of the open entries, in order."""
    found: dict[int, list[EntryLine]] = defaultdict(list)
    query = (
        select(EntryLine)
        .where(EntryLine.entry_id.in_(select(WorkEntry.id).where(is_open)))
        .order_by(EntryLine.entry_id, EntryLine.segment, EntryLine.part)
    )
    for row in db.scalars(query):
        found[row.entry_id].append(row)
    return found


def read_past_lines(db: Session, ids: Sequence[int]) -> Mapping[int, list[PricedLine]]:
    """Lines of entries that move no more, without their steps."""
    found: dict[int, list[PricedLine]] = defaultdict(list)
    if ids:
        for row in db.execute(select(*WITHOUT_STEPS).where(EntryLine.entry_id.in_(ids))):
            found[row.entry_id].append(priced_line(row))
    return found


def periods(agreed: Sequence[tuple[AgreementLine, Agreement]]) -> Callable[[date], date]:
    """A function from a day to the first day of its billing period: the first agreement's that runs, else the month."""
    rhythms = [
        rhythm_of(agreement) for agreement in {agreement.id: agreement for _, agreement in agreed}.values()
    ]
    known: dict[date, date] = {}

    def period(day: date) -> date:
        if day not in known:
            found = next((there for rhythm in rhythms if (there := rhythm.period_of(day))), None)
            known[day] = found.billed.start if found else month_of(day)
        return known[day]

    return period
