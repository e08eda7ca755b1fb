"""A new request in place of one that was closed too long ago to be opened again."""

from collections.abc import Sequence

from rtpy.changes.allowed import vouched_creation
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.links import AddLink
from rtpy.content.part import Part
from rtpy.models import Ticket, User
from rtpy.work import Work
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.answering import reply_of
from rtpy_portal.requests.deeds import need_deed
from rtpy_portal.words import Say


def follow_up(
    work: Work, visitor: Visitor, ticket: Ticket, say: Say, text: str, files: Sequence[Part] = ()
) -> Ticket:
    """The new request: same subject, queue and organisation, by the visitor, with a link to the old one for staff.

    Raises Invalid, field `text`, and Refused.
    """
    need_deed(work, visitor, ticket, "follow_up", say)
    create = CreateTicket(
        queue=ticket.queue,
        subject=ticket.subject,
        message=reply_of(text, files, say).message,
        requestors=(work.db.get_one(User, visitor.user_id),),
        organization_id=ticket.organization_id,
        site_id=ticket.site_id,
    )
    with vouched_creation(work, ticket.queue, people=(visitor.user_id,)):
        made = create_ticket(work, create).ticket
    change_ticket(work.as_system(), made, AddLink("RefersTo", str(ticket.id)))
    return made
