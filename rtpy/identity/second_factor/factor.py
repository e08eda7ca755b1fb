"""The second factor of one person: set up, confirmed, asked, taken off; and their recovery codes."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.identity.login import sign
from rtpy.identity.second_factor.codes import (
    draw_recovery_codes,
    draw_secret,
    is_app_code,
    matching_step,
    read_code,
)
from rtpy.identity.second_factor.required import groups_asking
from rtpy.identity.sessions import end_sessions_of
from rtpy.models import RecoveryCode, SecondFactor, Transaction, User
from rtpy.rights.grants import would_be_super_user
from rtpy.rights.names import Right
from rtpy.sealing import seal, unseal
from rtpy.work import Work

PURPOSE = "second factor"
ON, OFF, NEW_CODES = "second factor on", "second factor off", "recovery codes"
"""What changed, as the hook `rtpy_account_changed` names it."""


class Used(StrEnum):
    """Which kind of code was good."""

    APP = "app"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with their second factor; `since` is None without one."""

    since: datetime | None
    codes_left: int


def standing_of(db: Session, user_id: int) -> Standing:
    """One query."""
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used.is_(None))
    row = db.execute(
        select(SecondFactor.confirmed, left.scalar_subquery().label("left")).where(
            SecondFactor.user_id == user_id, SecondFactor.confirmed.is_not(None)
        )
    ).one_or_none()
    return Standing(row.confirmed, row.left) if row is not None else Standing(None, 0)


def has_second_factor(db: Session, user_id: int) -> bool:
    """Is a code asked at the login? One query."""
    asked = select(SecondFactor.user_id).where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed.is_not(None)
    )
    return db.connection().execute(asked).first() is not None


def begin_factor(work: Work) -> None:
    """Draw a new secret for the actor, which counts as soon as it is confirmed; until then the old one does.

    Whoever acts has shown a password before.
    """
    user_id = work.actor.user_id
    sealed = seal(work.app.config, PURPOSE, draw_secret())
    drawn = update(SecondFactor).where(SecondFactor.user_id == user_id).values(new_secret=sealed)
    if work.db.connection().execute(drawn).rowcount == 0:
        row = {"user_id": user_id, "new_secret": sealed, "created": work.now}
        work.db.connection().execute(insert(SecondFactor).values(row))


def secret_being_set_up(app: App, db: Session, user_id: int) -> str | None:
    """The secret that the person now gives to their app; None when none is being set up. One query."""
    sealed = db.connection().scalar(select(SecondFactor.new_secret).where(SecondFactor.user_id == user_id))
    return unseal(app.config, PURPOSE, sealed) if sealed else None


def drop_unconfirmed(db: Session, user_id: int) -> None:
    """Forget the secret that was being set up; what there was before stays."""
    mine = SecondFactor.user_id == user_id
    db.connection().execute(delete(SecondFactor).where(mine, SecondFactor.confirmed.is_(None)))
    db.connection().execute(update(SecondFactor).where(mine).values(new_secret=""))


def confirm_factor(work: Work, typed: str) -> list[str]:
    """Ask for it from now on, if `typed` is a code of the actor's app; returns the recovery codes, to be shown once.

    All sessions of the actor end: the caller begins a new one. Raises Invalid (`code`), Refused.
    """
    user = work.db.get_one(User, work.actor.user_id)
    secret = secret_being_set_up(work.app, work.db, user.id)
    if secret is None:
        raise Refused("No second factor is being set up. Begin again.")
    step = matching_step(secret, read_code(typed), work.now)
    if step is None:
        raise Invalid(
            Problem("code", "This is not the code that the app shows now. Is your phone's clock right?")
        )
    work.db.connection().execute(
        update(SecondFactor)
        .where(SecondFactor.user_id == user.id)
        .values(secret=SecondFactor.new_secret, new_secret="", confirmed=work.now, last_step=step)
    )
    codes = _draw_codes(work, user.id)
    end_sessions_of(work.db, user.id)
    _tell(work, user, ON)
    return codes


