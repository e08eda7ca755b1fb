"""Sessions of browsers: begun at login, found by the cookie's token, ended one by one or all at once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from rtpy.models import Group, GroupClosure, Principal, User, WebSession
from rtpy.models.group import PRIVILEGED
from rtpy.rights.standing import Standing, standing_columns, standing_of

SEEN_EVERY = timedelta(minutes=1)
"""How exactly `seen` is kept: a page costs a write at most once in this time."""

AGENT_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Login:
    """A session that is good, and whose it is. `data` are flash messages and small choices.

    `standing` is the user's as the transaction read it that found the session, and good for that one only.
    """

    session_id: int
    user_id: int
    name: str
    display_name: str
    email_address: str
    is_privileged: bool
    lang: str
    timezone: str
    csrf_token: str
    seen: datetime
    data: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    signature: str = ""
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its owner sees it."""

    id: int
    created: datetime
    seen: datetime
    peer: str
    user_agent: str


def start_session(
    db: Session, user_id: int, *, now: datetime, days: int, peer: str = "", user_agent: str = ""
) -> str:
    """Log `user_id` in; returns the token for the cookie (256 random bits), of which only the hash is kept.

    Sessions of anybody that are over are swept away with it. It ends after `days` without use.
    """
    db.connection().execute(
        delete(WebSession).where(or_(WebSession.expires < now, WebSession.revoked.is_not(None)))
    )
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": hash_token(token),
        "user_id": user_id,
        "csrf_token": secrets.token_urlsafe(32),
        "created": now,
        "seen": now,
        "expires": now + timedelta(days=days),
        "peer": peer[:64],
        "user_agent": user_agent.replace("\x00", "")[:AGENT_LENGTH],
        "data": {},
    }
    db.connection().execute(insert(WebSession).values(row))
    return token


def find_session(connection: Connection, token: str, now: datetime) -> Login | None:
    """Who is logged in with this token; None when it is unknown, over, revoked, or its user is disabled. One query."""
    if not token or len(token) > 200:
        return None
    row = connection.execute(_FIND, {"token_hash": hash_token(token), "now": now}).one_or_none()
    if row is None:
        return None
    return Login(
        row.id,
        row.user_id,
        row.name,
        row.real_name or row.nick_name or row.name,
        row.email_address or "",
        row.is_privileged,
        row.lang,
        row.timezone,
        row.csrf_token,
        row.seen,
        row.data or {},
        row.signature,
        standing_of(row.principals, row.stamp),
    )


def touch_session(db: Session, session_id: int, *, now: datetime, days: int) -> None:
    """It was used now: it ends `days` later than that."""
    later = update(WebSession).where(WebSession.id == session_id)
    db.connection().execute(later.values(seen=now, expires=now + timedelta(days=days)))


def save_session_data(db: Session, session_id: int, data: dict[str, Any]) -> None:
    """Keep flash messages and choices; Any: JSON."""
    db.connection().execute(update(WebSession).where(WebSession.id == session_id).values(data=data))


def end_session(db: Session, token: str) -> None:
    """Log out: the token is worth nothing from now on."""
    db.connection().execute(delete(WebSession).where(WebSession.token_hash == hash_token(token)))


def end_sessions_of(
    db: Session, user_id: int, *, session_id: int | None = None, but: int | None = None
) -> int:
    """End all sessions of a user, or only `session_id` of them, or all `but` one; returns how many ended."""
    ending = delete(WebSession).where(WebSession.user_id == user_id)
    if session_id is not None:
        ending = ending.where(WebSession.id == session_id)
    if but is not None:
        ending = ending.where(WebSession.id != but)
    return db.connection().execute(ending).rowcount


def sessions_of(db: Session, user_id: int, now: datetime) -> Sequence[SessionLine]:
    """The sessions of a user that are good, the last used first."""
    rows = db.execute(
        select(WebSession.id, WebSession.created, WebSession.seen, WebSession.peer, WebSession.user_agent)
        .where(WebSession.user_id == user_id, WebSession.revoked.is_(None), WebSession.expires > now)
        .order_by(WebSession.seen.desc(), WebSession.id.desc())
    )
    return [SessionLine(*row) for row in rows]


def hash_token(token: str) -> str:
    """The form in which a token is stored: SHA-256 in hex (its 256 random bits need no salt)."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _find() -> Any:  # Any: a Select of a dozen columns
    privileged = (
        exists()
        .where(GroupClosure.group_id == Group.id, GroupClosure.member_id == WebSession.user_id)
        .where(Group.name == PRIVILEGED, Group.domain == "SystemInternal")
    )
    good = (
        WebSession.token_hash == bindparam("token_hash"),
        WebSession.expires > bindparam("now"),
        WebSession.revoked.is_(None),
    )
    return (
        select(
            WebSession.id,
            WebSession.user_id,
            User.name,
            User.real_name,
            User.nick_name,
            User.email_address,
            User.lang,
            User.timezone,
            User.signature,
            WebSession.csrf_token,
            WebSession.seen,
            WebSession.data,
            privileged.label("is_privileged"),
            *standing_columns(select(WebSession.user_id).where(*good)),
        )
        .join(User, User.id == WebSession.user_id)
        .join(Principal, Principal.id == User.id)
        .where(*good, Principal.disabled.is_(False))
    )


_FIND = _find()
