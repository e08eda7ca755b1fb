"""Who gets which mail: roles, headers, and everybody who is left out."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from rtpy.changes.addresses import set_addresses
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.mail.outbox import raw_mail
from rtpy.models import Ace, OutgoingMail, OutgoingRecipient, ScripRun, Watcher

REPLY = plain_message("We are on it.")


@pytest.fixture
def sent(db):
    """The mails written since it was last asked: (template's kind, {header: addresses}) by scrip order."""
    seen = [0]

    def sent() -> list[dict[str, list[str]]]:
        mails = []
        for mail in db.scalars(
            select(OutgoingMail).where(OutgoingMail.id > seen[0]).order_by(OutgoingMail.id)
        ):
            seen[0] = mail.id
            headers: dict[str, list[str]] = {}
            rows = db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == mail.id))
            for row in sorted(rows, key=lambda row: row.address):
                headers.setdefault(row.kind, []).append(row.address)
            mails.append(headers)
        return mails

    return sent


@pytest.fixture
def everybody(db, make):
    """A ticket with every role taken: requestor ann, cc bob, queue cc quinn, owner olga, AdminCcs ada and qa."""
    for name in ("olga", "ada", "qa"):
        make.staff(name)
    ticket = make.ticket(cc=["bob@client.example"])
    system = make.system
    quinn = make.customer("quinn@client.example")
    from rtpy.changes.guard import changing
    from rtpy.changes.people import find_by_name

    with changing(db):
        db.add(Watcher(queue_id=ticket.queue_id, role="Cc", principal_id=quinn.id))
        db.add(Watcher(queue_id=ticket.queue_id, role="AdminCc", principal_id=find_by_name(db, "qa").id))
        db.flush()
    change_ticket(
        system,
        ticket,
        AddWatcher("AdminCc", find_by_name(db, "ada").id),
        SetOwner(find_by_name(db, "olga")),
    )
    return ticket


def reasons(db) -> str:
    return " ".join(str(entry["reason"]) for run in db.scalars(select(ScripRun)) for entry in run.entries)


def test_a_reply_goes_to_staff_and_to_customers_in_two_mails(work, everybody, sent):
    sent()
    change_ticket(work, everybody, Correspond(REPLY))
    assert sent() == [
        {"to": ["olga@staff.example"], "bcc": ["ada@staff.example", "qa@staff.example"]},
        {"to": ["ann@client.example"], "cc": ["bob@client.example", "quinn@client.example"]},
    ]


def test_a_comment_goes_to_admin_ccs_only(work, everybody, sent):
    sent()
    change_ticket(work, everybody, Comment(REPLY))
    assert sent() == [{"bcc": ["ada@staff.example", "qa@staff.example"]}]


def test_a_new_request_is_answered_and_announced(make, sent, db):
    make.staff("qa")
    ticket = make.ticket()
    assert sent() == [{"to": ["ann@client.example"]}]
    assert ticket.id


def test_a_resolved_request_is_told_to_its_requestors(work, everybody, sent):
    sent()
    change_ticket(work, everybody, SetStatus("resolved"))
    assert sent() == [{"to": ["ann@client.example"]}]


def test_a_new_owner_hears_of_it_but_not_from_himself(db, work, work_of, make, sent):
    ticket = make.ticket()
    joe = make.staff("joe")
    sent()
    change_ticket(work, ticket, SetOwner(joe))
    assert sent() == [{"to": ["joe@staff.example"]}]
    change_ticket(work_of("joe"), ticket, SetOwner(make.staff("jim")))
    assert sent() == [{"to": ["jim@staff.example"]}]
    change_ticket(work_of("joe"), ticket, SetOwner(joe))
    assert sent() == []


def test_the_actor_gets_no_copy_of_what_he_did(work_of, everybody, sent):
    sent()
    change_ticket(work_of("ann@client.example"), everybody, Correspond(REPLY))
    assert sent()[1] == {"to": ["quinn@client.example"], "cc": ["bob@client.example"]}


def test_the_autoreply_goes_to_whoever_wrote(work_of, make, sent):
    ann = make.customer("ann@client.example")
    create_ticket(work_of(ann.name), CreateTicket(make.queue(), "Help", REPLY, requestors=(ann,)))
    assert sent() == [{"to": ["ann@client.example"]}]


