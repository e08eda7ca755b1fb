"""Saving a week sheet: each cell that was changed logs, changes or deletes one entry; all of them or none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from rtpy.duration import read_minutes
from rtpy.errors import Conflict, Invalid, Problem, RtpyError
from rtpy.work import Work
from rtpy_billing.capture.allowed import find_entry, find_ticket, need_log
from rtpy_billing.capture.entries import change_entry, delete_entry, given_of, log_work
from rtpy_billing.capture.sheet import Cell, Row, Sheet
from rtpy_billing.capture.values import Given


@dataclass(frozen=True, slots=True)
class Saved:
    """How many entries were logged, changed and deleted, and what is to be told."""

    count: int
    remarks: tuple[str, ...] = ()


def cell_name(row: Row, at: int) -> str:
    """The field of a cell."""
    return f"cell.{row.key}.{at}"


def shown_minutes(cell: Cell) -> str:
    """What the field of a cell holds before anybody types: the one draft's time."""
    if cell.entry_id is None:
        return ""
    return f"{cell.minutes // 60}:{cell.minutes % 60:02d}"


def save_sheet(work: Work, sheet: Sheet, typed: Mapping[str, str]) -> Saved:
    """Do what the cells say; `typed` has beside each `cell.ROW.DAY` a `seen.ROW.DAY` with the entry and its version.

    Raises Invalid with a problem for each wrong cell, Refused, and Conflict when one was changed meanwhile.
    """
    need_log(work, sheet.worker.id)
    problems: list[Problem] = []
    remarks: list[str] = []
    count = 0
    for row in sheet.rows:
        for at in range(len(sheet.days)):
            name = cell_name(row, at)
            text = typed.get(name, "").strip()
            seen = typed.get(f"seen.{row.key}.{at}", "")
            cell = row.cells[at]
            if name not in typed or (text == typed.get(f"was.{row.key}.{at}", "")):
                continue
            if seen != seen_of(cell):
                raise Conflict(
                    "Somebody changed this week while you looked at it. Look again, then type it once more."
                )
            try:
                with work.db.begin_nested():
                    remarks.extend(_save(work, sheet, row, at, text))
                count += 1
            except Conflict:
                raise
            except (RtpyError, ValueError) as wrong:
                problems.append(Problem(name, str(wrong)))
    if problems:
        raise Invalid(*problems)
    return Saved(count, tuple(dict.fromkeys(remarks)))


def seen_of(cell: Cell) -> str:
    """Which state of a cell a form shows."""
    return f"{cell.entry_id or 0}:{cell.version}:{cell.count}"


def _save(work: Work, sheet: Sheet, row: Row, at: int, text: str) -> tuple[str, ...]:
    cell, minutes = row.cells[at], read_minutes(text) if text else 0
    if cell.entry_id is not None:
        entry = find_entry(work, cell.entry_id)
        if not minutes:
            delete_entry(work, entry, cell.version)
            return ()
        given = given_of(work, entry)
        ended = given.started + timedelta(minutes=minutes) if given.started else None
        return change_entry(
            work, entry, replace(given, seconds=minutes * 60, ended=ended), cell.version
        ).remarks
    if not minutes:
        return ()
    given = Given(
        worked_by_id=sheet.worker.id,
        worked_on=sheet.days[at],
        seconds=minutes * 60,
        ticket=find_ticket(work, row.ticket_id) if row.ticket_id is not None else None,
        organization_id=row.organization_id,
        zone=sheet.worker.timezone or "UTC",
        source="sheet",
    )
    return log_work(work, given).remarks
