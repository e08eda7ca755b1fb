"""Working calendars: names, and the versions of what they say, each for ever."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class WorkCalendar(Base):
    """A calendar as people name it. What it says is in its versions, of which a later one never touches an earlier."""

    __tablename__ = "calendars"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[text]
    disabled: Mapped[flag]
    created: Mapped[utc]


class CalendarVersion(Base):
    """What a calendar says from a date on; written once. `rtpy.calendars.calendar.Calendar` is the value.

    A version replaces all earlier ones from `valid_from` on, those that would begin later too. Spans are lists of
    [first minute, end minute] of a local day.
    """

    __tablename__ = "calendar_versions"
    __table_args__ = (UniqueConstraint("calendar_id", "number"),)

    id: Mapped[id_]
    calendar_id: Mapped[int] = ref("calendars.id", cascade=True)
    number: Mapped[count]
    valid_from: Mapped[date | None]
    """The first local date; None: from ever."""
    zone: Mapped[str] = mapped_column(String(60))
    week: Mapped[list[list[list[int]]]] = mapped_column(Json)
    """Seven days from Monday on, each a list of spans."""
    exceptions: Mapped[dict[str, Any]] = mapped_column(Json)
    """By ISO date: the spans that hold instead."""
    yearly: Mapped[dict[str, Any]] = mapped_column(Json)
    """By `12-24`: the spans that hold on that day of every year."""
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")
    region: Mapped[str] = mapped_column(String(20), default="", server_default="")
    holidays: Mapped[dict[str, str]] = mapped_column(Json)
    """By ISO date: the names of the public holidays, as they were known when the version was made."""
    holidays_until: Mapped[int | None]
    """The last year for which they are written out."""
    feed_address: Mapped[text]
    """Where the iCalendar file is fetched from; empty for one that was uploaded, or none."""
    feed_name: Mapped[short]
    """The name of the file, or of the calendar in it."""
    feed_days: Mapped[dict[str, Any]] = mapped_column(Json)
    """By ISO date: the name, and the spans that it closes."""
    reason: Mapped[str] = mapped_column(String(20))
    """Why there is this version: saved, corrected, feed, holidays."""
    creator_id: Mapped[int | None] = ref("users.id")
    created: Mapped[utc]


class CalendarFeed(Base):
    """How it goes with fetching a calendar's file: apart, since it is written daily and the rest is remembered."""

    __tablename__ = "calendar_feeds"

    calendar_id: Mapped[int] = ref("calendars.id", primary_key=True, cascade=True)
    tried: Mapped[datetime | None]
    fetched: Mapped[datetime | None]
    failures: Mapped[count]
    """How many tries in a row went wrong."""
    problem: Mapped[text]
    """Why the last one did, as a sentence; empty when it went well."""
    unread: Mapped[count]
    """Events of the file that were left out, since their rule is beyond us."""
