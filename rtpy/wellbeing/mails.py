"""Signs of mail: does it come in, does it go out, is it held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from rtpy.mail.outbox import HOLD_ALL, RESTORED, UNREACHED
from rtpy.models import Configuration, IncomingMail, OutgoingMail
from rtpy.wellbeing.sign import Grade, Sign, count_up_to_most, how_long, how_many
from rtpy.work import Work

TOO_OLD = 900
"""Seconds that mail may wait before that is not in order."""
INTAKE_WAITING = ("received", "working")
OUTBOX_WAITING = ("queued", "sending")
NEWLY = timedelta(days=1)
INCOMING, OUTGOING = "Incoming mail", "Outgoing mail"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Numbers of mails (at most one more than `MOST`); ages in seconds of the oldest that waits and could go on."""

    incoming: int
    incoming_age: float
    unreadable: int
    """In quarantine, of all times; `newly_unreadable` of the last day."""
    newly_unreadable: int
    outgoing: int
    outgoing_age: float
    unreached: bool
    """Nobody answered at the mail server when the oldest outgoing mail was tried last."""
    failed: int
    """Of the last day."""
    held: object
    """Why all of it is held; None when it is not."""


def look_at_mail(connection: Connection, now: datetime) -> Waiting:
    """What waits. Mail that waits for its next try or a person counts as in order. Two queries."""
    waiting_in, waiting_out = (
        IncomingMail.state.in_(INTAKE_WAITING),
        OutgoingMail.state.in_(OUTBOX_WAITING),
    )
    oldest_in = func.min(func.coalesce(IncomingMail.next_attempt, IncomingMail.received))
    unreadable = IncomingMail.state == "quarantined"
    row = connection.execute(
        select(
            count_up_to_most(waiting_in),
            select(oldest_in).where(waiting_in).scalar_subquery(),
            count_up_to_most(unreadable),
            count_up_to_most(unreadable, IncomingMail.finished >= now - NEWLY),
            count_up_to_most(waiting_out),
            count_up_to_most(OutgoingMail.state == "failed", OutgoingMail.not_before >= now - NEWLY),
            select(Configuration.value).where(Configuration.name == HOLD_ALL).scalar_subquery(),
        )
    ).one()
    oldest = connection.execute(
        select(OutgoingMail.not_before, OutgoingMail.last_answer)
        .where(waiting_out)
        .order_by(OutgoingMail.not_before)
        .limit(1)
    ).one_or_none()
    return Waiting(
        incoming=row[0],
        incoming_age=_age(row[1], now),
        unreadable=row[2],
        newly_unreadable=row[3],
        outgoing=row[4],
        outgoing_age=_age(oldest.not_before if oldest else None, now),
        unreached=bool(oldest and oldest.last_answer.startswith(UNREACHED)),
        failed=row[5],
        held=row[6],
    )


def mail_signs(work: Work) -> Iterator[Sign]:
    """How it goes with mail in and out."""
    waiting = look_at_mail(work.db.connection(), work.now)
    yield from _incoming(waiting)
    yield from _outgoing(waiting, by_option=work.app.config.mail.hold)


def _incoming(waiting: Waiting) -> Iterator[Sign]:
    page = "admin.mail.incoming"
    if waiting.incoming_age > TOO_OLD:
        yield Sign(
            INCOMING,
            Grade.BAD,
            f"Incoming mail has waited for {how_long(waiting.incoming_age)}: is the worker running?",
            "Look at what is said of the worker here. If it runs, its log says why it does not file this mail.",
            page,
            {"state": "received"},
        )
    if waiting.unreadable:
        grade = Grade.BAD if waiting.newly_unreadable else Grade.NOTE
        number = how_many(waiting.unreadable, "incoming mail", "incoming mails")
        yield Sign(
            INCOMING,
            grade,
            f"{number[0].upper()}{number[1:]} could not be filed.",
            "Each says why: try it again, make a ticket of it, or mark it as junk.",
            page,
            {"state": "quarantined"},
        )
    if waiting.incoming_age <= TOO_OLD and not waiting.unreadable:
        yield Sign(INCOMING, Grade.FINE, how_many(waiting.incoming, "mail waits", "mails wait"), page=page)


def _outgoing(waiting: Waiting, *, by_option: bool) -> Iterator[Sign]:
    page, is_late = "admin.mail.outgoing", waiting.outgoing_age > TOO_OLD
    if waiting.held == RESTORED:
        yield Sign(
            OUTGOING,
            Grade.BAD,
            "The database was restored from a backup, so all mail is held: cancel what was sent before, then "
            "let mail go again (Administration, Outgoing mail).",
            "Look through what is queued, cancel what had been sent, then release the rest. Webhooks wait too.",
            page,
            {"state": "queued"},
        )
    elif waiting.held is not None or by_option:
        how = "the option mail.hold says so" if by_option else "an administrator said so"
        yield Sign(
            OUTGOING,
            Grade.NOTE,
            f"All outgoing mail is held: {how}.",
            "Let it go when you are done: "
            + ("take mail.hold out of rtpy.toml." if by_option else "the button is on the page."),
            page,
        )
    elif is_late:
        why = "the mail server cannot be reached." if waiting.unreached else "is the worker running?"
        yield Sign(
            OUTGOING,
            Grade.BAD,
            f"Outgoing mail has waited for {how_long(waiting.outgoing_age)}: {why}",
            "Check mail.smtp_host and mail.smtp_port in rtpy.toml, and whether the mail server runs."
            if waiting.unreached
            else "Look at what is said of the worker here; the mail itself says what the mail server answered.",
            page,
            {"state": "queued"},
        )
    if waiting.failed:
        number = how_many(waiting.failed, "mail", "mails")
        yield Sign(
            OUTGOING,
            Grade.NOTE,
            f"{number[0].upper()}{number[1:]} of the last day could not be delivered.",
            "Each says what the mail server answered; correct the address, then try again.",
            page,
            {"state": "failed"},
        )
    if not (is_late or waiting.failed or waiting.held is not None or by_option):
        yield Sign(OUTGOING, Grade.FINE, how_many(waiting.outgoing, "mail waits", "mails wait"), page=page)


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
