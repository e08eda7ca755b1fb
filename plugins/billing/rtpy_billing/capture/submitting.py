"""Handing in: a person's drafts of some days go to whoever approves, and come back on request."""

from datetime import date

from sqlalchemy import update

from rtpy.errors import Refused
from rtpy.models import User
from rtpy.work import Work
from rtpy_billing.capture.allowed import need_log
from rtpy_billing.capture.entries import take_version
from rtpy_billing.capture.local_time import zone_named
from rtpy_billing.capture.values import DRAFT, SUBMITTED
from rtpy_billing.models import WorkEntry


def submit_days(work: Work, worker_id: int, first: date, end: date) -> int:
    """Hand in the drafts of `[first, end)`; what is planned for later days stays a draft. How many. Raises Refused."""
    need_log(work, worker_id)
    worker = work.db.get_one(User, worker_id)
    today = work.now.astimezone(zone_named(worker.timezone)).date()
    done = work.db.execute(
        update(WorkEntry)
        .where(
            WorkEntry.worked_by_id == worker_id,
            WorkEntry.state == DRAFT,
            WorkEntry.worked_on >= first,
            WorkEntry.worked_on < end,
            WorkEntry.worked_on <= today,
        )
        .values(state=SUBMITTED, submitted=work.now, updated=work.now, version=WorkEntry.version + 1)
        .execution_options(synchronize_session=False)
    )
    work.db.expire_all()
    return int(done.rowcount)  # type: ignore[attr-defined]


def take_back(work: Work, entry: WorkEntry, version: int) -> None:
    """Make a draft of what was handed in and nobody has looked at. Raises Refused, Conflict."""
    need_log(work, entry.worked_by_id)
    if entry.state != SUBMITTED:
        raise Refused("Only what was handed in and waits for approval can be taken back.")
    take_version(work, entry, version)
    entry.state, entry.submitted = DRAFT, None
    work.db.flush()
