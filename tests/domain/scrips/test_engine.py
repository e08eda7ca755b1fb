"""The scrip engine: order, savepoints, the log, batches; on the real pipeline."""

import pytest
from sqlalchemy import select, text, update

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.models import (
    OutgoingMail,
    Queue,
    Scrip,
    ScripAction,
    ScripCondition,
    ScripQueue,
    ScripRun,
    Template,
    Transaction,
)
from rtpy.scrips.engine import failed_scrips
from rtpy.scrips.kinds import ActionKind


@pytest.fixture
def scrip(db):
    """Adds a scrip: condition kind, types, action kind, argument."""

    def add(
        description: str,
        action: str,
        argument: str = "",
        *,
        condition: str = "AnyTransaction",
        condition_argument: str = "",
        types: str = "Any",
        template: str = "Blank",
        stage: str = "create",
        queue: Queue | None = None,
        order: int = 100,
    ) -> Scrip:
        when = ScripCondition(
            name=f"c {description}", kind=condition, argument=condition_argument, transaction_types=types
        )
        what = ScripAction(name=f"a {description}", kind=action, argument=argument)
        db.add_all([when, what])
        db.flush()
        scrip = Scrip(
            description=description, condition_id=when.id, action_id=what.id, template_name=template
        )
        db.add(scrip)
        db.flush()
        db.add(
            ScripQueue(scrip_id=scrip.id, queue_id=queue.id if queue else None, stage=stage, sort_order=order)
        )
        db.flush()
        return scrip

    return add


@pytest.fixture
def acting(app):
    """Registers an action kind made of a plain function."""

    def register(name: str, commit, prepare=None) -> None:
        def prepared(occasion, task):
            return (prepare and prepare(occasion, task)) or (lambda: commit(occasion, task))

        app.named("rtpy_actions")[name] = ActionKind(prepared, "for a test")

    return register


def entries(db, description: str) -> list[tuple[str, str]]:
    """Outcome and reason of every run of one scrip."""
    return [
        (entry["outcome"], entry["reason"])
        for run in db.scalars(select(ScripRun).order_by(ScripRun.id))
        for entry in run.entries
        if entry["description"] == description
    ]


def types_of(db, ticket) -> list[str]:
    return list(
        db.scalars(
            select(Transaction.type)
            .where(Transaction.object_id == ticket.id, Transaction.object_type == "ticket")
            .order_by(Transaction.id)
        )
    )


def test_every_action_prepares_before_any_commits(app, work, make, scrip, acting):
    said = []
    acting(
        "Note",
        lambda o, t: said.append(f"commit {t.description}") or "ok",
        lambda o, t: said.append(f"prepare {t.description}"),
    )
    ticket = make.ticket()
    scrip("one", "Note", types="Set", order=101)
    scrip("two", "Note", types="Set", order=102)
    change_ticket(work, ticket, SetPriority(7))
    assert said == ["prepare one", "prepare two", "commit one", "commit two"]


def test_the_queues_own_scrips_and_the_global_ones_share_one_order(app, work, make, scrip, acting):
    said = []
    acting("Note", lambda o, t: said.append(t.description) or "ok")
    ticket = make.ticket()
    scrip("later", "Note", types="Set", order=9)
    scrip("own", "Note", types="Set", order=5, queue=ticket.queue)
    scrip("of another queue", "Note", types="Set", queue=make.queue("Other"))
    change_ticket(work, ticket, SetPriority(7))
    assert said == ["own", "later"]


def test_a_scrip_acts_as_the_system_and_knows_who_really_did_it(app, work, make, scrip, acting):
    seen = []
    acting("Look", lambda o, t: seen.append((o.work.actor.name, o.people.actor.name)) or "ok")
    ticket = make.ticket()
    scrip("look", "Look", types="Set")
    change_ticket(work, ticket, SetPriority(7))
    assert seen == [("RT_System", "Root")]


@pytest.mark.parametrize("stage", ["create", "batch"])
def test_a_failing_scrip_stops_neither_the_change_nor_the_others(db, work, make, scrip, acting, stage):
    def explode(occasion, task):
        raise ValueError("boom")

    acting("Explode", explode)
    ticket = make.ticket()
    bad = scrip("explode", "Explode", types="Set", order=101, stage=stage)
    scrip("raise", "SetPriority", "50", types="Set", order=102, stage=stage, condition="OwnerChange")
    scrip("open", "SetStatus", "open", types="Set", order=103, stage=stage)
    change_ticket(work, ticket, SetPriority(7))
    db.commit()
    assert (ticket.priority, ticket.status) == (7, "open")
    assert entries(db, "explode") == [("failed", "ValueError: boom")]
    assert entries(db, "open")[0][0] == "done"
    (failed,) = failed_scrips(db)
    assert (failed.scrip_id, failed.ticket_id, failed.reason) == (bad.id, ticket.id, "ValueError: boom")


