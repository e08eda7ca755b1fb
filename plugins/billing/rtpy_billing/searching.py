"""What searches for tickets can ask of billing, and the columns that show it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, not_, null, or_, select, true

from rtpy.models import Ticket
from rtpy.search.columns.column import BroughtColumn
from rtpy.search.columns.column import Kind as ColumnKind
from rtpy.search.compiling.plain import numbers_of
from rtpy.search.compiling.text import NUMBER, TEXT, compare_number, compare_text
from rtpy.search.compiling.values import need_no_part
from rtpy.search.fields.field import Asking, Kind, SearchField
from rtpy.search.language.tree import Operator, Term
from rtpy.work import Work
from rtpy_billing.models import Agreement, AgreementLine, Customer, WorkEntry
from rtpy_billing.pricing.words import About
from rtpy_billing.rights import SEE_MONEY, SEE_TIME

ON_TICKETS = {
    About.QUEUE.value: Ticket.queue_id,
    About.SITE.value: Ticket.site_id,
    About.TICKET_TYPE.value: Ticket.type,
}
"""Conditions of a line that are about the ticket; all others are about who works on it, and on what."""


class Covering(NamedTuple):
    """A line of an agreement that holds today, as far as it is about tickets."""

    organization_id: int
    agreement: str
    conditions: tuple[Mapping[str, Any], ...]

    def clause(self) -> ColumnElement[bool]:
        """The tickets that it is about, besides whose they are."""
        return and_(true(), *(_holds(condition) for condition in self.conditions))

    def covers(self, row: Any) -> bool:
        """Is it about a ticket with these columns?"""
        return all(
            (getattr(row, ON_TICKETS[each["about"]].key) in each["values"]) != bool(each.get("excluded"))
            for each in self.conditions
        )


def _holds(condition: Mapping[str, Any]) -> ColumnElement[bool]:
    column: Any = ON_TICKETS[condition["about"]]
    is_among = and_(column.is_not(None), column.in_(condition["values"]))
    return not_(is_among) if condition.get("excluded") else is_among


def _covering(work: Work, *asked: ColumnElement[bool]) -> Iterator[Covering]:
    """The lines of active agreements that hold today where their customers are. One query."""
    query = (
        select(Agreement, AgreementLine, Customer.zone)
        .join(AgreementLine, AgreementLine.agreement_id == Agreement.id)
        .join(Customer, Customer.organization_id == Agreement.organization_id)
        .where(Agreement.state == "active", AgreementLine.kind != "discount", *asked)
        .order_by(Agreement.id, AgreementLine.position, AgreementLine.id)
    )
    for agreement, line, zone in work.db.execute(query):
        today = work.now.astimezone(ZoneInfo(zone or "UTC")).date()
        begins = max(agreement.starts_on, line.starts_on or agreement.starts_on)
        ends = [day for day in (agreement.ends_on, line.ends_on) if day is not None]
        if begins <= today and all(today < day for day in ends):
            conditions = (each for each in line.conditions or () if each["about"] in ON_TICKETS)
            yield Covering(agreement.organization_id, agreement.name, tuple(conditions))


def find_agreed(asking: Asking, term: Term) -> ColumnElement[bool]:
    """Tickets that an agreement covers now, by its name or number; to who may not see money there is none."""
    need_no_part(term)
    if not asking.work.rights.system(SEE_MONEY):
        return compare_text(null(), term.operator, term.value)
    if term.operator in (Operator.IS, Operator.IS_NOT):
        found, is_negative = _covering(asking.work), term.operator is Operator.IS
    else:
        positive, is_negative = term.operator.positive, term.operator.is_negative
        named = (compare_text(column, positive, term.value) for column in (Agreement.name, Agreement.number))
        found = _covering(asking.work, or_(*named))
    whole: set[int] = set()
    parts: list[ColumnElement[bool]] = []
    for each in found:
        if each.conditions:
            parts.append(and_(Ticket.organization_id == each.organization_id, each.clause()))
        else:
            whole.add(each.organization_id)
    is_of = and_(Ticket.organization_id.is_not(None), Ticket.organization_id.in_(sorted(whole)))
    fits = func.coalesce(or_(false(), is_of, *parts), false())
    return not_(fits) if is_negative else fits


def load_agreed(work: Work, ids: Sequence[int]) -> Mapping[int, str]:
    """The names of the agreements that cover each ticket now, as far as the reader may see money. Two queries."""
    if not work.rights.system(SEE_MONEY):
        return {}
    rows = work.db.execute(
        select(Ticket.id, Ticket.organization_id, Ticket.queue_id, Ticket.site_id, Ticket.type).where(
            Ticket.id.in_(ids), Ticket.organization_id.is_not(None)
        )
    ).all()
    of: dict[int, list[Covering]] = {}
    if rows:
        customers = {row.organization_id for row in rows}
        for each in _covering(work, Agreement.organization_id.in_(customers)):
            of.setdefault(each.organization_id, []).append(each)
    names = {
        row.id: ", ".join(
            dict.fromkeys(each.agreement for each in of.get(row.organization_id, ()) if each.covers(row))
        )
        for row in rows
    }
    return {ticket_id: name for ticket_id, name in names.items() if name}


_UNBILLED: ScalarSelect[int] = (
    select(func.coalesce(func.sum(WorkEntry.worked_seconds), 0) / 60)
    .where(WorkEntry.ticket_id == Ticket.id, WorkEntry.state != "invoiced")
    .correlate(Ticket)
    .scalar_subquery()
)


def load_unbilled(work: Work, ids: Sequence[int]) -> Mapping[int, int]:
    """Minutes by ticket that are on no invoice, as far as the reader may see time. One query."""
    if not work.rights.system(SEE_TIME):
        return {}
    query = (
        select(WorkEntry.ticket_id, func.sum(WorkEntry.worked_seconds))
        .where(WorkEntry.ticket_id.in_(ids), WorkEntry.state != "invoiced")
        .group_by(WorkEntry.ticket_id)
    )
    return {
        ticket_id: int(seconds) // 60
        for ticket_id, seconds in work.db.execute(query)
        if ticket_id is not None
    }


FIELDS = {
    "UnbilledMinutes": SearchField(
        "UnbilledMinutes",
        Kind.NUMBER,
        NUMBER,
        lambda asking, term: compare_number(
            _UNBILLED if asking.work.rights.system(SEE_TIME) else func.abs(0), term.operator, numbers_of(term)
        ),
        help="Minutes of work that no invoice has.",
        order=lambda asking, path: () if path or not asking.work.rights.system(SEE_TIME) else (_UNBILLED,),
    ),
    "Agreement": SearchField(
        "Agreement", Kind.TEXT, TEXT, find_agreed, help="Name or number of an agreement that covers it now."
    ),
}
COLUMNS = {
    "UnbilledMinutes": BroughtColumn("Unbilled", ColumnKind.MINUTES, load_unbilled),
    "Agreement": BroughtColumn("Agreement", ColumnKind.TEXT, load_agreed),
}
