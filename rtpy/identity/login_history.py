"""The history of logins: who came in, how, from where and with what, and who was turned away and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, delete, func, insert, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from rtpy.app import App
from rtpy.identity.login import DirectoryAway, LoginFailed, folded_name
from rtpy.identity.logins import How
from rtpy.identity.rates import hit
from rtpy.models import LoginEvent, Principal, User, UserAddress

AGENT_LENGTH = 255
NOTED_EVERY = 900
"""Seconds in which it is noted once that an account, or a stranger's address, was stopped: they may go on and on."""


class Result(StrEnum):
    """What became of it."""

    IN = "in"
    ASKED = "asked for code"
    """The first factor was right. When nobody comes in after it, somebody knows a password that is not theirs."""
    IN_BY_CODE = "in by code"
    IN_BY_RECOVERY = "in by recovery"
    WRONG_PASSWORD = "wrong password"
    WRONG_CODE = "wrong code"
    TOO_MANY = "too many"
    AWAY = "directory away"
    """The directory that knows the password did not answer."""
    DISABLED = "disabled"
    NEEDS_TOKEN = "needs token"
    """A program came with the right password of an account that has a second factor."""
    REFUSED = "refused"
    """Another system said yes, but the account may not come in this way."""


@dataclass(frozen=True, slots=True)
class LoginLine:
    """One attempt as it is shown; `user_id` is None for a name that nobody has."""

    id: int
    user_id: int | None
    name: str
    real_name: str
    at: datetime
    how: str
    result: str
    peer: str
    user_agent: str


def note_login(
    db: Session,
    user_id: int | None,
    how: str,
    result: Result,
    *,
    at: datetime,
    peer: str,
    user_agent: str = "",
) -> None:
    """Write one line into the history, in the transaction of `db`."""
    row = {
        "user_id": user_id,
        "at": at,
        "how": str(how),
        "result": str(result),
        "peer": peer[:64],
        "user_agent": user_agent.replace("\x00", "")[:AGENT_LENGTH],
    }
    db.connection().execute(_NOTE, row)


def result_of(failed: LoginFailed) -> Result:
    """What to write down of a login that failed."""
    return Result.AWAY if isinstance(failed, DirectoryAway) else Result.WRONG_PASSWORD


def note_failed(
    app: App,
    name: str,
    result: Result,
    *,
    peer: str,
    user_agent: str = "",
    how: How = How.PASSWORD,
) -> None:
    """Somebody gave `name` and was turned away: noted in a short transaction of its own, whatever else is undone.

    The name itself is not kept, only whose account it means, if anybody's. The same statements run for names that
    nobody has, so that the time tells nothing.
    """
    now = app.clock.now()
    with app.reading_sessions() as db:
        found = db.connection().execute(_ANYBODY, {"wanted": folded_name(name)}).first()
    user_id = found.id if found is not None else None
    if result is Result.WRONG_PASSWORD and found is not None and found.disabled:
        result = Result.DISABLED
    with app.work() as work:
        if result in NOTED_ONCE:
            key = f"login-noted:{result}:{user_id or peer}"
            if hit(work.db, key, NOTED_EVERY, now) > 1:
                return
        note_login(work.db, user_id, how, result, at=now, peer=peer, user_agent=user_agent)


def logins_of(db: Session, user_id: int, *, limit: int) -> Sequence[LoginLine]:
    """The newest lines about one account. One query."""
    return find_logins(db, user_id=user_id, limit=limit)


def find_logins(
    db: Session,
    *,
    words: str = "",
    result: str = "",
    user_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[LoginLine]:
    """Lines of the history, newest first. One query.

    `words` are parts of names or the beginning of an address of the network; `result` is one of Result, or `failed`
    for all that did not come in.
    """
    kept = aliased(User)
    query = (
        select(
            LoginEvent.id,
            LoginEvent.user_id,
            func.coalesce(kept.name, "").label("name"),
            func.coalesce(kept.real_name, "").label("real_name"),
            LoginEvent.at,
            LoginEvent.how,
            LoginEvent.result,
            LoginEvent.peer,
            LoginEvent.user_agent,
        )
        .outerjoin(kept, kept.id == LoginEvent.user_id)
        .order_by(LoginEvent.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if user_id is not None:
        query = query.where(LoginEvent.user_id == user_id)
    if result == FAILED:
        query = query.where(LoginEvent.result.not_in((*CAME_IN, Result.ASKED)))
    elif result:
        query = query.where(LoginEvent.result == result[:16])
    for word in words.split()[:5]:
        named = or_(
            kept.name.icontains(word, autoescape=True), kept.real_name.icontains(word, autoescape=True)
        )
        query = query.where(or_(named, LoginEvent.peer.startswith(word, autoescape=True)))
    return [LoginLine(*row) for row in db.execute(query)]


FAILED = "failed"
NOTED_ONCE = frozenset({Result.TOO_MANY, Result.NEEDS_TOKEN})
CAME_IN = (Result.IN, Result.IN_BY_CODE, Result.IN_BY_RECOVERY)


def forget_logins(app: App) -> int:
    """One round of the worker: lines older than `login.history_days` are deleted; how many."""
    days = app.config.login.history_days
    with app.work() as work:
        old = delete(LoginEvent).where(LoginEvent.at < work.now - timedelta(days=days))
        return work.db.connection().execute(old).rowcount


_NOTE = insert(LoginEvent)
_named = union_all(
    select(User.id.label("id"), literal(0).label("rank")).where(func.lower(User.name) == bindparam("wanted")),
    select(User.id, literal(1)).where(func.lower(User.email_address) == bindparam("wanted")),
    select(UserAddress.user_id, literal(2)).where(UserAddress.address == bindparam("wanted")),
).subquery("named")
_ANYBODY = (
    select(User.id, Principal.disabled)
    .join(_named, _named.c.id == User.id)
    .join(Principal, Principal.id == User.id)
    .order_by(Principal.disabled, _named.c.rank)
    .limit(1)
)
