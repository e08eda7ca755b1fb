"""Other requests that a request is linked to, as far as its reader may see them."""

from dataclasses import dataclass

from sqlalchemy import select, union

from rtpy.models import Link, Queue, Ticket
from rtpy.work import Work
from rtpy_portal.access.sight import visible
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.requests.stages import Stage, stages_of

MOST = 10


@dataclass(frozen=True, slots=True)
class Related:
    """A request that has to do with this one."""

    number: int
    subject: str
    stage: Stage


def related_to(work: Work, visitor: Visitor, ticket: Ticket) -> tuple[Related, ...]:
    """The newest ten, whatever the kind of link: customers are not told what depends on what.

    One query; none for a key, which opens no other request.
    """
    if visitor.way is Way.KEY:
        return ()
    out = select(Link.local_target_id).where(Link.local_base_id == ticket.id)
    back = select(Link.local_base_id).where(Link.local_target_id == ticket.id)
    rows = work.db.execute(
        select(Ticket.id, Ticket.subject, Ticket.status, Queue.lifecycle)
        .join(Queue, Queue.id == Ticket.queue_id)
        .where(Ticket.id.in_(union(out, back)), Ticket.id != ticket.id, visible(visitor))
        .order_by(Ticket.id.desc())
        .limit(MOST)
    )
    stages = stages_of(work.app, work.db)
    return tuple(Related(row.id, row.subject, stages.of(row.lifecycle, row.status)) for row in rows)
