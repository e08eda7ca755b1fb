"""What the pieces on a ticket's page for staff need, asked for at once: most tickets have little of it."""

from dataclasses import dataclass

from pyramid.request import Request
from sqlalchemy import BindParameter, and_, bindparam, exists, literal, select

from rtpy.models import User
from rtpy_portal.models import Asked, IssueTicket, Key, Rating, RequestRow
from rtpy_portal.requests.telling import Told

_TICKET: BindParameter[int] = bindparam("ticket")
_NOTHING = select(literal(1).label("one")).subquery()
_FACTS = (
    select(
        Key,
        User,
        RequestRow.ticket_id,
        RequestRow.is_private,
        RequestRow.is_hidden,
        RequestRow.went_wrong,
        RequestRow.how_fixed,
        RequestRow.escalated,
        select(IssueTicket.issue_id)
        .where(IssueTicket.ticket_id == _TICKET)
        .scalar_subquery()
        .label("issue_id"),
        exists().where(Rating.ticket_id == _TICKET).label("has_ratings"),
        exists().where(Asked.ticket_id == _TICKET).label("was_asked"),
    )
    .select_from(_NOTHING)
    .outerjoin(RequestRow, RequestRow.ticket_id == _TICKET)
    .outerjoin(Key, and_(Key.ticket_id == _TICKET, Key.withdrawn.is_(None)))
    .outerjoin(User, User.id == Key.user_id)
    .order_by(Key.id)
)


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What there is of a ticket in the portal: each piece reads the rest only where it has something to show."""

    told: Told
    issue_id: int | None
    keys: tuple[tuple[Key, User], ...]
    """The links that open it, and whose they are."""
    has_ratings: bool
    was_asked: bool
    """By the form."""


def ticket_facts(request: Request, ticket_id: int) -> TicketFacts:
    """One query the first time in a request, whatever the number of pieces."""
    known: dict[int, TicketFacts] = request.__dict__.setdefault("_portal_ticket_facts", {})
    if ticket_id not in known:
        rows = request.db.execute(_FACTS, {"ticket": ticket_id}).all()
        row = rows[0]
        told = Told()
        if row.ticket_id is not None:
            told = Told(row.is_private, row.is_hidden, row.went_wrong, row.how_fixed, row.escalated)
        keys = tuple((each.Key, each.User) for each in rows if each.Key is not None)
        known[ticket_id] = TicketFacts(told, row.issue_id, keys, bool(row.has_ratings), bool(row.was_asked))
    return known[ticket_id]
