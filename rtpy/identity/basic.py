"""Name and password with each call of a program: checked like a login, but a hash is paid for once in a while only."""

import logging
from typing import Any

from sqlalchemy import bindparam, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.identity.directories.settings import enabled_directories
from rtpy.identity.known_passwords import DIRECTORY_LASTS, known_passwords
from rtpy.identity.login import Account, LoginFailed, Passed, accept_password, check_account, folded_name
from rtpy.identity.login_history import Result, note_login
from rtpy.identity.logins import How, Login, Through, login_from, who_columns
from rtpy.identity.rates import hit
from rtpy.models import DirectoryPerson, Principal, User, UserAddress

log = logging.getLogger("rtpy.login")

NOTED_EVERY = 24 * 3600
"""Seconds in which it is noted once that a program came in with a password from one address."""


class AskDirectory(Exception):
    """Only a directory can say whether the password is right: see `ask_directory`, when no transaction is open."""

    def __init__(self, name: str, account: Account | None, *, noted: bool) -> None:
        super().__init__()
        self.name, self.account, self.noted = name, account, noted


def find_password_login(
    app: App, db: Session, name: str, password: str, *, peer: str, user_agent: str = ""
) -> Login | None:
    """Whose name (or mail address, or number) and password these are; None when they do not fit. One query.

    Nobody's who is disabled. A password that was right a moment ago is not hashed, counted or throttled: no stranger's
    attempts lock a program out that works. Any other counts like a login at the page, in short transactions of its
    own. Raises TooManyLogins, and AskDirectory.
    """
    directories = enabled_directories(app, db)
    wanted = folded_name(name)
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 18 else 0
    row = db.connection().execute(_FIND, {"wanted": wanted, "number": number}).one_or_none()
    account = Account(row.user_id, row.name, row.password_hash, row.is_linked) if row is not None else None
    known, now = known_passwords(app), app.clock.now()
    signed = _sign(app, name, account, password)
    if not known.knows(signed, now):
        # With a second factor the caller says no, and notes that.
        noted = row is None or not row.has_second_factor
        if directories and (account is None or account.is_linked or account.password_hash is None):
            raise AskDirectory(name, account, noted=noted)
        with known.turn(signed):
            if not known.knows(signed, now):
                if not _check(app, name, account, password, peer, user_agent, noted=noted):
                    return None
                known.remember(signed, now)
    return login_from(row, Through.BASIC) if row is not None else None


def ask_directory(
    app: App, ask: AskDirectory, password: str, *, peer: str, user_agent: str = ""
) -> str | None:
    """The name of the account for `find_password_login`, which then knows the password; None when it is not right.

    No transaction is open when it is called. Raises TooManyLogins.
    """
    known, now = known_passwords(app), app.clock.now()
    asked = _sign(app, ask.name, ask.account, password)
    with known.turn(asked):
        if ask.account is not None and known.knows(asked, now):
            return ask.account.name
        passed = _check(app, ask.name, ask.account, password, peer, user_agent, noted=ask.noted, ask=True)
        if passed is None:
            return None
        found = Account(passed.user_id, passed.name, passed.stored)
        known.remember(_sign(app, passed.name, found, password), now, DIRECTORY_LASTS)
        return passed.name


def _sign(app: App, name: str, account: Account | None, password: str) -> bytes:
    if account is None:
        return known_passwords(app).sign(0, name, password)
    return known_passwords(app).sign(account.user_id, account.password_hash or "", password)


def _check(
    app: App,
    name: str,
    account: Account | None,
    password: str,
    peer: str,
    user_agent: str,
    *,
    noted: bool,
    ask: bool = False,
) -> Passed | None:
    try:
        passed = check_account(app, name, account, password, peer=peer, ask_directories=ask)
    except LoginFailed:
        return None
    with app.work() as work:
        accept_password(work.db, passed)
        key = f"program-login:{passed.user_id}:{peer}"
        if noted and hit(work.db, key, NOTED_EVERY, passed.at) == 1:
            who = passed.user_id
            note_login(work.db, who, How.PROGRAM, Result.IN, at=passed.at, peer=peer, user_agent=user_agent)
    log.info("login by a program: user %s, from %s", passed.user_id, peer)
    return passed


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
    linked = exists().where(DirectoryPerson.user_id == found.c.id).label("is_linked")
    return select(User.password_hash, linked, *who_columns(found.c.id, select(found.c.id))).join(
        found, found.c.id == User.id
    )


_FIND = _find()
