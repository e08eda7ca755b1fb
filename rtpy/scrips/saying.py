"""Actions that say something on a ticket, or book time on others (RT: RecordComment.pm, UpdateParentTimeWorked.pm)."""

import re

from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import plain_message
from rtpy.mail.drops import values_for
from rtpy.mail.template import names_in, render_template
from rtpy.models import Link, Ticket
from rtpy.scrips.kinds import Commit, Occasion, Skip, Task
from rtpy.scrips.setting import change


def record_comment(occasion: Occasion, task: Task) -> Commit | Skip:
    """Add the text of the template (or of the argument) as a comment."""
    text, subject = _text(occasion, task)
    if not text:
        return Skip("the template came out empty: nothing is said")
    return change(occasion, "commented", Comment(plain_message(text, subject=subject)))


def record_correspondence(occasion: Occasion, task: Task) -> Commit | Skip:
    """Add it as a reply, which the scrips for replies then send."""
    text, subject = _text(occasion, task)
    if not text:
        return Skip("the template came out empty: nothing is said")
    if occasion.message and occasion.message.auto_generated:
        return Skip("a machine wrote it: no reply")
    return change(occasion, "replied", Correspond(plain_message(text, subject=subject)))


def update_parent_time(occasion: Occasion, _task: Task) -> Commit | Skip:
    """RT: minutes booked on a part are booked on the tickets that it is part of as well."""
    minutes = occasion.transaction.time_taken
    if not minutes:
        return Skip("no minutes were booked")
    parents = occasion.work.db.scalars(
        select(Ticket)
        .join(Link, Link.local_target_id == Ticket.id)
        .where(Link.local_base_id == occasion.ticket.id, Link.type == "MemberOf")
        .order_by(Ticket.id)
    ).all()
    if not parents:
        return Skip("the ticket is part of no other")

    def commit() -> str:
        for parent in parents:
            change_ticket(occasion.work, parent, AddTime(minutes))
        return f"{minutes} minutes booked on " + ", ".join(f"#{parent.id}" for parent in parents)

    return commit


def extract_subject_tag(occasion: Occasion, _task: Task) -> Commit | Skip:
    """RT: tags of other systems (`[name #N]`) in the subject of a mail go into the subject of the ticket."""
    message, ticket = occasion.message, occasion.ticket
    own = {occasion.work.app.config.rtname.lower(), occasion.queue.subject_tag.lower()}
    found = re.findall(r"\[([^\[\]#\n]{1,60}) #(\d{1,18})\]", message.subject) if message else []
    tags = [f"[{name} #{number}]" for name, number in found if name.strip().lower() not in own]
    missing = [tag for tag in dict.fromkeys(tags) if tag not in ticket.subject]
    if not missing:
        return Skip("the subject of the mail has no tag of another system")
    subject = f"{ticket.subject} {' '.join(missing)}"
    if len(subject) > 200:
        return Skip("the subject of the ticket has no room for the tag")
    return change(occasion, f"took over {', '.join(missing)}", SetSubject(subject))


def _text(occasion: Occasion, task: Task) -> tuple[str, str]:
    template = task.template if task.template.strip() else task.argument
    rendered = render_template(template, values_for(occasion, names_in(template)))
    return rendered.body.strip(), rendered.headers.get("subject", "")
