"""Replies and comments, with files, one-time copies, minutes and a status."""

from dataclasses import replace

from rtpy.changes.allowed import may
from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.reader import Reader
from rtpy.changes.reading import read_one_time
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.rest.names import read_names
from rtpy.rest.words import brief, say
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, as_items
from rtpy.rest1.frame import BAD_REQUEST, Stopped
from rtpy.rest1.minutes import read_minutes
from rtpy.rest1.objects import Spec
from rtpy.rest1.result import Result
from rtpy.rest1.tickets import hidden, see_ticket
from rtpy.rest1.uploads import files_for, message_of
from rtpy.rights.names import Right

KNOWN = frozenset("id ticket action text cc bcc timeworked status content-type attachment subject".split())
DEEDS = {
    "comment": ("Comment on", Right.COMMENT_ON_TICKET),
    "correspond": ("Correspond on", Right.REPLY_TO_TICKET),
}
SAID = ("Comment", "Correspond", "Status")
"""What the answer tells of all that was done."""


def answer_ticket(call: Call, spec: Spec, form: Form) -> Result:
    """`Action` is comment or correspond; the number in the form does not count. All of it or nothing."""
    action = form.text("Action").strip().lower()
    if action not in DEEDS:
        return Result((f"Invalid action: `{form.text('Action')[:80]}'.",), BAD_REQUEST)
    words, right = DEEDS[action]
    unknown = [name for name, _ in form.fields if name.lower() not in KNOWN]
    if unknown:
        return Result(tuple(f"{name}: Unknown field." for name in unknown), BAD_REQUEST, form)
    ticket = see_ticket(call, spec.number, status=BAD_REQUEST, deed=words).ticket
    if not any(may(call.work, ticket, each) for each in (right, Right.MODIFY_TICKET)):
        raise Stopped(f"# {hidden(ticket.id, words)}\n")
    message = message_of(form, files_for(call, form))
    if not any(part.data.strip() for part in message.parts):
        return Result(("Empty comment with no attachments submitted.",), BAD_REQUEST)
    copies = {name: ", ".join(as_items(form.get(name) or "")) for name in ("Cc", "Bcc")}
    if not call.is_staff and any("@" not in item for text in copies.values() for item in as_items(text)):
        return Result(("Write mail addresses, such as name@example.com.",), BAD_REQUEST)
    reader = Reader(call.work, {"cc": copies["Cc"], "bcc": copies["Bcc"], "outsiders": "1"})
    named = read_one_time(reader, "reply" if action == "correspond" else "comment")
    reader.done()
    said = replace(
        message,
        subject=" ".join(form.text("Subject").split()),
        one_time_cc=named.cc,
        one_time_bcc=named.bcc,
        outsiders=named.outsiders,
    )
    worked = read_minutes(form.text("TimeWorked"), "TimeWorked")
    if worked and not call.is_staff:
        return Result(("You may not set TimeWorked.",), BAD_REQUEST)
    changes: list[Change] = [Comment(said, worked) if action == "comment" else Correspond(said, worked)]
    if status := form.text("Status").strip():
        changes.append(SetStatus(status))
    done = change_ticket(call.work, ticket, *changes).transactions
    names = read_names(call.work, done)
    mine = [each for each in done if each.object_id == ticket.id and each.type in SAID]
    return Result(
        tuple(
            brief(each, names, call.zone) if each.type == "Status" else say(each, names, "", call.zone)
            for each in mine
        )
    )
