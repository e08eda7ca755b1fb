"""Conditions and actions that make sense by the clock."""

from dataclasses import replace
from datetime import timedelta

from rtpy.changes.ticket.reminders import REMINDER, parent_id_of
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Problem
from rtpy.mail.outgoing import draft_mail
from rtpy.mail.recipients import Audience
from rtpy.models import Ticket, User
from rtpy.scrips.kinds import ActionKind, Commit, ConditionKind, Occasion, Skip, Task

MOST_HOURS = 24 * 3650


def untouched(occasion: Occasion, argument: str) -> str | None:
    """Nobody has changed the ticket for so many hours."""
    hours = read_hours(argument)
    since = occasion.work.now - occasion.ticket.last_updated
    return None if since >= timedelta(hours=hours) else f"it was changed in the last {hours} hours"


def remind_owner(occasion: Occasion, task: Task) -> Commit | Skip:
    """Mail who is to be reminded, with the template, about the ticket that the reminder is on."""
    reminder, work = occasion.ticket, occasion.work
    if reminder.type != REMINDER:
        return Skip("it is no reminder")
    number = parent_id_of(work.db, reminder.id)
    ticket = work.db.get(Ticket, number) if number else None
    if ticket is None:
        return Skip("the ticket of the reminder is not there any more")
    owner = work.db.get(User, reminder.owner_id)
    if owner is None or not owner.email_address:
        return Skip(f"{owner.display_name if owner else 'its owner'} has no mail address")
    said = replace(plain_message(reminder.subject, subject=""), auto_generated=True)
    said = replace(said, one_time_cc=(owner.email_address,), outsiders=(owner.email_address,))
    about = Occasion(work, ticket, occasion.transaction, said)
    draft = draft_mail(
        about,
        scrip_id=task.scrip_id,
        audience=Audience(frozenset(), others=True),
        template=task.template,
        translations=task.translations,
        internal=True,
    )
    if isinstance(draft, str):
        return Skip(draft)
    draft.chosen.recipients = [replace(one, kind="to") for one in draft.chosen.recipients]

    def commit() -> str:
        told = draft.queue(about)
        about.post_mails()
        return told

    return commit


def read_hours(argument: str) -> int:
    """A number of hours. Raises Invalid."""
    text = argument.strip()
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= MOST_HOURS:
        raise Invalid(Problem("argument", f"“{argument[:40]}” is no number of hours: write for example 48."))
    return int(text)


def _check_hours(argument: str) -> None:
    read_hours(argument)


CONDITIONS = {
    "UntouchedInHours": ConditionKind(
        untouched,
        "Nobody has changed the ticket for so long.",
        argument="Hours, such as 48",
        check=_check_hours,
    )
}
ACTIONS = {
    "RemindOwner": ActionKind(remind_owner, "Mail who is to be reminded by a reminder.", mails=True),
}
