"""A21 and A22: whatever happens to tickets, in whatever order, no comment reaches anybody but staff."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rtpy.changes.people import find_by_name
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.errors import Refused
from rtpy.mail.outbox import raw_mail
from rtpy.models import (
    Attachment,
    OutgoingMail,
    OutgoingRecipient,
    Scrip,
    ScripAction,
    ScripCondition,
    ScripQueue,
)
from rtpy.work import Face

STAFF = ("root", "joe", "jim")
CUSTOMERS = ("ann@client.example", "bob@client.example", "eve@other.example")
CANARY = "canary"

steps = st.tuples(
    st.sampled_from(
        [
            "reply",
            "comment",
            "comment",
            "resolve",
            "open",
            "own",
            "cc",
            "admincc",
            "subject",
            "priority",
            "merge",
        ]
    ),
    st.sampled_from([0, 1]),
    st.sampled_from(STAFF + CUSTOMERS),
    st.sampled_from(STAFF + CUSTOMERS),
)


@pytest.fixture
def careless_scrips(db):
    """Scrips that a careless administrator might write: everything goes to everybody."""
    when = ScripCondition(name="c", kind="AnyTransaction", argument="", transaction_types="Any")
    db.add(when)
    for name, kind in (("n", "Notify"), ("c", "NotifyAsComment")):
        what = ScripAction(name=name, kind=kind, argument="All,OtherRecipients,AlwaysNotifyActor")
        db.add(what)
        db.flush()
        for template in ("Transaction in HTML", "Correspondence", "Resolved"):
            scrip = Scrip(description="x", condition_id=when.id, action_id=what.id, template_name=template)
            db.add(scrip)
            db.flush()
            db.add(ScripQueue(scrip_id=scrip.id, stage="create", sort_order=50))
    db.commit()


@pytest.mark.parametrize("scrips", ["default", "careless"])
def test_a21_no_comment_ever_leaves_to_a_customer(app, db, make, request, scrips, database_kind):
    stories = 40 if database_kind == "sqlite" else 10  # who gets a mail is decided above the statements
    if scrips == "careless":
        request.getfixturevalue("careless_scrips")
    make.staff("joe")
    make.staff("jim")
    for address in CUSTOMERS:
        make.customer(address)
    db.commit()

    @settings(max_examples=stories, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(steps, min_size=3, max_size=9))
    def check(story):
        outer = db.begin_nested()
        try:
            tickets = [make.ticket(cc=["bob@client.example"]), make.ticket(requestor="bob@client.example")]
            for step in story:
                tell(app, db, tickets, step)
            assert leaks(app, db) == []
        finally:
            outer.rollback()

    check()


def tell(app, db, tickets, step) -> None:
    what, which, actor, other = step
    ticket = tickets[which]
    person = find_by_name(db, other)
    work = app.work_in(
        db, app.actor_named(db, actor if what in ("reply",) else STAFF[len(actor) % 3], Face.WEB)
    )
    note = plain_message(
        f"{CANARY} in words",
        files=(Part("text/plain", CANARY.encode(), PartRole.FILE, filename=f"{CANARY}.txt"),),
    )
    note = replace(
        note,
        subject=f"{CANARY} subject",
        one_time_cc=("eve@other.example", "joe@staff.example", "bob@client.example"),
        outsiders=("bob@client.example",),  # who is a customer of both tickets
    )
    changes = {
        "reply": lambda: Correspond(
            replace(plain_message("public"), one_time_bcc=("secret@hidden.example",))
        ),
        "comment": lambda: Comment(note),
        "resolve": lambda: SetStatus("resolved"),
        "open": lambda: SetStatus("open"),
        "own": lambda: SetOwner(person),
        "cc": lambda: AddWatcher("Cc", person.id),
        "admincc": lambda: AddWatcher("AdminCc", person.id),
        "subject": lambda: SetSubject("Another subject"),
        "priority": lambda: SetPriority(len(other)),
        "merge": lambda: MergeInto(tickets[1 - which]),
    }
    try:
        change_ticket(work, ticket, changes[what]())
    except Refused:
        pass


def leaks(app, db) -> list[str]:
    found = []
    staff = {f"{name}@staff.example" for name in STAFF} | {"root@localhost"}
    files = {row.id for row in db.scalars(select(Attachment).where(Attachment.filename == f"{CANARY}.txt"))}
    for mail in db.scalars(select(OutgoingMail)):
        rows = db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == mail.id)).all()
        outsiders = {row.address for row in rows} - staff
        text = f"{mail.headers} {mail.subject} {mail.body} {mail.html_body}"
        if outsiders and (CANARY in text or files & set(mail.attachments)):
            found.append(f"{sorted(outsiders)}: {text}")
        if b"secret@hidden" in raw_mail(app, db, mail.id):
            found.append("a one-time recipient stands in a header")
    return found


def test_the_check_itself_finds_a_leak(app, db, work, make):
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message(CANARY)))
    assert len(leaks(app, db)) == 1
