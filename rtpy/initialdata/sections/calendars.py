"""Working calendars, with what their last version says: texts as its form has them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from rtpy.calendars.layers import Closing
from rtpy.calendars.written import read_day, write_day
from rtpy.changes.calendars.saving import newest, save_calendar, typed_calendar
from rtpy.changes.calendars.terms import DAYS, File
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.models import WorkCalendar
from rtpy.work import Work
from rtpy.working_hours import layers_of

TEXTS = ("description", "zone", "country", "region", "feed_address")
LISTS = ("exceptions", "yearly")


def _dump(work: Work) -> Sequence[Entry]:
    entries = []
    for calendar in work.db.scalars(select(WorkCalendar).order_by(func.lower(WorkCalendar.name))):
        typed, version = typed_calendar(work, calendar), newest(work, calendar)
        entry: Entry = {"name": calendar.name, "disabled": calendar.disabled}
        entry |= {name: typed[name] for name in TEXTS}
        entry |= {day.lower(): typed[f"day_{at}"] for at, day in enumerate(DAYS)}
        entry |= {name: typed[name].splitlines() for name in LISTS}
        if version.feed_days and not version.feed_address:
            entry["file_name"] = version.feed_name
            feed = layers_of(version).feed
            entry["file_days"] = [_line(day, feed[day]) for day in sorted(feed)]
        entries.append(entry)
    return entries


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    query = select(WorkCalendar).where(func.lower(WorkCalendar.name) == str(entry["name"]).lower())
    given = {name: str(entry[name]) for name in ("name", *TEXTS)}
    given |= {f"day_{at}": str(entry[day.lower()]) for at, day in enumerate(DAYS)}
    given |= {name: "\n".join(str(line) for line in entry[name]) for name in LISTS}
    given["disabled"] = "1" if entry["disabled"] else ""
    days = dict(_read(str(line)) for line in entry["file_days"])
    given["feed_drop"] = "" if days else "1"
    file = File(str(entry["file_name"]), days) if days else None
    save_calendar(work, work.db.scalar(query), given, file)


def _line(day: date, closing: Closing) -> str:
    """`2026-12-24 08:00-12:00,13:00-17:00 Outing`."""
    return f"{day.isoformat()} {write_day(closing.spans).replace(' ', '')} {closing.name}".rstrip()


def _read(line: str) -> tuple[date, Closing]:
    day, _, rest = line.partition(" ")
    spans, _, name = rest.partition(" ")
    try:
        return date.fromisoformat(day), Closing(name, read_day(spans))
    except ValueError:
        sentence = f"“{line[:40]}” in file_days is not like 2026-12-24 08:00-12:00 Outing."
        raise Invalid(Problem("file_days", sentence)) from None


CALENDARS = Section(
    "calendars",
    ("name",),
    {
        **dict.fromkeys(TEXTS, ""),
        "zone": "UTC",
        **{day.lower(): "closed" for day in DAYS},
        **{name: [] for name in LISTS},
        "file_name": "",
        "file_days": [],
        "disabled": False,
    },
    _dump,
    _save,
)
