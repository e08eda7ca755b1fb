"""A new password for who has forgotten it: asked for, looked up by the worker, chosen once with a token by mail.

Asking does the same work whoever is meant, and nobody waits for the look-up: neither words nor times tell whether
there is such an account (A36).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.accounts import set_password
from rtpy.identity.login import Limit, count_attempt, find_account, network_of
from rtpy.identity.rates import hit
from rtpy.identity.sessions import hash_token
from rtpy.models import PasswordReset, Principal, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.sealing import seal, unseal
from rtpy.work import Work

PURPOSE = "asked for a password"
GOOD_FOR = timedelta(hours=1)
PEER = Limit(20, 3600)
"""Requests from one address, whomever they name."""
ACCOUNT = Limit(3, 3600)
"""Mails to one account; more are not written."""
AT_ONCE = 20
DEAD = (
    "This link is not good any more: it works once, for an hour, and only until the password or the address changes. "
    "Please ask for a new one."
)


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset that may be told to `user`: `token` stands in no table."""

    user: User
    token: str


def ask_for_reset(app: App, name: str, *, peer: str, now: datetime) -> None:
    """Note that a new password is wanted for `name`, a login name or an address. Raises TooManyLogins.

    In a short transaction of its own.
    """
    network = network_of(peer)
    count_attempt(app, ((f"reset:peer:{network}", PEER),), now)
    with app.work() as work:
        work.db.add(
            PasswordReset(
                created=now, peer=peer[:64], asked=seal(app.config, PURPOSE, name.strip()[:320] or "-")
            )
        )


def waiting_resets(db: Session) -> list[int]:
    """Ids of those that nobody has looked at."""
    unseen = select(PasswordReset.id).where(PasswordReset.asked != "").order_by(PasswordReset.id)
    return list(db.scalars(unseen.limit(AT_ONCE)))


def open_reset(work: Work, number: int) -> Reset | None:
    """Look who is meant by a waiting one and give it a token; None when there is nobody to be told.

    Who has neither a password nor is staff never logs in with one; nor do the system's own people. More than three
    in an hour are told nothing.
    """
    row = work.db.get(PasswordReset, number, with_for_update=True)
    if row is None or not row.asked:
        return None
    try:
        name = unseal(work.app.config, PURPOSE, row.asked)
    except Refused:
        name = ""
    row.asked = ""
    account = find_account(work.app, name)
    # The password of a linked account is its directory's: another one would open nothing.
    user = work.db.get(User, account.user_id) if account and not account.is_linked else None
    if user is None or not _has_password(work, user) or not user.email_address:
        return None
    if hit(work.db, f"reset:account:{user.id}", ACCOUNT.seconds, work.now) > ACCOUNT.attempts:
        return None
    token = secrets.token_urlsafe(32)
    row.user_id, row.token_hash = user.id, hash_token(token)
    row.fingerprint, row.expires = _fingerprint(user), work.now + GOOD_FOR
    return Reset(user, token)


def find_reset(db: Session, token: str, now: datetime) -> User | None:
    """Whose password can be chosen with `token`; None when it is unknown, used, over, or of an account that changed."""
    if not token or len(token) > 200:
        return None
    row = db.execute(
        select(PasswordReset, User)
        .join(User, User.id == PasswordReset.user_id)
        .join(Principal, Principal.id == User.id)
        .where(
            PasswordReset.token_hash == hash_token(token),
            PasswordReset.expires > now,
            Principal.disabled.is_(False),
        )
    ).one_or_none()
    return row[1] if row is not None and row[0].fingerprint == _fingerprint(row[1]) else None


def choose_password(work: Work, user: User, password: str) -> None:
    """The new password of who came with a good token: all sessions, tokens and feeds end, the token is used up.

    Raises Invalid when it may not be chosen.
    """
    set_password(work, user, password)
    work.db.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))


def sweep_resets(db: Session, now: datetime) -> None:
    """Forget what has been over, or nobody's, for a day."""
    old = now - timedelta(days=1)
    db.execute(
        delete(PasswordReset).where(
            PasswordReset.created < old, or_(PasswordReset.expires.is_(None), PasswordReset.expires < old)
        )
    )


def _has_password(work: Work, user: User) -> bool:
    if user.name in (SYSTEM_USER, NOBODY) or user.merged_into_id is not None:
        return False
    return user.password_hash is not None


def _fingerprint(user: User) -> str:
    return sha256(f"{user.password_hash}\n{(user.email_address or '').lower()}".encode()).hexdigest()