def renew_codes(work: Work) -> list[str]:
    """New recovery codes for the actor, to be shown once; those before are worth nothing. Raises Refused."""
    user = work.db.get_one(User, work.actor.user_id)
    if not has_second_factor(work.db, user.id):
        raise Refused("You have no second factor, so there is nothing to recover.")
    codes = _draw_codes(work, user.id)
    _tell(work, user, NEW_CODES)
    return codes


def take_off(work: Work) -> None:
    """The actor logs in with a password alone again. Raises Refused when one of their groups asks for two factors."""
    user = work.db.get_one(User, work.actor.user_id)
    asking = groups_asking(work.db, user.id)
    if asking:
        raise Refused(f"The group {asking[0]} asks for a second factor: you cannot be without one.")
    if _remove(work, user):
        _tell(work, user, OFF)


def reset_factor(work: Work, user: User) -> bool:
    """Take the second factor off somebody who has lost it, and end their sessions; False when they have none.

    Needs AdminUsers, and for super-users SuperUser. Recorded, and told by mail.
    """
    if not work.rights.system(Right.ADMIN_USERS):
        raise Refused("You may not take off second factors: the right AdminUsers is needed.")
    if not work.rights.super_user and would_be_super_user(work.db, user.id):
        raise Refused("Only a super-user changes the account of a super-user.")
    if not _remove(work, user):
        return False
    end_sessions_of(work.db, user.id)
    _tell(work, user, OFF)
    return True


def find_good_code(
    app: App, db: Session, user_id: int, typed: str, now: datetime
) -> tuple[Used, object] | None:
    """Is it a good code of that person that was not used before? What `use_code` takes; writes nothing. One query."""
    code = read_code(typed)
    if is_app_code(code):
        row = db.execute(
            select(SecondFactor.secret, SecondFactor.last_step).where(
                SecondFactor.user_id == user_id, SecondFactor.confirmed.is_not(None)
            )
        ).one_or_none()
        step = matching_step(unseal(app.config, PURPOSE, row.secret), code, now) if row is not None else None
        return (Used.APP, step) if row is not None and step is not None and step > row.last_step else None
    hashed = _hash_code(app, user_id, code)
    rows = db.scalars(
        select(RecoveryCode.code_hash).where(RecoveryCode.user_id == user_id, RecoveryCode.used.is_(None))
    )
    good = [each for each in rows if hmac.compare_digest(each, hashed)]
    return (Used.RECOVERY, hashed) if good else None


def use_code(db: Session, user_id: int, found: tuple[Used, object], now: datetime) -> bool:
    """Use up what `find_good_code` found: once over all processes and nodes; False for who came second."""
    kind, value = found
    if kind is Used.APP:
        using = (
            update(SecondFactor)
            .where(
                SecondFactor.user_id == user_id,
                SecondFactor.confirmed.is_not(None),
                SecondFactor.last_step < value,
            )
            .values(last_step=value)
        )
    else:
        using = (
            update(RecoveryCode)
            .where(
                RecoveryCode.user_id == user_id, RecoveryCode.code_hash == value, RecoveryCode.used.is_(None)
            )
            .values(used=now)
        )
    return bool(db.connection().execute(using).rowcount == 1)


def _remove(work: Work, user: User) -> bool:
    had = has_second_factor(work.db, user.id)
    for table in (SecondFactor, RecoveryCode):
        work.db.connection().execute(delete(table).where(table.user_id == user.id))
    return had


def _draw_codes(work: Work, user_id: int) -> list[str]:
    work.db.connection().execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = draw_recovery_codes()
    rows = [
        {"user_id": user_id, "code_hash": _hash_code(work.app, user_id, read_code(code)), "used": None}
        for code in codes
    ]
    work.db.connection().execute(insert(RecoveryCode), rows)
    return codes


def _hash_code(app: App, user_id: int, code: str) -> str:
    return sign(app, f"recovery code {user_id} {code}")


_RECORDED = {ON: ("SecondFactor", "on"), OFF: ("SecondFactor", "off"), NEW_CODES: ("RecoveryCodes", "new")}


def _tell(work: Work, user: User, what: str) -> None:
    field, value = _RECORDED[what]
    record(work, "user", user.id, Record(Transaction(type="Set", field=field, new_value=value)))
    work.app.hooks.rtpy_account_changed(work=work, user=user, what=what, old="")
