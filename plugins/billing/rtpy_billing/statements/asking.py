"""A customer's question about one line of a statement: a request of its own, tied to the line; nothing waits for it."""

from sqlalchemy import select

from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import Queue, Ticket, User
from rtpy.work import Work
from rtpy_billing.balances.quantities import hours
from rtpy_billing.models import Customer, EntryLine, WorkEntry
from rtpy_billing.statements.building import SHOWN_OUTCOMES

LONGEST = 10_000


def ask_about_work(work: Work, organization_id: int, entry_id: int, asker: User, question: str) -> Ticket:
    """Open the request in the queue of the work's own request, or the first queue for work without one.

    The caller has made sure that `asker` may read the statement of `organization_id`. Only what such a statement
    shows can be asked about: NotFound for all else. Raises Invalid without a question. The entry stays as it is; it
    remembers the request in its evidence.
    """
    question = question.replace("\0", "").strip()
    if not question or len(question) > LONGEST:
        raise Invalid(Problem("question", "Write in a few words what you want to know."))
    entry = _shown_entry(work, organization_id, entry_id)
    about = work.db.get(Ticket, entry.ticket_id) if entry.ticket_id is not None else None
    wanted = select(Queue).where(Queue.disabled.is_(False)).order_by(Queue.id).limit(1)
    queue = work.db.get_one(Queue, about.queue_id) if about is not None else work.db.scalars(wanted).one()
    day = f"{entry.worked_on.day} {entry.worked_on:%B %Y}"
    line = f"{day}, {hours(entry.billed_seconds)} h" + (
        f": {entry.note_customer}" if entry.note_customer else ""
    )
    system = work.as_system()
    made = create_ticket(
        system,
        CreateTicket(
            queue,
            subject=f"Question about the work of {day}",
            message=plain_message(f"{question}\n\nThis is about:\n{line}"),
            requestors=(asker,),
            organization_id=organization_id,
            links=(("RefersTo", str(about.id)),) if about is not None else (),
        ),
    ).ticket
    evidence = dict(entry.evidence or {})
    evidence["questions"] = [*evidence.get("questions", ()), made.id]
    entry.evidence = evidence
    return made


def _shown_entry(work: Work, organization_id: int, entry_id: int) -> WorkEntry:
    customer = work.db.get(Customer, organization_id)
    shown = (
        select(EntryLine.id)
        .where(EntryLine.entry_id == entry_id, EntryLine.outcome.in_(SHOWN_OUTCOMES))
        .exists()
    )
    entry = work.db.scalar(
        select(WorkEntry).where(
            WorkEntry.id == entry_id,
            WorkEntry.organization_id == organization_id,
            WorkEntry.state.in_(("approved", "invoiced")),
            shown,
        )
    )
    if entry is None or customer is None or customer.statement_detail != "entries":
        raise NotFound("There is no such line on your statement.")
    return entry
