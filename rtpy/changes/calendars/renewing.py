"""Giving a calendar what became known without anybody typing it: days of its file, new or changed public holidays."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import select

from rtpy.calendars.layers import Closing
from rtpy.changes.calendars.saving import add_version, plain_calendar, tell, today_in, uses_of
from rtpy.changes.calendars.terms import CONTENT, Columns, resolved, stored_days
from rtpy.changes.configuring import note_configuration
from rtpy.models import CalendarVersion, WorkCalendar
from rtpy.work import Work
from rtpy.working_hours import in_force

YEARS_LEFT = 2
"""When public holidays are written out for no more years than these, further ones are."""


def renew_feed(
    work: Work, calendar: WorkCalendar, address: str, name: str, days: Mapping[date, Closing]
) -> bool:
    """What the file at `address` says now; True when that is something new for a day from today on."""
    told = stored_days(days)

    def change(version: CalendarVersion) -> Columns:
        if version.feed_address != address or not _differs(work, version, version.feed_days, told):
            return {}
        today = today_in(work, version.zone).isoformat()
        over = {day: said for day, said in version.feed_days.items() if day < today}
        return {
            "feed_name": name[:255],
            "feed_days": {**over, **{day: said for day, said in told.items() if day >= today}},
        }

    return _renew(work, calendar, change, "feed")


def renew_holidays(work: Work, calendar: WorkCalendar) -> bool:
    """Public holidays as they are known now; True when a day from today on differs, or when years run out."""

    def change(version: CalendarVersion) -> Columns:
        if not version.country:
            return {}
        fresh = resolved({"country": version.country, "region": version.region}, version, work.now)
        until = f"{version.holidays_until}-12-31"
        known = {day: name for day, name in fresh["holidays"].items() if day <= until}
        runs_out = (version.holidays_until or 0) < work.now.year + YEARS_LEFT
        return fresh if runs_out or _differs(work, version, version.holidays, known) else {}

    return _renew(work, calendar, change, "holidays")


def _renew(
    work: Work, calendar: WorkCalendar, change: Callable[[CalendarVersion], Columns], reason: str
) -> bool:
    """A new version for the present one and for each that is planned, from the first on that `change` changes.

    A later number replaces everything that begins after it, so what was planned is said again.
    """
    work.db.execute(select(WorkCalendar.id).where(WorkCalendar.id == calendar.id).with_for_update())
    rows = work.db.scalars(select(CalendarVersion).where(CalendarVersion.calendar_id == calendar.id)).all()
    versions: list[CalendarVersion] = in_force(rows)
    first: date | None = None
    unused = not uses_of(work, calendar.id)
    last = versions[-1]
    made = 0
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        today = today_in(work, version.zone)
        if following is not None and following.valid_from is not None and following.valid_from <= today:
            continue  # over
        fresh = change(version)
        if not fresh and not made:
            continue
        since = version.valid_from
        if not unused and (since is None or since < today):
            since = today
        columns = {**{name: getattr(version, name) for name in CONTENT}, **fresh}
        newer = add_version(work, calendar, columns, since, reason)
        note_configuration(
            work,
            "calendar",
            calendar.id,
            calendar.name,
            plain_calendar(calendar, last),
            plain_calendar(calendar, newer),
        )
        first = since if not made else first
        last, made = newer, made + 1
    if made:
        tell(work, calendar, first)
    return bool(made)


def _differs(
    work: Work, version: CalendarVersion, old: Mapping[str, object], new: Mapping[str, object]
) -> bool:
    today = today_in(work, version.zone).isoformat()
    return {day: said for day, said in old.items() if day >= today} != {
        day: said for day, said in new.items() if day >= today
    }
