"""Tokens made and revoked, by their user, an administrator, or the command line; never by another token."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.identity.scopes import Level, Scope
from rtpy.identity.tokens import draw_secret, hash_secret, write_token
from rtpy.models import AuthToken, Principal, Queue, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.work import Face, Work

log = logging.getLogger("rtpy.login")

KIND = "api token"
MOST = 50
"""Tokens of one person."""
LONGEST_NAME = 100
USUAL_DAYS = 365
ISSUING_FACES = frozenset({Face.WEB, Face.CLI, Face.SYSTEM})
"""Through which tokens are made: programs call through others."""


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as its user sees it: nothing of it opens anything."""

    id: int
    name: str
    level: Level
    queues: tuple[str, ...] | None
    created: datetime
    expires: datetime | None
    last_used: datetime | None
    last_peer: str
    is_over: bool


def may_issue(work: Work, user_id: int) -> bool:
    """May the actor make a token for this user? For oneself with ManageAuthTokens, for others as super-user."""
    rights = work.rights
    return rights.super_user or (user_id == work.actor.user_id and rights.system(Right.MANAGE_AUTH_TOKENS))


def issue_token(work: Work, user: User, name: str, scope: Scope, days: int | None) -> tuple[str, AuthToken]:
    """A token that is good for `days` (None: until it is revoked); the first is its text, which is kept nowhere.

    Raises Invalid (`name`, `scope`, `queues`, `days`), and Refused for who may not, beyond MOST, and for accounts
    that never log in. Whoever acts has shown a password before.
    """
    _need_issuing(work, user)
    name = " ".join(name.split())
    queues = _queues_of(work.db, scope.queues)
    problems = [*_wrong_name(name), *_wrong_scope(work, scope, queues), *_wrong_days(work, days)]
    if problems:
        raise Invalid(*problems)
    good = select(func.count(AuthToken.id)).where(AuthToken.user_id == user.id, AuthToken.revoked.is_(None))
    if (work.db.scalar(good) or 0) >= MOST:
        raise Refused(f"{user.display_name} has {MOST} tokens. Revoke one that nobody needs any more.")
    secret = draw_secret()
    row = AuthToken(
        user_id=user.id,
        secret_hash=hash_secret(secret),
        name=name,
        level=str(scope.level),
        queues=sorted(scope.queues) if scope.queues is not None else None,
        creator_id=work.actor.user_id,
        created=work.now,
        expires=work.now + timedelta(days=days) if days is not None else None,
        last_peer="",
    )
    work.db.add(row)
    work.db.flush()  # its number is part of its text
    note_configuration(work, KIND, row.id, name, None, _plain(row, user, queues))
    log.info("token %d of user %d: made by user %d", row.id, user.id, work.actor.user_id)
    return write_token(row.id, user.id, secret), row


def revoke_token(work: Work, user: User, token_id: int) -> None:
    """End a token of `user`'s: one's own, or anybody's with AdminUsers. Raises NotFound, Refused."""
    if user.id != work.actor.user_id and not work.rights.system(Right.ADMIN_USERS):
        raise Refused("You may not revoke tokens of others: the right AdminUsers is needed.")
    row = work.db.get(AuthToken, token_id)
    if row is None or row.user_id != user.id or row.revoked is not None:
        raise NotFound("There is no such token; it may be revoked already.")
    _revoke(work, user, row)


def revoke_tokens_of(work: Work, user: User) -> int:
    """End all tokens of `user`, for somebody who has checked that this may be; how many."""
    rows = work.db.scalars(select(AuthToken).where(AuthToken.user_id == user.id, AuthToken.revoked.is_(None)))
    found = rows.all()
    for row in found:
        _revoke(work, user, row)
    return len(found)


def tokens_of(db: Session, user_id: int, now: datetime) -> Sequence[TokenLine]:
    """The tokens of a user that are not revoked, the newest first; also those that are over. Two queries at most."""
    mine = select(AuthToken).where(AuthToken.user_id == user_id, AuthToken.revoked.is_(None))
    rows = db.scalars(mine.order_by(AuthToken.id.desc())).all()
    names = _queues_of(db, frozenset(queue for row in rows for queue in row.queues or ()))
    return [
        TokenLine(
            row.id,
            row.name,
            Level(row.level),
            tuple(names.get(each, "?") for each in row.queues) if row.queues is not None else None,
            row.created,
            row.expires,
            row.last_used,
            row.last_peer,
            row.expires is not None and row.expires <= now,
        )
        for row in rows
    ]


def longest_days(work: Work) -> int | None:
    """For how long a token may be good at most; None: as long as one likes."""
    return work.app.config.rest.longest_token_days or None


def _need_issuing(work: Work, user: User) -> None:
    if work.actor.face not in ISSUING_FACES or work.only_queues is not None:
        raise Refused("A program cannot make tokens: log in to the pages.")
    if not may_issue(work, user.id):
        if user.id == work.actor.user_id:
            raise Refused("You may not make tokens: the right ManageAuthTokens is needed.")
        raise Refused("Only a super-user makes tokens for others.")
    if user.name in (SYSTEM_USER, NOBODY):
        raise Refused(f"{user.name} is part of rtpy itself: it never logs in.")
    if work.db.get_one(Principal, user.id).disabled:
        raise Refused(f"{user.display_name} is switched off.")


def _wrong_name(name: str) -> list[Problem]:
    if 0 < len(name) <= LONGEST_NAME and "\x00" not in name:
        return []
    return [Problem("name", f"Give the token a name of at most {LONGEST_NAME} letters: what will use it?")]


def _wrong_scope(work: Work, scope: Scope, queues: dict[int, str]) -> list[Problem]:
    if scope.queues is None:
        return []
    found, sees = [], work.rights.of(Right.SEE_QUEUE)
    if not scope.queues or any(each not in queues or not sees.in_queue(each) for each in scope.queues):
        found.append(Problem("queues", "Choose queues that exist, at least one, or none for all."))
    if scope.level is Level.ADMIN:
        found.append(Problem("queues", "A token that may change the set-up cannot be limited to queues."))
    return found


def _wrong_days(work: Work, days: int | None) -> list[Problem]:
    longest = longest_days(work)
    if days is None:
        if longest is None:
            return []
        return [Problem("days", f"A token must end: after {longest} days at most (rest.longest_token_days).")]
    if 1 <= days <= (longest or 36_500):
        return []
    return [Problem("days", f"A token is good for 1 to {longest or 36_500} days.")]


def _revoke(work: Work, user: User, row: AuthToken) -> None:
    row.revoked = work.now
    queues = _queues_of(work.db, frozenset(row.queues or ()))
    note_configuration(work, KIND, row.id, row.name, _plain(row, user, queues), None)
    log.info("token %d of user %d: revoked by user %d", row.id, user.id, work.actor.user_id)


def _plain(row: AuthToken, user: User, queues: dict[int, str]) -> dict[str, object]:
    """As the log of the set-up shows it."""
    return {
        "user": user.name,
        "scope": row.level,
        "queues": sorted(queues.get(each, str(each)) for each in row.queues) if row.queues else [],
        "expires": row.expires.date().isoformat() if row.expires else "never",
    }


def _queues_of(db: Session, ids: frozenset[int] | None) -> dict[int, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in db.execute(select(Queue.id, Queue.name).where(Queue.id.in_(ids)))}
