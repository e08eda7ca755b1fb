"""Intake: a mail is stored as it came and committed, then read and filed in one transaction, at once or later.

Rules I1 to I13: whatever goes wrong after the first commit, the mail is in the spool, and the answer is `ok`.
"""

import hashlib
import logging
import random
import re
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import Gone, Refused, RtpyError, Unavailable
from rtpy.faults import reach
from rtpy.jobs.worker import Chore
from rtpy.mail import spool
from rtpy.mail.answer import Answer as Answer
from rtpy.mail.answer import AnswerKind as AnswerKind
from rtpy.mail.apart import Unreadable, read_apart
from rtpy.mail.fallback import file_raw
from rtpy.mail.held import Held
from rtpy.mail.incoming import Filed, file_mail
from rtpy.mail.message import IncomingMail, read_mail
from rtpy.mail.spool import Claim
from rtpy.mail.trust.judge import judge
from rtpy.mail.words import storable
from rtpy.models import Queue
from rtpy.work import Work

log = logging.getLogger("rtpy.mail.intake")

T = TypeVar("T")
Beside = Callable[
    [Session, int], None
]  # writes more in the transaction that stores a mail, given the mail's number

ACTIONS = ("correspond", "comment")
PATIENCE = 20.0
"""Seconds after which the sender is told `ok` while the work goes on."""
TRIES = 5
"""Of one attempt, when the database is busy or two mails make the same person at once."""


def take_in(
    app: App,
    raw: bytes,
    *,
    queue: str,
    action: str = "correspond",
    ticket: str = "",
    peer: str = "",
    transport: Mapping[str, str] | None = None,
    beside: Beside | None = None,
) -> Answer:
    """Take in one mail: store it, commit, then file it.

    `queue` is a name or a number, `ticket` a number or empty, `peer` who handed it in, `transport` what the mail
    server said (`envelope_sender`, …). Never raises: a database that cannot be reached is a temporary failure.
    """
    if action not in ACTIONS:
        return Answer(AnswerKind.TEMPORARY, f"there is no action {action[:80]}")
    if len(raw) > app.config.mail.max_size:
        return refuse_oversized(app, raw, len(raw), queue=queue, action=action, peer=peer, beside=beside)
    try:
        with app.sessions() as db:
            found = spool.find_queue(app, db, queue, ticket)
            if found is None:
                return Answer(AnswerKind.TEMPORARY, f"there is no queue {queue[:80]}")
            facts = transport or {}
            claim = spool.store(
                app, db, raw, found, queue=queue, action=action, ticket=ticket, peer=peer, transport=facts
            )
            if beside:
                beside(db, claim.mail_id)
            db.commit()
    except DBAPIError:
        log.exception("a mail could not be stored")
        return Answer(AnswerKind.TEMPORARY, "the database cannot be reached")
    reach("spooled")
    later = Answer(AnswerKind.OK, "it is stored and will be looked at later", claim.mail_id)
    answer = _within(PATIENCE, lambda: attempt(app, claim, raw, read=_read_here), later)
    reach("before-answer")
    return answer


def refuse_oversized(
    app: App, head: bytes, size: int, *, queue: str, action: str, peer: str, beside: Beside | None = None
) -> Answer:
    """Record a mail of which only the beginning was read, since it is larger than allowed."""
    reason = _too_large(app, size)
    try:
        with app.sessions() as db:
            mail_id = spool.store_refused(app, db, head, size, reason, queue=queue, action=action, peer=peer)
            if beside:
                beside(db, mail_id)
            db.commit()
    except DBAPIError:
        log.exception("a mail could not be stored")
        return Answer(AnswerKind.TEMPORARY, "the database cannot be reached")
    return Answer(AnswerKind.NOT_OK, reason, mail_id)


def work_off(app: App) -> int:
    """One round of the worker: mails that wait for another attempt, or whose process died. How many it had in hand."""
    now = app.clock.now()
    with app.reading_sessions() as db:
        due = spool.due_mails(db, now, 5)
    done = 0
    for mail_id in due:
        with app.sessions() as db:
            claim = spool.take(app, db, mail_id)
            raw = spool.raw_of(db, mail_id) if claim else b""
            db.commit()
        if claim is None:
            continue
        done += 1
        if claim.attempts > len(spool.PAUSES) + 1:
            _give_up(app, claim, raw, "processes died five times on this mail", "")
        else:
            held = claim
            _within(spool.LEASE.total_seconds(), lambda: attempt(app, held, raw, read=read_apart), None)  # noqa: B023
    return done


INTAKE = Chore("intake", 1.0, work_off)


