"""The pipeline: all or nothing, recorded, told to the hooks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.change import Record
from rtpy.changes.guard import UnrecordedWrite
from rtpy.changes.pipeline import change_ticket, dry_run
from rtpy.changes.ticket.basics import SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.hookspecs import hookimpl
from rtpy.models import OutgoingMail, Ticket, Transaction
from rtpy.testing.people import Factory
from rtpy.work import Work


def history(db: Session, ticket: Ticket) -> list[tuple[str, str]]:
    rows = db.execute(
        select(Transaction.type, Transaction.new_value)
        .where(Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
        .where(Transaction.type.not_like("%EmailRecord"))
        .order_by(Transaction.id)
    )
    return [(row.type, row.new_value) for row in rows]


@dataclass(frozen=True, slots=True)
class Recorder:
    heard: list[tuple[str, object]]

    @hookimpl
    def rtpy_transaction_recorded(self, work, ticket, transaction, message):
        self.heard.append(("transaction", transaction.type))

    @hookimpl
    def rtpy_batch_recorded(self, work, ticket, transactions):
        self.heard.append(("batch", tuple(transaction.type for transaction in transactions)))


class Vetoing:
    @hookimpl
    def rtpy_check_change(self, work, ticket, change):
        if isinstance(change, SetPriority):
            raise Refused("Priorities are frozen during the audit.")


class Broken:
    @hookimpl
    def rtpy_batch_recorded(self, work, ticket, transactions):
        raise RuntimeError("ledger out of step")


def test_a_bundle_is_done_in_order_and_recorded(work: Work, make: Factory, db: Session) -> None:
    ticket = make.ticket()

    change_ticket(work, ticket, SetSubject("Printer smokes"), SetPriority(50), SetStatus("open"))

    assert (ticket.subject, ticket.priority, ticket.status) == ("Printer smokes", 50, "open")
    assert history(db, ticket) == [
        ("Create", ""),
        ("Set", "Printer smokes"),
        ("Set", "50"),
        ("Status", "open"),
    ]


def test_a_refused_change_leaves_no_trace(work_of: Callable[..., Work], make: Factory, db: Session) -> None:
    ticket = make.ticket(requestor="ann@client.example")
    before = history(db, ticket)
    mails = db.scalar(select(func.count(OutgoingMail.id)))
    work = work_of("ann@client.example")

    with pytest.raises(Refused, match="ModifyTicket"):
        change_ticket(work, ticket, Correspond(plain_message("still broken")), SetStatus("resolved"))

    assert history(db, ticket) == before
    assert ticket.status == "new"
    assert db.scalar(select(func.count(OutgoingMail.id))) == mails


def test_hooks_hear_each_transaction_and_then_the_bundle(app: App, work: Work, make: Factory) -> None:
    ticket = make.ticket()
    recorder = Recorder([])
    app.plugins.register(recorder)

    change_ticket(work, ticket, SetPriority(10), SetSubject("Other"))

    assert recorder.heard == [("transaction", "Set"), ("transaction", "Set"), ("batch", ("Set", "Set"))]


def test_a_plugin_can_refuse_a_change(app: App, work: Work, make: Factory, db: Session) -> None:
    ticket = make.ticket()
    app.plugins.register(Vetoing())

    with pytest.raises(Refused, match="audit"):
        change_ticket(work, ticket, SetSubject("Other"), SetPriority(99))

    assert ticket.subject == "Printer on fire"
    assert len(history(db, ticket)) == 1


def test_an_exception_in_a_tell_hook_undoes_the_bundle(
    app: App, work: Work, make: Factory, db: Session
) -> None:
    ticket = make.ticket()
    app.plugins.register(Broken())

    with pytest.raises(RuntimeError, match="ledger"):
        change_ticket(work, ticket, SetPriority(99))

    db.refresh(ticket)
    assert ticket.priority == 0
    assert len(history(db, ticket)) == 1


def test_rights_held_at_the_start_last_to_the_end(work_of: Callable[..., Work], make: Factory) -> None:
    make.staff("tech")
    far = make.queue("Far", granted=False)
    make.grant(make.customer("nobody-else@client.example"), "CreateTicket", queue=far)
    tech = work_of("tech")
    make.grant(_user(make, "tech"), "CreateTicket", queue=far)
    ticket = make.ticket()

    change_ticket(tech, ticket, SetQueue(far), SetPriority(70))

    assert (ticket.queue_id, ticket.priority) == (far.id, 70)


def _user(make: Factory, name: str):
    return make.customer(f"{name}@staff.example")


def test_a_dry_run_changes_nothing(work: Work, make: Factory, db: Session) -> None:
    ticket = make.ticket()

    outcome = dry_run(work, ticket, SetStatus("resolved"))

    assert [transaction.type for transaction in outcome.transactions] == ["Status"]
    db.expire_all()
    assert db.get(Ticket, ticket.id).status == "new"
    assert len(history(db, ticket)) == 1


def test_a_circle_of_scrips_ends_in_a_sentence(app: App, work: Work, make: Factory) -> None:
    class Circle:
        @hookimpl
        def rtpy_batch_recorded(self, work, ticket, transactions):
            change_ticket(work, ticket, SetPriority(ticket.priority + 1))

    ticket = make.ticket()
    app.plugins.register(Circle())

    with pytest.raises(Refused, match="circle"):
        change_ticket(work, ticket, SetPriority(1))


def test_a_ticket_written_behind_the_pipeline_is_refused(make: Factory, db: Session) -> None:
    ticket = make.ticket()
    ticket.status = "resolved"

    with pytest.raises(UnrecordedWrite):
        db.flush()


def test_history_never_changes(make: Factory, db: Session) -> None:
    ticket = make.ticket()
    transaction = db.scalars(
        select(Transaction).where(Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
    ).first()
    transaction.type = "Nothing"

    with pytest.raises(UnrecordedWrite):
        db.flush()


def test_the_database_itself_refuses_to_change_history(make: Factory, db: Session) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    make.ticket()
    with pytest.raises(DBAPIError, match="never changed"):
        db.connection().execute(text("UPDATE transactions SET type = 'Nothing'"))


def test_a_merged_ticket_is_changed_no_more(work: Work, make: Factory) -> None:
    from rtpy.changes.ticket.merge import MergeInto

    old, new = make.ticket("A"), make.ticket("B")
    change_ticket(work, old, MergeInto(new))

    with pytest.raises(Refused, match=f"#{new.id}"):
        change_ticket(work, old, SetPriority(3))


def test_minutes_of_a_reply_and_of_a_comment_add_up(work: Work, make: Factory, db: Session) -> None:
    ticket = make.ticket()

    change_ticket(work, ticket, Correspond(plain_message("on it"), 15), Comment(plain_message("fuse"), 5))

    assert ticket.time_worked == 20
    worked = db.execute(
        select(Transaction.time_taken, Transaction.time_worker_id, Transaction.time_worked_date)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.time_taken > 0,
        )
        .order_by(Transaction.id)
    ).all()
    assert [row.time_taken for row in worked] == [15, 5]
    assert {row.time_worker_id for row in worked} == {work.actor.user_id}
    assert {row.time_worked_date for row in worked} == {work.now.date()}


class _Noisy:
    """A change of a plugin: any class with check and apply is one."""

    def check(self, work: Work, ticket: Ticket) -> None: ...

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        yield Record(Transaction(type="billing.Booked", data="15"))


def test_a_plugin_brings_a_change_of_its_own(work: Work, make: Factory, db: Session) -> None:
    ticket = make.ticket()

    change_ticket(work, ticket, _Noisy())

    assert history(db, ticket)[-1][0] == "billing.Booked"
