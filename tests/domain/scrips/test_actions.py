"""The actions and conditions that come with rtpy, one by one, on the real pipeline."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.forward import Forward
from rtpy.changes.ticket.links import AddLink
from rtpy.content.part import Message, plain_message
from rtpy.errors import Refused
from rtpy.models import (
    CustomField,
    CustomFieldPlace,
    OutgoingMail,
    OutgoingRecipient,
    Scrip,
    ScripAction,
    ScripCondition,
    ScripQueue,
    ScripRun,
    Template,
    Ticket,
    Transaction,
)
from rtpy.scrips.counts import add_up_runs, counts_of
from rtpy.scrips.kinds import ActionKind

COMMENT = Comment(plain_message("psst"))


@pytest.fixture
def scrip(db):
    """A scrip on comments: condition kind and argument, action kind and argument."""

    def add(action, argument="", *, condition="AnyTransaction", when="", template="Blank", types="Comment"):
        rows = [
            ScripCondition(name=f"c {action}{when}", kind=condition, transaction_types=types),
            ScripAction(name=f"a {action}{when}", kind=action),
        ]
        db.add_all(rows)
        db.flush()
        made = Scrip(
            description=f"it {action}", condition_id=rows[0].id, action_id=rows[1].id, template_name=template,
            condition_argument=when, action_argument=argument,
        )  # fmt: skip
        db.add(made)
        db.flush()
        db.add(ScripQueue(scrip_id=made.id, sort_order=100))
        db.flush()
        return made

    return add


def reason(db, made):
    """Outcome and reason of the last run of a scrip."""
    for run in db.scalars(select(ScripRun).order_by(ScripRun.id.desc())):
        for entry in run.entries:
            if entry["scrip"] == made.id:
                return f"{entry['outcome']}: {entry['reason']}"
    return "not asked"


@pytest.mark.parametrize(
    ("action", "argument", "field", "value"),
    [
        ("SetPriority", "70", "priority", 70),
        ("AddPriority", "5", "priority", 15),
        ("AddPriority", "-5", "priority", 5),
        ("SetStatus", "open", "status", "open"),
        ("SetStatus", "active", "status", "open"),
        ("SetSubject", "New name", "subject", "New name"),
        ("EscalatePriority", "", "priority", 11),
        ("RecordComment", "", "priority", 10),
    ],
)
def test_an_action_sets_a_field(db, work, make, scrip, action, argument, field, value):
    make.queue().final_priority = 50
    ticket = make.ticket()
    change_ticket(work, ticket, SetPriority(10))
    scrip(action, argument)
    change_ticket(work, ticket, COMMENT)
    assert getattr(ticket, field) == value


@pytest.mark.parametrize(
    ("due", "priority"),
    [(timedelta(days=10), 4), (timedelta(hours=5), 40), (timedelta(days=2), 20)],
)
def test_priority_escalates_to_be_there_when_it_is_due(work, make, scrip, due, priority):
    make.queue().final_priority = 40
    ticket = make.ticket()
    change_ticket(work, ticket, SetDate("Due", work.now + due))
    scrip("EscalatePriority")
    change_ticket(work, ticket, COMMENT)
    assert ticket.priority == priority


@pytest.mark.parametrize(("part", "priority"), [(0.25, 10), (0.5, 20), (1.5, 40)])
def test_priority_follows_a_line(work, make, scrip, part, priority):
    make.queue().final_priority = 40
    ticket = make.ticket()
    whole = timedelta(days=4)
    change_ticket(work, ticket, SetDate("Due", work.now + whole * (1 - part)))
    change_ticket(work, ticket, SetDate("Starts", work.now - whole * part))
    scrip("LinearEscalate")
    change_ticket(work, ticket, COMMENT)
    assert ticket.priority == priority


def test_dates_queue_owner_and_watchers_are_set(db, work, make, scrip):
    jo, other, ticket = make.staff("jo"), make.queue("Other"), make.ticket()
    for action, argument in (
        ("SetDue", "2d4h"), ("SetStarts", "1h"), ("SetOwner", "jo"), ("SetQueue", "other"),
        ("AddWatcher", "Cc: new@client.example"), ("RemoveWatcher", "Requestor: ann@client.example"),
    ):  # fmt: skip
        scrip(action, argument)
    change_ticket(work, ticket, COMMENT)
    assert (ticket.due, ticket.starts) == (
        work.now + timedelta(days=2, hours=4),
        work.now + timedelta(hours=1),
    )
    assert (ticket.owner_id, ticket.queue_id) == (jo.id, other.id)
    told = db.execute(
        select(Transaction.type, Transaction.field)
        .where(Transaction.type.in_(("AddWatcher", "DelWatcher")))
        .order_by(Transaction.id)
    ).all()
    assert [tuple(row) for row in told] == [("AddWatcher", "Cc"), ("DelWatcher", "Requestor")]


def test_a_started_date_opens_a_new_ticket(work, make, scrip):
    ticket = make.ticket()
    scrip("OpenOnStarted", types="Set")
    change_ticket(work, ticket, SetDate("Started", work.now))
    assert ticket.status == "open"


def test_minutes_are_booked_on_the_whole_as_well(work, make, scrip):
    part, whole = make.ticket("Part"), make.ticket("Whole")
    change_ticket(work, part, AddLink("MemberOf", str(whole.id)))
    scrip("UpdateParentTimeWorked")
    change_ticket(work, part, Comment(plain_message("x"), minutes=25))
    assert (part.time_worked, whole.time_worked) == (25, 25)


def test_a_reply_is_recorded_from_a_template_and_sent(db, work, make, scrip):
    ticket = make.ticket()
    db.add(Template(name="Hello", content="We look at {{ ticket.subject }}."))
    db.flush()
    scrip("RecordCorrespondence", template="Hello", types="Status,Comment")
    change_ticket(work, ticket, COMMENT)
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    assert "We look at Printer on fire." in mail.body


def test_named_people_get_mail_but_not_who_did_it(db, work, make, scrip):
    make.staff("jo")
    ticket = make.ticket()
    scrip("NotifyGroup", "jo, boss@client.example, root", template="Transaction", types="Set")
    change_ticket(work, ticket, SetPriority(5))
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    rows = db.execute(
        select(OutgoingRecipient.kind, OutgoingRecipient.address).where(OutgoingRecipient.mail_id == mail.id)
    )
    assert {tuple(row) for row in rows} == {("to", "jo@staff.example"), ("to", "boss@client.example")}


def test_a_comment_is_never_mailed_to_a_named_customer(db, work, make, scrip):
    ticket = make.ticket()
    before = len(db.scalars(select(OutgoingMail.id)).all())
    made = scrip("NotifyGroup", "ann@client.example, stranger@else.example", template="Admin Comment")
    change_ticket(work, ticket, COMMENT)
    assert len(db.scalars(select(OutgoingMail.id)).all()) == before
    assert "must not read comments" in reason(db, made)


BLOCKS = """\
===Create-Ticket: survey
===# a comment
Queue: Other
Subject: Survey for #{{ ticket.id }}
Owner: jo
Due: 2d
DependedOnBy: TOP
Content: Ask {{ ticket.requestors | first }}.
How was it?
ENDOFCONTENT
===Create-Ticket: bill
Subject: Bill
DependsOn: survey
"""


def test_tickets_are_made_from_blocks_and_linked(db, work, make, scrip):
    jo = make.staff("jo")
    make.queue("Other")
    ticket = make.ticket()
    db.add(Template(name="Blocks", content=BLOCKS))
    db.flush()
    made = scrip("CreateTickets", template="Blocks")
    change_ticket(work, ticket, COMMENT)
    survey, bill = db.scalars(select(Ticket).where(Ticket.id > ticket.id).order_by(Ticket.id)).all()
    assert reason(db, made) == f"done: made or changed #{survey.id}, #{bill.id}"
    assert (survey.subject, survey.owner_id) == (f"Survey for #{ticket.id}", jo.id)
    assert survey.due == work.now + timedelta(days=2)
    links = db.execute(
        select(Transaction.object_id, Transaction.field).where(
            Transaction.type == "AddLink", Transaction.object_id.in_((ticket.id, survey.id, bill.id))
        )
    )
    assert {tuple(row) for row in links} == {
        (ticket.id, "DependsOn"), (survey.id, "DependedOnBy"), (bill.id, "DependsOn"),
    }  # fmt: skip


def test_tags_of_other_systems_stay_with_the_ticket(make, work):
    ticket = make.ticket()
    reply = plain_message("See", subject="Re: [acme #55] [example.com #7] printer")
    change_ticket(work, ticket, Correspond(reply))
    assert ticket.subject.startswith("Printer on fire [acme #55]")


@pytest.mark.parametrize(
    ("condition", "argument", "holds"),
    [
        ("BeforeDue", "3d", True),
        ("BeforeDue", "1h", False),
        ("Overdue", "", False),
        ("PriorityExceeds", "5", True),
        ("PriorityExceeds", "10", False),
        ("Expression", "ticket.priority == 10 and 24 < ticket.due_in_hours", True),
        ("Expression", 'actor.address == "nobody@example.com"', False),
        ("Expression", 'has(role("Requestor"), "ann@client.example")', True),
        ("Expression", 'field("Nix") == ""', True),
    ],
)
def test_further_conditions(db, work, make, scrip, condition, argument, holds):
    ticket = make.ticket()
    change_ticket(work, ticket, SetPriority(10), SetDate("Due", work.now + timedelta(days=2)))
    made = scrip("SetStatus", "stalled", condition=condition, when=argument)
    change_ticket(work, ticket, COMMENT)
    assert (ticket.status == "stalled") is holds, reason(db, made)


def test_a_forwarded_message_goes_out_with_what_was_said_and_no_comment(db, work, make):
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message("the canary sings")))
    said = plain_message("Please look", subject="Fwd")
    message = Message(said.parts, subject="Fwd", one_time_cc=("vendor@else.example",))
    change_ticket(work, ticket, Forward(message))
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    assert "Please look" in mail.body
    assert "It burns." in mail.body
    assert "canary" not in mail.body
    assert (
        db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == mail.id)).one().kind == "to"
    )


def test_a_comment_cannot_be_forwarded(db, work, make):
    ticket = make.ticket()
    outcome = change_ticket(work, ticket, COMMENT)
    message = Message(plain_message("x").parts, one_time_cc=("a@else.example",))
    with pytest.raises(Refused, match="comments stay among the staff"):
        change_ticket(work, ticket, Forward(message, outcome.transactions[0]))


def test_forwarding_takes_its_right(db, work_of, make):
    make.staff("jo")
    ticket = make.ticket()
    make.revoke("ForwardMessage", ticket.queue)
    message = Message(plain_message("x").parts, one_time_cc=("a@else.example",))
    with pytest.raises(Refused, match="ForwardMessage"):
        change_ticket(work_of("jo"), ticket, Forward(message))


def test_nothing_is_changed_while_scrips_prepare(app, db, work, make, scrip):
    def prepare(occasion, task):
        change_ticket(occasion.work, occasion.ticket, SetPriority(99))
        return lambda: "ok"

    app.named("rtpy_actions")["Hasty"] = ActionKind(prepare, "for a test")
    ticket = make.ticket()
    made = scrip("Hasty")
    change_ticket(work, ticket, COMMENT)
    assert ticket.priority == 0
    assert "may only read while it prepares" in reason(db, made)


def test_counts_are_added_up_once(app, db, work, make, clock, scrip):
    ticket = make.ticket()
    made = scrip("SetPriority", "5")
    change_ticket(work, ticket, COMMENT)
    change_ticket(work, ticket, COMMENT)
    db.commit()
    before = counts_of(db, work.now.date())[made.id]
    assert (before.done, before.skipped, before.failed) == (1, 1, 0)
    clock.advance(timedelta(minutes=10))
    assert add_up_runs(app) > 0
    assert add_up_runs(app) == 0
    db.expire_all()
    assert counts_of(db, work.now.date())[made.id] == before


def test_custom_fields_are_filled_asked_for_and_emptied(db, work, make, scrip):
    site = CustomField(name="Site", lookup="ticket", type="Freeform", max_values=1)
    db.add(site)
    db.flush()
    db.add(CustomFieldPlace(custom_field_id=site.id, object_id=0))
    db.flush()
    ticket = make.ticket()
    scrip("SetCustomField", "site: Hamburg")
    change_ticket(work, ticket, COMMENT)
    there = scrip("SetPriority", "30", condition="Expression", when='field("Site") == "Hamburg"')
    change_ticket(work, ticket, COMMENT)
    assert ticket.priority == 30, reason(db, there)
    emptied = scrip("ClearCustomFieldValues", "Site", types="Set")
    change_ticket(work, ticket, SetPriority(1))
    assert reason(db, emptied) == "done: Site emptied"
