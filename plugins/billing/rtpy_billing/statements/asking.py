"""A customer's question about a line of a statement: a request of its own, tied to the line; nothing waits for it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.history.customer_side import kept_among
from rtpy.models import Queue, Ticket, User
from rtpy.work import Work
from rtpy_billing.balances.quantities import hours
from rtpy_billing.documents.words import Language
from rtpy_billing.models import Customer, EntryLine, WorkEntry
from rtpy_billing.periods.period import Period
from rtpy_billing.statements.building import SHOWN_OUTCOMES

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked about, in the customer's words: `title` for a subject, `text` with all that the statement says.

    `entry` is None for the sum of a request, `ticket` for work without one.
    """

    title: str
    text: str
    entry: WorkEntry | None
    ticket: Ticket | None


def ask_about_work(work: Work, organization_id: int, entry_id: int, asker: User, question: str) -> Ticket:
    """Open the request in the queue of the work's own request, or the first queue for work without one.

    The caller has made sure that `asker` may read the statement of `organization_id`. Only what such a statement
    shows can be asked about: NotFound for all else. Raises Invalid without a question. The entry stays as it is; it
    remembers the request in its evidence.
    """
    return ask_about(work, organization_id, shown_entry(work, organization_id, entry_id), asker, question)


def ask_about(work: Work, organization_id: int, line: Line, asker: User, question: str) -> Ticket:
    """The same of a line that was found by `shown_entry` or `shown_request`."""
    say = _language(work, organization_id)
    question = question.replace("\0", "").strip()
    if not question or len(question) > LONGEST:
        raise Invalid(Problem("question", say.word("ask_what")))
    about = line.ticket
    wanted = select(Queue).where(Queue.disabled.is_(False)).order_by(Queue.id).limit(1)
    queue = work.db.get_one(Queue, about.queue_id) if about is not None else None
    if queue is None or queue.disabled:
        queue = work.db.scalars(wanted).one()
    made = create_ticket(
        work.as_system(),
        CreateTicket(
            queue,
            subject=say.word("question_about", line=line.title),
            message=plain_message(f"{question}\n\n{say.word('this_is_about')}\n{line.text}"),
            requestors=(asker,),
            organization_id=organization_id,
            links=(("RefersTo", str(about.id)),) if about is not None else (),
        ),
    ).ticket
    if line.entry is not None:
        evidence = dict(line.entry.evidence or {})
        evidence["questions"] = [*evidence.get("questions", ()), made.id]
        line.entry.evidence = evidence
    return made


def shown_entry(work: Work, organization_id: int, entry_id: int, period: Period | None = None) -> Line:
    """The line of an entry, if the statement (of these days) shows it. Raises NotFound."""
    entry = work.db.scalar(
        select(WorkEntry).where(WorkEntry.id == entry_id, *_is_shown(organization_id, period))
    )
    _check_detail(work, organization_id, ("entries",), is_there=entry is not None)
    assert entry is not None
    say = _language(work, organization_id)
    day = say.day(entry.worked_on)
    is_named = entry.ticket_id is not None and not kept_among(work, [entry.ticket_id])
    about = work.db.get(Ticket, entry.ticket_id) if is_named else None
    text = f"{day}, {hours(entry.billed_seconds)} h" + (f", #{about.id} {about.subject}" if about else "")
    text += f": {entry.note_customer}" if entry.note_customer else ""
    return Line(say.word("work_of_day", day=day), text, entry, about)


def shown_request(work: Work, organization_id: int, ticket_id: int, period: Period | None = None) -> Line:
    """The line with the sum of a request, if the statement (of these days) shows it. Raises NotFound."""
    found = work.db.scalar(
        select(WorkEntry.id)
        .where(WorkEntry.ticket_id == ticket_id, *_is_shown(organization_id, period))
        .limit(1)
    )
    _check_detail(
        work,
        organization_id,
        ("totals", "entries"),
        is_there=found is not None and not kept_among(work, [ticket_id]),
    )
    about = work.db.get_one(Ticket, ticket_id)
    title = f"#{about.id} {about.subject}"
    return Line(title, title, None, about)


def _is_shown(organization_id: int, period: Period | None) -> tuple[ColumnElement[bool], ...]:
    lines = select(EntryLine.id).where(
        EntryLine.entry_id == WorkEntry.id, EntryLine.outcome.in_(SHOWN_OUTCOMES)
    )
    if period is not None:
        lines = lines.where(EntryLine.customer_on >= period.start, EntryLine.customer_on < period.end)
    return (
        WorkEntry.organization_id == organization_id,
        WorkEntry.state.in_(("approved", "invoiced")),
        lines.exists(),
    )


def _check_detail(work: Work, organization_id: int, details: tuple[str, ...], *, is_there: bool) -> None:
    customer = work.db.get(Customer, organization_id)
    if not is_there or customer is None or customer.statement_detail not in details:
        raise NotFound("There is no such line on your statement.")


def _language(work: Work, organization_id: int) -> Language:
    customer = work.db.get(Customer, organization_id)
    return Language(customer.language if customer is not None else "en")
