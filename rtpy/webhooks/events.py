"""What webhooks can be told of: a name for each kind of transaction, in plain words, and by RT's names."""

from dataclasses import dataclass

from rtpy.models import Transaction

TEST = "webhook.test"
"""What the button *Send a test* sends."""


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event: what it is called in the body, on the form, and in RT."""

    key: str
    label: str
    rt: tuple[str, ...]


EVENTS = (
    Event("ticket.created", "A ticket is created", ("Create",)),
    Event("ticket.replied", "Somebody replies", ("Correspond",)),
    Event("ticket.commented", "Somebody comments (internal)", ("Comment",)),
    Event("ticket.status_changed", "The status changes", ("Status",)),
    Event("ticket.owner_changed", "The owner changes", ("Owner", "Take", "Untake", "Give", "Steal", "Force")),
    Event("ticket.queue_changed", "The ticket moves to another queue", ("Queue",)),
    Event(
        "ticket.people_changed",
        "Requestors, Cc or other roles change",
        ("AddWatcher", "DelWatcher", "SetWatcher"),
    ),
    Event("ticket.field_changed", "A custom field changes", ("CustomField",)),
    Event("ticket.merged", "Tickets are merged", ("MergedInto",)),
    Event("ticket.linked", "Links change", ("AddLink", "DeleteLink")),
    Event("ticket.changed", "Anything else: subject, priority, dates, times …", ("Set",)),
)
KEYS = frozenset(event.key for event in EVENTS)
LABELS = {event.key: event.label for event in EVENTS} | {TEST: "A test"}
_BY_NAME = {
    name.lower(): event.key
    for event in EVENTS
    for name in (event.key, event.key.partition(".")[2], *event.rt)
}
_BY_TYPE = {
    "Create": "ticket.created",
    "Correspond": "ticket.replied",
    "Comment": "ticket.commented",
    "Status": "ticket.status_changed",
    "AddWatcher": "ticket.people_changed",
    "DelWatcher": "ticket.people_changed",
    "SetWatcher": "ticket.people_changed",
    "CustomField": "ticket.field_changed",
    "AddLink": "ticket.linked",
    "DeleteLink": "ticket.linked",
}
_BY_FIELD = {"Owner": "ticket.owner_changed", "Queue": "ticket.queue_changed"}


def event_of(transaction: Transaction) -> str:
    """The key of what happened."""
    if transaction.type in ("Set", "SetWatcher") and transaction.field in _BY_FIELD:
        return _BY_FIELD[transaction.field]
    if transaction.field == "MergedInto":
        return "ticket.merged"
    return _BY_TYPE.get(transaction.type, "ticket.changed")


def event_named(name: str) -> frozenset[str]:
    """The keys that a name means: one of ours, with or without `ticket.`, one of RT's, or `any`; none for others."""
    wanted = name.strip().lower()
    if wanted in ("any", "all", "*"):
        return KEYS
    return frozenset({_BY_NAME[wanted]} if wanted in _BY_NAME else ())
