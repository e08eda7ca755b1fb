"""Saying in a sentence what an entry did, with names for the ids in it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from rtpy.customfields.kinds import FieldType
from rtpy.history.brought import Happened, Sentence, sentence_about
from rtpy.history.entry import Entry
from rtpy.models import CustomField, CustomRole, Group, Organization, OrganizationSite, Queue, User
from rtpy.models.custom_role import PREFIX


@dataclass(frozen=True, slots=True)
class FieldName:
    """A custom field as history speaks of it."""

    name: str
    is_single: bool
    is_moment: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the people, groups, queues and organisations that entries speak of."""

    principals: Mapping[int, str] = field(default_factory=dict)
    queues: Mapping[int, str] = field(default_factory=dict)
    organizations: Mapping[int, str] = field(default_factory=dict)
    sites: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    """Names of custom roles by what watchers have for them."""
    fields: Mapping[int, FieldName] = field(default_factory=dict)
    """Custom fields by their ids."""
    things: Mapping[str, str] = field(default_factory=dict)
    """Articles and assets by the URIs in links, those that the reader may see; `links_in` says which there are."""
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    """Of plugins, by the types of their transactions."""


def names_in(db: Session, entries: Iterable[Entry], sentences: Mapping[str, Sentence]) -> Names:
    """The names of all that `entries` mention: at most one query for each kind of thing.

    `sentences` are those of plugins: `app.named("rtpy_transaction_texts")`.
    """
    wanted: dict[str, set[int]] = {
        "principals": set(),
        "queues": set(),
        "organizations": set(),
        "sites": set(),
    }
    entries = list(entries)
    for entry in entries:
        kind = _kind_of(entry.field) if entry.type in _WITH_KINDS else None
        if kind:
            wanted[kind] |= {int(value) for value in (entry.old_value, entry.new_value) if value.isdigit()}
    principals: dict[int, str] = {}
    if wanted["principals"]:
        ids = wanted["principals"]
        named = aliased(User)
        users = db.execute(
            select(named.id, User.name, User.real_name)
            .join(User, User.id == func.coalesce(named.merged_into_id, named.id))
            .where(named.id.in_(ids))
        )
        principals = {row.id: row.real_name or row.name for row in users}
        if ids - principals.keys():
            groups = db.execute(select(Group.id, Group.name).where(Group.id.in_(ids)))
            principals |= {row.id: row.name for row in groups}
    return Names(
        principals,
        _names(db, Queue, wanted["queues"]),
        _names(db, Organization, wanted["organizations"]),
        _names(db, OrganizationSite, wanted["sites"]),
        _custom_roles(db, entries),
        _custom_fields(db, entries),
        sentences=sentences,
    )


def links_in(entries: Iterable[Entry]) -> set[str]:
    """The other ends of the links that `entries` made and took away."""
    linked = (entry for entry in entries if entry.type in ("AddLink", "DeleteLink"))
    return {entry.new_value or entry.old_value for entry in linked}


def describe(entry: Entry, names: Names, show_date: Callable[[datetime], str] | None = None) -> str:
    """What the entry did, to be read after its author's name: “changed the status from new to open”."""
    say = _TEXTS.get(entry.type)
    if say is not None:
        return say(entry, names, show_date or _plain_date)
    return sentence_about(names.sentences, _happened(entry), show_date) or f"did: {entry.type}"


def what_changed(
    entry: Entry, names: Names, show_date: Callable[[datetime], str] | None = None
) -> tuple[str, str, str]:
    """What the entry changed, the value before and the value afterwards: names in place of numbers."""
    show = show_date or _plain_date
    what, old, new = entry.field, entry.old_value, entry.new_value
    if entry.type == "CustomField":
        known = names.fields.get(_id(entry.field), FieldName("a custom field", True, False))
        what = known.name
        if known.is_moment:
            old, new = (show(datetime.fromisoformat(each)) if each else "" for each in (old, new))
    elif entry.type in _WITH_KINDS:
        what = names.roles.get(entry.field, entry.field)
        old, new = (_value(entry.field, each, names, show) for each in (old, new))
    return what, old, new


