"""Delivery: the worker takes mails that are due, one by one with a lease, and hands them to the transport.

A mail is marked `sending` and committed, then handed over, then marked with what became of each recipient; the next
one is taken in that same transaction. A worker that dies in between leaves one mail whose lease runs out: it goes
again with the same Message-ID (rules O1 to O10 of at-least-once delivery).
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from rtpy.app import App
from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.db.leases import is_over
from rtpy.errors import Unavailable
from rtpy.faults import reach
from rtpy.mail.answers import count_answers, count_unreached
from rtpy.mail.breaker import Breaker
from rtpy.mail.copies import BrokenOff, Copy, build_copies, deliver_copies
from rtpy.mail.lease import is_dead, lease_owner
from rtpy.mail.outbox import UNREACHED, is_all_held, let_wait
from rtpy.mail.plus_address import bounce_address
from rtpy.mail.restored import may_begin
from rtpy.mail.transport import FAILED, LATER, SENT, transport_of
from rtpy.models import OutgoingMail, OutgoingRecipient, Queue, Transaction, User
from rtpy.ports import Delivery, MailTransport

log = logging.getLogger("rtpy.mail")

LEASE = timedelta(minutes=10)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
GIVE_UP = timedelta(days=5)
JITTER = 0.2
GIVES_WAY_AFTER = 2
"""Attempts after which a mail that fails no longer holds up later ones of its ticket."""
BATCH = 50
"""Mails of one round of the chore."""
ROUND = 3.0
"""Seconds after which a round takes nothing new, so that a worker that is to stop does so soon."""


def deliver_due(app: App, *, transport: MailTransport | None = None, limit: int = BATCH) -> int:
    """Send what is due, at most `limit` mails; returns how many were tried."""
    breaker: Breaker = app.caches.setdefault("mail_breaker", Breaker())
    if app.config.mail.hold or breaker.is_open(app.clock.now()):
        return 0
    if not _anything_due(app) or not may_begin(app):
        return 0
    carrier = transport or transport_of(app)
    owner = lease_owner()
    tried, began = 0, time.monotonic()
    finish: Callable[[Session], None] | None = None
    while True:
        may_take = tried < limit and time.monotonic() - began < ROUND and not breaker.is_open(app.clock.now())
        taken = _take(app, owner, finish, may_take=may_take)
        finish = None
        if taken is None:
            return tried
        tried += 1
        reach("taken")
        try:
            outcomes = deliver_copies(carrier, taken.mail_id, taken.envelope_sender, taken.copies)
        except BrokenOff as broken_off:
            breaker.trip(app.clock.now())
            log.warning("the mail server went away: %s", broken_off)
            finish = _Finished(app, taken, owner, broken_off.outcomes)
        except OSError as error:
            breaker.trip(app.clock.now())
            log.warning("the mail server cannot be reached: %s", error)
            finish = _Unreached(app, taken, owner, str(error))
        except Exception as error:  # a transport's own mistake: this mail waits, the others go on
            log.exception("mail %s: the transport failed", taken.mail_id)
            broken = tuple(
                Delivery(address, LATER, f"the transport failed: {error}")
                for copy in taken.copies
                for address in copy.addresses
            )
            finish = _Finished(app, taken, owner, broken)
        else:
            reach("delivered")
            breaker.reset()
            finish = _Finished(app, taken, owner, outcomes)


def pause_after(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: a minute, twice as long each time, four hours at most, ±20 %.

    `chance` is between 0 and 1.
    """
    pause: timedelta = min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)
    return pause * (1 - JITTER + 2 * JITTER * chance)


@dataclass(frozen=True, slots=True)
class _Taken:
    mail_id: int
    attempts: int
    created: datetime
    envelope_sender: str
    copies: tuple[Copy, ...]


