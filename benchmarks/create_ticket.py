"""Creating a ticket through the pipeline against a bare unit of work that inserts the same rows.

The pipeline's ticket has a requestor, a message, the default scrips and two queued mails (the customer's receipt and
the notice to a queue's internal Cc). The bare one copies every row that this made, table by table.
"""

import itertools
import sys
from collections.abc import Callable
from typing import Any

from common import arguments, fresh_app, kinds, processor_ms, show, show_ratio
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.guard import changing
from rtpy.changes.people import create_person
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.models import (
    Attachment,
    Blob,
    OutgoingMail,
    OutgoingRecipient,
    Queue,
    ScripRun,
    Ticket,
    Transaction,
    User,
    Watcher,
)

MODELS = (Ticket, Blob, Transaction, Watcher, Attachment, ScripRun, OutgoingMail, OutgoingRecipient)
TEXT = "The printer on the second floor prints everything in green since this morning.\n" * 8


def main() -> None:
    """Print both times and their ratio on each database."""
    options = arguments(__doc__ or "").parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind) as app:
            _people(app)
            print(f"Creating a ticket on {kind}:")
            _run(app)


def _people(app: App) -> None:
    with app.work() as work:
        create_person(
            work, name="ann@client.example", email_address="ann@client.example", real_name="Ann Miller"
        )
        lead = create_person(work, name="lead", email_address="lead@staff.example", privileged=True)
        queue = work.db.scalars(select(Queue)).one()
        with changing(work.db):
            work.db.add(Watcher(queue_id=queue.id, role="AdminCc", principal_id=lead.id))
            work.db.flush()


def _run(app: App) -> None:
    counter = itertools.count()

    def through_the_pipeline() -> None:
        with app.work() as work:
            queue = work.db.scalars(select(Queue).where(Queue.name == "General")).one()
            ann = work.db.scalars(select(User).where(User.email_address == "ann@client.example")).one()
            number = next(counter)
            message = plain_message(f"{TEXT}{number}")
            create_ticket(
                work, CreateTicket(queue=queue, subject=f"Green {number}", message=message, requestors=(ann,))
            )

    through_the_pipeline()
    counts = _count(app)
    through_the_pipeline()
    made = {model.__tablename__: after - counts[model.__tablename__] for model, after in _counted(app)}
    print("  rows:", ", ".join(f"{number} {table}" for table, number in made.items() if number))
    bare = _bare(app)
    bare()
    _check(app, made, bare)
    pipeline: list[float] = []
    unit: list[float] = []
    for _ in range(12):
        pipeline += processor_ms(through_the_pipeline, rounds=1, batch=15)
        unit += processor_ms(bare, rounds=1, batch=15)
    show("through the pipeline, scrips and mails", pipeline)
    show("bare unit of work, same rows", unit)
    show_ratio("ratio", pipeline, unit, 3)


def _counted(app: App) -> list[tuple[Any, int]]:
    with app.sessions() as db:
        return [(model, db.scalar(select(func.count()).select_from(model)) or 0) for model in MODELS]


def _count(app: App) -> dict[str, int]:
    return {model.__tablename__: number for model, number in _counted(app)}


def _bare(app: App) -> Callable[[], None]:
    """A function that adds fresh copies of all rows of the newest ticket in one unit of work and commits."""
    with app.sessions() as db:
        ticket = _values(db, select(Ticket).order_by(Ticket.id.desc()).limit(1))[0]
        number = ticket["id"]
        transactions = _values(db, select(Transaction).where(Transaction.object_id == number))
        ids = [row["id"] for row in transactions]
        attachments = _values(db, select(Attachment).where(Attachment.transaction_id.in_(ids)))
        blobs = _values(db, select(Blob).where(Blob.sha256.in_([row["blob_sha256"] for row in attachments])))
        watchers = _values(db, select(Watcher).where(Watcher.ticket_id == number))
        runs = _values(db, select(ScripRun).where(ScripRun.ticket_id == number))
        mails = _values(db, select(OutgoingMail).where(OutgoingMail.ticket_id == number))
        recipients = _values(
            db, select(OutgoingRecipient).where(OutgoingRecipient.mail_id.in_([mail["id"] for mail in mails]))
        )
    fresh = itertools.count(1)

    def bare() -> None:
        turn = next(fresh)
        with app.sessions() as db, changing(db):
            new_ticket = Ticket(**_without_id(ticket))
            new_blobs = [Blob(**{**row, "sha256": f"{turn:064x}"}) for row in blobs]
            db.add_all([new_ticket, *new_blobs])
            db.flush()
            new_transactions = [
                Transaction(**{**_without_id(row), "object_id": new_ticket.id}) for row in transactions
            ]
            db.add_all(new_transactions)
            db.add_all(Watcher(**{**_without_id(row), "ticket_id": new_ticket.id}) for row in watchers)
            db.flush()
            of = dict(zip(ids, (row.id for row in new_transactions), strict=True))
            db.add_all(
                Attachment(
                    **{
                        **_without_id(row),
                        "transaction_id": of[row["transaction_id"]],
                        "blob_sha256": new_blobs[0].sha256,
                    }
                )
                for row in attachments
            )
            db.add_all(
                ScripRun(
                    **{
                        **_without_id(row),
                        "transaction_id": of[row["transaction_id"]],
                        "ticket_id": new_ticket.id,
                    }
                )
                for row in runs
            )
            new_mails = [
                OutgoingMail(
                    **{
                        **_without_id(row),
                        "transaction_id": of[row["transaction_id"]],
                        "ticket_id": new_ticket.id,
                        "message_id": f"bare-{turn}-{position}@example.com",
                    }
                )
                for position, row in enumerate(mails)
            ]
            db.add_all(new_mails)
            db.flush()
            mail_of = dict(zip((row["id"] for row in mails), (row.id for row in new_mails), strict=True))
            db.add_all(
                OutgoingRecipient(**{**_without_id(row), "mail_id": mail_of[row["mail_id"]]})
                for row in recipients
            )
            db.commit()

    return bare


def _values(db: Session, query: Any) -> list[dict[str, Any]]:
    rows = db.scalars(query).all()
    return [{attr.key: getattr(row, attr.key) for attr in row.__mapper__.column_attrs} for row in rows]


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "id"}


def _check(app: App, made: dict[str, int], bare: Callable[[], None]) -> None:
    before = _count(app)
    bare()
    after = _count(app)
    inserted = {table: after[table] - before[table] for table in after}
    if inserted != made:
        sys.exit(f"the bare unit of work inserts other rows: {inserted}, the pipeline {made}")


if __name__ == "__main__":
    main()