Say = Callable[[Entry, Names, Callable[[datetime], str]], str]

_KINDS = {
    "Owner": "principals",
    "Requestor": "principals",
    "Cc": "principals",
    "AdminCc": "principals",
    "Queue": "queues",
    "Organization": "organizations",
    "Site": "sites",
}

_WITH_KINDS = ("Set", "AddWatcher", "DelWatcher", "SetWatcher")


def _happened(entry: Entry) -> Happened:
    return Happened(entry.type, entry.field, entry.old_value, entry.new_value, entry.data, entry.minutes)


def _kind_of(field: str) -> str | None:
    return "principals" if field.startswith(PREFIX) else _KINDS.get(field)


_LINKS = {
    "DependsOn": "depends on",
    "DependedOnBy": "is needed by",
    "MemberOf": "is part of",
    "HasMember": "has the part",
    "RefersTo": "refers to",
    "ReferredToBy": "is referred to by",
}


def _names(
    db: Session, model: type[Queue | Organization | OrganizationSite], ids: set[int]
) -> dict[int, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in db.execute(select(model.id, model.name).where(model.id.in_(ids)))}


def _set(entry: Entry, names: Names, show_date: Callable[[datetime], str]) -> str:
    if entry.field == "Owner":
        return _owner(entry, names)
    if entry.field == "TimeWorked":
        return f"booked {entry.minutes} min" if entry.minutes >= 0 else f"took back {-entry.minutes} min"
    what = _FIELD_WORDS.get(entry.field, entry.field.lower())
    old, new = (_value(entry.field, value, names, show_date) for value in (entry.old_value, entry.new_value))
    if not new:
        return f"cleared the {what}" + (f" (was {old})" if old else "")
    return f"set the {what} to {new}" if not old else f"changed the {what} from {old} to {new}"


def _owner(entry: Entry, names: Names) -> str:
    old, new = (
        names.principals.get(_id(entry.old_value), "?"),
        names.principals.get(_id(entry.new_value), "?"),
    )
    nobody = _NOBODY
    if _id(entry.new_value) == entry.creator_id:
        return "took it" if old == nobody else f"took it over from {old}"
    if new == nobody:
        return "gave it back: nobody owns it now"
    return f"gave it to {new}"


def _value(field: str, value: str, names: Names, show_date: Callable[[datetime], str]) -> str:
    kind = _kind_of(field)
    if kind and value:
        known: Mapping[int, str] = getattr(names, kind)
        return known.get(_id(value), value)
    if field in ("Starts", "Started", "Due", "Told", "Resolved") and value:
        try:
            return show_date(datetime.fromisoformat(value))
        except ValueError:
            return value
    return value


def _link(entry: Entry, names: Names, _show_date: Callable[[datetime], str]) -> str:
    uri = entry.new_value or entry.old_value
    other = names.things.get(uri) or _short(uri)
    if entry.field == "MergedInto":
        return f"merged it with {other}"
    relation = _LINKS.get(entry.field, entry.field)
    return f"noted that it {relation} {other}" if entry.type == "AddLink" else f"removed “{relation} {other}”"


def _short(uri: str) -> str:
    found = re.fullmatch(r"fsck\.com-rt://[^/]*/ticket/(\d+)", uri)
    if found:
        return f"#{found[1]}"
    article = re.fullmatch(r"fsck\.com-article://[^/]*/article/(\d+)", uri)
    return f"article a:{article[1]}" if article else uri


def _watcher(entry: Entry, names: Names, _show_date: Callable[[datetime], str]) -> str:
    added = entry.type == "AddWatcher"
    value = entry.new_value if added else entry.old_value
    who = names.principals.get(_id(value), value)
    role = _ROLE_WORDS.get(entry.field) or names.roles.get(entry.field, entry.field)
    return f"added {who} as {role}" if added else f"removed {who} as {role}"


def _single(entry: Entry, names: Names, _show_date: Callable[[datetime], str]) -> str:
    role = names.roles.get(entry.field, entry.field)
    new = names.principals.get(_id(entry.new_value), entry.new_value)
    return f"left the role {role} to nobody" if new == _NOBODY else f"made {new} {role}"


