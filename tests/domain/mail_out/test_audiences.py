"""Whom the argument of a Notify action names: each word, each header, and who is left out (RT: Action/Notify.pm)."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from rtpy.changes.custom_roles import RoleValues, change_custom_role, create_custom_role
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.queue_watchers import add_queue_watcher
from rtpy.changes.roles import roles_of
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.squelching import SquelchAddress, UnsquelchAddress
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Message, plain_message
from rtpy.errors import Invalid
from rtpy.mail.recipients import Audience, audience_of, choose_recipients, read_audience
from rtpy.models import OutgoingRecipient, Watcher
from rtpy.scrips.preview import occasion_of


@pytest.fixture
def role(make):
    """Makes a custom role of the queue General."""

    def made(name, *, single=False):
        queue = make.queue()
        values = RoleValues(name, single=single, places=frozenset({queue.id}))
        return create_custom_role(make.system, values)

    return made


@pytest.fixture
def ticket(make, role):
    """Requestor ann, Cc bob, owner olga, AdminCc ada; queue Cc quinn, queue AdminCc qa; Approver vera and, on the
    queue, the group Board with bea."""
    system, ticket = make.system, make.ticket(cc=["bob@client.example"])
    approver = role("Approver")
    board = create_group(system, "Board")
    add_member(system, board, make.staff("bea").id)
    change_ticket(
        system,
        ticket,
        AddWatcher("AdminCc", make.staff("ada").id),
        SetOwner(make.staff("olga")),
        AddWatcher(approver.role, make.customer("vera@client.example").id),
    )
    add_queue_watcher(system, ticket.queue, "Cc", make.customer("quinn@client.example").id)
    add_queue_watcher(system, ticket.queue, "AdminCc", make.staff("qa").id)
    add_queue_watcher(system, ticket.queue, approver.role, board.id)
    return ticket


def chosen(work, ticket, argument, message=None, *, internal=False):
    """Addresses without their domains by header, as `argument` names them."""
    occasion = occasion_of(work, ticket, "Correspond", message or Message())
    found = choose_recipients(occasion, audience_of(occasion, argument), internal=internal)
    headers: dict[str, set[str]] = {}
    for one in found.recipients:
        headers.setdefault(one.kind, set()).add(one.address.partition("@")[0])
    return headers


@pytest.mark.parametrize(
    ("argument", "headers"),
    [
        ("Requestor", {"to": {"ann"}}),
        ("Requestor,Cc", {"to": {"ann"}, "cc": {"bob", "quinn"}}),
        ("Cc", {"cc": {"bob"}, "to": {"quinn"}}),
        ("Owner", {"to": {"olga"}}),
        ("Requestor,Owner", {"to": {"ann"}, "bcc": {"olga"}}),
        ("AdminCc", {"bcc": {"ada", "qa"}}),
        ("Approver", {"cc": {"vera", "bea"}}),
        ("Approver/To", {"to": {"vera", "bea"}}),
        ("approver/bcc", {"bcc": {"vera", "bea"}}),
        ("Approver/To,Owner", {"to": {"vera", "bea"}, "bcc": {"olga"}}),
        (
            "All",
            {"to": {"ann"}, "cc": {"bob", "quinn"}, "bcc": {"olga", "ada", "qa"}},
        ),
        (
            "All, Approver/Cc",
            {"to": {"ann"}, "cc": {"bob", "quinn", "vera", "bea"}, "bcc": {"olga", "ada", "qa"}},
        ),
        ("", {}),
    ],
)
def test_each_word_stands_for_people_in_a_header(work, ticket, argument, headers):
    assert chosen(work, ticket, argument) == headers


def test_a_custom_role_may_stand_there_by_its_number(app, db, work, ticket):
    number = roles_of(app, db).named("Approver").id
    assert chosen(work, ticket, f"RT::CustomRole-{number}/To") == {"to": {"vera", "bea"}}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", False),
        (",AlwaysNotifyActor", True),
        (",AlwaysNotifyActor,NeverNotifyActor", False),
        (",NeverNotifyActor", False),
    ],
)
def test_whether_the_actor_hears_of_his_own_deed(work_of, ticket, words, told):
    assert chosen(work_of("olga"), ticket, f"Owner{words}") == ({"to": {"olga"}} if told else {})


def test_other_recipients_are_blind_and_pass_squelching(work, ticket):
    change_ticket(work, ticket, SquelchAddress("eve@other.example"))
    message = replace(Message(), one_time_cc=("eve@other.example",), one_time_bcc=("max@other.example",))
    assert chosen(work, ticket, "OtherRecipients", message) == {"bcc": {"eve", "max"}}


@pytest.mark.parametrize("argument", ["Nobody", "Approver/Somewhere", "Unknown", "Unknown/To"])
def test_a_word_that_names_nobody_is_refused(app, db, work, ticket, argument):
    with pytest.raises(Invalid, match="is nobody to notify"):
        read_audience(argument, roles_of(app, db))


def test_where_the_roles_are_not_known_a_role_needs_its_header():
    assert read_audience("Approver/To").custom == (("Approver", "to"),)
    with pytest.raises(Invalid):
        read_audience("Approver")


def test_a_role_switched_off_or_taken_out_of_the_queue_gets_no_mail(make, work, ticket, app, db):
    known = roles_of(app, db).named("Approver")
    for values in (
        RoleValues("Approver", disabled=True, places=known.places),
        RoleValues("Approver", places=frozenset()),
    ):
        change_custom_role(make.system, known.id, values)
        assert chosen(work, ticket, "Approver") == {}
    change_custom_role(make.system, known.id, RoleValues("Approver", places=known.places))
    assert chosen(work, ticket, "Approver") == {"cc": {"vera", "bea"}}  # who played it stayed stored


def test_the_reasons_name_role_queue_and_group(work, ticket):
    occasion = occasion_of(work, ticket, "Correspond", Message())
    found = choose_recipients(occasion, audience_of(occasion, "All,Approver"), internal=False)
    why = {one.address.partition("@")[0]: one.why for one in found.recipients}
    assert why["quinn"] == "Cc of the queue"
    assert why["bea"] == "Approver of the queue, through group Board"
    assert (why["ann"], why["olga"], why["vera"]) == ("requestor", "owner", "Approver")


@pytest.fixture
def told(db):
    """Addresses that got mail since it was last asked."""
    seen = [0]

    def told():
        rows = db.execute(select(OutgoingRecipient.id, OutgoingRecipient.address)).all()
        new = {row.address for row in rows if row.id > seen[0]}
        seen[0] = max((row.id for row in rows), default=0)
        return new

    return told


def test_a_squelched_address_gets_no_mail_of_any_scrip_until_it_is_let_in_again(work, make, told):
    ticket = make.ticket()
    change_ticket(work, ticket, SquelchAddress("Ann@Client.example"))
    told()
    change_ticket(work, ticket, Correspond(plain_message("We come.")), SetStatus("resolved"))
    assert told() == set()
    change_ticket(work, ticket, UnsquelchAddress("ann@client.example"), SetStatus("open"))
    change_ticket(work, ticket, SetStatus("resolved"))
    assert told() == {"ann@client.example"}


def test_squelching_holds_for_one_ticket_only(work, make, told):
    one, other = make.ticket(), make.ticket("Another")
    change_ticket(work, one, SquelchAddress("ann@client.example"))
    told()
    change_ticket(work, other, Correspond(plain_message("We come.")))
    assert told() == {"ann@client.example"}


def test_who_is_spared_a_reply_hears_nothing_of_the_same_request(work, make, told):
    ticket = make.ticket()
    told()
    message = replace(plain_message("Done."), squelch=("ann@client.example",))
    change_ticket(work, ticket, SetStatus("open"), Correspond(message), SetStatus("resolved"))
    assert told() == set()
    change_ticket(work, ticket, SetStatus("open"))
    change_ticket(work, ticket, SetStatus("resolved"))
    assert told() == {"ann@client.example"}  # the next request is another one


def test_a21_a_comment_reaches_an_outsider_only_knowingly_and_the_customer_never(work, ticket, told):
    told()
    note = replace(plain_message("Secret."), one_time_cc=("sup@supplier.example", "vera@client.example"))
    change_ticket(work, ticket, Comment(note))
    assert not told() & {"sup@supplier.example", "vera@client.example"}
    change_ticket(work, ticket, Comment(replace(note, outsiders=("SUP@supplier.example",))))
    found = told()
    assert "sup@supplier.example" in found
    assert "vera@client.example" not in found
    queue_customer = replace(note, one_time_cc=("quinn@client.example",), outsiders=("quinn@client.example",))
    change_ticket(work, ticket, Comment(queue_customer))
    assert "quinn@client.example" not in told()


def test_a_merge_keeps_one_person_in_a_single_role(work, make, role, db):
    driver = role("Driver", single=True)
    one, other = make.ticket(), make.ticket("Another")
    for ticket, name in ((one, "uno"), (other, "due")):
        change_ticket(work, ticket, AddWatcher(driver.role, make.staff(name).id))
    change_ticket(work, one, MergeInto(other))
    rows = db.scalars(select(Watcher).where(Watcher.ticket_id == other.id, Watcher.role == driver.role)).all()
    assert len(rows) == 1


def test_an_automatic_answer_reaches_its_own_cause(work_of, ticket):
    occasion = occasion_of(work_of("ann@client.example"), ticket, "Create", Message())
    found = choose_recipients(
        occasion, Audience(frozenset({"Requestor"}), actor_too=True, is_answer=True), internal=False
    )
    assert [one.address for one in found.recipients] == ["ann@client.example"]
