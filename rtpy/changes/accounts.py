"""Accounts: people made and changed by administrators, and what people may change about themselves."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from rtpy.changes.addresses import problems_of_address
from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.membership import add_member, remove_member
from rtpy.changes.people import create_person, system_groups
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Group, GroupMember, Transaction, User, UserAddress
from rtpy.models.group import PRIVILEGED, UNPRIVILEGED
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.grants import load_rights, would_be_super_user
from rtpy.rights.names import Right
from rtpy.work import Work

COLUMNS = {
    "name": "Name",
    "real_name": "RealName",
    "nick_name": "NickName",
    "gecos": "Gecos",
    "organization": "Organization",
    "email_address": "EmailAddress",
    "lang": "Lang",
    "timezone": "Timezone",
    "work_phone": "WorkPhone",
    "mobile_phone": "MobilePhone",
    "home_phone": "HomePhone",
    "pager_phone": "PagerPhone",
    "address1": "Address1",
    "address2": "Address2",
    "city": "City",
    "state": "State",
    "zip": "Zip",
    "country": "Country",
    "signature": "Signature",
    "comments": "Comments",
}
"""Columns of a person that forms change, and RT's names of them."""

OWN_COLUMNS = COLUMNS.keys() - {"name", "gecos", "organization", "comments"}
"""What ModifySelf is enough for, as in RT."""

OF_ONESELF = ("real_name", "lang", "timezone")
"""What pages of plugins may let everybody say of themselves."""

LONG = frozenset({"signature", "comments"})
LONGEST_TEXT = 10_000
_LANG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def create_account(work: Work, *, privileged: bool, **values: str) -> User:
    """Make a person with a login name; `values` are of COLUMNS. Needs AdminUsers; raises Invalid, all at once."""
    need_system(work, Right.ADMIN_USERS)
    clean = {column: _clean(column, value) for column, value in values.items() if column in COLUMNS}
    name, address = clean.pop("name", ""), clean.pop("email_address", "")
    _check(work, {"name": name, "email_address": address, **clean}, None)
    user = create_person(
        work,
        name=name,
        email_address=address or None,
        real_name=clean.pop("real_name", ""),
        comments=clean.pop("comments", ""),
        privileged=privileged,
    )
    for column, value in clean.items():
        setattr(user, column, value)
    return user


def change_oneself(work: Work, **values: str) -> None:
    """Change the actor's own name, language and time zone: for pages with a rule of their own instead of ModifySelf.

    Raises Invalid with a problem for each field. Other fields are left alone.
    """
    user = work.db.get_one(User, work.actor.user_id)
    refuse_builtin(user)
    _change(work, user, {name: _clean(name, values[name]) for name in OF_ONESELF if name in values})


def change_person(work: Work, user: User, **values: str) -> None:
    """Change what is in COLUMNS, each recorded. Needs AdminUsers, for OWN_COLUMNS of oneself ModifySelf.

    One's own mail address, which gets new passwords and says whose mail is whose, takes AdminUsers too. Raises Invalid
    with a problem for each field, and Refused. Fields that are not given stay.
    """
    _change_as(work, user, values, is_confirmed=False)


def change_person_confirmed(work: Work, user: User, **values: str) -> None:
    """The same for who has just given their password: of oneself the mail address too, with ModifySelf."""
    _change_as(work, user, values, is_confirmed=True)


def _change_as(work: Work, user: User, values: Mapping[str, str], *, is_confirmed: bool) -> None:
    clean = {column: _clean(column, value) for column, value in values.items() if column in COLUMNS}
    need_account(work, user, _changed(user, clean), is_confirmed=is_confirmed)
    _change(work, user, clean)


def _changed(user: User, values: Mapping[str, str]) -> dict[str, str]:
    return {column: value for column, value in values.items() if (getattr(user, column) or "") != value}


def _change(work: Work, user: User, values: Mapping[str, str]) -> None:
    changed = _changed(user, values)
    _check(work, changed, user.id)
    for column, value in changed.items():
        old = getattr(user, column) or ""
        setattr(user, column, value if value or column != "email_address" else None)
        if column == "email_address":
            user.undeliverable = 0
            # It was a further address of theirs; now it is the first.
            work.db.execute(delete(UserAddress).where(UserAddress.address == value.lower()))
        change = Transaction(type="Set", field=COLUMNS[column], old_value=old, new_value=value)
        record(work, "user", user.id, Record(change))
        if column == "email_address":
            work.app.hooks.rtpy_account_changed(work=work, user=user, what="address", old=old)
    if changed:
        user.last_updated = work.now


