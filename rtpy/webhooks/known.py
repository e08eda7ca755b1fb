"""The webhooks that are switched on, remembered between requests until somebody changes one."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import User, Webhook
from rtpy.remembered import remembered, watch

watch(Webhook)


@dataclass(frozen=True, slots=True)
class KnownWebhook:
    """What must be known of one to say whether it is told of an event."""

    id: int
    events: frozenset[str]
    query: str
    user_id: int
    user_name: str
    comments: bool
    skip_own: bool


def known_webhooks(app: App, db: Session) -> tuple[KnownWebhook, ...]:
    """All of them. No query as long as nobody changes one."""
    return remembered(app, db, "webhooks", _read)


def _read(db: Session) -> tuple[KnownWebhook, ...]:
    rows = db.execute(
        select(Webhook, User.name)
        .join(User, User.id == Webhook.user_id)
        .where(Webhook.disabled.is_(False))
        .order_by(Webhook.id)
    )
    return tuple(
        KnownWebhook(row.id, frozenset(row.events), row.query, row.user_id, name, row.comments, row.skip_own)
        for row, name in rows
    )