@pytest.mark.parametrize("when", ["prepare", "commit"])
def test_a_failed_statement_in_a_scrip_leaves_the_transaction_usable(db, work, make, scrip, acting, when):
    def bad_sql(occasion, task):
        occasion.work.db.execute(text("SELECT nothing FROM nowhere"))

    acting("Sql", bad_sql if when == "commit" else lambda o, t: "ok", bad_sql if when == "prepare" else None)
    ticket = make.ticket()
    scrip("sql", "Sql", types="Set", order=1)
    scrip("open", "SetStatus", "open", types="Set", order=2)
    change_ticket(work, ticket, SetPriority(7), SetSubject("Still works"))
    db.commit()
    assert (ticket.priority, ticket.status, ticket.subject) == (7, "open", "Still works")
    assert entries(db, "sql")[0][0] == "failed"


def test_what_a_failing_scrip_wrote_is_undone_and_the_mails_of_others_stay(db, work, make, scrip, acting):
    def half(occasion, task):
        change_ticket(occasion.work, occasion.ticket, SetSubject("half done"))
        raise RuntimeError("then it broke")

    acting("Half", half)
    ticket = make.ticket()
    scrip("half", "Half", types="Correspond", order=50)
    before = len(db.scalars(select(OutgoingMail.id)).all())
    change_ticket(work, ticket, Correspond(plain_message("Hello")))
    db.commit()
    assert ticket.subject == "Printer on fire"
    assert len(db.scalars(select(OutgoingMail.id)).all()) == before + 1
    assert "Set" not in types_of(db, ticket)


def test_a_row_that_the_database_refuses_costs_only_its_own_scrip(db, work, make, scrip, acting):
    def duplicate(occasion, task):
        occasion.work.db.add(Template(name=None, content=""))
        return "ok"

    acting("Dup", duplicate)
    ticket = make.ticket()
    scrip("dup", "Dup", types="Set", order=1)
    scrip("open", "SetStatus", "open", types="Set", order=2)
    change_ticket(work, ticket, SetPriority(7))
    db.commit()
    assert [outcome for outcome, _ in entries(db, "dup")] == ["failed"]
    assert ticket.status == "open"


def test_a_broken_template_sends_nothing_and_is_shown(db, work, make):
    db.execute(
        update(Template)
        .where(Template.name == "Autoreply in HTML")
        .values(content="Hi {{ ticket.subject | }}")
    )
    ticket = make.ticket()
    assert db.scalars(select(OutgoingMail)).all() == []
    (failed,) = failed_scrips(db)
    assert failed.ticket_id == ticket.id
    assert "template cannot be read" in failed.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"action": "Nonsense"}, "there is no action of the kind Nonsense"),
        ({"action": "SetStatus", "condition": "Nonsense"}, "there is no condition of the kind Nonsense"),
        (
            {"action": "SetStatus", "argument": "open", "template": "Nowhere"},
            "there is no template named Nowhere",
        ),
        ({"action": "Notify", "argument": "Everybody"}, "“Everybody” is nobody to notify"),
        ({"action": "SetStatus", "argument": "sleeping"}, 'has no status "sleeping"'),
        ({"action": "SetPriority", "argument": "high"}, "“high” is no priority"),
    ],
)
def test_mistakes_of_administrators_are_named(db, work, make, scrip, change, reason):
    ticket = make.ticket()
    change = dict(change)
    scrip("wrong", change.pop("action"), change.pop("argument", ""), types="Set", **change)
    change_ticket(work, ticket, SetPriority(7))
    assert ticket.priority == 7
    assert entries(db, "wrong")[0][0] == "failed"
    assert reason in entries(db, "wrong")[0][1]


def test_skipped_scrips_say_why(db, work, make):
    ticket = make.ticket(requestor="root@localhost")
    change_ticket(work, ticket, SetStatus("open"))
    change_ticket(work, ticket, SetStatus("resolved"))
    told = entries(db, "Tell requestors that their request is resolved")
    assert told[0] == ("skipped", "condition: the new status is open, not resolved")
    assert told[1] == ("skipped", "nobody to notify: Root did it")


def test_scrips_that_call_each_other_in_a_circle_are_stopped(db, work, make, scrip):
    ticket = make.ticket()
    scrip("up", "SetPriority", "1", types="Set", condition="PriorityChange")
    scrip("down", "SetPriority", "2", types="Set", condition="PriorityChange")
    change_ticket(work, ticket, SetPriority(7))
    db.commit()
    assert ticket.priority in (1, 2)
    assert any("circle" in failed.reason for failed in failed_scrips(db))


