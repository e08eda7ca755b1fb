"""What webhooks can be told of: kinds of transactions, by our names and RT's, and what plugins announce."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rtpy.app import App
from rtpy.models import Transaction

TEST = "webhook.test"
"""What the button *Send a test* sends."""


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event: what it is called in the body, on the form, and in RT."""

    key: str
    label: str
    rt: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """Without `ticket.`; a plugin's with its own name."""
        return self.key.removeprefix("ticket.")


@dataclass(frozen=True, slots=True)
class BroughtEvent:
    """An event of a plugin: what it is called on the form, and what it takes to be told of it.

    A webhook is told what its person may know: that is who holds `right` on the whole system.
    """

    label: str
    right: str


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
_BY_NAME = {name.lower(): event.key for event in EVENTS for name in (event.key, event.short, *event.rt)}
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


def events_of(app: App) -> tuple[Event, ...]:
    """All of them: the core's, and behind them those of plugins."""
    return EVENTS + tuple(Event(name, each.label) for name, each in brought_events(app).items())


def brought_events(app: App) -> Mapping[str, BroughtEvent]:
    """Those of plugins by name; `rtpy.brought` has looked at the names."""
    found: dict[str, BroughtEvent] = app.named("rtpy_webhook_events")
    return found


def label_of(app: App, key: str) -> str:
    """An event in plain words; the key itself for one of a plugin that is not listed any more."""
    labels = {event.key: event.label for event in events_of(app)} | {TEST: "A test"}
    return labels.get(key, key)


def event_named(name: str, brought: Collection[str] = ()) -> frozenset[str]:
    """The keys that a name means: one of ours, with or without `ticket.`, one of RT's, or `any`; none for others.

    `brought` are the names of plugins' events.
    """
    wanted = name.strip().lower()
    if wanted in ("any", "all", "*"):
        return KEYS | frozenset(brought)
    if wanted in brought:
        return frozenset({wanted})
    return frozenset({_BY_NAME[wanted]} if wanted in _BY_NAME else ())
