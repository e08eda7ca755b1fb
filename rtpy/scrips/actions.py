"""The actions that come with rtpy, by their names (RT: lib/RT/Action)."""

from rtpy.errors import Invalid, Problem
from rtpy.scrips import deeds, filling, making, saying, setting
from rtpy.scrips.conditions import read_number, read_span
from rtpy.scrips.kinds import ActionKind, Check
from rtpy.scrips.mailing import (
    autoreply,
    check_audience,
    check_named,
    notify,
    notify_as_comment,
    notify_group,
    notify_group_as_comment,
    notify_owner_or_admin_cc,
    send_forward,
)

AUDIENCE = "Who gets it: Owner, Requestor, Cc, AdminCc, All, OtherRecipients, with commas"
NAMED = "Names of groups, users, or addresses, with commas"


def _something(what: str, example: str) -> Check:
    def check(argument: str) -> None:
        if not argument.strip():
            raise Invalid(Problem("argument", f"{what} is missing: write for example {example}."))

    return check


def _number(argument: str) -> None:
    read_number(argument)


def _span(argument: str) -> None:
    read_span(argument)


def _watcher(argument: str) -> None:
    setting.read_watcher(argument)


def _filling(argument: str) -> None:
    filling.read_filling(argument)


def _deeds(argument: str) -> None:
    deeds.read_deeds(argument)


ACTIONS = {
    "Notify": ActionKind(
        notify,
        "Mail people.",
        AUDIENCE,
        check_audience,
        mails=True,
    ),
    "NotifyAsComment": ActionKind(
        notify_as_comment,
        "Mail staff, who answer with a comment.",
        AUDIENCE,
        check_audience,
        mails=True,
    ),
    "NotifyOwnerOrAdminCc": ActionKind(
        notify_owner_or_admin_cc, "Mail the owner, or the AdminCcs if there is none.", mails=True
    ),
    "NotifyGroup": ActionKind(
        notify_group,
        "Mail groups, users and addresses.",
        NAMED,
        check_named,
        mails=True,
    ),
    "NotifyGroupAsComment": ActionKind(
        notify_group_as_comment,
        "Mail groups and users as a comment.",
        NAMED,
        check_named,
        mails=True,
    ),
    "Autoreply": ActionKind(autoreply, "Answer the requestors automatically.", mails=True),
    "SendForward": ActionKind(
        send_forward, "Mail what was forwarded to those whom the forwarder named.", mails=True
    ),
    "AutoOpen": ActionKind(
        setting.open_ticket,
        "Open the ticket on a reply.",
        "Statuses that a customer's reply ends, such as stalled",
    ),
    "OpenOnStarted": ActionKind(
        setting.open_on_started, "Open a new ticket when its date of beginning is set."
    ),
    "SetStatus": ActionKind(
        setting.set_status,
        "Set the status.",
        "A status, or initial, active, inactive for the first that can be reached",
        _something("The status", "resolved"),
    ),
    "SetPriority": ActionKind(setting.set_priority, "Set the priority.", "A number", _number),
    "AddPriority": ActionKind(
        setting.add_priority,
        "Add to the priority.",
        "A number, such as 10 or -5",
        _number,
    ),
    "EscalatePriority": ActionKind(
        setting.escalate_priority, "One step towards the final priority, or what the due date asks for."
    ),
    "LinearEscalate": ActionKind(
        setting.linear_escalate, "Priority along a line from its beginning to its due date."
    ),
    "SetOwner": ActionKind(
        setting.set_owner,
        "Give the ticket to somebody.",
        "A user's name or address, or Nobody",
        _something("The owner", "jo"),
    ),
    "SetQueue": ActionKind(
        setting.set_queue,
        "Move the ticket.",
        "The name of a queue",
        _something("The queue", "General"),
    ),
    "SetSubject": ActionKind(
        setting.set_subject, "Set the subject.", "The subject", _something("The subject", "Printer on fire")
    ),
    "SetDue": ActionKind(setting.set_due, "Due after this time from now.", "A time such as 2d4h", _span),
    "SetStarts": ActionKind(
        setting.set_starts, "Starts after this time from now.", "A time such as 2d4h", _span
    ),
    "SetCustomField": ActionKind(
        filling.set_field,
        "Fill a custom field.",
        "A field and its value, such as Site: Hamburg",
        _filling,
    ),
    "ClearCustomFieldValues": ActionKind(
        filling.clear_field,
        "Empty a custom field.",
        "The name of a custom field",
        _something("The field", "Site"),
    ),
    "SetCustomFieldToNow": ActionKind(
        filling.set_field_to_now,
        "Set a date field to now.",
        "The name of a custom field",
        _something("The field", "Called back"),
    ),
    "AddWatcher": ActionKind(
        setting.add_watcher,
        "Give somebody a role.",
        "A role and who, such as Cc: ann@client.example",
        _watcher,
    ),
    "RemoveWatcher": ActionKind(
        setting.remove_watcher,
        "Take a role away.",
        "A role and who, such as Cc: ann@client.example",
        _watcher,
    ),
    "RecordComment": ActionKind(
        saying.record_comment,
        "Add the template, or the argument, as a comment.",
        "What is said, if the template is Blank",
    ),
    "RecordCorrespondence": ActionKind(
        saying.record_correspondence,
        "Add the template, or the argument, as a reply.",
        "What is said, if the template is Blank",
    ),
    "UpdateParentTimeWorked": ActionKind(
        saying.update_parent_time, "Book minutes on the tickets of which this is a part, too."
    ),
    "ExtractSubjectTag": ActionKind(
        saying.extract_subject_tag, "Keep other systems' tags of a mail's subject in the ticket's subject."
    ),
    "CreateTickets": ActionKind(
        making.create_tickets, "Make and link the tickets that the blocks of the template describe."
    ),
    "Deeds": ActionKind(
        deeds.do_deeds,
        "Several actions in one order, put together in the form.",
        "Deeds, in the form in which scrips are exported",
        _deeds,
    ),
}
