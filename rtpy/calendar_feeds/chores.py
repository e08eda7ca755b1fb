"""What the worker does for calendars: their files daily, public holidays when they become known or run out."""

import logging
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select

from rtpy.app import App
from rtpy.calendar_feeds.events import read_events
from rtpy.calendar_feeds.fetching import NotFetched, fetch
from rtpy.changes.calendars.renewing import renew_feed, renew_holidays
from rtpy.changes.calendars.saving import newest, today_in
from rtpy.changes.calendars.terms import YEARS_AHEAD
from rtpy.health import HealthCheck
from rtpy.jobs.daily import daily_at
from rtpy.jobs.worker import Chore
from rtpy.models import CalendarFeed, WorkCalendar
from rtpy.work import Work

log = logging.getLogger("rtpy.calendars")

LOOK = 60.0
DAILY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""After a failure it is tried again."""
PATIENCE = timedelta(days=3)
"""For so long a file that cannot be fetched worries nobody."""


def fetch_due(app: App) -> int:
    """Fetch one file whose time has come; 1 when there was one."""
    with app.work() as work:
        taken = _take(work)
    if taken is None:
        return 0
    number, address, zone, today = taken
    try:
        until = date(today.year + YEARS_AHEAD, 12, 31)
        read = read_events(fetch(app.config, address), zone, today - DAILY, until)
        problem = ""
    except (NotFetched, ValueError) as wrong:
        read, problem = None, str(wrong)
    with app.work() as work:
        feed = work.db.get(CalendarFeed, number, with_for_update=True)
        calendar = work.db.get(WorkCalendar, number)
        if feed is None or calendar is None:
            return 1  # meanwhile it has none any more
        if read is None:
            feed.failures, feed.problem = feed.failures + 1, problem[:1000]
            log.warning("the file of calendar %s could not be fetched: %s", number, problem)
            return 1
        feed.failures, feed.problem, feed.fetched, feed.unread = 0, "", work.now, read.unread
        renew_feed(work, calendar, address, read.name, read.days)
    return 1


def look_at_holidays(app: App) -> int:
    """Public holidays of every calendar in use, as the package knows them today; how many have a new version."""
    with app.work() as work:
        numbers = work.db.scalars(select(WorkCalendar.id).where(WorkCalendar.disabled.is_(False))).all()
    made = 0
    for number in numbers:
        with app.work() as work:
            calendar = work.db.get(WorkCalendar, number)
            made += calendar is not None and renew_holidays(work, calendar)
    return made


def feeds_in_order(work: Work) -> HealthCheck:
    """Whether all files could be fetched lately."""
    late = work.now - PATIENCE
    query = select(CalendarFeed).where(
        CalendarFeed.failures > 0, or_(CalendarFeed.fetched.is_(None), CalendarFeed.fetched < late)
    )
    failing = [feed for feed in work.db.scalars(query) if feed.fetched or feed.failures > PATIENCE // AGAIN]
    if not failing:
        return HealthCheck("calendars", True)
    which = "The file of a calendar" if len(failing) == 1 else f"The files of {len(failing)} calendars"
    return HealthCheck(
        "calendars", False, f"{which} could not be fetched for {PATIENCE.days} days: see Calendars."
    )


def _take(work: Work) -> tuple[int, str, str, date] | None:
    """A feed that is due, marked as tried: calendar, address, zone, and the date there."""
    query = (
        select(CalendarFeed, WorkCalendar)
        .join(WorkCalendar, WorkCalendar.id == CalendarFeed.calendar_id)
        .where(WorkCalendar.disabled.is_(False), _is_due(work.now))
        .order_by(CalendarFeed.tried.is_not(None), CalendarFeed.tried)
        .limit(1)
        .with_for_update(skip_locked=True, of=CalendarFeed)
    )
    row = work.db.execute(query).first()
    if row is None:
        return None
    feed, calendar = row
    feed.tried = work.now
    version = newest(work, calendar)
    return calendar.id, version.feed_address, version.zone, today_in(work, version.zone)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        CalendarFeed.tried.is_(None),
        CalendarFeed.tried < now - DAILY,
        (CalendarFeed.failures > 0) & (CalendarFeed.tried < now - AGAIN),
    )


FETCHING = Chore("calendars.files", LOOK, fetch_due)
HOLIDAYS = daily_at("calendars.holidays", time(2, 30), look_at_holidays)
