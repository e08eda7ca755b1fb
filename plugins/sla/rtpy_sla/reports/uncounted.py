"""What reports cannot count, said in sentences instead of silent noughts."""

from sqlalchemy import func, select

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import State
from rtpy_sla.models import ClockRow, TicketSla
from rtpy_sla.reports.counting import clocks, narrowed, seen, still_open, tickets
from rtpy_sla.reports.values import About, Asked, Leads

rows = table_of(TicketSla).c


def without_policy(work: Work, asked: Asked) -> int:
    """Tickets that were opened in these days and have no policy. One query."""
    query = (
        select(func.count())
        .select_from(table_of(Ticket))
        .outerjoin(table_of(TicketSla), rows.ticket_id == tickets.id)
        .where(
            tickets.created >= asked.start,
            tickets.created < asked.end,
            tickets.type == "ticket",
            rows.policy_id.is_(None),
            seen(work),
        )
    )
    if asked.organization_id is not None:
        query = query.where(tickets.organization_id == asked.organization_id)
    if asked.queue_id is not None:
        query = query.where(tickets.queue_id == asked.queue_id)
    return work.db.scalar(query) or 0


def uncounted(work: Work, asked: Asked) -> tuple[tuple[str, Leads | None], ...]:
    """Tickets without a policy, clocks that are open, clocks that were stopped. Three queries."""
    found: list[tuple[str, Leads | None]] = []
    bare = without_policy(work, asked)
    if bare:
        found.append((f"{_many(bare, 'ticket')} of these days {_have(bare)} no policy.", None))
    waiting = still_open(work, asked, clocks.id).subquery()
    going = work.db.scalar(select(func.count()).where(waiting.c.verdict == "open")) or 0
    if going:
        leads = Leads(About.CLOCKS, narrowed={"verdict": "open"})
        found.append((f"{_many(going, 'clock')} {_be(going)} open: nobody knows yet.", leads))
    stopped = (
        select(func.count())
        .select_from(table_of(ClockRow))
        .join(table_of(Ticket), tickets.id == clocks.ticket_id)
        .where(
            clocks.settled >= asked.start,
            clocks.settled < asked.end,
            clocks.state == State.STOPPED.value,
            clocks.missed.is_(None),
            seen(work),
            *narrowed(asked),
        )
    )
    number = work.db.scalar(stopped) or 0
    if number:
        leads = Leads(About.CLOCKS, narrowed={"verdict": "none"})
        found.append(
            (
                f"{_many(number, 'clock')} {'was' if number == 1 else 'were'} stopped before anything was missed: "
                "the policy went, or the ticket was rejected.",
                leads,
            )
        )
    return tuple(found)


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _be(number: int) -> str:
    return "is" if number == 1 else "are"