def test_a_batch_scrip_runs_once_for_a_bundle_about_the_first_that_fits(db, work, make, scrip, acting):
    seen = []
    acting("Look", lambda o, t: seen.append((o.transaction.type, o.said)) or "ok")
    ticket = make.ticket()
    scrip("look", "Look", types="Comment,Set", stage="batch", condition="PriorityChange")
    scrip("hear", "Look", types="Comment", stage="batch")
    change_ticket(
        work, ticket, Comment(plain_message("psst")), SetPriority(7), SetSubject("x"), SetPriority(8)
    )
    assert seen == [("Set", ""), ("Comment", "psst")]


def test_a_disabled_scrip_does_nothing(db, work, make, scrip):
    ticket = make.ticket()
    scrip("off", "SetStatus", "open", types="Set").disabled = True
    db.flush()
    change_ticket(work, ticket, SetPriority(7))
    assert ticket.status == "new"


def test_a_changed_scrip_counts_from_the_next_change(db, work, make, scrip):
    ticket = make.ticket()
    changed = scrip("open", "SetStatus", "open", types="Set")
    change_ticket(work, ticket, SetPriority(7))
    db.execute(update(Scrip).where(Scrip.id == changed.id).values(disabled=True))
    change_ticket(work, ticket, SetStatus("stalled"))
    change_ticket(work, ticket, SetPriority(8))
    assert ticket.status == "stalled"


@pytest.mark.parametrize(
    ("condition", "argument", "old", "new", "holds"),
    [
        ("StatusChange", "resolved", "open", "resolved", True),
        ("StatusChange", "resolved", "open", "rejected", False),
        ("StatusChange", "inactive", "open", "rejected", True),
        ("StatusChange", "old: active; new: inactive", "open", "rejected", True),
        ("StatusChange", "old: active; new: inactive", "new", "rejected", False),
        ("StatusChange", "old: new, open", "new", "stalled", True),
        ("CloseTicket", "", "new", "rejected", True),
        ("CloseTicket", "", "resolved", "rejected", False),
        ("ReopenTicket", "", "resolved", "open", True),
        ("ReopenTicket", "", "stalled", "open", False),
    ],
)
def test_conditions_on_the_status(db, work, make, scrip, condition, argument, old, new, holds):
    ticket = make.ticket()
    if old != "new":
        change_ticket(work, ticket, SetStatus(old))
    scrip("it", "SetPriority", "99", types="Status", condition=condition, condition_argument=argument)
    change_ticket(work, ticket, SetStatus(new))
    assert (ticket.priority == 99) is holds


@pytest.mark.parametrize(
    ("condition", "argument", "change", "holds"),
    [
        ("PriorityChange", "", SetPriority(7), True),
        ("PriorityChange", "", SetSubject("x"), False),
        ("OwnerChange", "", SetPriority(7), False),
        ("ViaInterface", "Web,Mobile", SetPriority(7), True),
        ("ViaInterface", "Email", SetPriority(7), False),
        ("TimeWorkedChange", "", Comment(plain_message("x"), minutes=5), True),
        ("TimeWorkedChange", "", Comment(plain_message("x")), False),
    ],
)
def test_other_conditions(db, work, make, scrip, condition, argument, change, holds):
    ticket = make.ticket()
    scrip("it", "SetStatus", "stalled", condition=condition, condition_argument=argument)
    change_ticket(work, ticket, change)
    assert (ticket.status == "stalled") is holds


@pytest.mark.parametrize(
    ("who", "status", "becomes"),
    [
        ("ann@client.example", "new", "new"),
        ("ann@client.example", "open", "open"),
        ("ann@client.example", "stalled", "open"),
        ("ann@client.example", "resolved", "open"),
        ("ann@client.example", "rejected", "open"),
        ("ann@client.example", "deleted", "deleted"),
        ("root", "new", "open"),
        ("root", "open", "open"),
        ("root", "stalled", "stalled"),
        ("root", "resolved", "resolved"),
    ],
)
def test_who_replies_decides_what_is_opened(work, work_of, make, who, status, becomes):
    ticket = make.ticket()
    if status != "new":
        change_ticket(work, ticket, SetStatus(status))
    change_ticket(work_of(who), ticket, Correspond(plain_message("Hello")))
    assert ticket.status == becomes


def test_an_automatic_answer_does_not_open_a_resolved_ticket(work, work_of, make):
    ticket = make.ticket()
    change_ticket(work, ticket, SetStatus("resolved"))
    from dataclasses import replace

    vacation = replace(plain_message("I am away"), auto_generated=True)
    change_ticket(work_of("ann@client.example"), ticket, Correspond(vacation))
    assert ticket.status == "resolved"


def test_creating_a_ticket_takes_a_fixed_number_of_statements(make, query_count):
    make.ticket()
    for number in range(12):
        make.customer(f"c{number}@client.example")
    with query_count() as few:
        make.ticket(cc=["c0@client.example"])
    with query_count() as many:
        make.ticket(cc=[f"c{number}@client.example" for number in range(12)])
    looked_up = 11  # the factory looks for each person
    assert many.total == few.total + looked_up
