"""Dates in forms: as RT writes them, as ISO, and in words such as `tomorrow`."""

from datetime import datetime

from rtpy.content.moments import read_moment as read_words
from rtpy.errors import Invalid, Problem
from rtpy.rest.moments import read_moment
from rtpy.rest1.call import Call


def read_date(call: Call, text: str, field: str) -> datetime | None:
    """The moment, in the caller's zone where nothing else is said; None for none. Raises Invalid, with the field."""
    given = " ".join(text.split())
    if given.lower() == "now":
        return call.work.now
    try:
        return read_moment(given, call.zone)
    except Invalid:
        try:
            return read_words(given, call.work.now, call.zone)
        except Invalid:
            sentence = f"'{given[:60]}' is not a date: write it as 2031-02-03 04:05:06."
            raise Invalid(Problem(field.lower(), sentence)) from None