def test_an_address_gets_one_mail_even_in_two_roles(work, make, sent, db):
    joe = make.staff("joe")
    ticket = make.ticket(cc=["joe@staff.example"])
    change_ticket(work, ticket, SetOwner(joe), AddWatcher("AdminCc", joe.id))
    sent()
    change_ticket(work, ticket, Correspond(REPLY))
    assert sent()[0] == {"to": ["joe@staff.example"]}


def test_groups_are_unfolded_to_their_enabled_members(db, work, make, sent):
    team = create_group(make.system, "Network")
    for name in ("joe", "jim", "off"):
        person = make.staff(name)
        add_member(make.system, team, person.id)
    person.principal.disabled = True
    ticket = make.ticket()
    change_ticket(work, ticket, AddWatcher("AdminCc", team.id))
    sent()
    change_ticket(work, ticket, Comment(REPLY))
    assert sent() == [{"bcc": ["jim@staff.example", "joe@staff.example"]}]


def test_nothing_goes_to_our_own_addresses(db, work, make, sent):
    ticket = make.ticket(cc=["rt@localhost", "SUPPORT+x@us.example", "bob@client.example"])
    make.queue("Sales").correspond_address = "support@us.example"
    db.flush()
    sent()
    change_ticket(work, ticket, Correspond(replace(REPLY, one_time_bcc=("support@us.example",))))
    assert sent() == [{"to": ["ann@client.example"], "cc": ["bob@client.example"]}]
    assert "support@us.example is our own address" in reasons(db)


def test_squelched_addresses_hear_nothing_of_this_message(work, everybody, sent):
    sent()
    change_ticket(work, everybody, Correspond(replace(REPLY, squelch=("Bob@client.example",))))
    assert sent()[1] == {"to": ["ann@client.example"], "cc": ["quinn@client.example"]}


def test_what_a_machine_wrote_goes_to_staff_only(db, work_of, everybody, sent):
    sent()
    change_ticket(work_of("bob@client.example"), everybody, Correspond(replace(REPLY, auto_generated=True)))
    assert sent() == [{"to": ["olga@staff.example"], "bcc": ["ada@staff.example", "qa@staff.example"]}]


def test_a_machine_gets_no_autoreply(make, sent):
    ann = make.customer("ann@client.example")
    message = replace(REPLY, auto_generated=True)
    create_ticket(make.system, CreateTicket(make.queue(), "Away", message, requestors=(ann,)))
    assert sent() == []


def test_one_time_recipients_get_the_reply_whatever_else_holds(db, work, make, sent):
    ticket = make.ticket()
    sent()
    message = replace(
        REPLY, one_time_cc=("eve@other.example", "root@localhost"), squelch=("eve@other.example",)
    )
    change_ticket(work, ticket, Correspond(message))
    assert sent()[0] == {"bcc": ["eve@other.example", "root@localhost"]}


def test_a_one_time_recipient_at_a_further_address_gets_it_there_and_is_known(db, work, make, sent):
    """Whoever types an old address means that address; failures of the first one say nothing about it."""
    ann, ticket = make.customer("ann@client.example"), make.ticket()
    set_addresses(work, ann, ["ann@old.example"])
    set_addresses(work, make.staff("nia"), ["nia@home.example"])
    ann.undeliverable = 5
    sent()
    change_ticket(work, ticket, Comment(replace(REPLY, one_time_cc=("nia@home.example",))))
    assert sent() == [{"bcc": ["nia@home.example"]}]
    change_ticket(work, ticket, Correspond(replace(REPLY, one_time_cc=("Ann@old.example",))))
    assert sent() == [{"bcc": ["Ann@old.example"]}, {"to": ["ann@client.example"]}]
    assert "Ann@old.example has refused" not in reasons(db)


def test_a21_no_comment_reaches_a_customer_at_a_further_address(work, make, sent):
    """Not as an outsider either: it is the customer of this ticket, whatever the address."""
    ticket = make.ticket()
    set_addresses(work, make.customer("ann@client.example"), ["ann@old.example"])
    sent()
    told = ("Ann@Old.example",)
    with pytest.raises(Refused, match=r"ann@client\.example is a customer on this ticket"):
        change_ticket(work, ticket, Comment(replace(REPLY, one_time_cc=told, outsiders=told)))
    assert sent() == []


