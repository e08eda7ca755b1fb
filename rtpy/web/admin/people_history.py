"""The history of a person or a group as lines of a table, with names for the ids in it."""

from collections.abc import Collection

from pyramid.request import Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from rtpy.models import Group, Transaction, User
from rtpy.web.admin.panels import Panel, Row

MOST = 200
FIELDS = {
    "Name": "the name",
    "RealName": "the name that people see",
    "NickName": "the nickname",
    "Gecos": "the name of the account on other machines",
    "Organization": "the company",
    "EmailAddress": "the mail address",
    "Addresses": "the further mail addresses",
    "Lang": "the language",
    "Timezone": "the time zone",
    "WorkPhone": "the phone at work",
    "MobilePhone": "the mobile phone",
    "HomePhone": "the phone at home",
    "PagerPhone": "the pager",
    "Address1": "the address",
    "Address2": "the second line of the address",
    "Zip": "the postal code",
    "Comments": "the notes",
    "Description": "the description",
    "Domains": "the mail domains",
    "Site": "the site",
    "Member": "what a member does there",
}
SAID = {
    "Create": "made it",
    "Disabled": "switched it off",
    "Enabled": "switched it on",
}
SET = {
    ("Photo", "own"): "chose a photo",
    ("Photo", "directory"): "took over the photo of the directory",
    ("Photo", ""): "took the photo away",
    ("SecondFactor", "on"): "set up a second factor",
    ("SecondFactor", "off"): "took the second factor off",
    ("RecoveryCodes", "new"): "made new recovery codes",
    ("SecondFactor", "asked"): "let it ask its members for a second factor",
    ("SecondFactor", "free"): "let it ask for no second factor any more",
}
ABOUT = {
    "AddMember": "put {} into it",
    "DeleteMember": "took {} out of it",
    "AddMembership": "put it into the group {}",
    "DeleteMembership": "took it out of the group {}",
    "MergedFrom": "merged {} into it",
    "MergedInto": "merged it into {}",
}


def history_panel(request: Request, object_type: str, ids: Collection[int]) -> Panel:
    """What happened to these, newest first, at most MOST entries. At most three queries."""
    rows = request.db.execute(
        select(
            Transaction.type,
            Transaction.field,
            Transaction.old_value,
            Transaction.new_value,
            Transaction.data,
            Transaction.created,
            User.name,
            User.real_name,
        )
        .join(User, User.id == Transaction.creator_id)
        .where(Transaction.object_type == object_type, Transaction.object_id.in_(ids))
        .order_by(Transaction.id.desc())
        .limit(MOST)
    ).all()
    mentioned = {
        int(value)
        for row in rows
        if row.type in ABOUT
        for value in (row.old_value, row.new_value)
        if value.isascii() and value.isdigit()
    }
    names = names_of(request.db, mentioned)
    return Panel(
        "History",
        ("When", "Who", "What"),
        tuple(
            Row(
                (
                    request.when(row.created),
                    row.real_name or row.name,
                    _say(row.type, row.field, row.old_value, row.new_value, names),
                )
            )
            for row in rows
        ),
        empty="Nothing happened since it was made.",
    )


def names_of(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Names of people and groups; who was merged has the name of the kept person. Two queries, none for no id."""
    if not ids:
        return {}
    named = aliased(User)
    people = db.execute(
        select(named.id, User.name, User.real_name)
        .join(User, User.id == func.coalesce(named.merged_into_id, named.id))
        .where(named.id.in_(ids))
    )
    names = {row.id: row.real_name or row.name for row in people}
    groups = db.execute(select(Group.id, Group.name).where(Group.id.in_(ids)))
    return names | {row.id: row.name for row in groups}


def _say(kind: str, field: str, old: str, new: str, names: dict[int, str]) -> str:
    if kind == "Set" and field == "Password":
        return "set a new password"
    if kind == "Set" and (field, new) in SET:
        return SET[field, new]
    if kind == "Set" and field == "Privileged":
        return "made it staff" if new == "1" else "made it a customer"
    if kind == "Set":
        what = FIELDS.get(field, f"the {field.lower()}")
        if len(old) > 100 or len(new) > 100:
            return f"changed {what}"
        return f"changed {what} from “{old}” to “{new}”" if old else f"set {what} to “{new}”"
    if kind == "AddSite":
        return f"added the site {new}"
    if kind == "DeleteSite":
        return f"removed the site {old}"
    if kind in ABOUT:
        value = old if kind in ("DeleteMember", "DeleteMembership") else new
        number = old if kind == "MergedFrom" else value
        found = names.get(int(number)) if number.isascii() and number.isdigit() else None
        return ABOUT[kind].format(new if kind == "MergedFrom" else found or f"number {number}")
    return SAID.get(kind, f"did: {kind}")
