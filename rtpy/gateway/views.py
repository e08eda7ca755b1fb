"""The answers of the mail gateway: always status 200 and plain text whose first word decides, as in RT."""

import logging

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from rtpy.app import App
from rtpy.gateway.form import BrokenForm, read_form
from rtpy.mail.intake import Answer, AnswerKind, refuse_oversized, take_in
from rtpy.models import Ticket, User, Watcher
from rtpy.models.watcher import REQUESTOR

log = logging.getLogger("rtpy.gateway")

UNSAID = "operation unsuccessful"
"""Anybody may call the gateway: it says no more than RT does."""


@view_config(
    route_name="mail-gateway", request_method="POST", permission=NO_PERMISSION_REQUIRED, require_csrf=False
)
def receive(request: Request) -> Response:
    """Take in the mail of the form. It is committed before this returns, in sessions of its own."""
    app: App = request.registry["rtpy.app"]
    largest = app.config.mail.max_size
    try:
        form = read_form(request.body_file, request.headers.get("Content-Type", ""), largest)
    except (BrokenForm, OSError) as broken:
        return _say(Answer(AnswerKind.TEMPORARY, str(broken)))
    if form.message is None:
        return _say(Answer(AnswerKind.TEMPORARY, "the form has no field named message"))
    queue = form.fields.get("queue") or "1"
    action = (form.fields.get("action") or "correspond").lower()
    peer = request.remote_addr or ""
    if form.size > largest:
        answer = refuse_oversized(app, form.message, form.size, queue=queue, action=action, peer=peer)
    else:
        sender = form.fields.get("envelope_sender", "")
        answer = take_in(
            app,
            form.message,
            queue=queue,
            action=action,
            ticket=form.fields.get("ticket", ""),
            peer=peer,
            transport={"envelope_sender": sender[:320]} if sender else {},
        )
    if answer.kind is not AnswerKind.OK:
        log.warning("mail from %s: %s: %s", peer, answer.kind, answer.text)
    return _say(answer, details=_details(app, answer) if app.config.mail.gateway_details else None)


@view_config(route_name="mail-gateway", permission=NO_PERMISSION_REQUIRED, require_csrf=False)
def explain(request: Request) -> Response:
    """Anything but a POST: nothing was taken in, so a client keeps its mail."""
    return _say(Answer(AnswerKind.TEMPORARY, "mail is handed in here by POST"))


def _say(answer: Answer, *, details: str | None = None) -> Response:
    text = answer.kind.value
    if answer.kind is AnswerKind.TEMPORARY:
        text += f" - {' '.join(answer.text.split())}"
    elif answer.kind is AnswerKind.NOT_OK:
        text += f" - {UNSAID if details is None else ' '.join(answer.text.split())}"
    return Response(f"{text}\n{details or ''}", content_type="text/plain", charset="utf-8")


def _details(app: App, answer: Answer) -> str:
    """The lines that RT up to 5.0.4 wrote after `ok`."""
    if answer.ticket_id is None:
        return ""
    try:
        with app.reading_sessions() as db:
            query = select(Ticket).options(joinedload(Ticket.queue), joinedload(Ticket.owner))
            ticket = db.scalars(query.where(Ticket.id == answer.ticket_id)).one()
            people = select(User).join(Watcher, Watcher.principal_id == User.id)
            mine = people.where(Watcher.ticket_id == ticket.id, Watcher.role == REQUESTOR).order_by(User.id)
            requestors = ", ".join(user.email_address or user.name for user in db.scalars(mine))
            lines = {
                "Ticket": ticket.id,
                "Queue": ticket.queue.name,
                "Owner": ticket.owner.name,
                "Status": ticket.status,
                "Subject": ticket.subject,
                "Requestor": requestors,
            }
    except SQLAlchemyError:
        log.exception("the ticket of a mail that was taken in could not be shown")
        return ""
    return "".join(f"{name}: {value}\n" for name, value in lines.items())
