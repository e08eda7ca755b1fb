"""Saving a reply with 30 active scrips against the same with 5: what each further scrip costs.

The 25 more are of the kinds that shops have: rules, expressions, conditions on the status, notices to people, all
asked about every reply; one in five of them has something to do.
"""

import itertools
import sys

from common import arguments, fresh_app, kinds, processor_ms, show, show_ratio
from sqlalchemy import delete, select, update

from rtpy.app import App
from rtpy.changes.people import create_person
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.scrips import ScripValues, create_scrip
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.models import Queue, Scrip, ScripQueue, ScripRun, Ticket
from rtpy.scrips.checking import check_scrip
from rtpy.scrips.structured import RuleSet, Test, write_rules

GOAL = 1.5
FEW, MANY = 5, 30
RULES = write_rules(
    RuleSet(
        "all", (Test("ticket.subject", "contains", "nowhere"), Test("ticket.priority", "is more than", "50"))
    )
)
KINDS = (
    ("By Rules", RULES, "Set Priority", "80", "Blank"),
    (
        "By Expression",
        'ticket.priority > 50 and contains(message.text, "urgent")',
        "Set Owner",
        "lead",
        "Blank",
    ),
    ("By Expression", "actor.is_staff and ticket.age_hours > 48", "Notify AdminCcs", "", "Transaction"),
    ("On Transaction", "", "Set Priority", "0", "Blank"),
    ("Overdue", "", "Notify Owner", "", "Transaction"),
)


def main() -> None:
    """Print both times and their ratio on each database."""
    options = arguments(__doc__ or "").parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind) as app:
            print(f"Saving a reply on {kind}:")
            _run(app)


def _run(app: App) -> None:
    extra = _prepare(app)
    counter = itertools.count()
    with app.work() as work:
        ticket_id = work.db.scalars(select(Ticket.id)).one()

    def reply() -> None:
        with app.work() as work:
            ticket = work.db.get_one(Ticket, ticket_id)
            change_ticket(work, ticket, Correspond(plain_message(f"We looked at it. {next(counter)}")))

    figures: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(10):
        for number in (FEW, MANY):
            _switch(app, extra, off=number == FEW)
            reply()
            _check(app, number)
            figures[number] += processor_ms(reply, rounds=1, batch=15)
    show(f"with {FEW} active scrips", figures[FEW])
    show(f"with {MANY} active scrips", figures[MANY])
    show_ratio("ratio", figures[MANY], figures[FEW], GOAL)


def _prepare(app: App) -> list[int]:
    """A ticket, the five scrips that a reply sets off at first, and the others; their ids."""
    with app.work() as work:
        ann = create_person(work, name="ann@client.example", email_address="ann@client.example")
        create_person(work, name="lead", email_address="lead@staff.example", privileged=True)
        queue = work.db.scalars(select(Queue)).one()
        create_ticket(
            work, CreateTicket(queue=queue, subject="Green", message=plain_message("x"), requestors=(ann,))
        )
        kept = select(Scrip.id).where(
            Scrip.description.in_(
                (
                    "Tell the owner and AdminCcs of replies",
                    "Send replies to those named for them",
                    "Send replies to requestors and Ccs",
                    "Open tickets when somebody replies",
                    "Keep the tags of other systems",
                )
            )
        )
        ids = list(work.db.scalars(kept))
        work.db.execute(delete(ScripQueue).where(ScripQueue.scrip_id.not_in(ids)))
        extra = []
        for number in range(MANY - FEW):
            condition, given, action, argument, template = KINDS[number % len(KINDS)]
            values = ScripValues(
                f"More {number}", condition, action, template, given, argument, transaction_types="Correspond"
            )
            extra.append(create_scrip(work, check_scrip(work, values)).id)
    return extra


def _check(app: App, number: int) -> None:
    """Every active scrip must have been asked about the reply."""
    with app.work() as work:
        entries = work.db.scalars(select(ScripRun.entries).order_by(ScripRun.id.desc())).first() or []
    if len(entries) != number:
        sys.exit(f"{len(entries)} scrips were asked, not {number}")


def _switch(app: App, ids: list[int], *, off: bool) -> None:
    with app.work() as work:
        work.db.execute(update(Scrip).where(Scrip.id.in_(ids)).values(disabled=off))


if __name__ == "__main__":
    main()