def attempt(app: App, claim: Claim, raw: bytes, *, read: Callable[[bytes, str], IncomingMail]) -> Answer:
    """One attempt at a mail in hand, from its bytes to a state. Never raises."""
    try:
        try:
            mail = read(raw, app.config.rtname)
        except Exception as error:
            # Reading depends on nothing but the bytes: it would fail again.
            log.exception("mail %s cannot be read", claim.mail_id)
            why = str(error) if isinstance(error, Unreadable) else f"{type(error).__name__}: {error}"
            return _fall_back(app, claim, raw, why, traceback.format_exc())
        return _file(app, claim, raw, mail)
    except Unavailable as away:
        return _wait(app, claim, str(away))
    except Exception as error:
        log.exception("attempt %s at mail %s failed", claim.attempts, claim.mail_id)
        return _failed(app, claim, raw, f"{type(error).__name__}: {error}", traceback.format_exc())


def _read_here(raw: bytes, rtname: str) -> IncomingMail:
    return read_mail(raw, rtname=rtname)


def _file(app: App, claim: Claim, raw: bytes, mail: IncomingMail) -> Answer:
    key = f"{claim.queue_id}:{claim.action}:{mail.dedup_key}"
    findings = judge(app, mail, raw)  # before the transaction: it may ask other servers
    facts: dict[str, Any] = {
        "sender": storable(mail.sender.address if mail.sender else "")[:320],
        "subject": storable(mail.subject),
        "message_id": storable(mail.message_id),
        "auto_kind": mail.auto.value,
        "transport": spool.with_findings(claim, findings.facts()),
    }
    try:
        return _in_one_transaction(
            app,
            claim,
            lambda work, queue: file_mail(work, queue, claim, raw, mail, findings),
            facts | {"dedup_key": key},
            keeps=None if mail.message_id else spool.WITHOUT_ID,
        )
    except Held as held:
        log.warning("mail %s is held, %s: %s", claim.mail_id, held.state, held)
        return _hold(app, claim, held, key, facts)
    except Unavailable:
        raise
    except RtpyError as refused:
        log.info("mail %s is refused: %s", claim.mail_id, refused)
        _rest(app, claim, "refused", reason=str(refused), **facts)
        return Answer(AnswerKind.NOT_OK, str(refused), claim.mail_id)


Deed = Callable[[Work, Queue], Filed]


def _in_one_transaction(
    app: App,
    claim: Claim,
    deed: Deed,
    facts: dict[str, Any],
    *,
    state: str = "done",
    keeps: timedelta | None = None,
) -> Answer:
    """Do `deed` and write the mail's state in one transaction; again when the database was busy, or the ticket went.

    The key against duplicates is written first: of two deliveries at the same moment the second one waits here for
    the first to commit, and then finds the key taken. `keeps`: how long a key counts, None for ever.
    """
    for turn in range(TRIES):
        try:
            with app.sessions() as db:
                if not spool.note(db, claim, **facts):
                    return Answer(AnswerKind.OK, "another process has it in hand", claim.mail_id)
                queue = db.scalars(_QUEUE, {"queue_id": claim.queue_id}).one_or_none()
                if queue is None:
                    raise Refused(f"There is no queue {claim.queue} any more.")
                filed = deed(app.work_in(db), queue)
                spool.finish(
                    db,
                    claim,
                    state,
                    app.clock.now(),
                    ticket_id=filed.ticket_id,
                    transaction_id=filed.transaction_id,
                    reason=filed.note,
                )
                reach("before-commit")
                db.commit()
            reach("after-commit")
            return Answer(AnswerKind.OK, filed.note, claim.mail_id, filed.ticket_id)
        except IntegrityError as clash:
            if _KEY.search(str(clash.orig)):
                duplicate = _settle_duplicate(app, claim, facts, keeps)
                if duplicate is not None:
                    return duplicate
            elif turn == TRIES - 1:
                raise
        except (OperationalError, Gone) as problem:  # busy; or its ticket was shredded since it was found
            if turn == TRIES - 1:
                raise
            log.info("mail %s is tried again: %s", claim.mail_id, getattr(problem, "orig", problem))
            time.sleep(random.uniform(0.5, 1.5) * 0.02 * 4**turn)
    raise RuntimeError("the key against duplicates was taken again and again")


_QUEUE = select(Queue).where(Queue.id == bindparam("queue_id"))  # built once for all mails
_KEY = re.compile(r"uq_incoming_mails_dedup_key|incoming_mails\.dedup_key")


