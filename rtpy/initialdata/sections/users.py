"""Staff: accounts by login name, without passwords. Customers are data, not set-up."""

from collections.abc import Sequence

from sqlalchemy import select

from rtpy.changes.accounts import COLUMNS, change_person, create_account
from rtpy.changes.people import find_by_name, system_groups
from rtpy.initialdata.section import Entry, Section
from rtpy.models import GroupMember, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.work import Work

FIELDS = (
    "email_address",
    "real_name",
    "nick_name",
    "lang",
    "timezone",
    "work_phone",
    "mobile_phone",
    "signature",
)


def _dump(work: Work) -> Sequence[Entry]:
    staff = system_groups(work, (PRIVILEGED,))[0]
    users = work.db.scalars(
        select(User)
        .join(GroupMember, GroupMember.member_id == User.id)
        .join(Principal, Principal.id == User.id)
        .where(GroupMember.group_id == staff, Principal.disabled.is_(False))
        .order_by(User.name)
    )
    return [{"name": user.name, **{name: getattr(user, name) or "" for name in FIELDS}} for user in users]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    values = {name: str(entry[name]) for name in FIELDS if name in COLUMNS}
    user = find_by_name(work.db, str(entry["name"]))
    if user is None:
        create_account(work, privileged=True, name=str(entry["name"]), **values)
    else:
        change_person(work, user, **values)


USERS = Section("users", ("name",), dict.fromkeys(FIELDS, ""), _dump, _save)
