"""The outbox in the hands of an administrator: hold, release, cancel, try again, read as it is sent (rule O11).

Functions take ids and change only mails for which it makes sense; they return how many those were.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import NotFound
from rtpy.mail.compose import build, load_files
from rtpy.mail.personal import shown_text
from rtpy.mail.sealed_words import hide_words
from rtpy.models import Configuration, OutgoingMail, OutgoingRecipient

HOLD_ALL = "mail_held"
RESTORED = "restored"
"""Why everything is held: the database came from a backup."""
UNREACHED = "the mail server cannot be reached"
"""How the last answer of a mail begins when nobody answered."""
FILES_AWAY = timedelta(seconds=30)
"""Pause of a mail whose files cannot be read."""
STATES = ("queued", "sending", "sent", "failed", "held", "canceled")


def hold(db: Session, mail_ids: Sequence[int]) -> int:
    """Keep queued mails back."""
    return _move(db, mail_ids, ("queued",), state="held")


def release(db: Session, mail_ids: Sequence[int], now: datetime) -> int:
    """Let held mails go."""
    return _move(db, mail_ids, ("held",), state="queued", not_before=now)


def cancel(db: Session, mail_ids: Sequence[int]) -> int:
    """Never send these, as far as they wait or have failed; what was sent stays sent."""
    return _move(db, mail_ids, ("queued", "held", "failed"), state="canceled")


def retry(db: Session, mail_ids: Sequence[int], now: datetime) -> int:
    """Try again at once: what failed, for the recipients that failed; what was cancelled; what waits for its turn.

    Not what nobody was to get in the first place.
    """
    told = select(OutgoingRecipient.mail_id).where(
        OutgoingRecipient.mail_id.in_(list(mail_ids)), OutgoingRecipient.state.in_(("queued", "failed"))
    )
    wanted = list(db.scalars(told.distinct()))
    tried = select(OutgoingMail.id).where(
        OutgoingMail.id.in_(wanted), OutgoingMail.state.in_(("failed", "canceled"))
    )
    db.execute(
        update(OutgoingRecipient)
        .where(OutgoingRecipient.mail_id.in_(tried), OutgoingRecipient.state == "failed")
        .values(state="queued")
        .execution_options(synchronize_session=False)
    )
    return _move(db, wanted, ("queued", "failed", "canceled"), state="queued", not_before=now, attempts=0)


def let_wait(mail: OutgoingMail, now: datetime, why: str) -> None:
    """Put a mail back whose files cannot be read just now; the attempt does not count."""
    mail.state, mail.attempts, mail.last_answer = "queued", mail.attempts - 1, why
    mail.not_before, mail.lease_owner, mail.lease_until = now + FILES_AWAY, "", None


def hold_all(db: Session, *, held: bool, now: datetime, why: str = "") -> None:
    """Keep back everything until further notice, or end that; mails go on being written."""
    db.execute(delete(Configuration).where(Configuration.name == HOLD_ALL))
    if held:
        db.add(Configuration(name=HOLD_ALL, value=why or True, updated=now))
        db.flush()  # the worker's question must find it


def is_all_held(db: Session) -> bool:
    """Has an administrator said to hold everything? (The configuration may say so as well: `mail.hold`.)"""
    return db.scalar(select(Configuration.name).where(Configuration.name == HOLD_ALL)) is not None


def is_held_as_restored(db: Session) -> bool:
    """Is everything held because the database came from a backup (rule O13)?"""
    return db.scalar(select(Configuration.value).where(Configuration.name == HOLD_ALL)) == RESTORED


def count_states(db: Session) -> dict[str, int]:
    """How many mails are in each state."""
    counted = dict.fromkeys(STATES, 0)
    rows = db.execute(select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state))
    counted.update((state, number) for state, number in rows)
    return counted


def raw_mail(app: App, db: Session, mail_id: int) -> bytes:
    """The bytes that are or were sent. Raises NotFound."""
    mail = db.get(OutgoingMail, mail_id)
    if mail is None:
        raise NotFound(f"There is no outgoing mail {mail_id}.")
    recipients = db.scalars(
        select(OutgoingRecipient).where(OutgoingRecipient.mail_id == mail_id).order_by(OutgoingRecipient.id)
    ).all()
    text = shown_text(hide_words(mail.body), recipients)
    return build(mail, recipients, load_files(db, app.blobs, mail), text=text)


def _move(db: Session, mail_ids: Sequence[int], states: tuple[str, ...], **values: object) -> int:
    changed = db.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id.in_(list(mail_ids)), OutgoingMail.state.in_(states))
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
