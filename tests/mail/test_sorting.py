"""Rules for new mail: what they ask, what they set, and the same mail for several queues (A69)."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.config.config import Config
from rtpy.errors import Invalid
from rtpy.fields.contents import contents_of
from rtpy.mail.intake import work_off
from rtpy.mail.intake_admin import retry
from rtpy.mail.message import read_mail
from rtpy.mail.sorting.patterns import is_address, is_all_of, is_in
from rtpy.mail.sorting.rule import Rule, fits, letter_of, sort_letter
from rtpy.mail.sorting.saving import delete_rule, plain_rule, save_rule
from rtpy.mail.sorting.trying import try_rule
from rtpy.models import ConfigChange, Link, OutgoingMail, Queue, Ticket, Watcher
from rtpy.rights.names import Right
from tests.mail.letters import letter

ONE_DATABASE = pytest.mark.databases("sqlite")  # nothing of it reaches the database


@pytest.mark.parametrize(
    ("matches", "pattern", "text", "expected"),
    [
        (is_in, "backup*failed", "Nightly BACKUP of srv1 has failed again", True),
        (is_in, "backup*failed", "failed: backup", False),
        (is_in, "down", "server  Down", True),
        (is_in, "server down", "server \t down", True),
        (is_in, "*", "", True),
        (is_in, "", "anything", True),
        (is_in, "a.c", "abc", False),
        (is_in, "(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", False),
        (is_all_of, "vpn", "vpn", True),
        (is_all_of, "vpn", "vpn2", False),
        (is_all_of, "vpn*", "vpn2", True),
        (is_all_of, "a*a", "a", False),
        (is_all_of, "*a*a*", "xaxa", True),
        (is_all_of, "ab*ba", "aba", False),
        (is_address, "jo@client.example", "Jo@Client.example", True),
        (is_address, "client.example", "jo@client.example", True),
        (is_address, "client.example", "jo@sub.client.example", False),
        (is_address, "client.example", "jo@evilclient.example", False),
        (is_address, "*.client.example", "jo@sub.client.example", True),
        (is_address, "@client.example", "jo@client.example", True),
        (is_address, "*@client.example", "jo@client.example.evil", False),
        (is_address, "support+*@*", "support+vpn@us.example", True),
        (is_address, "support+*@*", "support@us.example", False),
    ],
)
def test_patterns_are_words_with_stars(matches, pattern, text, expected):
    assert matches(pattern, text) is expected


def test_a_pattern_made_to_hang_does_not():
    assert is_in("a*" * 150 + "b", "a" * 100_000) is False


def letter_from(raw, transport=None, organization=None, queue_id=1):
    mail = read_mail(raw)
    return letter_of(mail, transport or {}, queue_id, mail.sender.address, lambda: organization)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(1, "any"), True),
        (Rule(1, "queue", from_queue_id=1), True),
        (Rule(1, "other queue", from_queue_id=2), False),
        (Rule(1, "client", from_organization_id=5), True),
        (Rule(1, "other client", from_organization_id=6), False),
        (Rule(1, "to", wanted={"recipient": ("rt@localhost",)}), True),
        (Rule(1, "cc", wanted={"recipient": ("nobody@x.example", "us.example")}), True),
        (Rule(1, "bcc", wanted={"recipient": ("hidden@us.example",)}), True),
        (Rule(1, "plus in an address", wanted={"plus": ("vpn",)}), True),
        (Rule(1, "plus of the transport", wanted={"plus": ("lan",)}), True),
        (Rule(1, "other plus", wanted={"plus": ("vp",)}), False),
        (Rule(1, "sender", wanted={"sender": ("client.example",)}), True),
        (Rule(1, "other sender", wanted={"sender": ("other.example",)}), False),
        (Rule(1, "subject decoded", wanted={"subject": ("drücker",)}), True),
        (Rule(1, "header", wanted={"header": ("x-spam-flag: yes",)}), True),
        (Rule(1, "header is there", wanted={"header": ("x-spam-flag",)}), True),
        (Rule(1, "header with another word", wanted={"header": ("x-spam-flag: no",)}), False),
        (Rule(1, "header folded and encoded", wanted={"header": ("x-from: müller gmbh",)}), True),
        (Rule(1, "no such header", wanted={"header": ("x-other:",)}), False),
        (Rule(1, "person", wanted={"kind": ("human",)}), False),
        (Rule(1, "machine", wanted={"kind": ("machine",)}), True),
        (Rule(1, "mailbox", wanted={"mailbox": ("office*",)}), True),
        (Rule(1, "both", wanted={"sender": ("client.example",), "subject": ("nothing",)}), False),
    ],
    ids=lambda value: value.name if isinstance(value, Rule) else "",
)
def test_all_conditions_of_a_rule_must_hold(rule, expected):
    raw = letter(
        subject="=?utf-8?q?Dr=C3=BCcker?=",
        cc="support+vpn@us.example",
        delivered_to="hidden@us.example",
        x_spam_flag="YES",
        x_from="=?utf-8?q?M=C3=BCller?=\n  GmbH",
        auto_submitted="auto-generated",
    )
    transport = {"mailbox": "Office 365", "extension": "lan"}
    assert fits(rule, letter_from(raw, transport, organization=5)) is expected


def test_the_first_rule_decides_and_goes_on_only_if_told_to():
    first = Rule(1, "first", goes_on=True, priority=50, fields={"Site": ("Vienna",)})
    second = Rule(2, "second", priority=10, queue_id=7, fields={"Site": ("Graz",), "Rack": ("3",)})
    third = Rule(3, "third", silent=True)
    found = sort_letter(
        (Rule(4, "no", wanted={"subject": ("nothing",)}), first, second, third), letter_from(letter())
    )
    assert (found.names, found.priority, found.queue_id, found.silent) == (("first", "second"), 50, 7, False)
    assert found.fields == {"Site": ("Vienna",), "Rack": ("3",)}


@pytest.fixture
def rule(work, db):
    def rule(name="VPN", **given):
        row = save_rule(work, None, {"name": name, **given})
        db.commit()
        return row

    return rule


def queue_of(db, ticket_id):
    return db.scalar(
        select(Queue.name).join(Ticket, Ticket.queue_id == Queue.id).where(Ticket.id == ticket_id)
    )


def test_a_rule_sets_what_it_says_and_the_ticket_tells_of_it(send, db, make, work, rule, last_said):
    make.queue("Network")
    client = make.organization("Client Ltd")
    field = create_field(work, FieldSettings("Site"), everywhere=True)
    rule(
        sender="client.example",
        subject="vpn",
        queue="Network",
        organization="Client Ltd",
        priority="70",
        status="open",
        fields="Site: Vienna",
        silent="1",
    )
    answer = send(letter(subject="My VPN is down"))
    ticket = db.get(Ticket, answer.ticket_id)
    _, parts = last_said(ticket.id)
    assert (queue_of(db, ticket.id), ticket.priority, ticket.status) == ("Network", 70, "open")
    assert ticket.organization_id == client.id
    assert [row.content for row in contents_of(db, "ticket", ticket.id)[field.id]] == ["Vienna"]
    assert "Sorted by the rule “VPN”. By the rule it gets no automatic answer" in parts[0].remark
    assert db.scalar(select(func.count(OutgoingMail.id))) == 0
    other = db.get(Ticket, send(letter(subject="Printer")).ticket_id)
    assert (queue_of(db, other.id), other.priority) == ("General", 0)


def test_rules_act_on_new_tickets_only(send, db, make, rule):
    make.queue("Network")
    first = send(letter())
    rule(subject="printer", queue="Network")
    rule("junk", sender="client.example", junk="1")
    again = send(letter(subject=f"Re: [rtpy #{first.ticket_id}] Printer"))
    assert again.ticket_id == first.ticket_id
    assert queue_of(db, first.ticket_id) == "General"


def test_junk_is_kept_and_can_be_let_in_by_hand(send, db, work, rule, spooled, app):
    rule("Spam", header="X-Spam-Flag: yes", junk="1")
    answer = send(raw := letter(x_spam_flag="YES"))
    row = spooled(answer)
    assert (answer.kind, answer.ticket_id, row.state, row.reason) == (
        "ok",
        None,
        "junk",
        "Junk by the rule “Spam”.",
    )
    assert (row.sender, row.subject, row.raw) == ("ann@client.example", "Printer", raw)
    assert spooled(send(raw)).state == "duplicate"
    retry(work, row.id)
    db.commit()
    work_off(app)
    assert spooled(answer).state == "done"
    assert spooled(answer).ticket_id is not None


@pytest.mark.parametrize("closed", [True, False])
def test_a_rule_loses_no_mail_where_its_queue_does_not_take_it(send, db, make, rule, last_said, closed):
    queue = make.queue("Network")
    rule(queue="Network", status="open")
    if closed:
        queue.disabled = True
    else:
        make.revoke(Right.CREATE_TICKET, queue)
    db.commit()
    answer = send(letter())
    _, parts = last_said(answer.ticket_id)
    assert queue_of(db, answer.ticket_id) == "General"
    assert "Queue Network, which the rule names, " in parts[0].remark


def test_a_field_that_does_not_fit_is_told_and_the_ticket_is_made(send, db, make, work, rule, spooled):
    create_field(work, FieldSettings("Site", type="Select"), everywhere=True)
    rule(fields="Site: Atlantis", priority="5")
    row = spooled(send(letter()))
    assert (row.state, db.get(Ticket, row.ticket_id).priority) == ("done", 5)
    assert row.reason.startswith("By the rule “VPN”, but field Site: ")


def test_no_rule_costs_no_statement_and_one_a_fixed_number(send, db, query_count, rule):
    send(letter(sender="bob@client.example"))
    with query_count() as plain:
        send(letter(sender="cat@client.example"))
    rule(priority="5", kind="human")
    send(letter(sender="dan@client.example"))
    with query_count() as sorted_:
        send(letter(sender="eve@client.example"))
    assert sorted_.total == plain.total


def test_what_is_wrong_with_a_rule_is_said_field_by_field(work, rule):
    rule(priority="1")
    given = {
        "queue": "Nowhere",
        "organization": "x",
        "priority": "many",
        "position": "0",
        "header": ": x",
    }
    more = {"fields": "Nothing\nGone: 1", "status": "asleep", "kind": "ghost"}
    with pytest.raises(Invalid) as wrong:
        save_rule(work, None, {**given, **more})
    fields = {problem.field for problem in wrong.value.problems}
    assert fields == {"name", *given, *more}
    for given in ({"name": "vpn", "silent": "1"}, {"name": "x"}, {"name": "x", "junk": "1"}):
        with pytest.raises(Invalid):
            save_rule(work, None, given)


def test_rules_keep_their_order_and_changes_are_noted(work, db, rule):
    first, second = rule("first", priority="1"), rule("second", priority="2")
    third = rule("third", priority="3", position="1")
    assert [third.position, first.position, second.position] == [1, 2, 3]
    values = plain_rule(work, second)
    save_rule(work, second, {**values, "position": "1", "subject": "vpn\n"})
    assert [second.position, third.position, first.position] == [1, 2, 3]
    delete_rule(work, third)
    noted = db.scalars(select(ConfigChange).where(ConfigChange.kind == "mail rule").order_by(ConfigChange.id))
    changes = [(each.name, each.action) for each in noted]
    assert changes[-2:] == [("second", "change"), ("third", "delete")]
    assert save_rule(work, second, plain_rule(work, second)) is second


def test_a_dry_run_says_which_mails_would_have_been_sorted(send, db, work, make, query_count):
    make.organization("Client Ltd", "client.example")
    first = send(letter("x" * 200_000, subject="VPN"))
    send(letter(subject=f"Re: [rtpy #{first.ticket_id}] VPN"))
    send(letter(sender="bob@other.example", subject="VPN of Bob"))
    send(letter(subject="Printer"))
    before = db.scalar(select(func.count(Ticket.id)))
    client = db.scalar(select(Ticket.organization_id).where(Ticket.id == first.ticket_id))
    looked_at, found = try_rule(work, Rule(0, "t", wanted={"subject": ("vpn",)}, from_organization_id=client))
    assert (looked_at, [(each.subject, each.opened) for each in found]) == (
        4,
        [(f"Re: [rtpy #{first.ticket_id}] VPN", False), ("VPN", True)],
    )
    assert db.scalar(select(func.count(Ticket.id))) == before
    with query_count() as queries:
        try_rule(work, Rule(0, "t", wanted={"subject": ("vpn",)}))
    assert queries.total == 1


@pytest.fixture
def twice(send, make, db):
    """Hands in the same mail for two queues."""
    make.queue("Billing").correspond_address = "billing@us.example"
    db.commit()

    def twice(*raw):
        return [
            send(each, queue=queue) for each, queue in zip((raw * 2)[:2], ("General", "Billing"), strict=True)
        ]

    return twice


def test_A69_a_mail_for_two_queues_makes_a_ticket_in_each_that_know_each_other(twice, db, make, send):
    make.queue("Billing").cc_policy = "known"
    make.customer("boss@client.example")
    one, other = twice(letter(to="rt@localhost, billing@us.example", cc="boss@client.example"))
    tickets = [db.get(Ticket, answer.ticket_id) for answer in (one, other)]
    assert [queue_of(db, ticket.id) for ticket in tickets] == ["General", "Billing"]
    links = db.execute(select(Link.local_base_id, Link.local_target_id)).all()
    assert [tuple(link) for link in links] == [(other.ticket_id, one.ticket_id)]
    people = {
        queue_of(db, ticket.id): db.scalar(
            select(func.count())
            .select_from(Watcher)
            .where(Watcher.ticket_id == ticket.id, Watcher.role == "Cc")
        )
        for ticket in tickets
    }
    assert people == {"General": 0, "Billing": 1}


def test_A69_a_reply_that_comes_in_for_two_queues_is_said_once(twice, db, send, spooled, last_said):
    first = send(letter())
    answers = twice(letter("Still.", subject=f"Re: [rtpy #{first.ticket_id}] Printer", message_id="<r@x>"))
    rows = [spooled(answer) for answer in answers]
    assert {row.ticket_id for row in rows} == {first.ticket_id}
    assert rows[0].transaction_id == rows[1].transaction_id
    assert rows[1].reason == "The ticket has it already, for another queue."


def test_another_mail_under_the_same_id_is_no_twin(twice, db):
    one, other = twice(letter("one", message_id="<same@x>"), letter("two", message_id="<same@x>"))
    assert (one.ticket_id != other.ticket_id, db.scalar(select(func.count(Link.id)))) == (True, 0)


def test_rules_that_lead_both_into_one_queue_make_one_ticket(twice, db, rule, last_said):
    rule(subject="printer", queue="General")
    one, other = twice(letter())
    said, _ = last_said(one.ticket_id)
    assert (one.ticket_id, said.type) == (other.ticket_id, "Comment")


class TestOneTicketOnly:
    @pytest.fixture
    def config(self, tmp_path, database_engine):
        url = database_engine.url.render_as_string(hide_password=False)
        return Config.for_tests(tmp_path, database__url=url, mail__several_queues="first")

    def test_the_first_queue_has_the_ticket_and_is_told_of_the_other(self, twice, db, spooled, last_said):
        one, other = twice(letter())
        said, _ = last_said(one.ticket_id)
        assert (one.ticket_id, said.type, spooled(other).state) == (other.ticket_id, "Comment", "done")
        assert db.scalar(select(func.count(Ticket.id))) == 1