def set_privileged(work: Work, user: User, *, privileged: bool) -> None:
    """Make `user` staff, or a customer; nothing when it is so already. Needs AdminUsers; raises Refused."""
    need_account(work, user, COLUMNS)
    refuse_builtin(user)
    staff_id, others_id = system_groups(work, (PRIVILEGED, UNPRIVILEGED))
    staff, others = work.db.get_one(Group, staff_id), work.db.get_one(Group, others_id)
    if is_privileged(work, user.id) == privileged:
        return
    if not privileged and user.id == work.actor.user_id:
        raise Refused("You cannot make yourself a customer: you would be locked out of these pages.")
    if not privileged and load_rights(work.db, user.id).super_user:
        raise Refused(
            f"{user.display_name} holds SuperUser, and super-users are staff. Take that right away first."
        )
    remove_member(work, others if privileged else staff, user.id)
    add_member(work, staff if privileged else others, user.id)
    said = ("0", "1") if privileged else ("1", "0")
    change = Transaction(type="Set", field="Privileged", old_value=said[0], new_value=said[1])
    record(work, "user", user.id, Record(change))
    refuse_without_super_user(work)


def is_privileged(work: Work, user_id: int) -> bool:
    """Is this person staff? One query."""
    staff = system_groups(work, (PRIVILEGED,))[0]
    row = select(GroupMember.id).where(GroupMember.group_id == staff, GroupMember.member_id == user_id)
    return work.db.scalar(row) is not None


def may_administer(work: Work, user: User) -> bool:
    """AdminUsers, and nobody but a super-user touches the account of one (A31)."""
    if not work.rights.system(Right.ADMIN_USERS):
        return False
    return work.rights.super_user or not would_be_super_user(work.db, user.id)


def need_account(work: Work, user: User, columns: Mapping[str, str], *, is_confirmed: bool = False) -> None:
    """Raises Refused unless the actor may change these columns of `user`; `is_confirmed`: they gave their password."""
    own = user.id == work.actor.user_id and work.rights.system(Right.MODIFY_SELF)
    if own and columns.keys() <= OWN_COLUMNS and (is_confirmed or "email_address" not in columns):
        return
    need_system(work, Right.ADMIN_USERS)
    if not may_administer(work, user):
        raise Refused("Only a super-user changes the account of a super-user.")
    if "name" in columns:
        refuse_builtin(user)


def refuse_builtin(user: User) -> None:
    """Raises Refused for RT_System and Nobody."""
    if user.name in (SYSTEM_USER, NOBODY):
        raise Refused(f"{user.name} is part of rtpy itself: it stays as it is.")


def _clean(column: str, value: str) -> str:
    value = value.replace("\x00", "")
    if column in LONG:
        return value.replace("\r\n", "\n").rstrip()
    return " ".join(value.split())


def _check(work: Work, values: Mapping[str, str], own_id: int | None) -> None:
    problems: list[Problem] = []
    for column, value in values.items():
        if column == "name":
            problems += _problems_of_name(work, value, own_id)
        elif column == "email_address" and value:
            problems += problems_of_address(work.db, value, own_id, column)
        elif column == "timezone" and value and not _is_zone(value):
            problems.append(
                Problem(column, f"“{value[:40]}” is no time zone: write one such as Europe/Berlin or UTC.")
            )
        elif column == "lang" and value and not _LANG.fullmatch(value):
            problems.append(Problem(column, f"“{value[:40]}” is no language: write a code such as en or de."))
        longest = LONGEST_TEXT if column in LONG else 255
        if column not in ("name", "email_address") and len(value) > longest:
            problems.append(
                Problem(column, f"This is too long: {len(value)} characters, at most {longest} fit.")
            )
    if problems:
        raise Invalid(*problems)


def _problems_of_name(work: Work, name: str, own_id: int | None) -> list[Problem]:
    if not name or len(name) > 200 or any(sign.isspace() or not sign.isprintable() for sign in name):
        return [Problem("name", "Give a login name of up to 200 letters, without blanks.")]
    taken = work.db.scalar(select(User.id).where(func.lower(User.name) == name.lower()))
    return [Problem("name", f"The login name {name} is taken.")] if taken not in (None, own_id) else []


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