def _anything_due(app: App) -> bool:
    """Asked without taking the writer's turn; frees at once what a dead worker of this machine held.

    And what this worker still holds from an earlier round: the database went away before it could note the end.
    """
    now = app.clock.now()
    with app.reading_sessions() as db:
        due = db.scalar(select(OutgoingMail.id).where(_is_due(now)).limit(1)) is not None
        owners = db.scalars(
            select(OutgoingMail.lease_owner).where(OutgoingMail.state == "sending").distinct()
        ).all()
    mine = lease_owner()
    dead = [owner for owner in owners if owner == mine or is_dead(owner)]
    if not dead:
        return due
    with app.sessions() as db:
        db.execute(
            update(OutgoingMail)
            .where(OutgoingMail.state == "sending", OutgoingMail.lease_owner.in_(dead))
            .values(lease_until=now)
            .execution_options(synchronize_session=False)
        )
        db.commit()
    return True


def _take(app: App, owner: str, finish: Callable[[Session], None] | None, *, may_take: bool) -> _Taken | None:
    """In one transaction: note the end of the last mail, and take the next one."""
    try:
        with app.sessions() as db:
            if finish:
                finish(db)
            taken = _take_next(app, db, owner) if may_take else None
            db.commit()
        return taken
    except Exception:
        if finish and may_take:
            _take(
                app, owner, finish, may_take=False
            )  # what was sent must be noted, whatever is wrong with the next
        raise


def _take_next(app: App, db: Session, owner: str) -> _Taken | None:
    while not is_all_held(db):
        now = app.clock.now()
        mail = db.scalar(_due(now))
        if mail is None:
            return None
        mail.state = "sending"
        mail.attempts += 1
        mail.lease_owner, mail.lease_until = owner, now + LEASE
        db.flush()  # the next question must not find it again
        recipients = db.scalars(
            select(OutgoingRecipient)
            .where(OutgoingRecipient.mail_id == mail.id)
            .order_by(OutgoingRecipient.id)
        ).all()
        try:
            copies = build_copies(app, db, mail, recipients)
        except Unavailable as away:
            let_wait(mail, now, str(away))
            continue
        except Exception as error:  # a damaged row or file: it must not stop the others
            log.exception("mail %s cannot be built", mail.id)
            _give_up(mail, f"the mail cannot be built: {error}"[:500])
            continue
        if not copies:
            _give_up(mail, "nobody is left to send it to")
            continue
        sender = bounce_address(app, mail.envelope_sender, mail.id)
        return _Taken(mail.id, mail.attempts, mail.created, sender, copies)
    return None


def _give_up(mail: OutgoingMail, answer: str) -> None:
    mail.state, mail.last_answer = "failed", answer
    mail.lease_owner, mail.lease_until = "", None


# The oldest mail that is due, or whose worker has died; held queues wait. An earlier mail of the same ticket to one of
# the same people goes first, unless it has failed twice.
_earlier = aliased(OutgoingMail)
_its_recipient, _other_recipient = aliased(OutgoingRecipient), aliased(OutgoingRecipient)


def _is_due(now: datetime) -> ColumnElement[bool]:
    state, wait, lease = OutgoingMail.state, OutgoingMail.not_before, OutgoingMail.lease_until
    waiting = and_(state == "queued", is_over(wait, now, LONGEST_PAUSE * (1 + JITTER)))
    return or_(waiting, and_(state == "sending", is_over(lease, now, LEASE)))


def _due(now: datetime) -> Select[OutgoingMail]:
    shares_recipient = exists().where(
        _its_recipient.mail_id == OutgoingMail.id,
        _other_recipient.mail_id == _earlier.id,
        _other_recipient.address == _its_recipient.address,
        _other_recipient.state == "queued",
    )
    goes_first = exists().where(
        _earlier.ticket_id == OutgoingMail.ticket_id,
        _earlier.id < OutgoingMail.id,
        or_(
            _earlier.state == "sending",
            and_(_earlier.state == "queued", _earlier.attempts < GIVES_WAY_AFTER),
        ),
        shares_recipient,
    )
    held = exists().where(Queue.id == OutgoingMail.queue_id, Queue.held)
    return (
        select(OutgoingMail)
        .where(
            _is_due(now),
            ~held,
            ~goes_first,
        )
        .order_by(OutgoingMail.not_before, OutgoingMail.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=OutgoingMail)
    )


