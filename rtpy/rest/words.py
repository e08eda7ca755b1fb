"""RT's sentences: what a transaction did, for the answer to whoever did it and for the history."""

import re
from datetime import UTC, datetime, tzinfo

from rtpy.history.brought import happened_in, sentence_about
from rtpy.models import Transaction
from rtpy.rest.moments import NOT_SET, ctime
from rtpy.rest.names import PLACES, WITH_PLACES, WireNames

DATES = frozenset({"Due", "Starts", "Started", "Resolved", "Told"})
_VERBS = {
    "DependsOn": "depends on",
    "DependedOnBy": "is depended on by",
    "MemberOf": "is a member of",
    "HasMember": "has member",
    "RefersTo": "refers to",
    "ReferredToBy": "is referred to by",
}


def say(transaction: Transaction, names: WireNames, label: str, zone: tzinfo = UTC) -> str:
    """What a client reads that did it: `Ticket 5: Subject changed from 'a' to 'b'`. `label` is such as "Ticket 5"."""
    kind = transaction.type
    if kind in ("Create", "Comment", "Correspond"):
        return {"Comment": "Comments added", "Correspond": "Correspondence added"}.get(
            kind, f"{label} created"
        )
    if kind in ("AddWatcher", "DelWatcher"):
        return _watcher(transaction, names)
    if kind == "SetWatcher":
        return _single(transaction, names)
    if kind in ("AddLink", "DeleteLink"):
        return _link(transaction, label)
    if kind == "CustomField":
        return _custom_field(transaction, names)
    if kind in ("Set", "Status", "Told", "Disabled", "Enabled"):
        return f"{label}: {_set(transaction, names, zone)}"
    return f"{label}: {brief(transaction, names, zone)}"


def brief(transaction: Transaction, names: WireNames, zone: tzinfo = UTC) -> str:
    """What the history says, without who did it: `Status changed from 'new' to 'open'`."""
    kind, field = transaction.type, transaction.field
    match kind:
        case "Create":
            return f"{transaction.object_type.capitalize()} created"
        case "Set" | "Status" | "Told":
            return _set(transaction, names, UTC if zone is None else zone)
        case "AddWatcher":
            return f"{_role(field, names)} {names.principal(transaction.new_value, by_address=True)} added"
        case "DelWatcher":
            return f"{_role(field, names)} {names.principal(transaction.old_value, by_address=True)} deleted"
        case "SetWatcher":
            return _single(transaction, names)
        case "CustomField":
            return _custom_field(transaction, names)
        case "AddLink" if field == "MergedInto":
            return f"Merged with {_end(transaction.new_value)}"  # both tickets have it, whichever went into the other
        case "AddLink":
            return f"{_VERBS.get(field, field).capitalize()} {_end(transaction.new_value)} added"
        case "DeleteLink":
            return f"{_VERBS.get(field, field).capitalize()} {_end(transaction.old_value)} deleted"
    said = sentence_about(names.sentences, happened_in(transaction))
    return f"{said[:1].upper()}{said[1:]}" if said else _BRIEF.get(kind, kind)


def describe(transaction: Transaction, names: WireNames, zone: tzinfo = UTC) -> str:
    """The line of a history: `Ticket created by root`."""
    who = names.users.get(transaction.creator_id, str(transaction.creator_id))
    return f"{brief(transaction, names, zone)} by {who}"


_BRIEF = {
    "Comment": "Comments added",
    "Correspond": "Correspondence added",
    "Correct": "Correspondence corrected",
    "EmailRecord": "Outgoing email recorded",
    "CommentEmailRecord": "Outgoing email about a comment recorded",
    "Disabled": "Disabled",
    "Enabled": "Enabled",
    "Forward Ticket": "Forwarded Ticket",
    "Forward Transaction": "Forwarded Transaction",
    "AddReminder": "Reminder added",
    "OpenReminder": "Reminder reopened",
    "ResolveReminder": "Reminder completed",
    "SystemError": "System error",
    "Squelch": "Mail switched off for an address",
    "Unsquelch": "Mail switched on for an address",
}


