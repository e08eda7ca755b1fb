"""What of a ticket's history counts for its level: who of the writers is a customer, and its changes of status."""

from collections.abc import Collection

from sqlalchemy import BindParameter, and_, bindparam, or_, select

from rtpy.models import GroupClosure, Ticket, Transaction, Watcher
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_sla.levels.due import Act, Life, Move
from rtpy_sla.levels.settings import OUTSIDE

MESSAGES = ("Create", "Correspond")


def life_of(work: Work, ticket: Ticket) -> Life:
    """The ticket's messages and moves in order. Two queries."""
    rows = work.db.execute(_HISTORY, {"ticket": ticket.id}).all()
    writers = {row.creator_id for row in rows if row.type in MESSAGES}
    outside = _outside(work, ticket, writers - {ticket.owner_id})
    return Life(
        created=ticket.created,
        status=ticket.status,
        acts=tuple(Act(row.created, row.creator_id in outside) for row in rows if row.type in MESSAGES),
        moves=tuple(Move(row.created, row.old_value, row.new_value) for row in rows if row.type == "Status"),
    )


def _outside(work: Work, ticket: Ticket, people: Collection[int]) -> set[int]:
    """Who of these people is a customer: a requestor; or with the setting whoever is no AdminCc."""
    if not people:
        return set()
    is_assumed = bool(setting(work.app, work.db, OUTSIDE))
    role = "AdminCc" if is_assumed else "Requestor"
    asked = {"ticket": ticket.id, "queue": ticket.queue_id, "role": role, "people": sorted(people)}
    found = {
        number
        for row in work.db.execute(_PLAYERS, asked)
        for number in (row.principal_id, row.member_id)
        if number in people
    }
    return set(people) - found if is_assumed else found


_PEOPLE: BindParameter[list[int]] = bindparam("people", expanding=True)
_HISTORY = (
    select(
        Transaction.type,
        Transaction.created,
        Transaction.creator_id,
        Transaction.old_value,
        Transaction.new_value,
    )
    .where(
        Transaction.object_type == "ticket",
        Transaction.object_id == bindparam("ticket"),
        Transaction.type.in_((*MESSAGES, "Status")),
    )
    .order_by(Transaction.created, Transaction.id)
)
_PLAYERS = (
    select(Watcher.principal_id, GroupClosure.member_id)
    .join(
        GroupClosure,
        and_(GroupClosure.group_id == Watcher.principal_id, GroupClosure.member_id.in_(_PEOPLE)),
        isouter=True,
    )
    .where(
        or_(Watcher.ticket_id == bindparam("ticket"), Watcher.queue_id == bindparam("queue")),
        Watcher.role == bindparam("role"),
    )
)
