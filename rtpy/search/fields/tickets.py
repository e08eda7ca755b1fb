"""What can be asked of tickets: the table of their fields."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.errors import Invalid, Problem
from rtpy.models import Ticket
from rtpy.search.compiling.dates import date_field
from rtpy.search.compiling.events import UPDATED, UPDATED_BY
from rtpy.search.compiling.organizations import ORGANIZATION, SITE
from rtpy.search.compiling.people import user_field
from rtpy.search.compiling.plain import number_field, numbers_of, text_field, word_field
from rtpy.search.compiling.queues import LIFECYCLE, QUEUE, STATUS, priority_field
from rtpy.search.compiling.roles import GROUPS, ROLES
from rtpy.search.compiling.text import NUMBER, compare_number
from rtpy.search.compiling.values import need_no_part
from rtpy.search.fields.bookmarks import id_field, unread_fields
from rtpy.search.fields.custom_fields import custom_field_fields
from rtpy.search.fields.field import Asking, CannotSearch, Fields, Kind, SearchField
from rtpy.search.fields.links import link_fields
from rtpy.search.fields.messages import message_fields
from rtpy.search.language.tree import Operator, Term

TYPES = ("ticket", "reminder", "approval")
_tickets = table_of(Ticket).c
_EFFECTIVE = func.coalesce(_tickets.merged_into_id, _tickets.id)


def _effective_id(_asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    value = numbers_of(term)
    if term.operator not in (Operator.EQUALS, Operator.IN):
        return compare_number(_EFFECTIVE, term.operator, value)
    own = and_(_tickets.merged_into_id.is_(None), compare_number(_tickets.id, term.operator, value))
    return or_(
        own,
        and_(
            _tickets.merged_into_id.is_not(None),
            compare_number(_tickets.merged_into_id, term.operator, value),
        ),
    )


def _ownership(asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
    """RT's `Custom.Ownership`: mine first, then nobody's, then those of others."""
    if tuple(each.lower() for each in path) != ("ownership",):
        return ()
    me, nobody = asking.work.actor.user_id, asking.work.app.nobody_id(asking.work.db)
    return (case((_tickets.owner_id == me, 0), (_tickets.owner_id == nobody, 1), else_=2),)


def _only_sorts(_asking: Asking, _term: Term) -> ColumnElement[bool]:
    raise CannotSearch("Custom.Ownership can be sorted by only.")


PLAIN = (
    id_field(),
    SearchField(
        "EffectiveId",
        Kind.NUMBER,
        NUMBER,
        _effective_id,
        "The number of the ticket that it was merged into, else its own; finds merged tickets, too.",
        order=lambda _asking, path: () if path else (_EFFECTIVE,),
        column=_EFFECTIVE,
    ),
    text_field("Subject", _tickets.subject, "Its subject."),
    text_field("Description", _tickets.description, "Its description."),
    STATUS,
    QUEUE,
    LIFECYCLE,
    priority_field("Priority", _tickets.priority, "Its priority: a number, or a word such as High."),
    priority_field("InitialPriority", _tickets.initial_priority, "The priority that it began with."),
    priority_field(
        "FinalPriority", _tickets.final_priority, "The priority that it is to have when it is due."
    ),
    text_field("SLA", _tickets.sla, "The level of service."),
    word_field("Type", _tickets.type, "What it is; other queries find tickets only.", lambda _asking: TYPES),
    date_field("Created", _tickets.created, "When it was made."),
    date_field("LastUpdated", _tickets.last_updated, "When it was changed last."),
    date_field("Due", _tickets.due, "Until when it is to be done."),
    date_field("Starts", _tickets.starts, "When work on it is to begin."),
    date_field("Started", _tickets.started, "When work on it began."),
    date_field("Resolved", _tickets.resolved, "When it was closed."),
    date_field("Told", _tickets.told, "When the requestor last heard from us."),
    UPDATED,
    number_field("TimeWorked", _tickets.time_worked, "The time that was worked.", unit="minutes"),
    number_field("TimeLeft", _tickets.time_left, "The time that is left.", unit="minutes"),
    number_field("TimeEstimated", _tickets.time_estimated, "The time that was estimated.", unit="minutes"),
    user_field("Creator", _tickets.creator_id, "Who made it."),
    user_field("LastUpdatedBy", _tickets.last_updated_by_id, "Who changed it last."),
    UPDATED_BY,
    ORGANIZATION,
    SITE,
    SearchField(
        "Custom", Kind.CHOICE, (), _only_sorts, "Custom.Ownership: mine, nobody's, others'.", order=_ownership
    ),
)
OWN: tuple[SearchField, ...] = (
    *PLAIN,
    *ROLES,
    *GROUPS,
    *custom_field_fields(),
    *link_fields(),
    *message_fields(),
    *unread_fields(),
)
"""The core's fields, in the order of the builder."""


def ticket_fields(app: App) -> Fields:
    """All fields of tickets, those of plugins too, by name and alias; put together once for a process.

    Raises Invalid when a plugin brings a name that is there already.
    """
    found: Fields | None = app.caches.get("search.ticket_fields")
    if found is None:
        found = app.caches["search.ticket_fields"] = by_name(app.named("rtpy_search_fields").values())
    return found


def by_name(fields: Any) -> Fields:
    """Fields by their names and aliases in lower case. Raises Invalid when two have the same."""
    table: dict[str, SearchField] = {}
    for field in fields:
        for name in (field.name, *field.aliases):
            if name.lower() in table:
                raise Invalid(Problem("plugins", f"Two fields of searches are called {name}."))
            table[name.lower()] = field
    return table


def own_fields() -> dict[str, SearchField]:
    """The core's fields by name, as `rtpy_search_fields` brings them."""
    return {field.name: field for field in chain(OWN)}
