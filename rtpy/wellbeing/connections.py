"""Signs of what we talk to: mailboxes, webhooks, directories of people, and when certificates end."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, case, func, select

from rtpy.models import (
    DirectorySync,
    Mailbox,
    MailboxState,
    ServerCertificate,
    UserDirectory,
    Webhook,
    WebhookDelivery,
)
from rtpy.wellbeing.sign import MOST, Grade, Sign, count_up_to_most, how_long, how_many
from rtpy.work import Work

SOON, AT_ONCE = timedelta(days=21), timedelta(days=7)
FAILED_SYNCS = 3


def mailbox_signs(work: Work) -> Iterator[Sign]:
    """How it goes with mailboxes that are fetched; nothing without any. One query."""
    rows = work.db.execute(
        select(
            Mailbox.name,
            MailboxState.problem,
            MailboxState.last_good,
            MailboxState.last_tried,
            Mailbox.created,
        )
        .outerjoin(MailboxState, MailboxState.mailbox_id == Mailbox.id)
        .where(Mailbox.disabled.is_(False))
        .order_by(Mailbox.name)
        .limit(MOST)
    ).all()
    failing = [row for row in rows if row.problem]
    if failing:
        since = min(row.last_good or row.created for row in failing)
        yield Sign(
            "Mailboxes",
            Grade.BAD,
            f"{how_many(len(failing), 'mailbox', 'mailboxes')} cannot be fetched, for {how_long(work.now - since)}.",
            "The page of each says what its server answered; “Test” tries it at once.",
            "admin.mailbox.list",
            detail="; ".join(f"{row.name}: {row.problem}" for row in failing[:5]),
        )
    elif rows:
        tried = max((row.last_good for row in rows if row.last_good), default=None)
        when = f"the last fetch was {how_long(work.now - tried)} ago" if tried else "none was fetched yet"
        number = how_many(len(rows), "mailbox", "mailboxes")
        yield Sign("Mailboxes", Grade.FINE, f"{number}; {when}", page="admin.mailbox.list")


def webhook_signs(work: Work) -> Iterator[Sign]:
    """How it goes with webhooks; nothing without any. One query."""
    waits = WebhookDelivery.state.in_(("queued", "sending"))
    total, off, waiting = work.db.execute(
        select(
            func.count(Webhook.id),
            func.count(case((Webhook.disabled_reason != "", 1))),
            count_up_to_most(waits),
        )
    ).one()
    if off:
        yield Sign(
            "Webhooks",
            Grade.NOTE,
            f"{how_many(off, 'webhook has switched itself off', 'webhooks have switched themselves off')}.",
            "Its page says what the receiver answered; switch it on again when that works.",
            "admin.webhook.list",
        )
    elif total:
        yield Sign(
            "Webhooks",
            Grade.FINE,
            how_many(waiting, "delivery waits", "deliveries wait"),
            page="admin.webhook.list",
        )


def directory_signs(work: Work) -> Iterator[Sign]:
    """How it goes with the syncs of directories; nothing without any. One query."""
    joined = and_(DirectorySync.directory_id == UserDirectory.id, UserDirectory.disabled.is_(False))
    rows = work.db.execute(
        select(UserDirectory.name, DirectorySync.failures, DirectorySync.look_problem)
        .join(DirectorySync, joined)
        .order_by(UserDirectory.name)
        .limit(MOST)
    ).all()
    wrong = [row for row in rows if row.failures >= FAILED_SYNCS or row.look_problem]
    if wrong:
        yield Sign(
            "Directories",
            Grade.BAD,
            f"{how_many(len(wrong), 'directory of people', 'directories of people')} cannot be read.",
            "“Test” on its page says what the server answers.",
            "admin.directory.list",
            detail="; ".join(f"{row.name}: {row.look_problem}".rstrip(": ") for row in wrong[:5]),
        )
    elif rows:
        number = how_many(len(rows), "directory", "directories")
        yield Sign("Directories", Grade.FINE, f"{number}, read as planned", page="admin.directory_sync.list")


def certificate_signs(work: Work) -> Iterator[Sign]:
    """When certificates end that were met lately; nothing without any. One query."""
    rows = work.db.execute(
        select(ServerCertificate.place, ServerCertificate.purpose, ServerCertificate.ends)
        .order_by(ServerCertificate.ends, ServerCertificate.place)
        .limit(200)
    ).all()
    ending = [row for row in rows if row.ends - work.now < SOON]
    for row in ending:
        left = row.ends - work.now
        when = f"ends in {how_long(left)}" if left > timedelta() else f"ended {how_long(-left)} ago"
        yield Sign(
            "Certificates",
            Grade.BAD if left < AT_ONCE else Grade.NOTE,
            f"A certificate {when}: {row.purpose}.",
            "Have it renewed; it is looked at again with the next connection, or within the hour if it is ours.",
            detail=f"It is the one of {row.place}.",
        )
    if rows and not ending:
        first = rows[0]
        yield Sign(
            "Certificates",
            Grade.FINE,
            f"{how_many(len(rows), 'certificate', 'certificates')}; the first one ends in "
            f"{how_long(first.ends - work.now)}",
            detail=f"{first.place}, {first.purpose}",
        )