def _own(db: Session, taken: _Taken, owner: str) -> OutgoingMail | None:
    """The mail, if this worker still holds it."""
    mail = db.scalar(
        select(OutgoingMail).where(
            OutgoingMail.id == taken.mail_id,
            OutgoingMail.state == "sending",
            OutgoingMail.lease_owner == owner,
        )
    )
    if mail is not None:
        mail.lease_owner, mail.lease_until = "", None
    return mail


@dataclass(frozen=True, slots=True)
class _Unreached:
    """Nobody answered: the mail is as it was, and this try does not count."""

    app: App
    taken: _Taken
    owner: str
    error: str

    def __call__(self, db: Session) -> None:
        mail = _own(db, self.taken, self.owner)
        if mail is None:
            return
        now = self.app.clock.now()
        count_unreached(db, now)
        mail.attempts -= 1
        mail.last_answer = f"{UNREACHED}: {self.error}"[:500]
        mail.state = "queued"
        if now - mail.created >= GIVE_UP:
            mail.state = "failed"
            _fail_waiting(self.app, db, mail, mail.last_answer)


@dataclass(frozen=True, slots=True)
class _Finished:
    """The server has answered for each recipient."""

    app: App
    taken: _Taken
    owner: str
    outcomes: tuple[Delivery, ...]

    def __call__(self, db: Session) -> None:
        mail = _own(db, self.taken, self.owner)
        if mail is None:
            return
        now = self.app.clock.now()
        rows = db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == mail.id)).all()
        by_address = {outcome.address: outcome for outcome in self.outcomes}
        too_old = now - mail.created >= GIVE_UP
        for row in rows:
            outcome = by_address.get(row.address)
            if outcome is None or row.state != "queued":
                continue
            row.last_answer = outcome.answer
            if outcome.outcome == SENT:
                row.state = "sent"
                _forgive(db, row.address)
            elif outcome.outcome == FAILED or too_old:
                _fail(self.app, db, mail, row, permanent=outcome.outcome == FAILED)
        count_answers(db, self.outcomes, now)
        mail.last_answer = next(
            (one.answer for one in self.outcomes if one.outcome != SENT), self.outcomes[0].answer
        )
        if any(row.state == "queued" for row in rows):
            mail.state = "queued"
            mail.not_before = now + pause_after(mail.attempts, random.random())
        elif any(row.state == "failed" for row in rows):
            mail.state = "failed"
        else:
            mail.state = "sent"
        if any(row.state == "sent" for row in rows) and mail.sent is None:
            mail.sent = now


def _fail_waiting(app: App, db: Session, mail: OutgoingMail, answer: str) -> None:
    rows = db.scalars(
        select(OutgoingRecipient).where(
            OutgoingRecipient.mail_id == mail.id, OutgoingRecipient.state == "queued"
        )
    )
    for row in rows:
        row.last_answer = answer
        _fail(app, db, mail, row, permanent=False)


def _fail(app: App, db: Session, mail: OutgoingMail, row: OutgoingRecipient, *, permanent: bool) -> None:
    """Nothing more will be tried for this recipient: say so on the ticket, and remember it of the address."""
    row.state = "failed"
    if permanent:
        # Only the first address: it is the one that we go on writing to, and a further one says nothing about it.
        db.execute(
            update(User)
            .where(func.lower(User.email_address) == row.address.lower())
            .values(undeliverable=User.undeliverable + 1)
        )
    if mail.ticket_id is not None:
        said = f"Mail to {row.address} could not be delivered: {row.last_answer}"
        work = app.work_in(db)
        failure = Transaction(type="SystemError", field="Mail", new_value=mail.message_id, data=said)
        record(work, "ticket", mail.ticket_id, Record(failure))


def _forgive(db: Session, address: str) -> None:
    db.execute(
        update(User)
        .where(func.lower(User.email_address) == address.lower(), User.undeliverable > 0)
        .values(undeliverable=0)
    )


__all__ = ["LATER", "Breaker", "deliver_due", "pause_after"]
