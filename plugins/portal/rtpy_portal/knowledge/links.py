"""Which pages the customers of a ticket may read: for staff who want to send them one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.models import Organization, OrganizationMember, Ticket, User, Watcher
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.content import page_path
from rtpy_portal.knowledge.searching import search, suggest
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.models import Page
from rtpy_portal.words import spoken

MOST = 20


@dataclass(frozen=True, slots=True)
class Offered:
    """A page with its address; `needs_account`: they must log in to read it."""

    page_id: int
    title: str
    summary: str
    url: str
    needs_account: bool


def reader_for(work: Work, ticket: Ticket) -> Reader:
    """What all who asked for this may read: the organisations that every one of them belongs to. Two queries."""
    asked = select(Watcher.principal_id).where(
        Watcher.ticket_id == ticket.id, Watcher.role == "Requestor", Watcher.principal_id.is_not(None)
    )
    people = work.db.execute(select(User.id, User.lang).where(User.id.in_(asked))).all()
    rows = work.db.execute(
        select(OrganizationMember.user_id, OrganizationMember.organization_id)
        .join(Organization, Organization.id == OrganizationMember.organization_id)
        .where(
            OrganizationMember.user_id.in_([person.id for person in people]),
            Organization.disabled.is_(False),
        )
    ).all()
    theirs = [{row.organization_id for row in rows if row.user_id == person.id} for person in people]
    shared = frozenset(set.intersection(*theirs)) if theirs else frozenset()
    return Reader(shared, lang=spoken(people[0].lang) if people else "en")


def offer(work: Work, ticket: Ticket, words: str = "") -> Sequence[Offered]:
    """Pages with these words, or (without words) those that fit the subject; only what the customers may read."""
    reader = reader_for(work, ticket)
    if words:
        found = search(work, reader, words, MOST).pages
    else:
        found = tuple(suggest(work, reader, ticket.subject, 8))
    closed = set(
        work.db.scalars(
            select(Page.id).where(
                Page.id.in_([each.page_id for each in found]), Page.audience != Audience.EVERYONE
            )
        )
    )
    base = work.app.config.base_url
    return [
        Offered(
            each.page_id,
            each.title,
            each.summary,
            base + page_path(each.page_id, each.slug),
            each.page_id in closed,
        )
        for each in found
    ]
