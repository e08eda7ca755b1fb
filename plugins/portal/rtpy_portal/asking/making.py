"""Making a request of what the form holds, through the pipeline like any other."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from rtpy.changes.allowed import vouched_creation
from rtpy.changes.people import person_for_address, system_groups
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import Part, plain_message
from rtpy.errors import Refused
from rtpy.models import Ticket, User
from rtpy.models.group import PRIVILEGED
from rtpy.work import Actor, Face, Work
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.asking.fields import Answers
from rtpy_portal.asking.limits import may_acknowledge
from rtpy_portal.asking.saving import ADMIN_CC, OWNER
from rtpy_portal.asking.topics import KnownTopic, queue_for
from rtpy_portal.models import Asked

LONGEST_SUBJECT = 120
MAILED = "asked again within the hour, by an address that nobody has proved"
"""Why there is no mail that thanks for a request: else the form would send a stranger as many as somebody likes."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks. `form` is how the form is known, `page` from where it was opened.

    `colleague_id` is for whom they ask, when it is not for themselves; the caller has looked whether they may.
    """

    text: str
    form: str
    subject: str = ""
    topic: KnownTopic | None = None
    answers: Answers = Answers()  # noqa: RUF009 (frozen)
    files: tuple[Part, ...] = ()
    organization_id: int | None = None
    site_id: int | None = None
    colleague_id: int | None = None
    language: str = "en"
    page: str = ""


def made_of_form(work: Work, form: str) -> int | None:
    """The request that this form has made already. One query."""
    return work.db.scalar(select(Asked.ticket_id).where(Asked.form == form))


def ask(work: Work, visitor: Visitor, question: Question) -> Ticket:
    """Make the request of somebody who is logged in. Raises Refused or Invalid."""
    person = work.db.get_one(User, visitor.user_id)
    return _make(visitor.acting(work), work, person, question, is_proved=True)


def ask_by_address(work: Work, address: str, name: str, question: Question) -> Ticket:
    """Make the request of an address that nobody has proved; the person is made when there is none.

    Nothing is written in the name of staff, or of who is locked out: the request is theirs, but the system made it.
    Raises Refused or Invalid.
    """
    person = person_for_address(work, address, " ".join(name.split()), note="Made by the form of the portal.")
    if person.created == work.now and not person.lang:
        person.lang = question.language
    acting = work.as_actor(Actor(person.id, person.name, Face.WEB))
    standing = acting.rights
    is_staff = standing.super_user or system_groups(work, (PRIVILEGED,))[0] in standing.principals
    if is_staff or person.id not in standing.principals:
        acting = work
    return _make(acting, work, person, question, is_proved=False)


def subject_of(text: str) -> str:
    """The first line of a text, cut at a word."""
    line = next(filter(None, (" ".join(each.split()) for each in text.splitlines())), "")
    if len(line) <= LONGEST_SUBJECT:
        return line
    return (
        line[: LONGEST_SUBJECT - 1].rpartition(" ")[0].rstrip(",;:. ") + "…"
        if " " in line[:100]
        else line[:100] + "…"
    )


def _make(acting: Work, system: Work, person: User, question: Question, *, is_proved: bool) -> Ticket:
    topic = question.topic
    queue = queue_for(system.app, system.db, topic)
    if queue is None or queue.disabled:
        raise Refused("Nothing can be asked here at the moment. Please write a mail instead.")
    requestor = person
    if question.colleague_id is not None:
        requestor = system.db.get_one(User, question.colleague_id)
    named = system.db.get(User, topic.person_id) if topic and topic.person_id is not None else None
    text = "\n\n".join(filter(None, (question.text.strip(), "\n".join(question.answers.lines))))
    subject = " ".join(question.subject.split()) or subject_of(question.text)
    message = plain_message(text, subject=subject, files=question.files)
    if not is_proved and not may_acknowledge(system, person.email_address or ""):
        message = replace(message, unanswered=MAILED)
    create = CreateTicket(
        queue=queue,
        subject=subject,
        message=message,
        requestors=(requestor,),
        cc=(person.id,) if requestor is not person else (),
        admin_cc=(named.id,) if named is not None and topic and topic.person_role == ADMIN_CC else (),
        owner=named if topic and topic.person_role == OWNER else None,
        priority=topic.priority if topic else None,
        organization_id=question.organization_id,
        site_id=question.site_id,
        fields=question.answers.fields,
    )
    people = {requestor.id, *((named.id,) if named is not None else ())}
    with vouched_creation(acting, queue, fields=question.answers.fields.values, people=people):
        ticket = create_ticket(acting, create).ticket
    system.db.add(
        Asked(
            ticket_id=ticket.id,
            topic_id=topic.id if topic else None,
            language=question.language,
            page=question.page[:200],
            is_proved=is_proved,
            form=question.form,
        )
    )
    system.db.flush()
    return ticket
