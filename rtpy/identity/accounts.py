"""Accounts as an administrator keeps them: passwords, and switching people off and on."""

from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.identity.passwords import LONGEST, hash_password
from rtpy.identity.sessions import end_sessions_of
from rtpy.models import Principal, Transaction, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.work import Work

SHORTEST = 8
"""Characters of a password."""


def set_password(work: Work, user: User, password: str) -> None:
    """Give `user` a password and end all its sessions; recorded without the password. Raises Invalid, Refused."""
    _refuse_builtin(user)
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(Problem("password", f"A password has {SHORTEST} to {LONGEST} characters."))
    user.password_hash = hash_password(password)
    end_sessions_of(work.db, user.id)
    record(work, "user", user.id, Record(Transaction(type="Set", field="Password")))


def set_disabled(work: Work, user: User, *, disabled: bool) -> None:
    """Switch `user` off (and end its sessions) or on again; nothing happens when it is so already. Raises Refused."""
    _refuse_builtin(user)
    principal = work.db.get_one(Principal, user.id)
    if principal.disabled is disabled:
        return
    principal.disabled = disabled
    if disabled:
        end_sessions_of(work.db, user.id)
    record(work, "user", user.id, Record(Transaction(type="Disabled" if disabled else "Enabled")))


def _refuse_builtin(user: User) -> None:
    if user.name in (SYSTEM_USER, NOBODY):
        raise Refused(f"{user.name} is part of rtpy itself: it never logs in and cannot be switched off.")
