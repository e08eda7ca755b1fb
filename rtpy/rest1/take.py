"""Taking, stealing and leaving a ticket."""

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.owner import Steal, Take, Untake
from rtpy.errors import RtpyError
from rtpy.models import Ticket
from rtpy.rest.names import read_names
from rtpy.rest.words import brief
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form
from rtpy.rest1.frame import BAD_REQUEST
from rtpy.rest1.objects import Spec
from rtpy.rest1.result import Result
from rtpy.rest1.tickets import see_ticket

DEEDS: dict[str, type[Take] | type[Steal] | type[Untake]] = {"take": Take, "steal": Steal, "untake": Untake}


def take_ticket(call: Call, spec: Spec, form: Form) -> Result:
    """The field `Action` says which of the three; the number in the form does not count."""
    action = form.text("Action").strip().lower()
    deed = DEEDS.get(action)
    if deed is None:
        return Result((f"Invalid action: `{form.text('Action')[:80]}'.",), BAD_REQUEST)
    ticket = see_ticket(call, spec.number, status=BAD_REQUEST, deed=action).ticket
    owner = ticket.owner_id
    change: Change = deed()
    try:
        done = change_ticket(call.work, ticket, change).transactions
    except RtpyError as problem:
        return Result((_reason(call, ticket, action, owner) or str(problem),), BAD_REQUEST)
    names = read_names(call.work, done)
    return Result(tuple(brief(each, names, call.zone) for each in done if each.field == "Owner"))


def _reason(call: Call, ticket: Ticket, action: str, owner: int) -> str:
    """RT's sentence where the owner is the reason; empty where a right is missing."""
    nobody = call.work.app.nobody_id(call.work.db)
    if action in ("take", "steal") and owner == call.work.actor.user_id:
        return "That user already owns that ticket"
    if action == "take" and owner != nobody:
        return "You can only take tickets that are unowned"
    if action == "steal" and owner == nobody:
        return "You can only steal a ticket owned by someone else"
    if action == "untake" and owner == nobody:
        return "That user already owns that ticket"
    return ""
