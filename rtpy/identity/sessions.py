"""Sessions of browsers: begun at login, found by the cookie's token, ended one by one or all at once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from rtpy.identity.logins import Login as Login
from rtpy.identity.logins import Through, login_from, who_columns
from rtpy.models import PendingLogin, Principal, User, WebSession

SEEN_EVERY = timedelta(minutes=1)
"""How exactly `seen` is kept: a page costs a write at most once in this time."""

AGENT_LENGTH = 255
REST_DAYS = 1
"""Days after which an unused session of a program ends."""


class SessionKind(StrEnum):
    """For what a session is good."""

    WEB = "web"
    """For pages, and for what programs ask."""
    REST = "rest"
    """For what programs ask only: no page takes it."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its owner sees it."""

    id: int
    created: datetime
    seen: datetime
    peer: str
    user_agent: str
    kind: str


def start_session(
    db: Session,
    user_id: int,
    *,
    now: datetime,
    days: int,
    peer: str = "",
    user_agent: str = "",
    kind: SessionKind = SessionKind.WEB,
) -> str:
    """Log `user_id` in; returns the token for the cookie, of which only the hash is kept.

    It has 256 random bits; of a session for programs 128 in hex digits: RT's client takes no other.
    Sessions of anybody that are over are swept away with it. It ends after `days` without use.
    """
    db.connection().execute(
        delete(WebSession).where(or_(WebSession.expires < now, WebSession.revoked.is_not(None)))
    )
    token = secrets.token_hex(16) if kind is SessionKind.REST else secrets.token_urlsafe(32)
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
        "kind": kind,
    }
    db.connection().execute(insert(WebSession).values(row))
    return token


def find_session(
    connection: Connection, token: str, now: datetime, kind: SessionKind = SessionKind.WEB
) -> Login | None:
    """Who is logged in with this token of a session of that kind. One query.

    None when it is unknown, over, revoked, of the other kind, or its user is disabled.
    """
    if not token or len(token) > 200:
        return None
    asked = {"token_hash": hash_token(token), "now": now, "kind": str(kind)}
    row = connection.execute(_FIND, asked).one_or_none()
    if row is None:
        return None
    return login_from(
        row,
        Through.REST if kind is SessionKind.REST else Through.BROWSER,
        session_id=row.id,
        csrf_token=row.csrf_token,
        seen=row.seen,
        data=row.data,
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
    """End all sessions of a user, or only `session_id` of them, or all `but` one; returns how many ended.

    Unless it is a single one, logins that wait for a second factor end too.
    """
    if session_id is None:
        db.connection().execute(delete(PendingLogin).where(PendingLogin.user_id == user_id))
    ending = delete(WebSession).where(WebSession.user_id == user_id)
    if session_id is not None:
        ending = ending.where(WebSession.id == session_id)
    if but is not None:
        ending = ending.where(WebSession.id != but)
    return db.connection().execute(ending).rowcount


def sessions_of(db: Session, user_id: int, now: datetime) -> Sequence[SessionLine]:
    """The sessions of a user that are good, the last used first."""
    rows = db.execute(
        select(
            WebSession.id,
            WebSession.created,
            WebSession.seen,
            WebSession.peer,
            WebSession.user_agent,
            WebSession.kind,
        )
        .where(WebSession.user_id == user_id, WebSession.revoked.is_(None), WebSession.expires > now)
        .order_by(WebSession.seen.desc(), WebSession.id.desc())
    )
    return [SessionLine(*row) for row in rows]


def hash_token(token: str) -> str:
    """The form in which a token is stored: SHA-256 in hex (its 256 random bits need no salt)."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _find() -> Any:  # Any: a Select of a dozen columns
    good = (
        WebSession.token_hash == bindparam("token_hash"),
        WebSession.kind == bindparam("kind"),
        WebSession.expires > bindparam("now"),
        WebSession.revoked.is_(None),
    )
    return (
        select(
            WebSession.id,
            WebSession.csrf_token,
            WebSession.seen,
            WebSession.data,
            *who_columns(WebSession.user_id, select(WebSession.user_id).where(*good)),
        )
        .join(User, User.id == WebSession.user_id)
        .join(Principal, Principal.id == User.id)
        .where(*good, Principal.disabled.is_(False))
    )


_FIND = _find()
