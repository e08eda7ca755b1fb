"""Name and password with each call of a program: checked like a login, but a hash is paid for once in a while only."""

import logging
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal, select, union_all

from rtpy.app import App
from rtpy.identity.known_passwords import known_passwords
from rtpy.identity.login import Account, LoginFailed, accept_password, check_account, folded_name
from rtpy.identity.login_history import Result, note_login
from rtpy.identity.logins import How, Login, Through, login_from, who_columns
from rtpy.identity.rates import hit
from rtpy.models import Principal, User, UserAddress

log = logging.getLogger("rtpy.login")

NOTED_EVERY = 24 * 3600
"""Seconds in which it is noted once that a program came in with a password from one address."""


def find_password_login(
    app: App, connection: Connection, name: str, password: str, *, peer: str, user_agent: str = ""
) -> Login | None:
    """Whose name (or mail address, or number) and password these are; None when they do not fit. One query.

    Nobody's who is disabled. A password that was right a moment ago is not hashed, counted or throttled: no stranger's
    attempts lock a program out that works. Any other counts like a login at the page, in short transactions of its
    own. Raises TooManyLogins.
    """
    wanted = folded_name(name)
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 18 else 0
    row = connection.execute(_FIND, {"wanted": wanted, "number": number}).one_or_none()
    account = Account(row.user_id, row.name, row.password_hash) if row is not None else None
    known, now = known_passwords(app), app.clock.now()
    stored = account.password_hash if account else None
    signed = known.sign(account.user_id if account else 0, stored or name, password)
    if not known.knows(signed, now):
        with known.turn(signed):
            if not known.knows(signed, now):
                # With a second factor the caller says no, and notes that.
                noted = row is not None and not row.has_second_factor
                if not _check(app, name, account, password, peer, user_agent, noted=noted):
                    return None
                known.remember(signed, now)
    return login_from(row, Through.BASIC) if row is not None else None


def _check(
    app: App, name: str, account: Account | None, password: str, peer: str, user_agent: str, *, noted: bool
) -> bool:
    try:
        passed = check_account(app, name, account, password, peer=peer)
    except LoginFailed:
        return False
    with app.work() as work:
        accept_password(work.db, passed)
        key = f"program-login:{passed.user_id}:{peer}"
        if noted and hit(work.db, key, NOTED_EVERY, passed.at) == 1:
            who = passed.user_id
            note_login(work.db, who, How.PROGRAM, Result.IN, at=passed.at, peer=peer, user_agent=user_agent)
    log.info("login by a program: user %s, from %s", passed.user_id, peer)
    return True


def _find() -> Any:  # Any: a Select of a dozen columns
    # A union, not ORs: PostgreSQL would read every user.
    named = union_all(
        select(User.id.label("id"), literal(0).label("rank")).where(
            func.lower(User.name) == bindparam("wanted")
        ),
        select(User.id, literal(1)).where(func.lower(User.email_address) == bindparam("wanted")),
        select(UserAddress.user_id, literal(2)).where(UserAddress.address == bindparam("wanted")),
        select(User.id, literal(3)).where(User.id == bindparam("number")),
    ).subquery("named")
    found = (
        select(named.c.id)
        .join(Principal, Principal.id == named.c.id)
        .where(Principal.disabled.is_(False))
        .order_by(named.c.rank)
        .limit(1)
        .cte("found")
    )
    return select(User.password_hash, *who_columns(found.c.id, select(found.c.id))).join(
        found, found.c.id == User.id
    )


_FIND = _find()
