"""When clocks take their next step, worked out anew because a ladder or its use has changed."""

from collections.abc import Collection

from sqlalchemy import select

from rtpy.work import Work
from rtpy_sla.clocks.words import State
from rtpy_sla.following.ladders import grace_of, ladder_of, steps_taken
from rtpy_sla.following.rows import clock_of
from rtpy_sla.following.standing import hours_of_clock
from rtpy_sla.ladder import next_step
from rtpy_sla.models import ClockRow, PolicyVersion

MANY = 500


def settle_next_steps(work: Work, policy_ids: Collection[int]) -> int:
    """For all clocks that run by these policies; how many changed. A query for all, and one for each 500."""
    rows = work.db.scalars(
        select(ClockRow)
        .join(PolicyVersion, PolicyVersion.id == ClockRow.version_id)
        .where(PolicyVersion.policy_id.in_(policy_ids), ClockRow.state == State.RUNNING.value)
        .order_by(ClockRow.id)
        .execution_options(populate_existing=True)
    ).all()
    changed, grace = 0, grace_of(work.app, work.db)
    for begin in range(0, len(rows), MANY):
        some = rows[begin : begin + MANY]
        taken = steps_taken(work.db, {row.ticket_id for row in some})
        for row in some:
            ladder = ladder_of(work.app, work.db, row.version_id)
            at = None
            if ladder is not None:
                clock = clock_of(row)
                keys = taken.get((row.ticket_id, row.target, row.cycle, ladder.id), ())
                due = next_step(ladder.steps, clock, hours_of_clock(work, clock), keys, grace)
                at = due.at if due else None
            changed += at != row.next_step
            row.next_step = at
    work.db.flush()
    return changed
