"""Changing many tickets in one step: tried first, whole or not at all for each, one mail for each person."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select

from rtpy.bulk.reading import read_bulk
from rtpy.bulk.updating import MOST, update_tickets
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.people import find_person
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.reading import read_changes
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Invalid, Refused
from rtpy.mail.together import LONGEST_HTML, put_together
from rtpy.models import Ace, ConfigChange, OutgoingMail, OutgoingRecipient, Ticket, Transaction

ANN, BOB = "ann@client.example", "bob@client.example"


@pytest.fixture
def update(work_of):
    """Does what the fields say to tickets, by root or another name: `update(ids, status="open")`."""

    def update(ids, by="root", really=True, **given):
        work = work_of(by)
        return update_tickets(
            work,
            ids,
            lambda ticket: read_changes(work, ticket, given),
            said=given,
            when=lambda at: at.isoformat(),
            really=really,
        )

    return update


@pytest.fixture
def three(make):
    """Two requests of Ann's and one of Bob's."""
    return [make.ticket(subject, requestor=who) for subject, who in (("A", ANN), ("B", ANN), ("C", BOB))]


def outgoing(db, address, after):
    """Mails to an address written since, as (subject, body)."""
    rows = db.execute(
        select(OutgoingMail.subject, OutgoingMail.body)
        .join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
        .where(OutgoingRecipient.address == address, OutgoingMail.id > after, OutgoingMail.state == "queued")
    )
    return [(row.subject, row.body) for row in rows]


def newest(db, model):
    return db.scalar(select(func.max(model.id))) or 0


def test_all_are_changed_each_with_its_own_history(update, three, db):
    bulk = update([ticket.id for ticket in three], status="stalled", priority="70")
    assert (bulk.changed, bulk.refused) == (3, 0)
    for ticket in three:
        db.refresh(ticket)
        assert (ticket.status, ticket.priority) == ("stalled", 70)
    assert all("stalled" in " ".join(effect.done) for effect in bulk.effects)


def test_what_is_only_tried_leaves_nothing(update, three, db):
    before = [newest(db, model) for model in (Transaction, OutgoingMail, ConfigChange)]
    bulk = update([ticket.id for ticket in three], really=False, status="resolved", reply="Fixed.")
    assert (bulk.changed, bulk.mails.mails) == (3, 2)
    db.expire_all()
    assert [newest(db, model) for model in (Transaction, OutgoingMail, ConfigChange)] == before
    assert {ticket.status for ticket in three} == {"new"}


def test_one_that_refuses_says_why_and_stops_no_other(update, three, work, db):
    change_ticket(work, three[1], SetStatus("resolved"))
    bulk = update([ticket.id for ticket in three], status="resolved", priority="5")
    assert [bool(effect.done) for effect in bulk.effects] == [True, True, True]
    bulk = update([three[0].id, three[2].id], owner="ann@client.example")
    assert bulk.changed == 0
    assert all("own" in effect.refused for effect in bulk.effects)


def test_whoever_has_several_of_them_gets_one_mail_that_holds_all_of_it(update, three, db):
    after = newest(db, OutgoingMail)
    update([ticket.id for ticket in three], reply="We move offices on Friday.")
    ((subject, body),) = outgoing(db, ANN, after)
    assert subject == "News about 2 requests"
    assert body.count("We move offices on Friday.") == 2
    assert f"#{three[0].id}]" in body
    assert f"#{three[1].id}]" in body
    assert f"#{three[2].id}]" not in body
    ((subject, _),) = outgoing(db, BOB, after)
    assert f"#{three[2].id}]" in subject


@pytest.mark.parametrize(("mode", "has_html"), [("always", True), ("never", False)])
def test_the_joined_mail_has_html_where_the_single_ones_have(update, three, db, app, mode, has_html):
    app.config = replace(app.config, mail=replace(app.config.mail, html=mode))
    after = newest(db, OutgoingMail)
    update([ticket.id for ticket in three], reply="We *move* to <Friday>.")
    singles = select(OutgoingMail).where(OutgoingMail.id > after, OutgoingMail.ticket_id == three[0].id)
    joined = select(OutgoingMail).where(OutgoingMail.subject == "News about 2 requests")
    html = db.scalar(joined).html_body
    assert bool(html) is has_html
    assert db.scalar(singles).html_body in html
    assert ("News" in html, html.count("&lt;Friday&gt;")) == (False, 2 if has_html else 0)


def test_html_of_a_joined_mail_is_bounded_and_plain_mails_stand_in_it_escaped(three, work, db):
    after = newest(db, OutgoingMail)
    large = f"<p>{'x' * (LONGEST_HTML - 100)}</p>"
    for body, html in (("first", large), ("a < b", ""), ("second", "<p><b>too much</b></p>" * 9)):
        mail = OutgoingMail(
            created=work.now,
            ticket_id=three[0].id,
            queue_id=three[0].queue_id,
            message_id=f"{len(html)}@x.example",
            envelope_sender="",
            subject="S",
            headers=[],
            body=body,
            html_body=html,
            not_before=work.now,
        )
        mail.recipients.append(OutgoingRecipient(kind="to", address=ANN, name=""))
        db.add(mail)
    put_together(work, [three[0].id], after)
    html = db.scalar(select(OutgoingMail.html_body).where(OutgoingMail.message_id.like("rt-together-%")))
    assert large in html
    assert "a &lt; b" in html
    assert "second" in html
    assert "too much" not in html


def test_several_mails_about_one_request_become_one_in_its_thread(update, three, db):
    after = newest(db, OutgoingMail)
    update([three[2].id], reply="Fixed.", status="resolved")
    ((subject, body),) = outgoing(db, BOB, after)
    assert f"#{three[2].id}]" in subject
    assert "Fixed." in body
    assert "There is news" not in body


def test_a_comment_reaches_no_customer_in_a_joined_mail_either(update, three, make, db, work):
    after = newest(db, OutgoingMail)
    update([ticket.id for ticket in three], comment="They never pay.")
    assert outgoing(db, ANN, after) == outgoing(db, BOB, after) == []
    update([ticket.id for ticket in three], comment="They never pay.", reply="Hello")
    assert all("never pay" not in body for _, body in outgoing(db, ANN, after) + outgoing(db, BOB, after))


def test_one_entry_in_the_log_tells_of_the_whole_step(update, three, db):
    update([ticket.id for ticket in three], status="open")
    (entry,) = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "bulk update").order_by(ConfigChange.id)
    ).all()
    assert entry.after["changes"] == {"status": "open"}
    assert entry.after["tickets"] == [ticket.id for ticket in three]


def test_tickets_that_one_may_not_see_are_left_out(update, make, three, db):
    make.staff("jo")
    make.queue("Secret", granted=False)
    hidden = make.ticket("Hidden", queue="Secret")
    bulk = update([three[0].id, hidden.id], by="jo", priority="9")
    assert [effect.ticket_id for effect in bulk.effects] == [three[0].id]
    assert db.get(Ticket, hidden.id).priority == 0


def test_it_takes_the_right_and_has_a_bound(update, make, three):
    make.customer("eve@client.example")
    with pytest.raises(Refused, match="many tickets"):
        update([three[0].id], by="eve@client.example", status="open")
    with pytest.raises(Refused, match="narrow"):
        update(list(range(MOST + 1)), status="open")


def test_whatever_is_done_to_them_at_once_each_is_told_of(update, make, db, work):
    other = str(make.queue("Other").id)
    tickets = [make.ticket(f"T{number}") for number in range(2)]
    before = newest(db, Transaction)
    texts = {"reply": "Fixed.", "comment": "They never pay."}
    bulk = update(
        [ticket.id for ticket in tickets],
        **texts,
        queue=other,
        owner="me",
        priority="7",
        status="resolved",
        minutes="5",
        subject="New",
        **dict.fromkeys(("due", "starts", "started", "told"), "2026-04-01"),
    )
    for effect in bulk.effects:
        entries = db.scalar(
            select(func.count(Transaction.id)).where(
                Transaction.id > before,
                Transaction.object_id == effect.ticket_id,
                Transaction.creator_id == work.actor.user_id,
                Transaction.type.not_in(("EmailRecord", "CommentEmailRecord")),
            )
        )
        assert (effect.ticket_id, len(effect.done)) == (effect.ticket_id, entries)


def test_what_was_written_stands_in_the_tickets_not_in_the_log_of_the_set_up(update, three, db):
    update([ticket.id for ticket in three], comment="They never pay.", reply="Hello there")
    (entry,) = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "bulk update").order_by(ConfigChange.id)
    ).all()
    assert set(entry.after["changes"]) == {"comment", "reply"}
    assert "never pay" not in str(entry.after)
    assert "Hello" not in str(entry.after)


def test_people_links_and_fields_of_many_change_at_once_and_a_try_leaves_nobody(work_of, make, three, db):
    work, ids = work_of("root"), [ticket.id for ticket in three]
    target, jo = make.ticket("Move"), make.staff("jo")
    tags = create_field(work, FieldSettings("Tags", max_values=0), everywhere=True)
    level = create_field(work, FieldSettings("Level"), everywhere=True)
    change_ticket(work, three[1], SetCustomField(tags.id, ("old",)), SetCustomField(level.id, ("low",)))
    change_ticket(work, three[2], AddWatcher("Cc", jo.id))
    given = {
        "add_cc": "New One <new@client.example>",
        "delete_cc": "jo",
        "delete_requestor": BOB,
        "link": "DependsOn",
        "link_to": f"#{target.id}",
        f"add:{tags.id}": "secret tag",
        f"delete:{tags.id}": "old",
        f"clear:{level.id}": "1",
        "priority": "",
    }

    def update(by, really, **given):
        work = work_of(by)
        changes_for, said = read_bulk(work, given)
        return update_tickets(work, ids, changes_for, said=said, when=lambda at: "", really=really)

    before = newest(db, Transaction)
    tried = update("root", False, **given)
    assert find_person(db, "new@client.example") is None
    assert newest(db, Transaction) == before
    done = update("root", True, **given)
    assert [effect.done for effect in tried.effects] == [effect.done for effect in done.effects]
    linked = f"noted that it depends on #{target.id}"
    added = {"added New One as Cc", "added secret tag to Tags", linked}
    assert [set(effect.done) for effect in done.effects] == [
        added,
        added | {"removed old from Tags", "cleared Level (was low)"},
        added | {f"removed {BOB} as requestor", "removed jo as Cc"},
    ]
    (entry,) = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "bulk update").order_by(ConfigChange.id)
    ).all()
    assert entry.after["changes"]["delete_requestor"] == BOB
    assert entry.after["changes"]["add Tags"] == "10 characters"
    db.execute(delete(Ace).where(Ace.right_name == "ModifyCustomField"))
    refused = {each.refused for each in update("jo", True, **{f"set:{level.id}": "x"}).effects}
    assert all("may not change Level" in each for each in refused)
    db.execute(delete(Ace).where(Ace.right_name == "SeeCustomField"))
    refused = {each.refused for each in update("jo", False, **{f"delete:{tags.id}": "old"}).effects}
    assert all("has no such field" in each for each in refused)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"add_cc": "not an address"}, "neither a mail address"),
        ({"delete_cc": "no@where.example"}, "nobody with the address"),
        ({"link_to": "7"}, "how they are linked"),
        ({"link": "DependsOn", "link_to": "7 " * 21}, "at most 20 links"),
        ({"set:987654": "x"}, "no such custom field"),
    ],
)
def test_what_makes_no_sense_for_any_ticket_is_said_once(work, given, sentence):
    with pytest.raises((Invalid, Refused), match=sentence):
        read_bulk(work, given)
