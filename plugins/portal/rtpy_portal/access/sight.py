"""What a visitor may see: the one clause that lists, counts, pages, feeds and searches of requests pass."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, exists, false, not_, or_, select, union
from sqlalchemy.orm import Session, joinedload

from rtpy.models import Ticket, Watcher
from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.models import RequestRow

REQUESTOR, CC = "Requestor", "Cc"
PARTS = (REQUESTOR, CC)
"""The roles in which somebody takes part in a request."""


def visible(visitor: Visitor | None) -> ColumnElement[bool]:
    """A clause over `tickets`: what this visitor may see. Nothing for nobody.

    For a few tickets that something else finds; for lists there is `all_visible`.
    """
    if visitor is None:
        return false()
    if visitor.way is Way.KEY:
        return and_(Ticket.id == visitor.ticket_id, _shown())
    return and_(_granted(visitor), _shown())


def all_visible(visitor: Visitor, *columns: ColumnElement[Any], where: Sequence[Any] = ()) -> Subquery:
    """The same tickets with these columns, as a table to list and count: each once, as far as `where` goes.

    A SELECT for each way to a request: each takes its own index, and reads what `where` leaves of its tickets once.
    """
    found = select(Ticket.id, *columns).where(_shown(), *where)
    if visitor.way is Way.KEY:
        return found.where(Ticket.id == visitor.ticket_id).subquery()
    part = found.join(Watcher, Watcher.ticket_id == Ticket.id).where(Watcher.principal_id == visitor.user_id)
    ways = [part.where(Watcher.role == REQUESTOR), part.where(Watcher.role == CC, *_copies(visitor))]
    return union(*ways, *(found.where(each) for each in _of_colleagues(visitor))).subquery()


def visible_within(visitor: Visitor) -> ColumnElement[bool]:
    """A clause over `tickets` that were merged into another: whose history this visitor may read there.

    A merge grants nothing: who sees the ticket that goes on reads of the others what they could see before. A key
    opens of them what its person took part in.
    """
    granted = _plays(visitor.user_id, PARTS) if visitor.way is Way.KEY else _granted(visitor)
    return and_(granted, not_(is_hidden()), Ticket.type == "ticket", Ticket.status != "deleted")


def _granted(visitor: Visitor) -> ColumnElement[bool]:
    """What an account may see by who they are, whatever has become of the ticket.

    What they take part in, as far as their grade in its organisation goes, and what the grade shows of colleagues.
    """
    copied = and_(_plays(visitor.user_id, (CC,)), *_copies(visitor))
    return or_(_plays(visitor.user_id, (REQUESTOR,)), copied, *_of_colleagues(visitor))


def _copies(visitor: Visitor) -> tuple[ColumnElement[bool], ...]:
    """Of what they get copies of: not what belongs to an organisation of which they have only their own."""
    narrow = [each.organization_id for each in visitor.memberships if each.grade is Grade.OWN]
    return (or_(Ticket.organization_id.is_(None), Ticket.organization_id.not_in(narrow)),) if narrow else ()


def _of_colleagues(visitor: Visitor) -> Iterator[ColumnElement[bool]]:
    """What grades above copies show, an organisation each. A person without a site has no colleagues there."""
    for each in visitor.memberships:
        if each.sees_colleagues and (each.grade is not Grade.SITE or each.site_id is not None):
            yield and_(*_shown_by(each))


def _shown_by(member: Membership) -> Iterator[ColumnElement[bool]]:
    yield Ticket.organization_id == member.organization_id
    if member.grade is Grade.SITE:
        yield Ticket.site_id == member.site_id
    if member.grade is not Grade.ALL:
        yield not_(is_private())


def _plays(user_id: int, roles: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(
        Watcher.ticket_id == Ticket.id, Watcher.principal_id == user_id, Watcher.role.in_(roles)
    )


def is_hidden() -> ColumnElement[bool]:
    """A clause over `tickets`: staff hid it from all customers."""
    return exists().where(RequestRow.ticket_id == Ticket.id, RequestRow.is_hidden)


def is_private() -> ColumnElement[bool]:
    """A clause over `tickets`: who takes part in it sees it, and colleagues who see all."""
    return exists().where(RequestRow.ticket_id == Ticket.id, RequestRow.is_private)


def takes_part(user_id: int) -> ColumnElement[bool]:
    """A clause over `tickets`: the person asked for it, or gets copies.

    A list of numbers, not an EXISTS: SQLite would look through all tickets for one.
    """
    return Ticket.id.in_(
        select(Watcher.ticket_id).where(Watcher.principal_id == user_id, Watcher.role.in_(PARTS))
    )


def find_request(db: Session, visitor: Visitor | None, number: int) -> Ticket | None:
    """The request of that number, or the one that it was merged into; None when the visitor may not see it.

    Its queue and owner are loaded. One query, two for a merged one.
    """
    seen = visible(visitor)
    wanted = select(Ticket).options(joinedload(Ticket.queue), joinedload(Ticket.owner))
    found: Ticket | None = db.scalar(wanted.where(Ticket.id == number, seen))
    if found is None and visitor is not None:
        into = select(Ticket.merged_into_id).where(Ticket.id == number).scalar_subquery()
        found = db.scalar(wanted.where(Ticket.id == into, seen))
    return found


def _shown() -> ColumnElement[bool]:
    """No reminder, nothing merged away, nothing deleted, nothing hidden."""
    return and_(
        Ticket.type == "ticket",
        Ticket.merged_into_id.is_(None),
        Ticket.status != "deleted",
        not_(is_hidden()),
    )
