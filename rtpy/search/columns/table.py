"""The columns that every ticket has, by RT's names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from rtpy.content.plain import html_to_text
from rtpy.content.priorities import label_of
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.search.columns.column import Column, Kind, Value
from rtpy.search.columns.page import Facts, TicketPage
from rtpy.search.columns.people import names_of

ROLES = {
    "Owner": (OWNER, "Owner"),
    "Requestor": (REQUESTOR, "Requestor"),
    "Requestors": (REQUESTOR, "Requestor"),
    "Cc": (CC, "Cc"),
    "AdminCc": (ADMIN_CC, "Admin Cc"),
}
"""Names before a dot, with the role and its title."""

SINGLE_PEOPLE = {
    "Creator": ("creator_id", "Created by"),
    "CreatedBy": ("creator_id", "Created by"),
    "LastUpdatedBy": ("last_updated_by_id", "Last updated by"),
}

_DATES = {
    "Created": "Created",
    "LastUpdated": "Updated",
    "Starts": "Starts",
    "Started": "Started",
    "Told": "Last contact",
    "Due": "Due",
    "Resolved": "Resolved",
}
_COLUMN_OF = {"LastUpdated": "last_updated"}

LINK_TITLES = {
    "MemberOf": "Part of",
    "Members": "Parts",
    "Parents": "Part of",
    "Children": "Parts",
    "DependsOn": "Depends on",
    "DependedOnBy": "Needed by",
    "RefersTo": "Refers to",
    "ReferredToBy": "Referred to by",
}
SAME_LINK = {"Parents": "MemberOf", "Children": "Members", "HasMember": "Members"}


def ticket_columns() -> Mapping[str, Column]:
    """By name, in the order in which a form offers them. Custom fields, custom roles and parts are not among them."""
    return _COLUMNS


def _own(name: str, title: str, kind: Kind, attribute: str) -> Column:
    """A column of the ticket's own row."""

    def value(_page: TicketPage, ticket: Facts) -> Value:
        found: Value = getattr(ticket, attribute)
        return found

    return Column(name, title, kind, value)


def _played(name: str, title: str, role: str) -> Column:
    return Column(name, title, Kind.PERSON, lambda page, ticket: names_of(page.players(ticket, role)))


def _single(name: str, title: str, attribute: str) -> Column:
    def value(page: TicketPage, ticket: Facts) -> Value:
        return (page.single_people[getattr(ticket, attribute)].shown,)

    return Column(name, title, Kind.PERSON, value)


def _linked(name: str, title: str) -> Column:
    stored = SAME_LINK.get(name, name)
    return Column(
        name, title, Kind.LINK, lambda page, ticket: tuple(page.links.get(ticket.id, {}).get(stored, ()))
    )


def _priority(name: str, title: str, attribute: str) -> Column:
    """In the words of the ticket's queue."""
    return Column(
        name, title, Kind.TEXT, lambda _, ticket: label_of(ticket.labels, getattr(ticket, attribute))
    )


def _text(name: str, title: str, value: Callable[[TicketPage, Facts], Value]) -> Column:
    return Column(name, title, Kind.TEXT, value)


def _extended_status(page: TicketPage, ticket: Facts) -> Value:
    """RT: “pending 2 other tickets” for what depends on open ones, else the status."""
    waiting = page.waits_for.get(ticket.id, 0)
    return f"pending {waiting} other ticket{'' if waiting == 1 else 's'}" if waiting else ticket.status


def _news(page: TicketPage, ticket: Facts) -> Value:
    return "New messages" if page.unread.get(ticket.id) else ""


def _dates() -> Iterable[Column]:
    for name, title in _DATES.items():
        attribute = _COLUMN_OF.get(name, name.lower())

        def value(_page: TicketPage, ticket: Facts, attribute: str = attribute) -> Value:
            found: datetime | None = getattr(ticket, attribute)
            return found

        yield Column(name, title, Kind.DATE, value)
        yield Column(f"{name}Relative", title, Kind.DATE, value, is_relative=True)


def _all() -> Sequence[Column]:
    return (
        _own("id", "#", Kind.NUMBER, "id"),
        _own("Subject", "Subject", Kind.TEXT, "subject"),
        _own("Status", "Status", Kind.TEXT, "status"),
        _text("ExtendedStatus", "Status", _extended_status),
        _own("QueueName", "Queue", Kind.TEXT, "queue"),
        _own("Queue", "Queue number", Kind.NUMBER, "queue_id"),
        _own("Lifecycle", "Lifecycle", Kind.TEXT, "lifecycle"),
        _played("Owner", "Owner", OWNER),
        _text("OwnerName", "Owner", lambda page, ticket: page.players(ticket, OWNER)[0].fields["Name"]),
        _played("Requestors", "Requestors", REQUESTOR),
        _played("Requestor", "Requestor", REQUESTOR),
        _played("Cc", "Cc", CC),
        _played("AdminCc", "Admin Cc", ADMIN_CC),
        *(_single(name, title, attribute) for name, (attribute, title) in SINGLE_PEOPLE.items()),
        _own("Organization", "Organisation", Kind.TEXT, "organization"),
        _own("Site", "Site", Kind.TEXT, "site"),
        _priority("Priority", "Priority", "priority"),
        _priority("InitialPriority", "First priority", "initial_priority"),
        _priority("FinalPriority", "Final priority", "final_priority"),
        _own("PriorityNumber", "Priority number", Kind.NUMBER, "priority"),
        _own("InitialPriorityNumber", "First priority number", Kind.NUMBER, "initial_priority"),
        _own("FinalPriorityNumber", "Final priority number", Kind.NUMBER, "final_priority"),
        *_dates(),
        _own("TimeWorked", "Time worked", Kind.MINUTES, "time_worked"),
        _own("TimeLeft", "Time left", Kind.MINUTES, "time_left"),
        _own("TimeEstimated", "Time estimated", Kind.MINUTES, "time_estimated"),
        Column(
            "TotalTimeWorked",
            "Time worked with parts",
            Kind.MINUTES,
            lambda page, ticket: page.total_minutes.get(ticket.id, ticket.time_worked),
        ),
        _own("SLA", "Service level", Kind.TEXT, "sla"),
        _text("Description", "Description", lambda _, ticket: html_to_text(ticket.description).strip()),
        *(_linked(name, title) for name, title in LINK_TITLES.items()),
        _text("UpdateStatus", "News", _news),
        Column("UnreadMessages", "Unread", Kind.NUMBER, lambda page, ticket: page.unread.get(ticket.id, 0)),
        _text("Bookmark", "Bookmark", lambda page, ticket: "yes" if ticket.id in page.bookmarked else ""),
        _own("Type", "Type", Kind.TEXT, "type"),
        Column(
            "EffectiveId",
            "Number after merging",
            Kind.NUMBER,
            lambda _, ticket: ticket.merged_into_id or ticket.id,
        ),
    )


_COLUMNS = {column.name: column for column in _all()}
