"""Mail that came back from a person's address, as the person's page tells it."""

from dataclasses import dataclass

from pyramid.request import Request
from sqlalchemy import select

from rtpy.mail.recipients import UNDELIVERABLE
from rtpy.models import OutgoingMail, OutgoingRecipient, User
from rtpy.rights.names import Right
from rtpy.web.html import Html


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """How often in a row mail came back, and the last one, with its ticket if the reader may see it."""

    said: str
    url: str
    at: Html | None
    answer: str
    ticket_id: int | None
    ticket_url: str | None


def returned_mail(request: Request, user: User) -> ReturnedMail | None:
    """What to tell about the address; None for a good one. One query, none for a good one."""
    if not user.undeliverable or not user.email_address:
        return None
    number = user.undeliverable
    times = "The last mail" if number == 1 else f"The last {number} mails"
    stopped = " Nothing more is sent there." if number >= UNDELIVERABLE else ""
    row = request.db.execute(
        select(
            OutgoingRecipient.last_answer, OutgoingMail.created, OutgoingMail.ticket_id, OutgoingMail.queue_id
        )
        .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
        .where(OutgoingRecipient.address == user.email_address, OutgoingRecipient.state == "failed")
        .order_by(OutgoingRecipient.id.desc())
        .limit(1)
    ).one_or_none()
    may_see = row is not None and (
        row.queue_id is not None and request.work.rights.of(Right.SHOW_TICKET).in_queue(row.queue_id)
    )
    return ReturnedMail(
        f"{times} to {user.email_address} came back.{stopped}",
        request.route_path("people.good_address", id=user.id),
        request.when(row.created) if row else None,
        row.last_answer if row else "",
        row.ticket_id if row and may_see else None,
        request.route_path("ticket.display", id=row.ticket_id) if row and row.ticket_id and may_see else None,
    )
