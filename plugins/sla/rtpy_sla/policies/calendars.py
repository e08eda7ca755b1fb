"""Working calendars as far as service levels count in them."""

from sqlalchemy import select, update

from rtpy.calendars.use import CalendarUse
from rtpy.work import Work
from rtpy_sla.clocks.words import State
from rtpy_sla.models import ClockRow, Level, Policy, PolicyVersion, TicketSla

POLICY, LEVEL = "sla.policies.modify", "sla.levels.modify"
OPEN = (State.RUNNING.value, State.PAUSED.value)


def uses_of_calendar(work: Work, calendar_id: int) -> list[CalendarUse]:
    """Policies of which any version counts in it, for tickets are held to old ones too; and levels. Two queries."""
    versions = work.db.execute(
        select(Policy.id, Policy.name, PolicyVersion.bands)
        .join(PolicyVersion, PolicyVersion.policy_id == Policy.id)
        .order_by(Policy.position, Policy.id)
    )
    policies = {
        row.id: row.name for row in versions if any(band["calendar_id"] == calendar_id for band in row.bands)
    }
    levels = work.db.execute(
        select(Level.id, Level.name).where(Level.calendar_id == calendar_id).order_by(Level.name)
    )
    return [
        *(CalendarUse(f"Policy {name}", POLICY, {"id": number}) for number, name in policies.items()),
        *(CalendarUse(f"Level {row.name}", LEVEL, {"id": row.id}) for row in levels),
    ]


def count_anew(work: Work, calendar_id: int) -> None:
    """The worker's next round plays the tickets again of which a clock is open in this calendar."""
    counting = select(ClockRow.ticket_id).where(ClockRow.calendar_id == calendar_id, ClockRow.state.in_(OPEN))
    work.db.execute(
        update(TicketSla).where(TicketSla.ticket_id.in_(counting)).values(wakes=work.now),
        execution_options={"synchronize_session": False},
    )
