"""Calendars: the hours that are agreed with customers."""

from collections.abc import Mapping

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.calendars.written import read_day, read_exceptions, write_day, write_exceptions
from rtpy_billing.models import CalendarRow
from rtpy_billing.repricing.effects import changing_all
from rtpy_billing.repricing.terms import calendar_value
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.named import read_name
from rtpy_billing.setting_up.plain import plain
from rtpy_billing.typed import Typed

USUAL = {f"day_{at}": "08:00-17:00" if at < 5 else "" for at in range(7)}


def typed_calendar(row: CalendarRow | None) -> dict[str, str]:
    """The present values as the form shows them."""
    if row is None:
        return {"zone": "UTC", **USUAL}
    calendar = calendar_value(row)
    given = {"name": row.name, "zone": row.zone, "disabled": "1" if row.disabled else ""}
    given |= {f"day_{at}": write_day(spans) for at, spans in enumerate(calendar.week)}
    return {**given, "exceptions": write_exceptions(calendar.exceptions)}


def save_calendar(
    work: Work, row: CalendarRow | None, given: Mapping[str, str], *, confirmed: bool = False
) -> CalendarRow:
    """Make a calendar (None) or change one. Needs AdminBilling; raises Invalid, and WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    name, zone = read_name(work, typed, CalendarRow, row, 100), typed.zone("zone")
    week: list[list[list[int]]] = []
    for at in range(7):
        try:
            week.append([[span.start, span.end] for span in read_day(typed.raw(f"day_{at}"))])
        except ValueError as wrong:
            typed.wrong(f"day_{at}", str(wrong))
    exceptions: dict[str, list[list[int]]] = {}
    try:
        for day, spans in read_exceptions(typed.long_text("exceptions", 60_000)).items():
            exceptions[day.isoformat()] = [[span.start, span.end] for span in spans]
    except ValueError as wrong:
        typed.wrong("exceptions", str(wrong))
    disabled = typed.box("disabled")
    typed.check()

    def change() -> CalendarRow:
        before = None if row is None else plain(row)
        there = row or CalendarRow(version=0)
        there.name, there.zone, there.week, there.exceptions = name, zone, week, exceptions
        there.disabled = disabled
        work.db.add(there)
        work.db.flush()
        if before is not None and before != plain(there):
            there.version += 1
        note_configuration(work, "work_calendar", there.id, there.name, before, plain(there))
        return there

    return changing_all(work, change, confirmed=confirmed)
