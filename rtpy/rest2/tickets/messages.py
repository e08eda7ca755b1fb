"""Comments and replies: what is said on a ticket, and what changes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rtpy.changes.allowed import may
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import Message
from rtpy.customfields.kinds import Lookup
from rtpy.models import Ticket
from rtpy.rest.customers import is_staff
from rtpy.rest.field_values import read_fields
from rtpy.rest.files import NO_UPLOADS, ON_MESSAGE, Uploads
from rtpy.rest.refusals import refusal
from rtpy.rest2.call import JSON, MULTIPART
from rtpy.rest2.documents import read_document, uploads_of
from rtpy.rest2.plain_values import read_number, read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Created, Resource
from rtpy.rest2.route import Route
from rtpy.rest2.tickets.columns import status_step
from rtpy.rest2.tickets.record import load_ticket
from rtpy.rest2.tickets.said import HTML, PLAIN, body_part, read_message
from rtpy.rest2.tickets.steps import Done, Step, messages_of, take_steps
from rtpy.rest2.tickets.update import ROLES, field_steps, role_steps, unknown_steps
from rtpy.rights.names import Right
from rtpy.work import Work

Document = Mapping[str, Any]  # Any: JSON
TXN_FIELDS = ("TxnCustomFields", "TransactionCustomFields")
NOT_RECORDED = "Message could not be recorded"
KNOWN = frozenset(
    {
        "Content", "ContentType", "Subject", "TimeTaken", "Attachments", "Status", "CustomFields", "CustomRoles",
        *ROLES, *TXN_FIELDS,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What was recorded: the number of the transaction, and a sentence for each thing that was tried."""

    transaction_id: int
    messages: list[str]


def say_on_ticket(
    work: Work, number: int, document: Document, deed: type[Comment] | type[Correspond], uploads: Uploads
) -> Said:
    """Record it, then what the document changes besides. Raises Problem 400 in RT's words, and Invalid."""
    ticket = load_ticket(work.db, number)
    if ticket is None:
        raise Problem(400, NOT_RECORDED)
    if document.get("Content") and not document.get("ContentType"):
        raise Problem(400, "ContentType is a required field for application/json")
    subject = read_text("Subject", document.get("Subject"))
    message = read_message(document, uploads, subject=subject, missing=ON_MESSAGE)
    return _say(work, ticket, document, deed, message, uploads)


def _say(
    work: Work,
    ticket: Ticket,
    document: Document,
    deed: type[Comment] | type[Correspond],
    message: Message,
    uploads: Uploads,
) -> Said:
    minutes = read_number("TimeTaken", document.get("TimeTaken"))
    if minutes and not is_staff(work):
        raise Problem(403, "You may not set TimeTaken.")
    fields, about_fields = _transaction_fields(work, ticket, document)
    steps = [
        Step(deed(message, minutes, fields, may_be_empty=True), done=_recorded(work, ticket, deed)),
        *field_steps(work, ticket, document, uploads=uploads.files),
        *role_steps(work, ticket, document),
        *(Step(text=each) for each in about_fields),
    ]
    status = read_text("Status", document.get("Status"))
    if status:
        steps.append(status_step(work, ticket, status))
    steps += unknown_steps(ticket, document, KNOWN)
    done = take_steps(work, ticket, steps)
    first: Done = done[0]
    if first.problem is not None:
        raise Problem(400, refusal(first.problem))
    return Said(first.transactions[0].id, messages_of(done))


def _recorded(work: Work, ticket: Ticket, deed: type[Comment] | type[Correspond]) -> str:
    """What the client reads, who may not even see what they wrote."""
    needed = (Right.SHOW_TICKET, Right.SHOW_TICKET_COMMENTS) if deed is Comment else (Right.SHOW_TICKET,)
    if not all(may(work, ticket, right) for right in needed):
        return "Message recorded"
    return "Comments added" if deed is Comment else "Correspondence added"


def _transaction_fields(work: Work, ticket: Ticket, document: Document) -> tuple[GivenFields, list[str]]:
    """The custom fields of the transaction, and what is said about them."""
    value = next((document[name] for name in TXN_FIELDS if document.get(name)), None)
    read = read_fields(work, Lookup.TRANSACTION, ticket.queue_id, value, creating=True)
    said = [f"Unable to load transaction custom field: {name[:60]}" for name in read.unknown]
    if read.given.values:
        said.insert(0, "Custom fields updated")
    return read.given, [*said, *read.problems]


class Saying(Resource):
    """`/ticket/7/comment` and `/ticket/7/correspond`. What is missing or not allowed is a 400, as in RT."""

    methods: ClassVar[tuple[str, ...]] = ("POST",)
    accepts: ClassVar[tuple[str, ...]] = (JSON, MULTIPART, PLAIN, HTML)
    document: ClassVar[type[dict[str, Any]] | type[list[Any]] | None] = dict
    deed: ClassVar[type[Comment] | type[Correspond]]

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """All that a body may have."""
        return KNOWN

    def is_forbidden(self) -> bool:
        """The ticket says who may."""
        return False

    def post(self) -> Created:
        """Record it."""
        call = self.call
        number = call.number("id")
        if call.content_type in (PLAIN, HTML):
            said = self._say_plainly(number)
        else:
            if call.content_type == MULTIPART and "JSON" not in uploads_of(call).texts:
                raise Problem(400, "JSON is a required field for multipart/form-data")
            said = say_on_ticket(call.work, number, read_document(call), self.deed, uploads_of(call))
        return Created(f"transaction/{said.transaction_id}", said.messages)

    def _say_plainly(self, number: int) -> Said:
        """The whole body is what is said."""
        call = self.call
        ticket = load_ticket(call.work.db, number)
        if ticket is None:
            raise Problem(400, NOT_RECORDED)
        part = body_part(call.body, call.content_type, call.request.charset or "utf-8")
        document = {name: value for name, value in call.params if name != "token"}
        message = Message((part,) if part.data else (), subject=document.get("Subject", ""))
        return _say(call.work, ticket, document, self.deed, message, NO_UPLOADS)


class CommentOn(Saying):
    """`/ticket/7/comment`."""

    deed = Comment


class ReplyTo(Saying):
    """`/ticket/7/correspond`."""

    deed = Correspond


ROUTES = (
    Route("ticket/{id}/comment", CommentOn, "Comment on a ticket", is_strict=True),
    Route("ticket/{id}/correspond", ReplyTo, "Reply on a ticket", is_strict=True),
)
