"""Accounts as an administrator keeps them: passwords, and switching people off and on."""

from rtpy.changes.change import Record
from rtpy.changes.feed_keys import revoke_feeds_of
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.identity.issuing import revoke_tokens_of
from rtpy.identity.login import Limit
from rtpy.identity.password_rules import check_password
from rtpy.identity.passwords import hash_password, verify_password
from rtpy.identity.rates import hit
from rtpy.identity.sessions import end_sessions_of
from rtpy.models import Principal, Transaction, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.work import Work

GUESSES = Limit(10, 900)
"""At one's present password, when giving oneself a new one."""


class TooManyGuesses(Refused):
    """The present password was wrong too often; `wait` seconds until the next attempt."""

    def __init__(self, wait: int) -> None:
        minutes = max(1, -(-wait // 60))
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(f"Too many attempts at your password. Please wait {minutes} {unit} and try again.")
        self.wait = wait


def set_password(work: Work, user: User, password: str) -> None:
    """Give `user` a password and end all its sessions, tokens and feeds; recorded without the password.

    Raises Invalid, Refused.
    """
    _refuse_builtin(user)
    if user.merged_into_id is not None:
        raise Refused(f"{user.display_name} was merged into somebody else and never logs in again.")
    check_password(work.app.config, password, user)
    is_first = user.password_hash is None
    user.password_hash = hash_password(password)
    _end_everything(work, user)
    _note(work, user, is_first=is_first)


def confirm_password(work: Work, given: str, *, field: str = "old") -> None:
    """Is it really the actor who sits there? Raises Invalid, beside `field`, when it is not the actor's password.

    Raises TooManyGuesses before any password is looked at. When it raises the count of guesses must not be undone.
    Who has no password proves nothing.
    """
    user = work.db.get_one(User, work.actor.user_id)
    if user.password_hash is not None:
        if hit(work.db, f"password:{user.id}", GUESSES.seconds, work.now) > GUESSES.attempts:
            raise TooManyGuesses(GUESSES.seconds - int(work.now.timestamp()) % GUESSES.seconds)
        if not verify_password(given, user.password_hash):
            raise Invalid(Problem(field, "This is not your present password."))


def change_own_password(
    work: Work, old: str, new: str, *, session_id: int | None, keep_keys: bool = False
) -> None:
    """Give the actor a new password; all sessions but `session_id` end. Needs ModifySelf, and the old password.

    Tokens and feeds end too, unless `keep_keys`.

    Raises Invalid, beside `old` when it is wrong, and TooManyGuesses before any password is looked at: nobody guesses
    on at an open page that they found. When it raises nothing is changed but the count of guesses, which must not be
    undone. Who has no password yet needs none.
    """
    if not any(work.rights.system(right) for right in (Right.MODIFY_SELF, Right.ADMIN_USERS)):
        raise Refused("You may not change your password: the right ModifySelf is needed.")
    user = work.db.get_one(User, work.actor.user_id)
    check_password(work.app.config, new, user)
    confirm_password(work, old)
    is_first = user.password_hash is None
    user.password_hash = hash_password(new)
    _end_everything(work, user, but=session_id, keep_keys=keep_keys)
    _note(work, user, is_first=is_first)


def set_disabled(work: Work, user: User, *, disabled: bool) -> None:
    """Switch `user` off (and end its sessions, tokens and feeds) or on again; nothing happens when it is so already.

    Raises Refused for the system's own people, for merged ones, and when no enabled super-user would be left.
    """
    _refuse_builtin(user)
    principal = work.db.get_one(Principal, user.id)
    if principal.disabled is disabled:
        return
    if not disabled and user.merged_into_id is not None:
        raise Refused(f"{user.display_name} was merged into somebody else and stays switched off.")
    if not disabled and user.anonymised is not None:
        raise Refused(f"{user.display_name} stays switched off: make a new account for whoever comes back.")
    principal.disabled = disabled
    if disabled:
        _end_everything(work, user)
        refuse_without_super_user(work)
    record(work, "user", user.id, Record(Transaction(type="Disabled" if disabled else "Enabled")))


def _end_everything(work: Work, user: User, *, but: int | None = None, keep_keys: bool = False) -> None:
    """Whatever opens the account without its present password: it may be in the wrong hands."""
    end_sessions_of(work.db, user.id, but=but)
    if not keep_keys:
        revoke_tokens_of(work, user)
        revoke_feeds_of(work, user)


def _note(work: Work, user: User, *, is_first: bool) -> None:
    """In the history; and told, unless there was none before that somebody could have lost."""
    record(work, "user", user.id, Record(Transaction(type="Set", field="Password")))
    if not is_first:
        work.app.hooks.rtpy_account_changed(work=work, user=user, what="password", old="")


def _refuse_builtin(user: User) -> None:
    if user.name in (SYSTEM_USER, NOBODY):
        raise Refused(f"{user.name} is part of rtpy itself: it never logs in and cannot be switched off.")