def _custom_roles(db: Session, entries: Iterable[Entry]) -> dict[str, str]:
    ids = {
        _id(entry.field.removeprefix(PREFIX))
        for entry in entries
        if entry.field.startswith(PREFIX) and entry.type in _WITH_KINDS
    }
    if not ids:
        return {}
    rows = db.execute(select(CustomRole.id, CustomRole.name).where(CustomRole.id.in_(ids)))
    return {f"{PREFIX}{row.id}": row.name for row in rows}


def _custom_fields(db: Session, entries: Iterable[Entry]) -> dict[int, FieldName]:
    ids = {_id(entry.field) for entry in entries if entry.type == "CustomField"}
    if not ids:
        return {}
    rows = db.execute(
        select(CustomField.id, CustomField.name, CustomField.type, CustomField.max_values).where(
            CustomField.id.in_(ids)
        )
    )
    return {row.id: FieldName(row.name, row.max_values == 1, row.type == FieldType.DATETIME) for row in rows}


def _custom_field(entry: Entry, names: Names, show_date: Callable[[datetime], str]) -> str:
    known = names.fields.get(_id(entry.field), FieldName("a custom field", True, False))
    old, new = entry.old_value, entry.new_value
    if known.is_moment:
        old, new = (show_date(datetime.fromisoformat(each)) if each else "" for each in (old, new))
    if old and new:
        return f"changed {known.name} from {old} to {new}"
    if known.is_single:
        return f"set {known.name} to {new}" if new else f"cleared {known.name} (was {old})"
    return f"added {new} to {known.name}" if new else f"removed {old} from {known.name}"


def _id(value: str) -> int:
    return int(value) if value.isdigit() else -1


def _plain_date(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


_NOBODY = "Nobody in particular"
_ROLE_WORDS = {"Requestor": "requestor", "Cc": "Cc", "AdminCc": "internal Cc"}

_FIELD_WORDS = {
    "Due": "due date",
    "Starts": "start date",
    "Started": "date of beginning",
    "Organization": "organisation",
    "SLA": "SLA",
    "InitialPriority": "first priority",
    "FinalPriority": "final priority",
    "TimeEstimated": "estimate in minutes",
    "TimeLeft": "minutes left",
}

_TEXTS: dict[str, Say] = {
    "Create": lambda entry, names, show: "created the ticket",
    "Correspond": lambda entry, names, show: "replied",
    "Comment": lambda entry, names, show: "commented",
    "Correct": lambda entry, names, show: f"corrected the reply #{entry.old_value}",
    "Status": lambda entry, names, show: f"changed the status from {entry.old_value} to {entry.new_value}",
    "Set": _set,
    "Told": lambda entry, names, show: (
        f"noted that the customer was told {_value('Told', entry.new_value, names, show)}"
    ),
    "CustomField": _custom_field,
    "AddWatcher": _watcher,
    "DelWatcher": _watcher,
    "SetWatcher": _single,
    "Squelch": lambda entry, names, show: f"stopped mail of this ticket to {entry.new_value}",
    "Unsquelch": lambda entry, names, show: f"let {entry.old_value} get mail of this ticket again",
    "AddLink": _link,
    "DeleteLink": _link,
    "Forward Transaction": lambda entry, names, show: f"forwarded #{entry.field} to {entry.data}",
    "Forward Ticket": lambda entry, names, show: f"forwarded the ticket to {entry.data}",
    "EmailRecord": lambda entry, names, show: "sent mail",
    "CommentEmailRecord": lambda entry, names, show: "sent internal mail",
    "AddReminder": lambda entry, names, show: f"added the reminder “{entry.data}”",
    "OpenReminder": lambda entry, names, show: f"opened the reminder “{entry.data}” again",
    "ResolveReminder": lambda entry, names, show: f"did what the reminder “{entry.data}” asked",
    "Schedule": lambda entry, names, show: f"ran the schedule “{entry.data}”",
    "SystemError": lambda entry, names, show: entry.data or "ran into an error",
}
