"""Tokens of programs: their text, who calls with one, and keeping that it was used."""

import hmac
import logging
import re
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.orm import Session

from rtpy.identity.logins import NEVER, Login, Through, login_from, who_columns
from rtpy.identity.scopes import Level, Scope
from rtpy.models import AuthToken, Principal, User

log = logging.getLogger("rtpy.login")

_TEXT = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})-([0-9a-f]{32})", re.ASCII)


def draw_secret() -> str:
    """The secret part of a token: 128 random bits as RT writes them, in 32 hex digits."""
    return secrets.token_hex(16)


def hash_secret(secret: str) -> str:
    """The form in which it is stored: SHA-256 in hex. Random bits need no salt and nothing slower."""
    return sha256(secret.encode("ascii")).hexdigest()


def write_token(token_id: int, user_id: int, secret: str) -> str:
    """The text of a token in RT's form: `1-14-` and 32 hex digits."""
    return f"{token_id}-{user_id}-{secret}"


def find_token_login(connection: Connection, text: str, now: datetime) -> Login | None:
    """Who calls with this token. One query, none for a text that is no token.

    None when it is unknown, over or revoked, or its user is disabled.
    """
    parts = _TEXT.fullmatch(text.strip()) if len(text) < 100 else None
    if parts is None:
        return None
    asked = {"id": int(parts[1]), "user": int(parts[2]), "now": now}
    row = connection.execute(_FIND, asked).one_or_none()
    if row is None or not hmac.compare_digest(row.secret_hash, hash_secret(parts[3])):
        return None
    queues = frozenset(row.queues) if row.queues is not None else None
    return login_from(
        row,
        Through.TOKEN,
        seen=row.last_used or NEVER,
        scope=Scope(Level(row.level), queues),
        token_id=row.id,
    )


def touch_token(db: Session, token_id: int, *, now: datetime, peer: str) -> None:
    """It was used now, from that address; a new address is a line in the log."""
    table = AuthToken.__table__.c
    before = db.connection().scalar(select(table.last_peer).where(table.id == token_id))
    if before != peer[:64]:
        log.info("token %d: used from %s, before from %s", token_id, peer, before or "nowhere")
    used = update(AuthToken).where(AuthToken.id == token_id).values(last_used=now, last_peer=peer[:64])
    db.connection().execute(used)


def _find() -> Any:  # Any: a Select of a dozen columns
    good = (
        AuthToken.id == bindparam("id"),
        AuthToken.user_id == bindparam("user"),
        AuthToken.revoked.is_(None),
        or_(AuthToken.expires.is_(None), AuthToken.expires > bindparam("now")),
    )
    return (
        select(
            AuthToken.id,
            AuthToken.secret_hash,
            AuthToken.level,
            AuthToken.queues,
            AuthToken.last_used,
            *who_columns(AuthToken.user_id, select(AuthToken.user_id).where(*good)),
        )
        .join(User, User.id == AuthToken.user_id)
        .join(Principal, Principal.id == User.id)
        .where(*good, Principal.disabled.is_(False))
    )


_FIND = _find()
