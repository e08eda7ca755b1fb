"""What policies would mean for tickets that are open: which one each would get, beside the one that it has."""

from dataclasses import dataclass

from sqlalchemy import case, func, literal, select

from rtpy.changes.allowed import need_system
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.models import TicketSla
from rtpy_sla.policies.fitting import clause_of
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS


@dataclass(frozen=True, slots=True)
class Tried:
    """One ticket: the numbers of versions that it has, and would get; None for none."""

    ticket_id: int
    subject: str
    now: int | None
    then: int | None


def dry_run(work: Work, *, most: int = 200, all_of_them: bool = False) -> list[Tried]:
    """Open tickets that the actor may see and that would get another version than they have, the newest first.

    Changes nothing. With `all_of_them` also those that would keep what they have. At most `most` of them. One query.
    Needs AdminServiceLevels.
    """
    need_system(work, ADMIN_SERVICE_LEVELS)
    offered = catalogue_of(work.app, work.db).offered
    whens = [(clause_of(work, each.conditions), literal(each.id)) for each in offered]
    then = case(*whens, else_=literal(0)) if whens else literal(0)
    has = func.coalesce(TicketSla.version_id, 0)
    query = (
        select(Ticket.id, Ticket.subject, has.label("now"), then.label("then"))
        .outerjoin(TicketSla, TicketSla.ticket_id == Ticket.id)
        .where(
            Ticket.status.in_(work.app.lifecycles.active_statuses()),
            Ticket.merged_into_id.is_(None),
            Ticket.type == "ticket",
            work.rights.of(Right.SHOW_TICKET).visible(),
        )
        .order_by(Ticket.id.desc())
        .limit(most)
    )
    if not all_of_them:
        query = query.where(has != then)
    return [Tried(row.id, row.subject, row.now or None, row.then or None) for row in work.db.execute(query)]
