"""What an administrator changes about people: their names, and making accounts for staff."""

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.changes.people import create_person
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem
from rtpy.models import Transaction, User
from rtpy.rights.names import Right
from rtpy.work import Work

COLUMNS = {
    "real_name": "RealName",
    "email_address": "EmailAddress",
    "work_phone": "WorkPhone",
    "timezone": "Timezone",
}


def create_account(work: Work, *, name: str, real_name: str, email_address: str, privileged: bool) -> User:
    """Make a person with a login name. Needs AdminUsers; raises Invalid for what is missing or taken."""
    need_system(work, Right.ADMIN_USERS)
    name, address = name.strip(), email_address.strip()
    problems = _problems_of_name(work, name) + _problems_of_address(work, address, None)
    if problems:
        raise Invalid(*problems)
    return create_person(
        work,
        name=name,
        email_address=address or None,
        real_name=" ".join(real_name.split())[:255],
        privileged=privileged,
    )


def change_person(work: Work, user: User, **values: str) -> None:
    """Change what is in COLUMNS, each recorded. Needs AdminUsers; raises Invalid."""
    need_system(work, Right.ADMIN_USERS)
    address = values.get("email_address")
    problems = _problems_of_address(work, address.strip(), user.id) if address is not None else []
    if problems:
        raise Invalid(*problems)
    for column, value in values.items():
        new = " ".join(value.replace("\x00", "").split())[:255] or (None if column == "email_address" else "")
        old = getattr(user, column)
        if old != new:
            setattr(user, column, new)
            change = Transaction(type="Set", field=COLUMNS[column], old_value=old or "", new_value=new or "")
            record(work, "user", user.id, Record(change))
            if column == "email_address":
                user.undeliverable = 0


def _problems_of_name(work: Work, name: str) -> list[Problem]:
    if not name or len(name) > 200 or any(sign.isspace() or not sign.isprintable() for sign in name):
        return [Problem("name", "Give a login name of up to 200 letters, without blanks.")]
    if work.db.scalar(select(User.id).where(func.lower(User.name) == name.lower())) is not None:
        return [Problem("name", f"The login name {name} is taken.")]
    return []


def _problems_of_address(work: Work, address: str, own_id: int | None) -> list[Problem]:
    if not address:
        return []
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(sign.isspace() for sign in address) or len(address) > 320:
        return [Problem("email_address", f"“{address[:80]}” is not a mail address: write name@example.com.")]
    other = work.db.scalar(select(User.id).where(func.lower(User.email_address) == address.lower()))
    if other is not None and other != own_id:
        return [Problem("email_address", f"Somebody has the address {address} already.")]
    return []
