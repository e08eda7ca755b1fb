"""Keys of feeds: made for a search, shown once, good until they are revoked or their user is no longer of the staff."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.models import FeedKey, Group, GroupClosure, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.work import Work

KIND = "feed key"
MOST = 50
"""Feeds of one person."""
LONGEST_NAME = 100
LONGEST_QUERY = 20_000
USED_EVERY = timedelta(hours=1)
"""How exactly the last use is kept: readers ask every few minutes."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A good key: whose it is, by which clock they live, and the search that it shows."""

    id: int
    user_id: int
    user_name: str
    timezone: str
    name: str
    query: str
    is_use_due: bool


def make_feed_key(work: Work, name: str, query: str) -> tuple[str, FeedKey]:
    """A key for a search of the actor's; the first is the key itself, of which only the hash is kept.

    The caller has read `query`, so that it is one. Raises Invalid (`name`, `query`), and Refused beyond MOST.
    """
    name, problems = " ".join(name.split()), []
    if not 0 < len(name) <= LONGEST_NAME or "\x00" in name:
        problems.append(Problem("name", f"Give the feed a name of at most {LONGEST_NAME} letters."))
    if len(query) > LONGEST_QUERY or "\x00" in query:
        problems.append(Problem("query", "This search is too long for a feed."))
    if problems:
        raise Invalid(*problems)
    mine = select(func.count(FeedKey.id)).where(
        FeedKey.user_id == work.actor.user_id, FeedKey.revoked.is_(None)
    )
    if (work.db.scalar(mine) or 0) >= MOST:
        raise Refused(f"You have {MOST} feeds. Revoke one that you no longer need.")
    key = secrets.token_urlsafe(32)
    row = FeedKey(user_id=work.actor.user_id, key_hash=_hash(key), name=name, query=query, created=work.now)
    work.db.add(row)
    work.db.flush()  # the log needs its number
    note_configuration(work, KIND, row.id, name, None, {"user": work.actor.name, "query": query})
    return key, row


def revoke_feed_key(work: Work, key_id: int) -> None:
    """End one of the actor's own keys. Raises NotFound when there is none such, or it is revoked already."""
    row = work.db.get(FeedKey, key_id)
    if row is None or row.user_id != work.actor.user_id or row.revoked is not None:
        raise NotFound("There is no such feed of yours; it may be revoked already.")
    _revoke(work, row, work.actor.name)


def revoke_feeds_of(work: Work, user: User, *, key_id: int | None = None) -> int:
    """End all feeds of a user, or that one of them, for somebody who has checked that this may be; how many."""
    rows = [row for row in feed_keys_of(work.db, user.id) if key_id is None or row.id == key_id]
    for row in rows:
        _revoke(work, row, user.name)
    return len(rows)


def feed_keys_of(db: Session, user_id: int) -> Sequence[FeedKey]:
    """The good keys of a user, the newest first."""
    mine = select(FeedKey).where(FeedKey.user_id == user_id, FeedKey.revoked.is_(None))
    return db.scalars(mine.order_by(FeedKey.id.desc())).all()


def find_feed(db: Session, key: str, now: datetime) -> Feed | None:
    """What a key is good for; None when it is unknown or revoked, or its user is disabled or not of the staff."""
    row = db.connection().execute(_FIND, {"key_hash": _hash(key)}).one_or_none()
    if row is None:
        return None
    is_use_due = row.last_used is None or now - row.last_used >= USED_EVERY
    return Feed(row.id, row.user_id, row.user_name, row.timezone, row.name, row.query, is_use_due)


def note_feed_used(work: Work, key_id: int) -> None:
    """Keep that it was asked for now."""
    work.db.execute(update(FeedKey).where(FeedKey.id == key_id).values(last_used=work.now))


def _revoke(work: Work, row: FeedKey, user_name: str) -> None:
    row.revoked = work.now
    note_configuration(work, KIND, row.id, row.name, {"user": user_name, "query": row.query}, None)


def _hash(key: str) -> str:
    """256 random bits need no salt."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def _find() -> Any:  # Any: a Select of several columns
    privileged = (
        exists()
        .where(GroupClosure.group_id == Group.id, GroupClosure.member_id == FeedKey.user_id)
        .where(Group.name == PRIVILEGED, Group.domain == "SystemInternal")
    )
    return (
        select(
            FeedKey.id,
            FeedKey.user_id,
            User.name.label("user_name"),
            User.timezone,
            FeedKey.name,
            FeedKey.query,
            FeedKey.last_used,
        )
        .join(User, User.id == FeedKey.user_id)
        .join(Principal, Principal.id == User.id)
        .where(
            FeedKey.key_hash == bindparam("key_hash"),
            FeedKey.revoked.is_(None),
            Principal.disabled.is_(False),
            privileged,
        )
    )


# Built once: readers of feeds ask all the time.
_FIND = _find()
