"""What the forms about a ticket offer: owners, statuses, priorities, queues."""

from collections.abc import Iterable, Sequence

from pyramid.request import Request
from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.content.priorities import USUAL, Labels
from rtpy.http.resources import TicketResource
from rtpy.models import Ace, GroupClosure, Principal, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.remembered import remembered
from rtpy.rights.names import Right
from rtpy.web.forms import Option
from rtpy.web.staff.rows import priority_words, statuses

MOST_OWNERS = 200


def possible_owners(app: App, db: Session, queue_id: int) -> list[tuple[int, str]]:
    """Id and name of the enabled people who may own every ticket of a queue, by name. No query as a rule."""
    return remembered(app, db, f"web.owners.{queue_id}", lambda db: _read_owners(db, queue_id))


def _read_owners(db: Session, queue_id: int) -> list[tuple[int, str]]:
    rows = db.connection().execute(_OWNERS, {"queue": queue_id})
    return sorted(((row.id, row.real_name or row.name) for row in rows), key=lambda row: row[1].lower())


def owner_options(
    resource: TicketResource, owners: Sequence[tuple[int, str]], nobody: int
) -> tuple[Option, ...]:
    """Nobody first, then who may own it; the present owner is chosen, even one who may not own it any more."""
    ticket = resource.ticket
    found = [Option("nobody", "nobody", ticket.owner_id == nobody)]
    if ticket.owner_id != nobody and ticket.owner_id not in dict(owners):
        found.append(Option(str(ticket.owner_id), ticket.owner.display_name, True))
    return (*found, *(Option(str(each), name, each == ticket.owner_id) for each, name in owners))


def allowed_moves(resource: TicketResource) -> tuple[str, ...]:
    """The statuses that the reader may give the ticket now, lower case."""
    lifecycle = resource.work.app.lifecycles.get(resource.ticket.queue.lifecycle)
    moves = lifecycle.moves_from(resource.ticket.status)
    return tuple(move.new for move in moves if resource.allows(move.right))


def status_options(request: Request, current: str, moves: Iterable[str]) -> tuple[Option, ...]:
    """The present status, then those that it can become."""
    known = statuses(request.app)
    names = dict.fromkeys((current, *moves))
    return tuple(Option(name, known.get(name, (name, ""))[0], name == current) for name in names)


def priority_options(current: int, labels: Labels = USUAL) -> tuple[Option, ...]:
    """The priorities that have words in the queue, and the present one if it is another."""
    numbers = sorted({number for number, _ in labels or USUAL} | {current})
    return tuple(
        Option(str(number), priority_words(number, labels)[0], number == current) for number in numbers
    )


def queue_options(request: Request, current: int, name: str) -> tuple[Option, ...]:
    """The queues that the reader may put a ticket into, and the one it is in."""
    may = request.work.rights.of(Right.CREATE_TICKET)
    found = {queue: label for queue, label in request.queues_seen if may.in_queue(queue)}
    found.setdefault(current, name)
    return tuple(Option(str(each), label, each == current) for each, label in found.items())


def _build_owners() -> Select[int, str, str]:
    grants = (
        select(Ace.principal_id)
        .join(Principal, Principal.id == Ace.principal_id)
        .where(
            Principal.disabled.is_(False),
            or_(
                and_(Ace.right_name == Right.SUPER_USER, Ace.object_type == "system"),
                and_(
                    Ace.right_name == Right.OWN_TICKET,
                    or_(
                        Ace.object_type == "system",
                        and_(Ace.object_type == "queue", Ace.object_id == bindparam("queue")),
                    ),
                ),
            ),
        )
        .cte("grants")
    )
    granted = select(grants.c.principal_id)
    members = select(GroupClosure.member_id).where(GroupClosure.group_id.in_(granted))
    return (
        select(User.id, User.name, User.real_name)
        .join(Principal, Principal.id == User.id)
        .where(
            or_(User.id.in_(granted), User.id.in_(members)),
            Principal.disabled.is_(False),
            User.name != NOBODY,
            User.name != SYSTEM_USER,
        )
        .limit(MOST_OWNERS)
    )


# Built once: to build it costs more than to run it.
_OWNERS = _build_owners()
