"""The spool of incoming mail: rows with the exact bytes, and the moves between their states.

received → working (under a lease) → done, duplicate, refused, quarantined or junk. A mail that is processed at once
is stored as `working` with its lease and its attempt counted: one commit instead of two, and it is as safe, since a
process that dies leaves a row whose lease runs out.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.db.leases import is_over
from rtpy.mail.trust.proof import FACTS
from rtpy.models import IncomingMail, Queue, Ticket
from rtpy.remembered import remembered

LEASE = timedelta(seconds=60)
"""How long one attempt may be in hand before another process takes it over."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 25, 120))
"""After the first, second … failed attempt; the fifth failure is the last."""
AWAY = timedelta(seconds=15)
"""Pause while the store of attachments cannot be used."""
KEPT_OF_OVERSIZED = 1024 * 1024
"""Bytes that are kept of a mail that is larger than allowed."""
WITHOUT_ID = timedelta(days=7)
"""A mail without Message-ID counts as the same one for so long."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail in hand: what the gateway's caller said about it, and the lease under which it is worked on."""

    mail_id: int
    lease: str
    attempts: int
    received: datetime
    queue_id: int | None
    queue: str
    action: str
    ticket: str
    transport: Mapping[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    """Written by whoever works on it: what was found out and decided, for an administrator."""

    @property
    def released(self) -> bool:
        """An administrator let it pass: neither caps nor loops stop it."""
        return "released" in self.transport

    @property
    def wants_new_ticket(self) -> bool:
        """An administrator asked for a ticket of its own, whatever its headers say."""
        return "new_ticket" in self.transport


def find_queue(app: App, db: Session, name: str, ticket: str = "") -> int | None:
    """Id of the queue of that name or number; failing that, of the one of an existing ticket's number.

    No query as a rule.
    """
    name = name.strip()
    found = remembered(app, db, "mail.queue_names", _queue_names).get(name)
    if found is not None:
        return found
    connection = db.connection()
    found = connection.scalar(_QUEUE_NAMED, {"name": name})
    if found is None and name.isdecimal() and len(name) < 19:
        found = connection.scalar(_QUEUE_NUMBERED, {"number": int(name)})
    if found is None and ticket.isdecimal() and len(ticket) < 19:
        found = connection.scalar(_QUEUE_OF_TICKET, {"number": int(ticket)})
    return found


def _queue_names(db: Session) -> dict[str, int]:
    return {row.name: row.id for row in db.execute(select(Queue.name, Queue.id))}


# Built once, as all that every mail needs: putting a statement together costs more than sending it.
_QUEUE_NAMED = select(Queue.__table__.c.id).where(Queue.__table__.c.name == bindparam("name"))
_QUEUE_NUMBERED = select(Queue.__table__.c.id).where(Queue.__table__.c.id == bindparam("number"))
_QUEUE_OF_TICKET = select(Ticket.__table__.c.queue_id).where(Ticket.__table__.c.id == bindparam("number"))


def store(
    app: App,
    db: Session,
    raw: bytes,
    queue_id: int,
    *,
    queue: str,
    action: str,
    ticket: str,
    peer: str,
    transport: Mapping[str, str],
) -> Claim:
    """Write a mail for the queue of `queue_id` as it came, already in hand. The caller commits."""
    now = app.clock.now()
    lease = _new_lease()
    claim = Claim(0, lease, 1, now, queue_id, queue[:255], action[:255], ticket[:255], dict(transport))
    row = {
        "received": now,
        "raw": raw,
        "size": len(raw),
        "queue": claim.queue,
        "action": claim.action,
        "ticket": claim.ticket,
        "peer": peer[:255],
        "transport": claim.transport,
        "state": "working",
        "attempts": claim.attempts,
        "lease_owner": lease,
        "lease_until": now + LEASE,
    }
    return replace(claim, mail_id=db.connection().execute(_INSERT, row).scalar_one())


def store_refused(
    app: App, db: Session, head: bytes, size: int, reason: str, *, queue: str, action: str, peer: str
) -> int:
    """Record a mail that is not taken in, such as one that is too large, with the beginning of its bytes; its id."""
    now = app.clock.now()
    row = IncomingMail(
        received=now, raw=head[:KEPT_OF_OVERSIZED], size=size, queue=queue[:255], action=action[:255],
        peer=peer[:255], transport={}, state="refused", reason=reason, finished=now,
    )  # fmt: skip
    db.add(row)
    db.flush()  # the log names its id
    return row.id


def due_mails(db: Session, now: datetime, limit: int) -> list[int]:
    """Ids of mails that wait for an attempt, or whose lease ran out; oldest first."""
    waiting = and_(
        IncomingMail.state == "received",
        or_(
            IncomingMail.next_attempt.is_(None),
            is_over(IncomingMail.next_attempt, now, PAUSES[-1]),
        ),
    )
    due = select(IncomingMail.id).where(or_(waiting, _abandoned(now))).order_by(IncomingMail.id)
    return list(db.scalars(due.limit(limit)))


def take(app: App, db: Session, mail_id: int) -> Claim | None:
    """Take a due mail in hand and count the attempt; None when somebody else was quicker. The caller commits."""
    now = app.clock.now()
    lease = _new_lease()
    due = or_(IncomingMail.state == "received", _abandoned(now))
    taken = (
        update(_MAILS)
        .where(_MAILS.c.id == mail_id, due)
        .values(state="working", attempts=_MAILS.c.attempts + 1, lease_owner=lease, lease_until=now + LEASE)
    )
    if not db.connection().execute(taken).rowcount:
        return None
    row = db.scalars(select(IncomingMail).where(IncomingMail.id == mail_id)).one()
    return _claim(row, find_queue(app, db, row.queue, row.ticket))


def _abandoned(now: datetime) -> ColumnElement[bool]:
    return and_(IncomingMail.state == "working", is_over(IncomingMail.lease_until, now, LEASE))


def raw_of(db: Session, mail_id: int) -> bytes:
    """The exact bytes."""
    raw: bytes = db.execute(select(IncomingMail.raw).where(IncomingMail.id == mail_id)).scalar_one()
    return raw


def note(db: Session, claim: Claim, **values: Any) -> bool:
    """Write into a row in hand; False when the lease is somebody else's by now.

    On PostgreSQL this locks the row to the transaction's end, so no two attempts of one mail can both commit.
    """
    mine = {"mail_id": claim.mail_id, "lease": claim.lease}
    return bool(db.connection().execute(_NOTE, {**mine, **values}).rowcount)


# What is set are the columns that are named when it is executed.
_MAILS = cast(Table, IncomingMail.__table__)
_NOTE = update(_MAILS).where(
    _MAILS.c.id == bindparam("mail_id"),
    _MAILS.c.state == "working",
    _MAILS.c.lease_owner == bindparam("lease"),
)


def finish(db: Session, claim: Claim, state: str, now: datetime, **values: Any) -> bool:
    """Put a mail in hand into a state in which it rests."""
    rest = {"lease_owner": "", "lease_until": None, "next_attempt": None, "finished": now}
    return note(db, claim, state=state, steps=claim.steps or None, **rest, **values)


def with_findings(claim: Claim, facts: Mapping[str, str]) -> dict[str, str]:
    """What the gateway's caller said about a mail, and what was found out about its sender in this attempt."""
    said = {name: value for name, value in claim.transport.items() if name not in FACTS}
    return {**said, **facts}


def put_back(db: Session, claim: Claim, now: datetime, reason: str, traceback: str) -> bool:
    """An attempt failed in an unexpected way: try again later; False when it was the last one."""
    if claim.attempts > len(PAUSES):
        return False
    note(
        db,
        claim,
        state="received",
        next_attempt=now + PAUSES[claim.attempts - 1],
        lease_owner="",
        lease_until=None,
        reason=reason,
        traceback=traceback,
    )
    return True


def let_wait(db: Session, claim: Claim, now: datetime, reason: str) -> None:
    """Something that every mail needs is away: try again soon, as if this attempt had not been."""
    note(
        db,
        claim,
        state="received",
        attempts=claim.attempts - 1,
        next_attempt=now + AWAY,
        lease_owner="",
        lease_until=None,
        reason=reason,
    )


def holder_of(db: Session, dedup_key: str) -> tuple[int, datetime] | None:
    """Id and arrival of the mail that holds a key."""
    query = select(IncomingMail.id, IncomingMail.received).where(IncomingMail.dedup_key == dedup_key)
    row = db.execute(query).one_or_none()
    return None if row is None else (row.id, row.received)


def release_key(db: Session, mail_id: int) -> None:
    """Let go of a key that is too old to count."""
    db.connection().execute(update(_MAILS).where(_MAILS.c.id == mail_id).values(dedup_key=None))


def _claim(row: IncomingMail, queue_id: int | None) -> Claim:
    return Claim(
        mail_id=row.id,
        lease=row.lease_owner,
        attempts=row.attempts,
        received=row.received,
        queue_id=queue_id,
        queue=row.queue,
        action=row.action,
        ticket=row.ticket,
        transport=dict(row.transport),
    )


_INSERT = insert(_MAILS).returning(_MAILS.c.id)


def _new_lease() -> str:
    return secrets.token_hex(8)
