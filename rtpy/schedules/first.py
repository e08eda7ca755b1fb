"""The schedule of a fresh installation: who is to be reminded gets a mail when it is time."""

from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Schedule
from rtpy.schedules.running import next_run


def store_first_schedules(db: Session, app: App) -> None:
    """Put it into an empty database; commits nothing."""
    now = app.clock.now()
    schedule = Schedule(
        name="Reminders",
        search={"type": "reminder", "overdue": True},
        action="RemindOwner",
        template_name="Reminder",
        every_minutes=5,
        created=now,
        rule={},
    )
    schedule.next_at = next_run(schedule, now)
    db.add(schedule)
