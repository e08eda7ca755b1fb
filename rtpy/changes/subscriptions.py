"""Subscriptions: who gets which dashboard by mail, and when."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from rtpy.content.recurring import Every, Rule, next_moment
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.models import Dashboard, DashboardSubscription, User
from rtpy.rights.names import Right
from rtpy.rights.sharing import DASHBOARDS
from rtpy.work import Work

MOST = 50
MOST_ROWS = 100


class Frequency(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


def subscribe(
    work: Work,
    dashboard: Dashboard,
    *,
    frequency: str,
    hour: int,
    day: int = 0,
    rows: int = 10,
    even_if_empty: bool = False,
) -> DashboardSubscription:
    """Send the dashboard to the actor from now on, at that hour by their own clock.

    `day`: of the week (0 is Monday) or of the month (1 to 31; the last one where the month is shorter). `rows`: of each
    search. Needs SubscribeDashboard and an address; raises Refused, Invalid, NotFound.
    """
    if not work.rights.system(Right.SUBSCRIBE_DASHBOARD):
        raise Refused("You may not get dashboards by mail.")
    if dashboard.disabled or not DASHBOARDS.sees(work.rights, work.actor.user_id, dashboard.owner_id):
        raise NotFound("There is no such dashboard, or it is not shared with you.")
    user = work.db.get_one(User, work.actor.user_id)
    if not user.email_address:
        raise Refused("You have no mail address: ask an administrator to enter one.")
    _check(frequency, hour, day, rows)
    mine = select(func.count(DashboardSubscription.id)).where(DashboardSubscription.user_id == user.id)
    if (work.db.scalar(mine) or 0) >= MOST:
        raise Refused(f"You get {MOST} dashboards by mail. Give one up first.")
    row = DashboardSubscription(
        dashboard_id=dashboard.id,
        user_id=user.id,
        frequency=frequency,
        day=day,
        hour=hour,
        rows=rows,
        even_if_empty=even_if_empty,
        next_at=work.now,
        created=work.now,
    )
    row.next_at = next_time(row, user.timezone, work.now)
    work.db.add(row)
    work.db.flush()
    return row


def unsubscribe(work: Work, subscription_id: int) -> None:
    """Send it no more; nothing when there is no such one of the actor's."""
    row = work.db.get(DashboardSubscription, subscription_id)
    if row is not None and row.user_id == work.actor.user_id:
        work.db.delete(row)
        work.db.flush()


def subscriptions_of(work: Work, dashboard_id: int) -> list[DashboardSubscription]:
    """The actor's own for this dashboard. One query."""
    mine = select(DashboardSubscription).where(
        DashboardSubscription.user_id == work.actor.user_id,
        DashboardSubscription.dashboard_id == dashboard_id,
    )
    return list(work.db.scalars(mine.order_by(DashboardSubscription.id)))


def next_time(row: DashboardSubscription, timezone: str, after: datetime) -> datetime:
    """The first moment later than `after`, by the clock of the reader's zone."""
    zone = timezone if _is_zone(timezone) else "UTC"
    start = after.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    at = time(row.hour)
    match row.frequency:
        case Frequency.WEEKDAYS:
            rule = Rule(Every.WEEK, start, at, zone, weekdays=(0, 1, 2, 3, 4))
        case Frequency.WEEKLY:
            rule = Rule(Every.WEEK, start, at, zone, weekdays=(row.day,))
        case Frequency.MONTHLY:
            rule = Rule(Every.MONTH, start, at, zone, day=row.day)
        case _:
            rule = Rule(Every.DAY, start, at, zone)
    found = next_moment(rule, after)
    assert found is not None  # such a rule has no end
    return found


def _check(frequency: str, hour: int, day: int, rows: int) -> None:
    problems = []
    if frequency not in list(Frequency):
        problems.append(Problem("frequency", "Choose daily, weekdays, weekly or monthly."))
    if not 0 <= hour <= 23:
        problems.append(Problem("hour", "The hour is a number from 0 to 23."))
    if frequency == Frequency.WEEKLY and not 0 <= day <= 6:
        problems.append(Problem("day", "Choose a day of the week."))
    if frequency == Frequency.MONTHLY and not 1 <= day <= 31:
        problems.append(Problem("day", "The day of the month is a number from 1 to 31."))
    if not 1 <= rows <= MOST_ROWS:
        problems.append(Problem("rows", f"Rows are a number from 1 to {MOST_ROWS}."))
    if problems:
        raise Invalid(*problems)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)
