"""What is known of the tickets of a page: each kind of fact is asked for at its first use, for all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from rtpy.content.priorities import USUAL, Labels, read_labels
from rtpy.errors import Invalid
from rtpy.fields.contents import Contents, contents_of_many
from rtpy.models import Bookmark, Organization, OrganizationSite, Queue, Ticket
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.search.columns import links, people, sums
from rtpy.search.columns.column import BroughtColumn, Linked, Value
from rtpy.search.columns.people import Person
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Facts:
    """One ticket as its own row tells it, with the names of its queue and company."""

    id: int
    merged_into_id: int | None
    queue_id: int
    queue: str
    lifecycle: str
    priority_labels: str
    type: str
    subject: str
    description: str
    status: str
    sla: str
    owner_id: int
    creator_id: int
    last_updated_by_id: int
    organization: str
    site: str
    priority: int
    initial_priority: int
    final_priority: int
    time_worked: int
    time_left: int
    time_estimated: int
    created: datetime
    last_updated: datetime
    starts: datetime | None
    started: datetime | None
    told: datetime | None
    due: datetime | None
    resolved: datetime | None

    @property
    def labels(self) -> Labels:
        """The words for priorities in its queue."""
        return labels_in(self.priority_labels)


class TicketPage:
    """The tickets of these ids that the reader may see. One query, and one more for each kind of fact that is asked."""

    def __init__(self, work: Work, ids: Sequence[int], zone: ZoneInfo) -> None:
        self.work = work
        self.zone = zone
        show_ticket = work.rights.of(Right.SHOW_TICKET)
        rows = work.db.connection().execute(_base(show_ticket), {"ids": list(ids)}) if ids else ()
        found = {row[0]: Facts(*row) for row in rows}
        self.facts: Mapping[int, Facts] = {each: found[each] for each in ids if each in found}
        """By id, in the order that was asked for."""
        self._brought: dict[str, Mapping[int, Value]] = {}

    @property
    def ids(self) -> list[int]:
        """Of the tickets that are there."""
        return list(self.facts)

    @cached_property
    def single_people(self) -> Mapping[int, Person]:
        """Owners, creators and who changed them last, by id."""
        wanted = {
            user_id
            for each in self.facts.values()
            for user_id in (each.owner_id, each.creator_id, each.last_updated_by_id)
        }
        return people.people_by_id(self.work.db, wanted)

    @cached_property
    def watchers(self) -> Mapping[int, Mapping[str, Sequence[Person]]]:
        """Who plays which role, by ticket and role; the owner is not among them."""
        return people.watchers_of(self.work.db, self.ids)

    def players(self, ticket: Facts, role: str) -> Sequence[Person]:
        """Who plays this role (`Owner`, `Requestor`, `CustomRole-7`) on the ticket."""
        if role == "Owner":
            return [self.single_people[ticket.owner_id]]
        return self.watchers.get(ticket.id, {}).get(role, ())

    @cached_property
    def contents(self) -> Mapping[int, Contents]:
        """Values of custom fields, by ticket and field; whether the reader may see them is not asked here."""
        return contents_of_many(self.work.db, "ticket", self.ids)

    @cached_property
    def people_contents(self) -> Mapping[int, Contents]:
        """Values of people's own custom fields, of everybody who plays a role here."""
        ids = {each.owner_id for each in self.facts.values()}
        for roles in self.watchers.values():
            ids.update(person.id for played in roles.values() for person in played)
        return contents_of_many(self.work.db, "user", ids)

    @cached_property
    def reader_roles(self) -> Mapping[int, frozenset[str]]:
        """Which roles the reader plays on which ticket; asked only where it decides who sees a custom field."""
        if not self.work.rights.of(Right.SEE_CUSTOM_FIELD).by_role:
            return {}
        tickets = {each.id: (each.queue_id, each.owner_id) for each in self.facts.values()}
        return people.roles_of_reader(self.work.db, self.work.rights.principals, tickets)

    @cached_property
    def links(self) -> Mapping[int, Mapping[str, Sequence[Linked]]]:
        """The other ends of links, by ticket and RT's name of the link."""
        return links.links_of(self.work, self.ids)

    @cached_property
    def waits_for(self) -> Mapping[int, int]:
        """On how many open tickets each depends."""
        return links.count_open_dependencies(self.work, self.ids)

    @cached_property
    def total_minutes(self) -> Mapping[int, int]:
        """Minutes worked on each with its parts, theirs too, as far as the reader may see them."""
        return sums.total_minutes(self.work, self.ids)

    @cached_property
    def unread(self) -> Mapping[int, int]:
        """How many messages of others each has that the reader has not seen yet."""
        return sums.unread_messages(self.work, self.ids)

    @cached_property
    def bookmarked(self) -> frozenset[int]:
        """Which of them the reader has marked."""
        asked = select(Bookmark.ticket_id).where(
            Bookmark.user_id == self.work.actor.user_id, Bookmark.ticket_id.in_(self.ids)
        )
        return frozenset(self.work.db.scalars(asked))

    def brought(self, name: str, column: BroughtColumn, ticket: Facts) -> Value:
        """The value in a plugin's column."""
        if name not in self._brought:
            self._brought[name] = column.load(self.work, self.ids)
        return self._brought[name].get(ticket.id)


@lru_cache(maxsize=256)
def labels_in(text: str) -> Labels:
    """The words for priorities that a queue keeps; the usual ones where they cannot be read."""
    try:
        return read_labels(text)
    except Invalid:
        return USUAL


@lru_cache(maxsize=256)
def _base(show_ticket: Grants) -> Any:  # a Select of nearly thirty columns
    """In the order of `Facts`; built once for each set of grants."""
    return (
        select(
            Ticket.id,
            Ticket.merged_into_id,
            Ticket.queue_id,
            Queue.name,
            Queue.lifecycle,
            Queue.priority_labels,
            Ticket.type,
            Ticket.subject,
            Ticket.description,
            Ticket.status,
            Ticket.sla,
            Ticket.owner_id,
            Ticket.creator_id,
            Ticket.last_updated_by_id,
            func.coalesce(Organization.name, ""),
            func.coalesce(OrganizationSite.name, ""),
            Ticket.priority,
            Ticket.initial_priority,
            Ticket.final_priority,
            Ticket.time_worked,
            Ticket.time_left,
            Ticket.time_estimated,
            Ticket.created,
            Ticket.last_updated,
            Ticket.starts,
            Ticket.started,
            Ticket.told,
            Ticket.due,
            Ticket.resolved,
        )
        .join(Queue, Queue.id == Ticket.queue_id)
        .outerjoin(Organization, Organization.id == Ticket.organization_id)
        .outerjoin(OrganizationSite, OrganizationSite.id == Ticket.site_id)
        .where(Ticket.id.in_(bindparam("ids", expanding=True)), show_ticket.visible())
    )