def _settle_duplicate(
    app: App, claim: Claim, facts: dict[str, Any], keeps: timedelta | None
) -> Answer | None:
    """Record that the mail is here already; None when the one that held the key does not count any more."""
    with app.sessions() as db:
        holder = spool.holder_of(db, facts["dedup_key"])
        if holder is None:
            return None
        first, received = holder
        if keeps is not None and received < claim.received - keeps:
            spool.release_key(db, first)
            db.commit()
            return None
        rest = {name: value for name, value in facts.items() if name != "dedup_key"}
        reason = f"The same mail as number {first}."
        spool.finish(db, claim, "duplicate", app.clock.now(), duplicate_of_id=first, reason=reason, **rest)
        db.commit()
    return Answer(AnswerKind.OK, reason, claim.mail_id)


def _hold(app: App, claim: Claim, held: Held, key: str, facts: dict[str, Any]) -> Answer:
    """Keep a mail for a person; it holds its key, so that a second delivery is a duplicate."""
    reason, about = str(held), {"ticket_id": held.ticket_id} if held.ticket_id else {}
    with app.sessions() as db:
        holder = spool.holder_of(db, key)
        if holder is None or holder[0] == claim.mail_id:
            facts = facts | {"dedup_key": key}
        spool.finish(db, claim, held.state, app.clock.now(), reason=reason, **about, **facts)
        db.commit()
    return Answer(AnswerKind.OK, reason, claim.mail_id)


def _fall_back(app: App, claim: Claim, raw: bytes, why: str, trace: str) -> Answer:
    """A ticket with the raw mail, and the mail in quarantine; only in quarantine when that is not allowed either."""
    digest = hashlib.sha256(raw).hexdigest()

    def deed(work: Work, queue: Queue) -> Filed:
        ticket_id, transaction_id = file_raw(work, queue, raw, why)
        return Filed(ticket_id, transaction_id, f"{why}. Ticket #{ticket_id} was made with the raw mail.")

    facts = {"dedup_key": f"{claim.queue_id}:{claim.action}:raw:{digest}", "traceback": trace}
    try:
        return _in_one_transaction(app, claim, deed, facts, state="quarantined")
    except Unavailable:
        raise
    except RtpyError as refused:
        _rest(app, claim, "quarantined", reason=f"{why}. {refused}", traceback=trace)
        return Answer(AnswerKind.OK, why, claim.mail_id)


def _failed(app: App, claim: Claim, raw: bytes, why: str, trace: str) -> Answer:
    """An attempt failed in an unexpected way: the next one comes later; after the last one it rests."""
    try:
        with app.sessions() as db:
            is_put_back = spool.put_back(db, claim, app.clock.now(), storable(why), storable(trace))
            db.commit()
        if not is_put_back:
            return _give_up(app, claim, raw, storable(why), storable(trace))
    except DBAPIError:
        log.exception("mail %s stays in hand until its lease runs out", claim.mail_id)
    return Answer(AnswerKind.OK, why, claim.mail_id)


def _wait(app: App, claim: Claim, why: str) -> Answer:
    """Its files cannot be stored now: it waits, without an attempt less. Whoever brings it again brings a duplicate."""
    log.warning("mail %s waits: %s", claim.mail_id, why)
    try:
        with app.sessions() as db:
            spool.let_wait(db, claim, app.clock.now(), why)
            db.commit()
    except DBAPIError:
        log.exception("mail %s stays in hand until its lease runs out", claim.mail_id)
    return Answer(AnswerKind.TEMPORARY, "files cannot be stored just now", claim.mail_id)


def _give_up(app: App, claim: Claim, raw: bytes, why: str, trace: str) -> Answer:
    log.error("mail %s is in quarantine after %s attempts: %s", claim.mail_id, claim.attempts, why)
    try:
        return _fall_back(app, claim, raw, why, trace)
    except Unavailable as away:
        return _wait(app, claim, str(away))
    except Exception:
        log.exception("mail %s: no ticket could be made for it", claim.mail_id)
        _rest(app, claim, "quarantined", reason=why, traceback=trace)
        return Answer(AnswerKind.OK, why, claim.mail_id)


def _rest(app: App, claim: Claim, state: str, **values: Any) -> None:
    with app.sessions() as db:
        spool.finish(db, claim, state, app.clock.now(), **values)
        db.commit()


def _within(seconds: float, deed: Callable[[], T], later: T) -> T:
    """What `deed` returns, or `later` when it takes longer; then it goes on in its thread."""
    results: list[T] = []
    thread = threading.Thread(target=lambda: results.append(deed()), name="intake", daemon=True)
    thread.start()
    thread.join(seconds)
    return results[0] if results else later


def _too_large(app: App, size: int) -> str:
    limit = app.config.mail.max_size
    return f"The mail is too large: {size:,} bytes, and {limit:,} are allowed. Send large files another way."
