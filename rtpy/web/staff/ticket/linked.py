"""What a ticket is linked with, its reminders among it, as rows; the page asks for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, case, desc, func, literal_column, nulls_last, select
from sqlalchemy.orm import Session, aliased

from rtpy.changes.ticket.reminders import REMINDER
from rtpy.models import Link, Ticket, User
from rtpy.rights.grants import Grants

MOST = 250
"""So many are read, reminders first."""
MOST_REMINDERS = 50


@dataclass(frozen=True, slots=True)
class Linked:
    """The links with what may be seen of their other ends, the oldest first; the reminders, the most urgent first."""

    links: Sequence[Any]
    reminders: Sequence[Any]


def read_linked(db: Session, show_ticket: Grants, ticket_id: int) -> Linked:
    """Of one ticket. One query."""
    rows = db.connection().execute(_linked(show_ticket), {"ticket": ticket_id}).all()
    reminders = [row for row in rows if row.is_reminder and row.local_target_id == ticket_id]
    return Linked(
        [row for row in rows if not row.is_reminder],
        [row for row in reminders if row.type == "RefersTo"][:MOST_REMINDERS],
    )


@lru_cache
def _linked(show_ticket: Grants) -> Any:
    """Built once for each set of grants: to build it costs more than to run it."""
    other, owner = aliased(Ticket), aliased(User)
    seen = (
        select(Ticket.id)
        .where(Ticket.id == other.id, show_ticket.visible())
        .correlate(other)
        .scalar_subquery()
    )
    is_reminder = other.type == REMINDER
    mine: Any = bindparam("ticket")

    def side(here: Any, there: Any) -> Any:
        return (
            select(
                Link.id.label("link"),
                Link.type,
                Link.base,
                Link.target,
                Link.local_base_id,
                Link.local_target_id,
                other.id.label("number"),
                other.subject,
                other.status,
                seen.label("id_seen"),
                other.owner_id,
                func.coalesce(func.nullif(owner.real_name, ""), owner.name).label("owner"),
                case((is_reminder, other.due)).label("due"),
                case((is_reminder, 1), else_=0).label("is_reminder"),
            )
            .outerjoin(other, other.id == there)
            .outerjoin(owner, owner.id == other.owner_id)
            .where(here == mine, Link.type != "MergedInto")
        )

    both = side(Link.local_base_id, Link.local_target_id).union_all(
        side(Link.local_target_id, Link.local_base_id)
    )
    by_urgency: tuple[Any, ...] = (
        desc("is_reminder"),
        nulls_last(literal_column("due")),
        literal_column("link"),
    )
    return both.order_by(*by_urgency).limit(MOST)
