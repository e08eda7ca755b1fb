"""Entries of one person at the same time: allowed, told or refused, as the setting says."""

from sqlalchemy import select

from rtpy.errors import Invalid, Problem
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_billing.capture.local_time import clock_shown, zone_named
from rtpy_billing.capture.values import Given
from rtpy_billing.models import WorkEntry


def check_overlap(work: Work, given: Given, entry: WorkEntry | None) -> tuple[str, ...]:
    """A sentence for each entry that lies across; touching ends are none. Raises Invalid where it is refused."""
    how = setting(work.app, work.db, "billing.overlap")
    if given.started is None or given.ended is None or how == "allow":
        return ()
    across = work.db.execute(
        select(WorkEntry.id, WorkEntry.ticket_id, WorkEntry.started, WorkEntry.ended)
        .where(
            WorkEntry.worked_by_id == given.worked_by_id,
            WorkEntry.started < given.ended,
            WorkEntry.ended > given.started,
            WorkEntry.id != (entry.id if entry else 0),
        )
        .order_by(WorkEntry.started)
        .limit(5)
    ).all()
    zone = zone_named(given.zone)
    sentences = tuple(
        f"It overlaps with the entry from {clock_shown(row.started, zone)} to {clock_shown(row.ended, zone)}"
        f"{f' on ticket #{row.ticket_id}' if row.ticket_id else ''}."
        for row in across
    )
    if sentences and how == "refuse":
        raise Invalid(*(Problem("started", sentence) for sentence in sentences))
    return sentences
