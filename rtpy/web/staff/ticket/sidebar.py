"""What stands beside a ticket: its people, its fields, each to be changed in place, its dates, and other requests."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from pyramid.request import Request
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from rtpy.changes.roles import roles_of
from rtpy.db.among import among, one_of
from rtpy.http.resources import TicketResource
from rtpy.models import Group, Ticket, User, Watcher
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.search.lists import TicketRow
from rtpy.web.avatars import person_avatar
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html
from rtpy.web.shown import Link, Person
from rtpy.web.staff.rows import labels_in, priority_badge, status_badge
from rtpy.web.staff.ticket.choices import (
    allowed_moves,
    owner_options,
    possible_owners,
    priority_options,
    queue_options,
    status_options,
)
from rtpy.web.times import show_minutes

ROLES = ((REQUESTOR, "Requestor"), (CC, "Copies to"), (ADMIN_CC, "Internal copies to"))
OTHERS = 5
UNDELIVERABLE = 2
"""From so many failures in a row on, an address is shown as one that does not work."""


@dataclass(frozen=True, slots=True)
class WatcherLine:
    """Somebody with a role on the ticket; a group has no address."""

    role: str
    id: int
    name: str
    address: str
    is_group: bool
    is_undeliverable: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the sidebar; `field` is the form that changes it, None where the reader may not."""

    label: str
    value: Html | str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Belonging:
    """Whose ticket it is."""

    organization_id: int | None
    organization: str
    site: str


def read_watchers(db: Session, ticket_id: int) -> list[WatcherLine]:
    """Who plays which role on the ticket itself, in the order in which they came. One query."""
    rows = db.connection().execute(_WATCHERS, {"ticket": ticket_id}).all()
    return [
        WatcherLine(
            row.role,
            row.principal_id,
            row.group_name or row.real_name or row.nick_name or row.name,
            row.email_address or "",
            row.group_name is not None,
            (row.undeliverable or 0) >= UNDELIVERABLE,
        )
        for row in rows
    ]


def belonging_of(resource: TicketResource) -> Belonging:
    """Organisation and site. No query."""
    return Belonging(resource.ticket.organization_id, resource.organization, resource.site)


def read_others(resource: TicketResource, watchers: list[WatcherLine]) -> list[TicketRow]:
    """The newest open requests of the same people that the reader may see. One query, none without requestor."""
    mine = [line.id for line in watchers if line.role == REQUESTOR]
    if not mine:
        return []
    work, ticket = resource.work, resource.ticket
    query = _others(work.rights.of(Right.SHOW_TICKET), work.app.lifecycles.active_statuses())
    rows = work.db.connection().execute(query, {"people": mine, "ticket": ticket.id}).all()
    return [
        TicketRow(
            row.id, row.subject, row.status, row.priority, "", "", 0, "", row.created, row.last_updated, None
        )
        for row in rows
    ]


def show_people(
    request: Request, watchers: list[WatcherLine], queue_id: int
) -> list[tuple[str, list[Person]]]:
    """The people by role, each role once, empty roles and those that do not apply in the queue left out."""
    by_role: dict[str, list[Person]] = defaultdict(list)
    for line in watchers:
        detail = "group" if line.is_group else line.address if line.address != line.name else ""
        if line.is_undeliverable:
            detail = f"{line.address} – mail does not arrive there"
        url = None if line.is_group else request.route_path("people.display", id=line.id)
        by_role[line.role].append(Person(line.name, person_avatar(request, line.id, line.name), detail, url))
    custom = roles_of(request.app, request.db).in_queue(queue_id)
    labels = (*ROLES, *((each.role, each.name) for each in custom))
    return [(label, by_role[role]) for role, label in labels if role in by_role]


