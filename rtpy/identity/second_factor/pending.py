"""Logins between the two factors: a row and a short-lived cookie, never a session."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.login import Limit, Passed, count_attempt, device_nonce, network_of
from rtpy.identity.login_history import Result, note_login
from rtpy.identity.second_factor.factor import Used, find_good_code, use_code
from rtpy.identity.sessions import hash_token, start_session
from rtpy.models import PendingLogin, Principal, User

log = logging.getLogger("rtpy.login")

MINUTES = 10
ACCOUNT_AND_PEER = Limit(10, 900)
"""Codes for one account from one address."""
ACCOUNT = Limit(30, 3600)
"""Codes for one account from everywhere: of a million, three are good at a time."""
DEVICE = Limit(10, 900)
"""Codes for one account from a browser that was logged in before: no stranger uses these up."""


class PendingOver(Refused):
    """Nobody waits for a code here: it took too long, or it was used already."""

    def __init__(self) -> None:
        super().__init__("That took too long, or the login was finished already. Please log in again.")


class WrongCode(Refused):
    """Not a code of theirs, or one that was used before: one sentence for all of them."""

    def __init__(self) -> None:
        super().__init__(
            "This code is not right, or it was used already. Wait for the next one and type that."
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for a code: the first factor was shown by `how`."""

    user_id: int
    name: str
    password_hash: str | None
    how: str


@dataclass(frozen=True, slots=True)
class GoodCode:
    """A code that was right when it was looked at; `finish_login` uses it up."""

    waiting: Waiting
    found: tuple[Used, object]
    at: datetime


def begin_pending(db: Session, passed: Passed) -> str:
    """Wait for the code of who passed the first factor; returns the token for the cookie, kept hashed only."""
    db.connection().execute(delete(PendingLogin).where(PendingLogin.expires < passed.at))
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": hash_token(token),
        "user_id": passed.user_id,
        "how": str(passed.how),
        "created": passed.at,
        "expires": passed.at + timedelta(minutes=MINUTES),
    }
    db.connection().execute(insert(PendingLogin).values(row))
    return token


def find_waiting(db: Session, token: str, now: datetime) -> Waiting | None:
    """Who waits with this token; None when nobody does (any more), or their account is switched off. One query."""
    if not token or len(token) > 200:
        return None
    row = db.execute(
        select(User.id, User.name, User.password_hash, PendingLogin.how)
        .join(PendingLogin, PendingLogin.user_id == User.id)
        .join(Principal, Principal.id == User.id)
        .where(
            PendingLogin.token_hash == hash_token(token),
            PendingLogin.expires > now,
            Principal.disabled.is_(False),
        )
    ).one_or_none()
    return Waiting(*row) if row is not None else None


def check_code(
    app: App, token: str, typed: str, *, peer: str, user_agent: str = "", device: str = ""
) -> GoodCode:
    """Is this a good code of who waits with `token`? An attempt is counted, and a wrong one noted, whatever is undone.

    Raises PendingOver, TooManyLogins before any code is looked at, WrongCode. Present sessions go on whatever is
    tried. Uses short transactions of its own.
    """
    now = app.clock.now()
    with app.reading_sessions() as db:
        waiting = find_waiting(db, token, now)
    if waiting is None:
        raise PendingOver
    count_attempt(app, _limits(app, waiting, peer, device), now)
    with app.reading_sessions() as db:
        found = find_good_code(app, db, waiting.user_id, typed, now)
    if found is None:
        log.warning("login failed: wrong code, user %s, from %s", waiting.user_id, peer)
        with app.work() as work:
            note_login(
                work.db,
                waiting.user_id,
                waiting.how,
                Result.WRONG_CODE,
                at=now,
                peer=peer,
                user_agent=user_agent,
            )
        raise WrongCode
    return GoodCode(waiting, found, now)


def finish_login(db: Session, token: str, good: GoodCode, *, days: int, peer: str, user_agent: str) -> str:
    """Use code and pending login up and begin the session; returns the token for its cookie.

    Raises PendingOver or WrongCode when another request was quicker with one of them; what was written stays true.
    """
    mine = delete(PendingLogin).where(
        PendingLogin.token_hash == hash_token(token), PendingLogin.expires > good.at
    )
    if db.connection().execute(mine).rowcount != 1:
        raise PendingOver
    user_id = good.waiting.user_id
    is_good = use_code(db, user_id, good.found, good.at)
    came_in = Result.IN_BY_CODE if good.found[0] is Used.APP else Result.IN_BY_RECOVERY
    result = came_in if is_good else Result.WRONG_CODE
    note_login(db, user_id, good.waiting.how, result, at=good.at, peer=peer, user_agent=user_agent)
    if not is_good:
        raise WrongCode
    log.info("login: user %s by %s, from %s", user_id, good.found[0], peer)
    return start_session(db, user_id, now=good.at, days=days, peer=peer, user_agent=user_agent)


def drop_pending(db: Session, token: str) -> None:
    """Whoever waited with this token waits no more."""
    if token:
        db.connection().execute(delete(PendingLogin).where(PendingLogin.token_hash == hash_token(token)))


def _limits(app: App, waiting: Waiting, peer: str, device: str) -> tuple[tuple[str, Limit], ...]:
    known = device_nonce(app, waiting.user_id, waiting.password_hash, device)
    if known:
        return ((f"code:device:{waiting.user_id}:{known[:32]}", DEVICE),)
    return (
        (f"code:account:{waiting.user_id}:{network_of(peer)}", ACCOUNT_AND_PEER),
        (f"code:account:{waiting.user_id}", ACCOUNT),
    )
