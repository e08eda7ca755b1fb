"""A mail that a ticket sent: to whom, what became of it, and its words."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from rtpy.history.reading import merged_ids
from rtpy.http.resources import TicketResource
from rtpy.models import OutgoingMail
from rtpy.rights.names import Right
from rtpy.web.shown import Link
from rtpy.web.staff.ticket.mails import mail_facts


@view_config(
    route_name="ticket.mail",
    request_method="GET",
    renderer="staff/ticket/mail.pt",
    permission=Right.SHOW_OUTGOING_EMAIL,
)
def show_mail(resource: TicketResource, request: Request) -> dict[str, object]:
    """404 for mails of other tickets, and for internal ones to whom comments are not shown."""
    ticket = resource.ticket
    mail = request.db.scalar(
        select(OutgoingMail)
        .where(
            OutgoingMail.id == int(request.matchdict["mail"]),
            OutgoingMail.ticket_id.in_(merged_ids(request.db, ticket.id)),
        )
        .options(selectinload(OutgoingMail.recipients))
    )
    if mail is None or (mail.internal and not resource.allows(Right.SHOW_TICKET_COMMENTS)):
        raise HTTPNotFound()
    here = request.route_path("ticket.display", id=ticket.id)
    anchor = f"#txn-{mail.transaction_id}" if mail.transaction_id else ""
    admin = request.work.rights.super_user
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link(f"#{ticket.id} {ticket.subject}", here + anchor),
        ),
        **mail_facts(request, mail),
        "admin_url": request.route_path("admin.mail.outgoing.display", id=mail.id) if admin else None,
    }
