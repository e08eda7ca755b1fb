"""Promises from the fields of a form: what is promised and until when; open ones that are kept, moved or withdrawn."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from rtpy.changes.change import Change
from rtpy.errors import Invalid, Problem
from rtpy_sla.promises.make import LONGEST_WORDS, MakePromise
from rtpy_sla.promises.reading import Unclear, read_moment
from rtpy_sla.promises.recorded import PromiseDeed
from rtpy_sla.promises.settle import SettlePromise

WORDS, UNTIL, PICKED = "sla.promise", "sla.until", "sla.until_at"
"""Names of fields: what is promised; until when in words; until when as a date and time picked."""
KEEPS = "sla.keeps"
"""The beginning of the names of boxes: `sla.keeps.3`, this reply keeps the third promise."""
USUAL_WORDS = "an answer"


def read_promises(given: Mapping[str, str], now: datetime, zone: tzinfo) -> tuple[Change, ...]:
    """What a reply promises and keeps. Raises Invalid with the name of the field."""
    kept = [
        name.removeprefix(f"{KEEPS}.")
        for name, value in given.items()
        if name.startswith(f"{KEEPS}.") and value
    ]
    settled = (
        SettlePromise(int(each), PromiseDeed.KEPT)
        for each in kept
        if each.isascii() and each.isdigit() and len(each) < 10
    )
    words, due = given.get(WORDS, "").strip(), read_until(given, now, zone)
    if due is None:
        if words:
            raise Invalid(Problem(UNTIL, "Say until when this is promised, or leave the promise empty."))
        return tuple(settled)
    if len(words) > LONGEST_WORDS:
        raise Invalid(Problem(WORDS, f"Say what is promised in at most {LONGEST_WORDS} letters."))
    return (*settled, MakePromise(due, " ".join(words.split()) or USUAL_WORDS, str(zone)))


def read_until(
    given: Mapping[str, str], now: datetime, zone: tzinfo, *, words: str = UNTIL, picked: str = PICKED
) -> datetime | None:
    """The moment that was typed or picked, None for neither. Raises Invalid, also when both say different things."""
    typed = _moment(given.get(words, ""), words, now, zone)
    chosen = _moment(given.get(picked, ""), picked, now, zone)
    if typed is not None and chosen is not None and typed != chosen:
        raise Invalid(
            Problem(words, "The words and the date that was picked are two moments: leave one of them empty.")
        )
    return typed or chosen


def _moment(text: str, field: str, now: datetime, zone: tzinfo) -> datetime | None:
    if not text.strip():
        return None
    try:
        return read_moment(text, now, zone)
    except Unclear as unclear:
        raise Invalid(Problem(field, str(unclear))) from None
