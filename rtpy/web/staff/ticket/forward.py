"""Forwarding a message, or the whole ticket as customers may see it, to somebody else."""

import secrets
from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.addresses import read_addresses
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.forward import Forward
from rtpy.content.part import Message, plain_message
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.history.reading import merged_ids
from rtpy.http.resources import TicketResource, may_read
from rtpy.mail.header_lines import is_sendable
from rtpy.models import Transaction
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.drafts import send_once
from rtpy.web.staff.forms import problems_of, texts_of

SEND = Button("Forward", "send", "primary")


@view_config(
    route_name="ticket.forward",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.FORWARD_MESSAGE,
)
def forward_form(resource: TicketResource, request: Request) -> dict[str, object]:
    """The empty form; `?txn=` names one message, without it the whole ticket goes."""
    return _form(resource, request, _transaction(resource, request.GET.get("txn", "")), {}, {})


@view_config(
    route_name="ticket.forward",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.FORWARD_MESSAGE,
)
def forward(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """Send it; who gets it and what went along stands in the history, for the staff only."""
    given, ticket = texts_of(request), resource.ticket
    transaction = _transaction(resource, given.get("txn", "") or request.GET.get("txn", ""))
    try:
        message = _message(given)
        with resource.work.db.begin_nested():
            if send_once(resource.work, request.GET.get("token", ""), {}) is not None:
                request.flash("This was forwarded already, once.", "info")
                return HTTPSeeOther(request.route_path("ticket.display", id=ticket.id))
            change_ticket(resource.work, ticket, Forward(message, transaction))
    except Invalid as invalid:
        return _form(resource, request, transaction, given, problems_of(invalid))
    except (Refused, Conflict) as refused:
        return _form(resource, request, transaction, given, {"to": str(refused)})
    request.flash("Forwarded: the mail is on its way.")
    return HTTPSeeOther(request.route_path("ticket.display", id=ticket.id))


def _transaction(resource: TicketResource, number: str) -> Transaction | None:
    if not number:
        return None
    found = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        found = resource.work.db.scalar(
            select(Transaction).where(
                Transaction.id == int(number),
                Transaction.object_type == "ticket",
                Transaction.object_id.in_(merged_ids(resource.work.db, resource.ticket.id)),
            )
        )
    if found is None or not may_read(resource, found.type) or found.type not in ("Create", "Correspond"):
        raise HTTPNotFound()
    return found


def _message(given: Mapping[str, str]) -> Message:
    to, cc, bcc = (_addresses(given, name) for name in ("to", "cc", "bcc"))
    if not to and not cc and not bcc:
        raise Invalid(Problem("to", "Write at least one address."))
    said = plain_message(given.get("text", "").strip() or " ", subject=given.get("subject", "").strip()[:200])
    return Message(said.parts, subject=said.subject, one_time_cc=(*to, *cc), one_time_bcc=bcc)


def _addresses(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    typed = given.get(name, "").replace("\n", " ").replace(";", ",").strip()
    if not typed:
        return ()
    found = [address.strip() for _, address in read_addresses(typed)]
    wrong = [address for address in found if "@" not in address or not is_sendable(address)]
    if wrong or not found:
        raise Invalid(
            Problem(name, f"“{typed[:80]}” holds something that is no address: write name@example.com.")
        )
    return tuple(found)


def _form(
    resource: TicketResource,
    request: Request,
    transaction: Transaction | None,
    given: Mapping[str, str],
    wrong: Mapping[str, str],
) -> dict[str, object]:
    ticket, path = resource.ticket, request.route_path
    query = {"token": secrets.token_urlsafe(16)}
    if transaction is not None:
        query["txn"] = str(transaction.id)
    what = "One message" if transaction is not None else "All messages that customers may see"
    fields = (
        Field("to", "To", given.get("to", ""), required=True, hint="Addresses with commas between them."),
        Field("cc", "Cc", given.get("cc", "")),
        Field("bcc", "Bcc", given.get("bcc", "")),
        Field("subject", "Subject", given.get("subject", "") or f"Fwd: {ticket.subject}"),
        Field("text", "Your own words", given.get("text", ""), kind="textarea", rows=5),
    )
    return form_values(
        request,
        title=f"Forward #{ticket.id}",
        intro=f"{what} of “{ticket.subject}”, with files. Comments never go along. Answers come back to this ticket.",
        post_url=path("ticket.forward", id=ticket.id, _query=query),
        sections=(Section("To whom", fields),),
        problems=wrong,
        buttons=(SEND,),
    ) | {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        )
    }
