"""The forms of people: whole for oneself and for administrators, what the staff may know for the staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from rtpy.changes.people import system_groups
from rtpy.customfields.kinds import Lookup
from rtpy.fields.contents import Contents
from rtpy.models import GroupMember, Principal, User, UserAddress
from rtpy.models.group import PRIVILEGED
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value
from rtpy.rest1.objects import Spec
from rtpy.rest1.things import contents_for, custom_fields
from rtpy.rights.names import Right

COLUMNS = {
    "Name": "name",
    "EmailAddress": "email_address",
    "RealName": "real_name",
    "NickName": "nick_name",
    "Gecos": "gecos",
    "Organization": "organization",
    "Address1": "address1",
    "Address2": "address2",
    "City": "city",
    "State": "state",
    "Zip": "zip",
    "Country": "country",
    "HomePhone": "home_phone",
    "WorkPhone": "work_phone",
    "MobilePhone": "mobile_phone",
    "PagerPhone": "pager_phone",
    "Comments": "comments",
    "Signature": "signature",
    "Lang": "lang",
}
"""RT's fields in its order, and the columns of users."""
FOR_ADMINISTRATORS = frozenset({"Comments"})
"""Notes about a person, which they do not read themselves."""
OWN = frozenset({"Signature", "Lang", "Gecos"})
"""What concerns nobody but the person and administrators."""


@dataclass(frozen=True, slots=True)
class Found:
    """A person with what forms tell besides the columns."""

    user: User
    disabled: bool
    privileged: bool


def show_users(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """By number, login name or mail address. At most six queries, however many."""
    found = find_users(call, [spec.id for spec in specs])
    contents = contents_for(call, Lookup.USER, {each.user.id for each in found.values()})
    forms = []
    for spec in specs:
        person = found.get(spec.id.lower())
        if person is None or not _may_see(call, person.user):
            forms.append(missing_user(spec))
        else:
            forms.append(user_form(call, person, contents.get(person.user.id, {})))
    return forms


def user_form(call: Call, person: Found, contents: Contents) -> Form:
    """The form of one; empty fields only in the long form."""
    user, is_admin = person.user, call.work.rights.system(Right.ADMIN_USERS)
    is_own = user.id == call.work.actor.user_id
    fields: list[tuple[str, Value]] = [("id", f"user/{user.id}"), ("Password", "********")]
    for name, column in COLUMNS.items():
        if not is_admin and (name in FOR_ADMINISTRATORS or (name in OWN and not is_own)):
            continue
        value = getattr(user, column) or ""
        if value or call.is_long or name in ("Name", "EmailAddress"):
            fields.append((name, value))
    fields.append(("Privileged", str(int(person.privileged))))
    fields.append(("Disabled", str(int(person.disabled))))
    fields += custom_fields(call, Lookup.USER, user.id, contents)
    return Form(fields=tuple(fields))


def missing_user(spec: Spec) -> Form:
    """RT's sentences for a number and for a name."""
    if spec.number is not None:
        return Form((f"# User {spec.id} does not exist.",))
    return Form((f"# No user named {spec.id} exists.",), (("id", str(spec)),))


def show_new_user(call: Call) -> Form:
    """The empty form."""
    fields: list[tuple[str, Value]] = [("id", "user/new"), ("Name", ""), ("EmailAddress", "")]
    fields += [(name, "") for name in COLUMNS if name not in ("Name", "EmailAddress")]
    fields += [("Password", ""), ("Privileged", "0"), ("Disabled", "0")]
    return Form(("# Required: Name, EmailAddress",), tuple(fields))


def find_users(call: Call, names: Sequence[str]) -> dict[str, Found]:
    """People by what they were called, in lower case. Those who are switched off are found by number only.

    A number may be a login name too, where there is nobody with the number.
    """
    db, wanted = call.work.db, {name.lower() for name in names}
    numbers = {int(name) for name in wanted if name.isascii() and name.isdigit() and len(name) < 19}
    enabled = select(User, Principal.disabled).join(Principal, Principal.id == User.id)
    rows = list(
        db.execute(
            enabled.outerjoin(UserAddress, UserAddress.user_id == User.id).where(
                or_(
                    User.id.in_(numbers),
                    func.lower(User.name).in_(wanted),
                    func.lower(User.email_address).in_(wanted),
                    UserAddress.address.in_(wanted),
                )
            )
        ).unique()
    )
    merged = {user.merged_into_id for user, _ in rows if user.merged_into_id is not None}
    kept = (
        {user.id: (user, off) for user, off in db.execute(enabled.where(User.id.in_(merged)))}
        if merged
        else {}
    )
    further: dict[int, list[str]] = {}
    for user_id, address in db.execute(
        select(UserAddress.user_id, UserAddress.address).where(UserAddress.address.in_(wanted))
    ):
        further.setdefault(user_id, []).append(address)
    staff = system_groups(call.work, (PRIVILEGED,))[0]
    ids = {user.id for user, _ in rows} | kept.keys()
    members = set(
        db.scalars(
            select(GroupMember.member_id).where(GroupMember.group_id == staff, GroupMember.member_id.in_(ids))
        )
    )
    found: dict[str, Found] = {}
    for user, off in rows:
        person, is_off = kept.get(user.merged_into_id or 0, (user, off))
        entry = Found(person, is_off, person.id in members)
        if user.id in numbers:
            found[str(user.id)] = entry
        if not is_off:
            for key in (user.name, user.email_address or "", *further.get(user.id, ())):
                if key.lower() in wanted:
                    found.setdefault(key.lower(), entry)
    return found


def _may_see(call: Call, user: User) -> bool:
    """The staff look up everybody, as on the pages; others see themselves."""
    return call.is_staff or user.id == call.work.actor.user_id
