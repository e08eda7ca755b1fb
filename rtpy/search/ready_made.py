"""Searches that everybody wants, ready-made for dashboards: each by a name."""

from collections.abc import Mapping
from dataclasses import dataclass

from rtpy.search.saved import Content


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A search with its title; `empty` are title and text where nothing fits."""

    title: str
    empty: tuple[str, str]
    content: Content


_SHORT = (
    """'<b><a href="__WebPath__/Ticket/Display.html?id=__id__">__id__</a></b>', """
    """'<b><a href="__WebPath__/Ticket/Display.html?id=__id__">__Subject__</a></b>', """
    "Status, Priority, Owner, QueueName, LastUpdatedRelative, DueRelative"
)

READY_MADE: Mapping[str, ReadyMade] = {
    "mine": ReadyMade(
        "My tickets",
        ("Nothing waits for you", "Take one of the tickets without an owner, or enjoy the quiet."),
        Content(
            "Owner = '__CurrentUser__' AND Status = '__Active__'",
            columns=_SHORT,
            order=(("Due", "ASC"), ("Priority", "DESC")),
        ),
    ),
    "unowned": ReadyMade(
        "Without an owner",
        ("Every ticket has an owner", "New ones will stand here until somebody takes them."),
        Content("Owner = 'Nobody' AND Status = '__Active__'", columns=_SHORT, order=(("Created", "DESC"),)),
    ),
    "newest": ReadyMade(
        "Newest",
        ("No tickets yet", "A mail to the address of a queue makes the first one."),
        Content("", columns=_SHORT, order=(("id", "DESC"),)),
    ),
    "overdue": ReadyMade(
        "Overdue",
        ("Nothing is overdue", "Tickets whose due date has passed stand here."),
        Content("Due < 'now' AND Status = '__Active__'", columns=_SHORT, order=(("Due", "ASC"),)),
    ),
    "bookmarked": ReadyMade(
        "My bookmarks",
        ("No bookmarks", "The star on a ticket's page puts it here."),
        Content("id = '__Bookmarked__'", columns=_SHORT, order=(("LastUpdated", "DESC"),)),
    ),
    "unread": ReadyMade(
        "Unread messages on my tickets",
        ("Nothing unread", "New messages on tickets that you own stand here until you have read them."),
        Content(
            "Owner = '__CurrentUser__' AND HasUnreadMessages = '__CurrentUser__'",
            columns=_SHORT,
            order=(("LastUpdated", "DESC"),),
        ),
    ),
}
"""In the order in which they are offered."""
