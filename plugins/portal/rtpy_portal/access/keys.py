"""Keys: the links in mails that open one request for one person, without an account.

A key is made of a seed in the database and the site's secret, so that all mails to somebody about a request carry the
same one, and a copy of the database opens nothing. It dies with a new seed, when it is withdrawn, when the person is
no participant any more or is disabled, when the request goes to another organisation, and some days after closing.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import and_, bindparam, exists, func, not_, select, update
from sqlalchemy.orm import Session, aliased

from rtpy.app import App
from rtpy.content.link_keys import is_link_key, link_key
from rtpy.identity.login import sign
from rtpy.identity.sessions import hash_token
from rtpy.models import Principal, Queue, Ticket, Transaction, User, Watcher
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.settings import KEY_DAYS
from rtpy_portal.access.sight import PARTS
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.models import Key, RequestRow

COOKIE = "rtpy_key"
TARGETS: Mapping[str, tuple[str, Mapping[str, frozenset[str]]]] = {
    "": ("", {}),
    "rate": ("/rate", {"score": frozenset({"good", "fair", "bad"})}),
}
"""Where a key may lead beside the request itself: what follows its address, and the values it may carry."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a good key opens: the request `ticket_id`, for `visitor`."""

    visitor: Visitor
    ticket_id: int


def key_url(work: Work, ticket: Ticket, user_id: int, to: str = "", **query: str) -> str:
    """The whole address by which somebody who takes part opens the request; the same in each mail.

    It is a secret: it stands in sealed words only, and in no log. Raises LookupError for who takes no part.
    """
    return address_of(work.app, tokens_for(work, ticket, (user_id,))[user_id], to, **query)


def address_of(app: App, token: str, to: str = "", **query: str) -> str:
    """The whole address of a key; `to` and `query` as in TARGETS."""
    asked = {"to": to, **query} if to else {}
    return app.config.url(f"/portal/key/{token}" + (f"?{urlencode(asked)}" if asked else ""))


def tokens_for(work: Work, ticket: Ticket, user_ids: Collection[int]) -> dict[int, str]:
    """The keys of those of them who take part, made where there is no good one. One query, and one if any are made.

    Nobody has one for a request that staff hid from customers: so no mail leads to it or asks how it went.
    """
    rows = work.db.execute(_TAKING_PART, {"ticket": ticket.id, "users": list(user_ids)}).all()
    found: dict[int, str] = {}
    for user_id, key in rows:
        if key is None:
            key = Key(ticket_id=ticket.id, user_id=user_id)
            _renew(work, key, ticket)
            work.db.add(key)
        elif key.withdrawn is not None or key.organization_id not in (None, ticket.organization_id):
            _renew(work, key, ticket)
        elif key.organization_id is None and ticket.organization_id is not None:
            key.organization_id = ticket.organization_id
        found[user_id] = token_of(work.app, key)
    work.db.flush()
    return found


def rotate(work: Work, ticket: Ticket, user_id: int) -> str:
    """A new key for who takes part; the one before opens nothing any more. Raises LookupError for who does not."""
    tokens_for(work, ticket, (user_id,))[user_id]
    key = work.db.scalars(
        select(Key).where(Key.ticket_id == ticket.id, Key.user_id == user_id).with_for_update()
    ).one()
    _renew(work, key, ticket)
    work.db.flush()
    return token_of(work.app, key)


def token_of(app: App, key: Key) -> str:
    """The key itself: 256 bits, in the form that is removed from what people quote."""
    return link_key(bytes.fromhex(sign(app, f"portal key {key.seed}")))


def find_key(app: App, db: Session, token: str) -> Opened | None:
    """What a key opens now; None when it opens nothing. One query, none for what cannot be a key.

    The key of a request that was merged opens the one that it goes on in, for who takes part there.
    """
    if not is_link_key(token):
        return None
    row = db.execute(_OPENS, {"hash": hash_token(token)}).one_or_none()
    if row is None:
        return None
    key, user, ticket, lifecycle = row
    if key.organization_id not in (None, ticket.organization_id):
        return None
    if is_over(app, db, ticket, lifecycle):
        return None
    visitor = Visitor(
        user.id,
        user.name,
        user.display_name,
        Way.KEY,
        lang=user.lang,
        timezone=user.timezone,
        ticket_id=ticket.id,
    )
    return Opened(visitor, ticket.id)


def is_over(app: App, db: Session, ticket: Ticket, lifecycle: str) -> bool:
    """Was the request closed so long ago that its keys open nothing?"""
    if not app.lifecycles.get(lifecycle).is_inactive(ticket.status):
        return False
    closed: datetime = ticket.resolved or ticket.last_updated
    return app.clock.now() - closed > timedelta(days=int(setting(app, db, KEY_DAYS)))


def follow_customer(work: Work, ticket: Ticket, transactions: Collection[Transaction]) -> None:
    """The request goes from one organisation to another: keys that were made before it had any die with the others.

    One statement then, none otherwise.
    """
    left = [each.old_value for each in transactions if each.field == "Organization" and each.old_value]
    if left:
        work.db.execute(
            update(Key)
            .where(Key.ticket_id == ticket.id, Key.organization_id.is_(None))
            .values(organization_id=int(left[0]))
        )


def _renew(work: Work, key: Key, ticket: Ticket) -> None:
    key.seed, key.made, key.withdrawn = secrets.token_urlsafe(32), work.now, None
    key.organization_id = ticket.organization_id
    key.token_hash = hash_token(token_of(work.app, key))


_TAKING_PART = (
    select(Watcher.principal_id, Key)
    .join(User, User.id == Watcher.principal_id)
    .join(Principal, Principal.id == User.id)
    .outerjoin(Key, and_(Key.ticket_id == Watcher.ticket_id, Key.user_id == Watcher.principal_id))
    .where(
        Watcher.ticket_id == bindparam("ticket"),
        Watcher.role.in_(PARTS),
        Watcher.principal_id.in_(bindparam("users", expanding=True)),
        Principal.disabled.is_(False),
        User.merged_into_id.is_(None),
        not_(exists().where(RequestRow.ticket_id == Watcher.ticket_id, RequestRow.is_hidden)),
    )
)
_first, _final = aliased(Ticket), aliased(Ticket)
_OPENS = (
    select(Key, User, _final, Queue.lifecycle)
    .join(_first, _first.id == Key.ticket_id)
    .join(_final, _final.id == func.coalesce(_first.merged_into_id, _first.id))
    .join(Queue, Queue.id == _final.queue_id)
    .join(User, User.id == Key.user_id)
    .join(Principal, Principal.id == User.id)
    .where(
        Key.token_hash == bindparam("hash"),
        Key.withdrawn.is_(None),
        Principal.disabled.is_(False),
        User.merged_into_id.is_(None),
        exists().where(
            Watcher.ticket_id == _final.id, Watcher.role.in_(PARTS), Watcher.principal_id == Key.user_id
        ),
    )
)
