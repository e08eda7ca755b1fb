"""Tickets: made, read, changed, deleted, taken; and the address under which they are searched."""

from typing import Any, ClassVar

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.owner import Steal, Take, Untake
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Refused, RtpyError
from rtpy.models import Ticket
from rtpy.rest.refusals import is_about_rights, refusal
from rtpy.rest2.documents import read_document, uploads_of
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Created, Resource
from rtpy.rest2.route import Route
from rtpy.rest2.tickets.new import KNOWN as NEW_KNOWN
from rtpy.rest2.tickets.new import make_ticket
from rtpy.rest2.tickets.record import TicketRecord
from rtpy.rest2.tickets.search import Tickets
from rtpy.rest2.tickets.steps import Step, messages_of
from rtpy.rest2.tickets.update import KNOWN, update_ticket
from rtpy.rest2.values import Ref, stub


class NewTicket(Resource):
    """`/ticket`."""

    methods: ClassVar[tuple[str, ...]] = ("POST",)

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """All that a new ticket takes."""
        return NEW_KNOWN

    def is_forbidden(self) -> bool:
        """The queue says who may."""
        return False

    def exists(self) -> bool:
        """Not yet."""
        return False

    def post(self) -> Created:
        """Make it."""
        call = self.call
        ticket = make_ticket(call.work, read_document(call), uploads_of(call))
        return Created(f"ticket/{ticket.id}", stub(call, Ref("ticket", ticket.id)))


class OneTicket(TicketRecord):
    """`/ticket/7`."""

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """All that can be changed."""
        return KNOWN

    def put(self) -> list[str]:
        """Change it; a sentence for each thing that was tried."""
        return self.update()

    def update(self, action: Step | None = None) -> list[str]:
        """Do `action`, then what the document says."""
        call = self.call
        document = read_document(call) if call.body or call.params else {}
        done = update_ticket(call.work, self.load(), document, uploads=uploads_of(call).files, action=action)
        return messages_of(done)

    def delete(self) -> None:
        """Set its status to deleted; nothing when it is."""
        ticket = self.load()
        if ticket.status == "deleted":
            return
        try:
            change_ticket(self.work, ticket, SetStatus("deleted"))
        except Refused as refused:
            raise Problem(403, "" if is_about_rights(refused) else str(refused)) from None


class Taking(OneTicket):
    """`/ticket/7/take` and the like: a deed, then what the document says."""

    methods: ClassVar[tuple[str, ...]] = ("PUT",)
    deed: ClassVar[type[Any]]

    def put(self) -> list[str]:
        """The sentence about the owner has nothing in front (python-rt reads its beginning)."""
        ticket = self.load()
        deed: Change = self.deed()
        return self.update(Step(deed, failed=lambda problem: self.refusal(ticket, problem), is_bare=True))

    def refusal(self, ticket: Ticket, problem: RtpyError) -> str:
        """RT's sentence."""
        raise NotImplementedError

    def owned_by(self, ticket: Ticket) -> str:
        """`nobody`, `me` or `other`."""
        work = self.work
        return {work.actor.user_id: "me", work.app.nobody_id(work.db): "nobody"}.get(ticket.owner_id, "other")


class TakeTicket(Taking):
    """`/ticket/7/take`."""

    deed = Take

    def refusal(self, ticket: Ticket, problem: RtpyError) -> str:
        """One's own, or somebody else's."""
        sentences = {
            "me": "You already own this ticket",
            "other": "You can only take tickets that are unowned",
        }
        return sentences.get(self.owned_by(ticket)) or refusal(problem)


class UntakeTicket(Taking):
    """`/ticket/7/untake`."""

    deed = Untake

    def refusal(self, ticket: Ticket, problem: RtpyError) -> str:
        """Nobody's, or somebody else's."""
        sentences = {
            "nobody": "That user already owns that ticket",
            "other": "You can only reassign tickets that you own or that are unowned",
        }
        return sentences.get(self.owned_by(ticket)) or refusal(problem)


class StealTicket(Taking):
    """`/ticket/7/steal`."""

    deed = Steal

    def refusal(self, ticket: Ticket, problem: RtpyError) -> str:
        """One's own, or nobody's."""
        if self.owned_by(ticket) != "other":
            return "You can only steal a ticket owned by someone else"
        return refusal(problem)


ROUTES = (
    Route("ticket", NewTicket, "Make a ticket"),
    Route("ticket/{id}", OneTicket, "Read, change or delete a ticket"),
    Route("ticket/{id}/take", TakeTicket, "Take a ticket that nobody owns", is_strict=True),
    Route("ticket/{id}/untake", UntakeTicket, "Leave a ticket to nobody", is_strict=True),
    Route("ticket/{id}/steal", StealTicket, "Take a ticket that somebody else owns", is_strict=True),
    Route("tickets", Tickets, "Search for tickets by TicketSQL"),
)
