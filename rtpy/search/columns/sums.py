"""Sums over what belongs to a ticket, for result columns: minutes with those of its parts, unread messages."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from rtpy.models import Link, ReadMark, Ticket, Transaction
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.work import Work


def total_minutes(work: Work, ticket_ids: Collection[int]) -> dict[int, int]:
    """Minutes worked on each ticket and on all below it (RT: TotalTimeWorked), each counted once. One query.

    Of the tickets below, those count that the reader may see and that are not deleted.
    """
    if not ticket_ids:
        return {}
    asked = _minutes(work.rights.of(Right.SHOW_TICKET))
    return {row[0]: int(row[1]) for row in work.db.connection().execute(asked, {"ids": list(ticket_ids)})}


def unread_messages(work: Work, ticket_ids: Collection[int]) -> dict[int, int]:
    """Replies and comments that others wrote after the reader's mark, in the tickets and those merged into them.

    Comments count where the reader may read them. Tickets without any are left out. One query.
    """
    if not ticket_ids:
        return {}
    asked = _unread(work.rights.of(Right.SHOW_TICKET_COMMENTS))
    values = {"ids": list(ticket_ids), "me": work.actor.user_id}
    return {row[0]: row[1] for row in work.db.connection().execute(asked, values)}


@lru_cache(maxsize=256)
def _minutes(show_ticket: Grants) -> Any:
    top = select(Ticket.id.label("top"), Ticket.id.label("node"))
    tree = top.where(Ticket.id.in_(bindparam("ids", expanding=True))).cte("tree", recursive=True)
    below = (
        select(tree.c.top, Link.local_base_id)
        .join(Link, Link.local_target_id == tree.c.node)
        .where(Link.type == "MemberOf", Link.local_base_id.is_not(None))
    )
    tree = tree.union(below)  # each pair once, so that a circle ends
    counted = or_(tree.c.node == tree.c.top, and_(show_ticket.visible(), Ticket.status != "deleted"))
    return (
        select(tree.c.top, func.sum(Ticket.time_worked))
        .join(Ticket, Ticket.id == tree.c.node)
        .where(counted)
        .group_by(tree.c.top)
    )


@lru_cache(maxsize=256)
def _unread(comments: Grants) -> Any:
    part = aliased(Ticket)
    message = or_(Transaction.type == "Correspond", and_(Transaction.type == "Comment", comments.visible()))
    return (
        select(Ticket.id, func.count(Transaction.id))
        .join(part, or_(part.id == Ticket.id, part.merged_into_id == Ticket.id))
        .join(Transaction, and_(Transaction.object_type == "ticket", Transaction.object_id == part.id))
        .outerjoin(ReadMark, and_(ReadMark.ticket_id == Ticket.id, ReadMark.user_id == bindparam("me")))
        .where(
            Ticket.id.in_(bindparam("ids", expanding=True)),
            Transaction.creator_id != bindparam("me"),
            Transaction.id > func.coalesce(ReadMark.transaction_id, 0),
            message,
        )
        .group_by(Ticket.id)
    )
