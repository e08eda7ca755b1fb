"""The daily digest: what waited for somebody becomes one mail at their hour, in one transaction with its marking.

Nothing is sent twice and nothing is lost: the rows that wait are deleted by whoever writes the mail, and who deletes
fewer than were read undoes everything. What the reader may no longer see is left out (A28).
"""

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.content.recurring import Every, Rule, next_moment
from rtpy.errors import NotFound
from rtpy.mail.choices import choices_of
from rtpy.mail.digest_words import Item, digest_html, digest_text
from rtpy.mail.header_lines import encoded, is_sendable, mailbox, one_line
from rtpy.mail.styled.dressing import NEVER
from rtpy.mail.suppression import suppressed
from rtpy.models import DigestItem, OutgoingMail, OutgoingRecipient, Ticket, User
from rtpy.rights.names import Right
from rtpy.work import Face, Work

_Row = Any  # a row of a query: its type would spell out every column once more

log = logging.getLogger("rtpy.mail")

MOST = 500
"""Mails in one digest; what is beyond comes in a further one at once."""


def write_digests(app: App) -> int:
    """Write what is due; says how many people were served."""
    with app.work(reading=True) as work:
        due = [row.user_id for row in work.db.execute(_WAITING) if _is_due(work, row)]
    return sum(_serve(app, user_id) for user_id in due)


def digest_time(hour: int, timezone: str, after: datetime) -> datetime:
    """The first moment later than `after` at which it is that hour in the zone; an unknown zone is UTC."""
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    start = after.astimezone(zone).date() - timedelta(days=1)
    found = next_moment(Rule(Every.DAY, start, time(hour), zone.key), after)
    assert found is not None  # such a rule has no end
    return found


def _is_due(work: Work, row: _Row) -> bool:
    choices = choices_of(work.app, work.db, row.user_id)
    return not choices.suspended and digest_time(choices.hour, row.timezone, row.oldest) <= work.now


def _serve(app: App, user_id: int) -> int:
    """One person in a transaction of its own; 0 when another worker was first, or something is wrong."""
    try:
        with app.work() as work:
            _write(work, user_id)
            return 1
    except _TakenByAnotherError:
        return 0
    except Exception:
        log.exception("the digest of user %s could not be written", user_id)
        return 0


class _TakenByAnotherError(Exception):
    """Another worker has written this digest."""


def _write(work: Work, user_id: int) -> None:
    rows = work.db.execute(_ITEMS, {"user": user_id}).all()
    if not rows:
        raise _TakenByAnotherError
    mails = [row.id for row in rows]
    gone = work.db.execute(
        delete(DigestItem)
        .where(DigestItem.user_id == user_id, DigestItem.mail_id.in_(mails))
        .execution_options(synchronize_session=False)
    )
    if not isinstance(gone, CursorResult) or gone.rowcount != len(rows):
        raise _TakenByAnotherError
    user = work.db.get_one(User, user_id)
    reason, readable = _readable(work, user, rows)
    shown = [row for row in rows if row.id in readable]
    if shown:
        _post(work, user, shown)
    told = f"told in the digest of {work.now:%Y-%m-%d %H:%M} UTC"
    addresses = {row.address for row in rows}
    for numbers, state, answer in ((readable, "digested", told), (set(mails) - readable, "skipped", reason)):
        if numbers:
            work.db.execute(
                update(OutgoingRecipient)
                .where(
                    OutgoingRecipient.mail_id.in_(numbers),
                    OutgoingRecipient.address.in_(addresses),
                    OutgoingRecipient.state == "digest",
                )
                .values(state=state, last_answer=answer)
                .execution_options(synchronize_session=False)
            )


def _readable(work: Work, user: User, rows: Sequence[_Row]) -> tuple[str, set[int]]:
    """The mails that this person may still read, and why they may not read the others."""
    address = user.email_address or ""
    if not is_sendable(address):
        return "there is no address to write to any more", set()
    if reason := suppressed(work.app, work.db).reason(address):
        return reason, set()
    try:
        rights = work.as_actor(work.app.actor_named(work.db, user.name, Face.SYSTEM)).rights
    except NotFound:
        return f"{user.display_name} is disabled", set()
    tickets = {row.ticket_id for row in rows}

    def seen(right: Right) -> set[int]:
        return set(
            work.db.scalars(select(Ticket.id).where(Ticket.id.in_(tickets), rights.of(right).visible()))
        )

    with_ticket, with_comments = seen(Right.SHOW_TICKET), seen(Right.SHOW_TICKET_COMMENTS)
    return (
        f"{user.display_name} may not see this any more",
        {
            row.id
            for row in rows
            if row.ticket_id in with_ticket and (not row.internal or row.ticket_id in with_comments)
        },
    )


def _post(work: Work, user: User, rows: Sequence[_Row]) -> None:
    config = work.app.config
    subjects = _subjects(work.db, {row.ticket_id for row in rows})
    items, told = [], set()
    for row in rows:
        if (row.ticket_id, row.transaction_id) in told:
            continue  # two scrips wrote about the same
        told.add((row.ticket_id, row.transaction_id))
        url = config.url(f"/ticket/{row.ticket_id}")
        items.append(Item(row.ticket_id, subjects.get(row.ticket_id, ""), url, row.created, row.body))
    count = len({item.ticket_id for item in items})
    title = f"Your digest: {count} ticket{'' if count == 1 else 's'}"
    html = "" if config.mail.html == NEVER else digest_html(title, items, user.timezone)
    named = f"{user.id} {rows[0].id} {rows[-1].id}"
    mail = OutgoingMail(
        created=work.now,
        internal=True,
        message_id=f"rt-digest-{sha256(named.encode()).hexdigest()[:40]}@{config.organization}",
        envelope_sender="",
        subject=one_line(f"[{config.rtname}] {title}", 250),
        headers=[
            ("From", mailbox(config.rtname, config.mail.correspond_address)),
            ("X-RT-Loop-Prevention", encoded(config.rtname)),
            ("Auto-Submitted", "auto-generated"),
            ("Precedence", "bulk"),
        ],
        body=digest_text(items, user.timezone),
        html_body=html,
        not_before=work.now,
    )
    mail.recipients.append(
        OutgoingRecipient(kind="to", address=user.email_address, name=one_line(user.display_name, 120))
    )
    work.db.add(mail)
    work.db.flush()


def _subjects(db: Session, ticket_ids: set[int]) -> dict[int, str]:
    rows = db.execute(select(Ticket.id, Ticket.subject).where(Ticket.id.in_(ticket_ids)))
    return {row.id: row.subject or "(no subject)" for row in rows}


_WAITING = (
    select(DigestItem.user_id, User.timezone, func.min(OutgoingMail.created).label("oldest"))
    .join(OutgoingMail, OutgoingMail.id == DigestItem.mail_id)
    .join(User, User.id == DigestItem.user_id)
    .group_by(DigestItem.user_id, User.timezone)
)
_ITEMS = (
    select(
        OutgoingMail.id,
        OutgoingMail.ticket_id,
        OutgoingMail.transaction_id,
        OutgoingMail.internal,
        OutgoingMail.created,
        OutgoingMail.body,
        DigestItem.address,
    )
    .join(DigestItem, DigestItem.mail_id == OutgoingMail.id)
    .where(DigestItem.user_id == bindparam("user"))
    .order_by(OutgoingMail.id)
    .limit(MOST)
)