def show_facts(request: Request, resource: TicketResource, belonging: Belonging) -> list[Fact]:
    """Status, owner, priority, queue, due, subject, organisation and time, with their forms."""
    words = labels_in(resource.ticket.queue.priority_labels)
    ticket, app = resource.ticket, request.app
    nobody = app.nobody_id(request.db)
    owner = "nobody" if ticket.owner_id == nobody else ticket.owner.display_name
    may = resource.allows(Right.MODIFY_TICKET)
    moves = allowed_moves(resource)
    facts = [
        Fact(
            "Status",
            status_badge(app, ticket.status),
            _select("status", "Status", status_options(request, ticket.status, moves)) if moves else None,
        ),
        Fact("Owner", owner, _owner_field(request, resource, nobody)),
        Fact(
            "Priority",
            priority_badge(ticket.priority, words),
            _select(
                "priority",
                "Priority",
                priority_options(ticket.priority, labels_in(ticket.queue.priority_labels)),
            )
            if may
            else None,
        ),
        Fact(
            "Queue",
            ticket.queue.name,
            _select("queue", "Queue", queue_options(request, ticket.queue_id, ticket.queue.name))
            if may
            else None,
        ),
        Fact(
            "Due",
            request.when(ticket.due) or "no date",
            Field("due", "Due", local_input(ticket.due, request), "datetime-local") if may else None,
        ),
        Fact(
            "Subject",
            ticket.subject,
            Field("subject", "Subject", ticket.subject, required=True) if may else None,
        ),
    ]
    if belonging.organization_id is not None:
        url = request.route_path("organization.display", id=belonging.organization_id)
        facts.append(Fact("Organisation", _link(url, belonging.organization)))
    if belonging.site:
        facts.append(Fact("Site", belonging.site))
    booking = Field("minutes", "Minutes to add", "", "number") if may else None
    facts.append(Fact("Time worked", show_minutes(ticket.time_worked), booking))
    if ticket.time_estimated:
        facts.append(Fact("Estimate", show_minutes(ticket.time_estimated)))
    return facts


def show_dates(request: Request, ticket: Ticket) -> list[tuple[str, Html]]:
    """The dates that there are."""
    dates = (
        ("Created", ticket.created),
        ("Started", ticket.started),
        ("Last contact", ticket.told),
        ("Updated", ticket.last_updated),
        ("Resolved", ticket.resolved),
    )
    return [(label, request.when(at)) for label, at in dates if at is not None]


def more_links(request: Request, ticket_id: int) -> tuple[Link, ...]:
    """The ticket's other pages."""
    path = request.route_path
    may_none = request.work.rights.of(Right.CREATE_ARTICLE).nowhere
    return (
        Link("People", path("ticket.people", id=ticket_id), icon="users"),
        Link("History", path("ticket.history", id=ticket_id), icon="history"),
        *(() if may_none else (Link("Make an article", path("ticket.article", id=ticket_id), icon="file"),)),
    )


def local_input(at: datetime | None, request: Request) -> str:
    """A moment as an input of the browser takes it, by the reader's clock."""
    return at.astimezone(request.zone).strftime("%Y-%m-%dT%H:%M") if at else ""


def _owner_field(request: Request, resource: TicketResource, nobody: int) -> Field | None:
    mine = resource.ticket.owner_id in (nobody, resource.work.actor.user_id)
    rights = (Right.REASSIGN_TICKET, Right.MODIFY_TICKET) if mine else (Right.REASSIGN_TICKET,)
    if not any(resource.allows(right) for right in rights):
        return None
    owners = possible_owners(request.app, request.db, resource.ticket.queue_id)
    return _select("owner", "Owner", owner_options(resource, owners, nobody))


def _select(name: str, label: str, options: tuple[Option, ...]) -> Field:
    return Field(name, label, kind="select", options=options, required=True)


def _link(url: str, label: str) -> Html:
    return Html(f'<a href="{escape(url)}">{escape(label)}</a>')


@lru_cache
def _others(show_ticket: Grants, statuses: tuple[str, ...]) -> Any:
    theirs = select(Watcher.ticket_id).where(
        Watcher.role == REQUESTOR,
        among(Watcher.principal_id, "people"),
        Watcher.ticket_id.is_not(None),
    )
    return (
        select(Ticket.id, Ticket.subject, Ticket.status, Ticket.priority, Ticket.created, Ticket.last_updated)
        .where(
            Ticket.id.in_(theirs),
            Ticket.id != bindparam("ticket"),
            Ticket.merged_into_id.is_(None),
            one_of(Ticket.status, statuses),
            show_ticket.visible(),
        )
        .order_by(Ticket.id.desc())
        .limit(OTHERS)
    )


# Built once: to build such a statement costs more than to run it.
_WATCHERS = (
    select(
        Watcher.role,
        Watcher.principal_id,
        User.name,
        User.real_name,
        User.nick_name,
        User.email_address,
        User.undeliverable,
        Group.name.label("group_name"),
    )
    .outerjoin(User, User.id == Watcher.principal_id)
    .outerjoin(Group, Group.id == Watcher.principal_id)
    .where(Watcher.ticket_id == bindparam("ticket"))
    .order_by(Watcher.id)
)