def _set(transaction: Transaction, names: WireNames, zone: tzinfo) -> str:
    field, old, new = transaction.field or "Status", transaction.old_value, transaction.new_value
    if field == "Owner":
        return f"Owner changed from {names.principal(old)} to {names.principal(new)}"
    if field == "Queue":
        return f"Queue changed from {_named(names, old)} to {_named(names, new)}"
    if field in PLACES and transaction.object_type in WITH_PLACES:
        before, after = (f"'{names.place(field, each)}'" if each else "(no value)" for each in (old, new))
        return f"{field} changed from {before} to {after}"
    if field in DATES:
        return f"{field} changed from {_date(old, zone)} to {_date(new, zone)}"
    if field == "TimeWorked":
        return _worked(transaction.time_taken)
    before = "(no value)" if old in ("", "0") else f"'{old}'"
    after = f"'{new}'" if new else "(no value)"
    return f"{field} changed from {before} to {after}"


def _named(names: WireNames, number: str) -> str:
    return names.queues.get(int(number), number) if number.isdigit() else number


def _worked(minutes: int) -> str:
    if minutes < 0:
        return f"Adjusted time worked by {minutes} minutes"
    if minutes < 60:
        return f"Worked {minutes} minute{'' if minutes == 1 else 's'}"
    return f"Worked {minutes / 60:.1f} hours ({minutes} minutes)"


def _date(value: str, zone: tzinfo) -> str:
    try:
        return ctime(datetime.fromisoformat(value), zone) if value else NOT_SET
    except ValueError:
        return value


def _role(field: str, names: WireNames) -> str:
    return names.roles.get(field, field)


def _watcher(transaction: Transaction, names: WireNames) -> str:
    role = _role(transaction.field, names)
    if transaction.type == "AddWatcher":
        return f"Added {names.principal(transaction.new_value, by_address=True)} as {role} for this ticket"
    return f"{names.principal(transaction.old_value, by_address=True)} is no longer {role} for this ticket"


def _single(transaction: Transaction, names: WireNames) -> str:
    old, new = names.principal(transaction.old_value), names.principal(transaction.new_value)
    return f"{_role(transaction.field, names)} changed from {old} to {new}"


def _link(transaction: Transaction, label: str) -> str:
    """RT: from base to target, `Ticket 7 member of Ticket 5.`"""
    other = _end(transaction.new_value or transaction.old_value)
    verb, is_base = _SENTENCES.get(transaction.field, (transaction.field, True))
    first, second = (label, other) if is_base else (other, label)
    return (
        f"{first} no longer {verb} {second}."
        if transaction.type == "DeleteLink"
        else f"{first} {verb} {second}."
    )


_SENTENCES = {
    "DependsOn": ("depends on", True),
    "DependedOnBy": ("depends on", False),
    "MemberOf": ("member of", True),
    "HasMember": ("member of", False),
    "RefersTo": ("refers to", True),
    "ReferredToBy": ("refers to", False),
    "MergedInto": ("merged into", True),
}


def _end(uri: str) -> str:
    ticket = re.fullmatch(r"fsck\.com-rt://[^/]*/ticket/(\d+)", uri)
    if ticket:
        return f"Ticket {ticket[1]}"
    article = re.fullmatch(r"fsck\.com-article://[^/]*/article/(\d+)", uri)
    if article:
        return f"Article {article[1]}"
    asset = re.fullmatch(r"asset:(\d+)", uri)
    return f"Asset {asset[1]}" if asset else f"URI {uri}"


def _custom_field(transaction: Transaction, names: WireNames) -> str:
    known = names.fields.get(int(transaction.field)) if transaction.field.isdigit() else None
    name = known.name if known else f"Custom field {transaction.field}"
    old, new = transaction.old_value, transaction.new_value
    if known is not None and not known.is_single:
        if new:
            return f"{new} added as a value for {name}"
        return f"{old} is no longer a value for custom field {name}"
    if old and new:
        return f"{name} {old} changed to {new}"
    return f"{name} {new} added" if new else f"{old} is no longer a value for custom field {name}"
