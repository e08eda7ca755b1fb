"""Dates in forms: as RT writes them, as ISO, and in words such as `tomorrow`, `2 days ago` or `24 March 2031 5pm`."""

from datetime import datetime

from rtpy.content.moments import read_moment as read_words
from rtpy.errors import Invalid, Problem
from rtpy.rest.moments import read_moment
from rtpy.rest1.call import Call
from rtpy.search.language.dates import UnreadableDate
from rtpy.search.language.dates import read_date as read_as_in_queries


def read_date(call: Call, text: str, field: str) -> datetime | None:
    """The moment, in the caller's zone where nothing else is said; None for none. Raises Invalid, with the field.

    A day in words means its end (`tomorrow`); what only queries know begins with the day, as there (`yesterday`).
    """
    given = " ".join(text.split())
    if given.lower() == "now":
        return call.work.now
    for read in (_as_written, _in_words, _as_in_queries):
        try:
            return read(call, given)
        except (Invalid, UnreadableDate):
            continue
    sentence = f"'{given[:60]}' is not a date: write it as 2031-02-03 04:05:06."
    raise Invalid(Problem(field.lower(), sentence))


def _as_written(call: Call, given: str) -> datetime | None:
    return read_moment(given, call.zone)


def _in_words(call: Call, given: str) -> datetime | None:
    return read_words(given, call.work.now, call.zone)


def _as_in_queries(call: Call, given: str) -> datetime | None:
    moment = read_as_in_queries(given, now=call.work.now, zone=call.zone)
    return None if moment.is_unset else moment.start
