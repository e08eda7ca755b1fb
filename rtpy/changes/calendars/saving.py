"""Making a calendar and giving it a new version: what was counted by an earlier one stays as it was."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from rtpy.calendars.use import CalendarUse
from rtpy.changes.allowed import need_system
from rtpy.changes.calendars.terms import CONTENT, USUAL, Columns, File, plain_terms, read_terms, typed_terms
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import CalendarFeed, CalendarVersion, WorkCalendar
from rtpy.outbound.allowed import read_allowed
from rtpy.outbound.target import NotAllowed, judge_early, read_target
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST_NAME = 100


def save_calendar(
    work: Work, calendar: WorkCalendar | None, given: Mapping[str, str], file: File | None = None
) -> WorkCalendar:
    """Make a calendar (None), or change one. Needs AdminCalendars.

    `given` has a form's texts: name, description, disabled, day_0 to day_6, and those of `read_terms`. What a calendar
    says makes a new version from `valid_from` on: a date from today on in its own zone, tomorrow when it is empty. A
    calendar that is new or that nothing uses says it from ever, and so does any with the box `from_beginning`.
    Raises Invalid; Refused when somebody has made a version meanwhile (`version` is the last that was seen).
    """
    need_system(work, Right.ADMIN_CALENDARS)
    before = None if calendar is None else newest(work, calendar, locked=True)
    if before is not None and given.get("version", "") not in ("", str(before.number)):
        raise Refused("This calendar has a newer version meanwhile: look again, then save.")
    columns, problems = read_terms(given, file, before, work.now)
    name = " ".join(given.get("name", "").replace("\0", "").split())
    problems += [*_wrong_name(work, name, calendar), *_wrong_address(work, columns, before)]
    differs = before is None or any(getattr(before, each) != columns[each] for each in CONTENT)
    since = None
    if calendar is not None and differs:
        since, wrong = _since(work, calendar, given, columns["zone"])
        problems += wrong
    if problems:
        raise Invalid(*problems)
    was = None if calendar is None or before is None else plain_calendar(calendar, before)
    there = calendar or WorkCalendar(created=work.now)
    there.name, there.disabled = name, given.get("disabled") == "1"
    there.description = given.get("description", "").replace("\0", "").strip()[:2000]
    work.db.add(there)
    work.db.flush()  # its version points at it
    version = before
    if before is None or differs:
        reason = "corrected" if given.get("from_beginning") == "1" else "saved"
        version = add_version(work, there, columns, since, reason)
    assert version is not None
    note_configuration(work, "calendar", there.id, there.name, was, plain_calendar(there, version))
    if before is not None and (differs or was is None or was["name"] != name):
        tell(work, there, since)
    return there


def delete_calendar(work: Work, calendar: WorkCalendar) -> None:
    """Take away a calendar with all its versions. Needs AdminCalendars; Refused when something counts in it."""
    need_system(work, Right.ADMIN_CALENDARS)
    version = newest(work, calendar, locked=True)
    counted = Refused(f"Something counts in “{calendar.name}”: disable it instead.")
    if uses_of(work, calendar.id):
        raise counted
    said = plain_calendar(calendar, version)
    try:
        with work.db.begin_nested():
            for model in (CalendarVersion, CalendarFeed):
                work.db.execute(delete(model).where(model.calendar_id == calendar.id))
            work.db.delete(calendar)
    except IntegrityError:  # a plugin that is not listed now still points at it
        raise counted from None
    note_configuration(work, "calendar", calendar.id, calendar.name, said, None)


def add_version(
    work: Work, calendar: WorkCalendar, columns: Columns, since: date | None, reason: str
) -> CalendarVersion:
    """A further version; nobody is told. The row of the calendar is locked, so that numbers follow each other."""
    last = work.db.scalar(
        select(func.max(CalendarVersion.number)).where(CalendarVersion.calendar_id == calendar.id)
    )
    version = CalendarVersion(
        calendar_id=calendar.id,
        number=(last or 0) + 1,
        valid_from=since,
        reason=reason,
        creator_id=work.actor.user_id,
        created=work.now,
        **columns,
    )
    work.db.add(version)
    feed = work.db.get(CalendarFeed, calendar.id)
    if columns["feed_address"] and feed is None:
        work.db.add(CalendarFeed(calendar_id=calendar.id))
    elif feed is not None and not columns["feed_address"]:
        work.db.delete(feed)
    elif feed is not None and reason != "feed" and not columns["feed_days"]:
        feed.tried, feed.failures, feed.problem = None, 0, ""  # another address: fetched soon
    work.db.flush()  # whoever is told reads it
    return version


def tell(work: Work, calendar: WorkCalendar, since: date | None) -> None:
    """Tell plugins that the hours are others from a date on."""
    work.app.hooks.rtpy_calendar_changed(work=work, calendar_id=calendar.id, since=since)


def uses_of(work: Work, calendar_id: int) -> list[CalendarUse]:
    """What counts in the calendar, as plugins tell it."""
    told: Sequence[Sequence[CalendarUse]] = work.app.hooks.rtpy_calendar_uses(
        work=work, calendar_id=calendar_id
    )
    return [use for uses in told for use in uses]


def newest(work: Work, calendar: WorkCalendar, *, locked: bool = False) -> CalendarVersion:
    """The last version that was made; `locked`: nobody else makes one until the transaction ends."""
    if locked:
        work.db.execute(select(WorkCalendar.id).where(WorkCalendar.id == calendar.id).with_for_update())
    query = (
        select(CalendarVersion)
        .where(CalendarVersion.calendar_id == calendar.id)
        .order_by(CalendarVersion.number.desc())
    )
    return work.db.scalars(query.limit(1)).one()


def typed_calendar(work: Work, calendar: WorkCalendar | None) -> dict[str, str]:
    """The present values as a form shows them."""
    if calendar is None:
        return {"zone": "UTC", **USUAL}
    version = newest(work, calendar)
    return {
        "name": calendar.name,
        "description": calendar.description,
        "disabled": "1" if calendar.disabled else "",
        "version": str(version.number),
        **typed_terms(version),
    }


def plain_calendar(calendar: WorkCalendar, version: CalendarVersion) -> dict[str, object]:
    """What the log of configuration keeps of a calendar."""
    return {
        "name": calendar.name,
        "description": calendar.description,
        "disabled": calendar.disabled,
        **plain_terms(version),
    }


def today_in(work: Work, zone: str) -> date:
    """The date there now."""
    return work.now.astimezone(ZoneInfo(zone)).date()


def _since(
    work: Work, calendar: WorkCalendar, given: Mapping[str, str], zone: str
) -> tuple[date | None, list[Problem]]:
    """From when a new version holds."""
    if given.get("from_beginning") == "1" or not uses_of(work, calendar.id):
        return None, []
    today, typed = today_in(work, zone), given.get("valid_from", "").strip()
    if not typed:
        return today + timedelta(days=1), []
    try:
        since = date.fromisoformat(typed)
    except ValueError:
        return None, [Problem("valid_from", "Write a date like 2026-03-31.")]
    if since < today:
        sentence = "What was counted already stays: choose a date from today on, or tick the box below."
        return None, [Problem("valid_from", sentence)]
    if since.year > today.year + 10:
        return None, [Problem("valid_from", "That date is too far away to be meant.")]
    return since, []


def _wrong_address(work: Work, columns: Columns, before: CalendarVersion | None) -> list[Problem]:
    """A new address where rtpy may not connect to is told now, not when it is fetched."""
    address = columns["feed_address"]
    if not address or (before is not None and before.feed_address == address):
        return []
    try:
        judge_early(read_target(address), read_allowed(work.app.config.calendar_files.allow))
    except NotAllowed as wrong:
        return [Problem("feed_address", f"{wrong} The option calendar_files.allow says what else may be.")]
    return []


def _wrong_name(work: Work, name: str, calendar: WorkCalendar | None) -> list[Problem]:
    if not name or len(name) > LONGEST_NAME:
        return [Problem("name", f"Give the calendar a name of at most {LONGEST_NAME} characters.")]
    other = work.db.scalar(
        select(WorkCalendar.id).where(func.lower(WorkCalendar.name) == name.lower()).limit(1)
    )
    if other is not None and (calendar is None or other != calendar.id):
        return [Problem("name", f"There is a calendar “{name}” already.")]
    return []
