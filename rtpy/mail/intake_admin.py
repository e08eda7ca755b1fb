"""What an administrator does with mails that stopped in the spool: try again, make a ticket, mark as junk (I13).

Each only changes the row; the worker takes it up within a second of the commit.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need_system
from rtpy.errors import NotFound, Refused
from rtpy.models import IncomingMail, Queue
from rtpy.rights.names import Right
from rtpy.work import Work

STOPPED = ("quarantined", "review", "refused", "junk")
"""States in which a mail waits for a person."""


def retry(work: Work, mail_id: int) -> None:
    """Try a mail again that was stopped or is waiting; caps and loops do not stop it this time.

    A mail that has got a fallback ticket already goes into that one. Needs SuperUser. Raises NotFound, Refused.
    """
    row = _stopped(work, mail_id, "received")
    if row.ticket_id is not None:
        row.ticket = str(row.ticket_id)
    if row.state == "review":
        put_back(work, row, released="yes", let_in="yes")
    else:
        put_back(work, row, released="yes")


def make_ticket(work: Work, mail_id: int, queue: Queue) -> None:
    """Make a new ticket of a stopped mail in `queue`, whatever its headers say. Needs SuperUser."""
    row = _stopped(work, mail_id)
    if queue.disabled:
        raise Refused(f"Queue {queue.name} is closed: choose another one.")
    row.queue, row.ticket, row.action = queue.name, "", "correspond"
    put_back(work, row, released="yes", new_ticket="yes")


def mark_as_junk(work: Work, mail_id: int) -> None:
    """Nothing more is to be done about a stopped mail; it stays readable. Needs SuperUser."""
    row = _stopped(work, mail_id)
    row.state, row.finished = "junk", work.now


def count_by_state(db: Session) -> dict[str, int]:
    """How many mails are in each state; states without any are left out."""
    rows = db.execute(select(IncomingMail.state, func.count()).group_by(IncomingMail.state))
    return {state: number for state, number in rows}  # noqa: C416  rows are no pairs for mypy


def _stopped(work: Work, mail_id: int, *also: str) -> IncomingMail:
    need_system(work, Right.SUPER_USER)
    row = work.db.get(IncomingMail, mail_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no incoming mail {mail_id}.")
    if row.state not in (*STOPPED, *also):
        raise Refused(f"Mail {mail_id} is {row.state}: only what was stopped can be treated by hand.")
    return row


def put_back(work: Work, row: IncomingMail, **marks: str) -> None:
    """Let the worker take a mail up again, with marks of who let it pass; the caller has asked for the right."""
    row.transport = {**row.transport, **marks, "released_by": work.actor.name}
    row.state, row.attempts, row.reason, row.traceback = "received", 0, "", ""
    row.next_attempt, row.finished, row.lease_owner, row.lease_until = work.now, None, "", None
    row.dedup_key = None