def test_a21_nor_a_customer_of_the_queue_at_a_further_address(db, work, everybody, make, sent):
    set_addresses(work, make.customer("quinn@client.example"), ["quinn@old.example"])
    sent()
    told = ("quinn@old.example",)
    change_ticket(work, everybody, Comment(replace(REPLY, one_time_cc=told, outsiders=told)))
    assert sent() == [{"bcc": ["ada@staff.example", "qa@staff.example"]}]
    assert "quinn@old.example is a customer on this ticket" in reasons(db)


def test_a22_blind_and_one_time_recipients_stand_in_no_header(app, db, work, everybody):
    message = replace(REPLY, one_time_cc=("eve@other.example",), one_time_bcc=("mallory@other.example",))
    change_ticket(work, everybody, Correspond(message))
    for number in db.scalars(select(OutgoingMail.id)):
        raw = raw_mail(app, db, number)
        for hidden in (b"eve@", b"mallory@", b"ada@staff", b"qa@staff"):
            assert hidden not in raw


@pytest.mark.parametrize("address", ["eve@other.example", "quinn@client.example"])
def test_a21_a_comment_does_not_reach_customers_who_were_named_for_it(db, work, everybody, sent, address):
    sent()
    change_ticket(work, everybody, Comment(replace(REPLY, one_time_cc=(address,))))
    assert sent() == [{"bcc": ["ada@staff.example", "qa@staff.example"]}]
    assert f"{address} is no staff" in reasons(db)


def test_a21_a_customer_who_is_made_admin_cc_still_gets_no_comments(work, make, sent):
    ticket = make.ticket()
    change_ticket(work, ticket, AddWatcher("AdminCc", make.customer("bob@client.example").id))
    sent()
    change_ticket(work, ticket, Comment(REPLY))
    assert sent() == []


@pytest.mark.parametrize("right", ["ShowTicketComments", "ShowTicket"])
def test_staff_without_the_right_get_no_comments(db, work, everybody, sent, right):
    sent()
    privileged = select(Ace.id).where(Ace.right_name == right, Ace.object_type == "queue")
    db.execute(delete(Ace).where(Ace.id.in_(privileged)))
    change_ticket(work, everybody, Comment(REPLY))
    assert sent() == []


def test_staff_who_may_not_see_the_ticket_get_no_replies_either(db, work, everybody, sent):
    sent()
    db.execute(delete(Ace).where(Ace.right_name == "ShowTicket", Ace.object_type == "queue"))
    change_ticket(work, everybody, Correspond(REPLY))
    assert sent() == [{"to": ["ann@client.example"], "cc": ["bob@client.example", "quinn@client.example"]}]


@pytest.mark.parametrize("how", ["group", "role", "person"])
def test_a_right_may_come_by_a_group_a_role_or_directly(db, work, make, everybody, sent, how):
    from rtpy.changes.people import find_by_name

    db.execute(delete(Ace).where(Ace.right_name == "ShowTicketComments", Ace.object_type == "queue"))
    ada = find_by_name(db, "ada")
    if how == "group":
        team = create_group(make.system, "Readers")
        add_member(make.system, team, ada.id)
        db.add(Ace(right_name="ShowTicketComments", principal_id=team.id))
    elif how == "person":
        make.grant(ada, "ShowTicketComments", queue=everybody.queue)
    else:
        make.grant("AdminCc", "ShowTicketComments", queue=everybody.queue)
    db.flush()
    sent()
    change_ticket(work, everybody, Comment(REPLY))
    expected = ["ada@staff.example", "qa@staff.example"] if how == "role" else ["ada@staff.example"]
    assert sent() == [{"bcc": expected}]


def test_an_undeliverable_address_is_still_tried_and_remarked_on(db, work, make, sent):
    ticket = make.ticket()
    make.customer("ann@client.example").undeliverable = 2
    db.flush()
    sent()
    change_ticket(work, ticket, Correspond(REPLY))
    assert sent() == [{"to": ["ann@client.example"]}]
    assert "ann@client.example has refused our last 2 mails" in reasons(db)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\nBcc: eve@x.example",
        "a b@c.example",
        "-oQ@x.example",
        "a@b,c@d",
        "<a@b.example>",
        "a@b@c.example",
    ],
)
def test_a10_an_address_that_breaks_out_gets_nothing(db, work, make, sent, address):
    ticket = make.ticket()
    sent()
    change_ticket(work, ticket, Correspond(replace(REPLY, one_time_cc=(address,))))
    assert [{"to": ["ann@client.example"]}] == sent()
