"""Service levels of the sample consultancy: set up before its first ticket, so that all of them have clocks."""

from datetime import timedelta

from sqlalchemy import select

from rtpy.changes.calendars.saving import save_calendar
from rtpy.changes.pipeline import change_ticket
from rtpy.demo.made import Made
from rtpy.models import Organization, Ticket, WorkCalendar
from rtpy.work import Work
from rtpy_sla.clocks.words import Retarget, State, Target
from rtpy_sla.demo.shop import (
    EXCUSE,
    GOLD,
    GOLD_CUSTOMERS,
    GOLD_TERMS,
    LADDER,
    OFFICE,
    OFFICE_HOURS,
    PROMISE,
    QUIET,
    STANDARD,
    STANDARD_TERMS,
    STEPS,
    URGENT,
    URGENT_TERMS,
    terms_of,
)
from rtpy_sla.escalation.ladders import LadderValues, save_ladder
from rtpy_sla.following.changes import ExcuseTarget, ExplainMiss
from rtpy_sla.following.plans import causes_of
from rtpy_sla.models import ClockRow, Policy, TicketSla
from rtpy_sla.policies.pinning import pin_fitting
from rtpy_sla.policies.saving import Draft, save_policy
from rtpy_sla.promises.make import MakePromise


def begin_demo(work: Work, made: Made) -> None:
    """Calendar, ladder and policies. Nothing where policies are set up already."""
    if work.db.scalar(select(Policy.id).limit(1)) is not None:
        return
    calendar = work.db.scalar(select(WorkCalendar).where(WorkCalendar.name == OFFICE_HOURS))
    calendar = calendar or save_calendar(work, None, {"name": OFFICE_HOURS, **OFFICE})
    ladder = save_ladder(work, None, LadderValues(LADDER, steps=STEPS, quiet=QUIET))
    gold = work.db.scalars(select(Organization.id).where(Organization.name.in_(GOLD_CUSTOMERS))).all()
    urgent = {"from_priority": URGENT, "calendar_id": None, "terms": terms_of(URGENT_TERMS)}
    usual = {"from_priority": 0, "calendar_id": calendar.id, "terms": terms_of(GOLD_TERMS)}
    standard = {**usual, "terms": terms_of(STANDARD_TERMS)}
    if gold:
        conditions = {"organizations": sorted(gold)}
        said = "Contracts with a first answer within a working day."
        save_policy(work, None, Draft(GOLD, said, ladder.id, conditions, (urgent, usual)))
    said = "What we promise everybody."
    save_policy(work, None, Draft(STANDARD, said, ladder.id, {}, (standard,)))


def load_demo(work: Work, made: Made) -> None:
    """What people decide: a promise, causes and an excuse. Tickets older than the plugin get their policies first."""
    pinned = select(TicketSla.ticket_id).where(TicketSla.ticket_id.in_(made.tickets)).limit(1)
    if work.db.scalar(pinned) is None:
        begin_demo(work, made)
        pin_fitting(work, made.tickets, Retarget.FROM_CREATION)
    _explain_misses(work, made)
    _promise(work, made)


def _explain_misses(work: Work, made: Made) -> None:
    causes = causes_of(work.app, work.db) or ("",)
    missed = work.db.execute(
        select(ClockRow.ticket_id, ClockRow.target, ClockRow.cycle)
        .where(
            ClockRow.ticket_id.in_(made.tickets),
            ClockRow.missed.is_not(None),
            ClockRow.state == State.ENDED.value,
            ClockRow.target.in_((Target.RESOLUTION.value, Target.FIRST_RESPONSE.value)),
        )
        .order_by(ClockRow.ticket_id, ClockRow.target)
        .limit(6)
    ).all()
    for at, row in enumerate(missed):
        ticket = work.db.get_one(Ticket, row.ticket_id)
        change = (
            ExcuseTarget(Target(row.target), row.cycle, EXCUSE)
            if at == 0
            else ExplainMiss(Target(row.target), row.cycle, causes[at % len(causes)])
        )
        change_ticket(work, ticket, change)


def _promise(work: Work, made: Made) -> None:
    """The youngest ticket that somebody of the staff has in hand."""
    query = select(Ticket).where(Ticket.id.in_(made.tickets), Ticket.status == "open")
    ticket = work.db.scalars(query.order_by(Ticket.id.desc()).limit(1)).first()
    if ticket is not None:
        noon = (work.now + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
        change_ticket(work, ticket, MakePromise(noon, PROMISE, OFFICE["zone"]))
