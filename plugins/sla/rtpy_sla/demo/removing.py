"""Removing what the sample consultancy has of service levels."""

from sqlalchemy import delete, select

from rtpy.changes.calendars.saving import delete_calendar, uses_of
from rtpy.demo.made import Made
from rtpy.models import WorkCalendar
from rtpy.work import Work
from rtpy_sla.demo.shop import GOLD, LADDER, OFFICE_HOURS, STANDARD
from rtpy_sla.models import (
    ClockRow,
    Firing,
    Ladder,
    PauseRow,
    Policy,
    PolicyVersion,
    ServiceReport,
    TicketSla,
)

AT_ONCE = 500


def remove_demo(work: Work, made: Made) -> None:
    """Rows of its tickets and customers; its policies, ladder and calendar where nothing else counts by them."""
    for model in (Firing, ClockRow, PauseRow, TicketSla):
        for start in range(0, len(made.tickets), AT_ONCE):
            part = made.tickets[start : start + AT_ONCE]
            work.db.execute(delete(model).where(model.ticket_id.in_(part)))
    work.db.execute(delete(ServiceReport).where(ServiceReport.organization_id.in_(made.organizations)))
    if made.is_complete or made.tickets:
        _remove_set_up(work)


def _remove_set_up(work: Work) -> None:
    db = work.db
    policies = list(db.scalars(select(Policy.id).where(Policy.name.in_((GOLD, STANDARD)))))
    versions = list(db.scalars(select(PolicyVersion.id).where(PolicyVersion.policy_id.in_(policies))))
    in_use = select(ClockRow.id).where(ClockRow.version_id.in_(versions)).limit(1)
    pinned = select(TicketSla.ticket_id).where(TicketSla.policy_id.in_(policies)).limit(1)
    if db.scalar(in_use) is not None or db.scalar(pinned) is not None:
        return
    db.execute(delete(PolicyVersion).where(PolicyVersion.id.in_(versions)))
    db.execute(delete(Policy).where(Policy.id.in_(policies)))
    ladder = db.scalar(select(Ladder.id).where(Ladder.name == LADDER))
    if ladder is not None and db.scalar(select(Policy.id).where(Policy.ladder_id == ladder).limit(1)) is None:
        db.execute(delete(Firing).where(Firing.ladder_id == ladder))
        db.execute(delete(Ladder).where(Ladder.id == ladder))
    calendar = db.scalar(select(WorkCalendar).where(WorkCalendar.name == OFFICE_HOURS))
    if calendar is not None and not uses_of(work, calendar.id):
        delete_calendar(work, calendar)
