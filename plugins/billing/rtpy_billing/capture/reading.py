"""Reading what somebody typed about a stretch of work; every face reads with this.

What is wrong is said all at once, each problem under the name of its field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rtpy.changes.people import find_person
from rtpy.duration import read_minutes
from rtpy.errors import NotFound
from rtpy.models import Organization, Ticket, User
from rtpy.work import Work
from rtpy_billing.capture.allowed import find_ticket
from rtpy_billing.capture.kinds import roles_offered, work_types_offered
from rtpy_billing.capture.local_time import Never, Twice, clock_shown, instant_of, which_pass, zone_named
from rtpy_billing.capture.values import MODES, Given
from rtpy_billing.models import WorkEntry
from rtpy_billing.typed import Typed

LONGEST_NOTE = 4000


def read_given(
    work: Work, values: Mapping[str, str], entry: WorkEntry | None = None, *, source: str = "form"
) -> Given:
    """What a form says; `entry` is the one that it changes. Raises Invalid.

    Fields: ticket, organization (both numbers), worked_by (a name; empty: the actor, or who it was), worked_on,
    minutes (any duration), started, ended (times such as 09:30), started_which, ended_which (`first`, `second`),
    work_type, role, charge, charge_reason, note_customer, note_internal. Of minutes, start and end two are enough.
    """
    typed = Typed(values)
    worker = _worker(work, typed, entry)
    zone = entry.zone if entry is not None else worker.timezone or "UTC"
    today = work.now.astimezone(zone_named(zone)).date()
    day = typed.day("worked_on") or (entry.worked_on if entry else today)
    ticket = _ticket(work, typed)
    clocks = _clocks(typed, day, zone, entry)
    seconds = _seconds(typed, clocks, entry)
    given = Given(
        worked_by_id=worker.id,
        worked_on=day,
        seconds=seconds,
        ticket=ticket,
        organization_id=None if ticket else _organization(work, typed),
        started=clocks.started,
        ended=_end(clocks, seconds),
        zone=zone,
        work_type_id=_one_of(
            typed, "work_type", work_types_offered(work), entry.work_type_id if entry else None
        ),
        role_id=_one_of(typed, "role", roles_offered(work), entry.role_id if entry else None),
        charge_mode=typed.choice("charge", MODES) or None,
        charge_reason=typed.text("charge_reason", 500),
        note_internal=typed.long_text("note_internal", LONGEST_NOTE),
        note_customer=typed.long_text("note_customer", LONGEST_NOTE),
        source=source,
    )
    typed.check()
    return given


@dataclass(frozen=True, slots=True)
class _Clocks:
    started: datetime | None = None
    ended: datetime | None = None
    moved: bool = False
    """Did somebody change either of them?"""


def _worker(work: Work, typed: Typed, entry: WorkEntry | None) -> User:
    name = typed.text("worked_by", 200)
    if not name:
        return work.db.get_one(User, entry.worked_by_id if entry else work.actor.user_id)
    found = work.db.get(User, int(name)) if _is_id(name) else find_person(work.db, name)
    if found is None:
        typed.wrong("worked_by", f"There is nobody named “{name[:80]}”.")
        return work.db.get_one(User, work.actor.user_id)
    return found


def _ticket(work: Work, typed: Typed) -> Ticket | None:
    text = typed.text("ticket", 20).removeprefix("#")
    if not text:
        return None
    if _is_id(text):
        try:
            return find_ticket(work, int(text))
        except NotFound as problem:
            typed.wrong("ticket", str(problem))
            return None
    typed.wrong("ticket", f"“{text}” is no number of a ticket.")
    return None


def _organization(work: Work, typed: Typed) -> int | None:
    text = typed.text("organization", 20)
    if text and (not _is_id(text) or work.db.get(Organization, int(text)) is None):
        typed.wrong("organization", "There is no such organisation.")
        return None
    return int(text) if text else None


def _clocks(typed: Typed, day: date, zone: str, entry: WorkEntry | None) -> _Clocks:
    """Start and end; one that reads as it did keeps its instant, so a changed end never moves the start."""
    started = _instant(typed, "started", day, zone, entry, entry.started if entry else None)
    ended = _instant(typed, "ended", day, zone, entry, entry.ended if entry else None)
    if started is not None and ended is not None and ended <= started:
        ended = _instant(typed, "ended", day + timedelta(days=1), zone, None, None)
    if started is None and ended is not None and not typed.raw("minutes"):
        typed.wrong("started", "Say when it began, or how long it took.")
    before = (entry.started, entry.ended) if entry else (None, None)
    return _Clocks(started, ended, (started, ended) != before)


def _instant(
    typed: Typed, name: str, day: date, zone: str, entry: WorkEntry | None, kept: datetime | None
) -> datetime | None:
    text, which, there = typed.text(name, 8), typed.raw(f"{name}_which"), zone_named(zone)
    if not text:
        return None
    same_day = entry is not None and entry.worked_on == day
    if (
        kept is not None
        and same_day
        and text == clock_shown(kept, there)
        and which in ("", which_pass(kept, there))
    ):
        return kept
    try:
        clock = time.fromisoformat(text if len(text) > 4 else f"0{text}")
        return instant_of(day, clock.replace(second=0, microsecond=0, tzinfo=None), there, which)
    except Twice as twice:
        typed.wrong(f"{name}_which", str(twice))
    except Never as never:
        typed.wrong(name, str(never))
    except ValueError:
        typed.wrong(name, "Write a time like 09:30.")
    return None


def _seconds(typed: Typed, clocks: _Clocks, entry: WorkEntry | None) -> int:
    """Worked seconds: the span where start and end say it, unless less was typed because of a pause."""
    text = typed.raw("minutes")
    typed_seconds: int | None = None
    if text:
        try:
            typed_seconds = read_minutes(text) * 60
        except ValueError as wrong:
            typed.wrong("minutes", str(wrong))
            return 60
    if clocks.started is None or clocks.ended is None:
        if typed_seconds is None and not typed.problems:
            typed.wrong("minutes", "Say how long it took: 25, 25m, 0:25, 1h20 or 0.4h.")
        return 60 if typed_seconds is None else typed_seconds
    span = int((clocks.ended - clocks.started).total_seconds())
    untouched = entry is not None and typed_seconds == entry.worked_seconds
    if typed_seconds is None or (untouched and clocks.moved):
        return span
    return typed_seconds


def _end(clocks: _Clocks, seconds: int) -> datetime | None:
    if clocks.started is not None and clocks.ended is None:
        return clocks.started + timedelta(seconds=seconds)
    return clocks.ended if clocks.started is not None else None


def _one_of(typed: Typed, name: str, offered: Mapping[int, str], kept: int | None) -> int | None:
    text = typed.raw(name)
    number = int(text) if _is_id(text) else None
    if text and (number is None or (number not in offered and number != kept)):
        typed.wrong(name, "Choose one of the list.")
        return None
    return number


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
