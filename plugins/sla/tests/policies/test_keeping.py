"""Tickets get the first policy that fits, and another one is offered or pinned when they change."""

import pytest
from sqlalchemy import select

from plugins.sla.tests.web.conftest import HOUR, NINE, add_office, add_policy, term
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.basics import SetOrganization, SetPriority
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import plain_message
from rtpy.history.brought import happened_in, sentence_about
from rtpy.models import Transaction
from rtpy.work import Face
from rtpy_sla.following.standing import standing_of
from rtpy_sla.models import ClockRow, TicketSla


@pytest.fixture
def policies(db, work, clock):
    """Makes policies in the order in which they are named, each with its conditions."""
    clock.set(NINE)
    work.now = NINE
    office = add_office(db)

    def make_policies(**conditions):
        return {
            name: add_policy(db, work, office, name, place, said, first_response=term(place * HOUR))
            for place, (name, said) in enumerate(conditions.items(), 1)
        }

    return make_policies


def policy_of(work, ticket):
    found = standing_of(work, [ticket.id]).get(ticket.id)
    return found.policy if found else ""


def test_a_new_ticket_gets_the_first_policy_that_fits(work, work_of, make, policies, db):
    acme, urgent = make.organization("Acme", "acme.example"), make.queue("Urgent")
    make.staff("ann")
    policies(
        Mailed={"channels": ["mail"]},
        Acme={"organizations": [acme.id], "priority_to": 50},
        Urgent={"queues": [urgent.id]},
        Fire={"query": "Subject LIKE 'fire'"},
        Broken={"query": "Nonsense = 5"},
        Field={"fields": {"Gone": ["x"]}},
    )
    mailed = CreateTicket(queue=make.queue(), subject="By mail", message=plain_message("Hm."))
    tickets = {
        "Mailed": create_ticket(work_of("root", Face.MAIL), mailed).ticket,
        "Acme": make.ticket("Fire", requestor="cy@acme.example"),
        "Urgent": make.ticket("Fire there", queue="Urgent"),
        "Fire": make.ticket("A fire"),
        "": make.ticket("A question"),
    }
    assert {name: policy_of(work, ticket) for name, ticket in tickets.items()} == {
        name: name for name in tickets
    }
    clocks = db.scalars(select(ClockRow).where(ClockRow.ticket_id == tickets["Fire"].id)).all()
    assert [(clock.target, clock.started) for clock in clocks if clock.due] == [
        ("first_response", tickets["Fire"].created)
    ]


@pytest.mark.parametrize(
    ("answer", "policy", "offered"),
    [("ask", "Usual", "High"), ("keep", "High", ""), ("now", "High", ""), ("creation", "High", "")],
)
@pytest.mark.databases("sqlite")  # a setting
def test_a_ticket_that_changes_is_offered_or_given_what_fits_then(
    work, make, policies, db, answer, policy, offered
):
    save_settings(work, "sla", {"sla.when_moved": answer})
    policies(High={"priority_from": 50}, Usual={})
    ticket = make.ticket()
    change_ticket(work, ticket, SetPriority(60))
    standing = standing_of(work, [ticket.id])[ticket.id]
    assert (standing.policy, standing.offered) == (policy, offered)
    if answer == "ask":
        change_ticket(work, ticket, SetPriority(10))
        assert standing_of(work, [ticket.id])[ticket.id].offered == ""


def test_a_ticket_without_a_policy_gets_one_from_its_creation_when_one_fits(work, make, policies, db):
    acme = make.organization("Acme", "acme.example")
    policies(Acme={"organizations": [acme.id]})
    ticket = make.ticket()
    assert db.get(TicketSla, ticket.id) is None
    change_ticket(work, ticket, SetOrganization(acme))
    assert policy_of(work, ticket) == "Acme"
    clock = db.scalars(
        select(ClockRow).where(ClockRow.ticket_id == ticket.id, ClockRow.due.is_not(None))
    ).one()
    assert clock.started == ticket.created


def test_a_merged_ticket_is_owed_nothing_more_and_the_other_takes_the_older_start(
    work, make, policies, db, clock
):
    policies(Usual={})
    older, newer = make.ticket("Older"), make.ticket("Newer")
    change_ticket(work, older, MergeInto(newer))
    states = {
        row.ticket_id: row.state
        for row in db.scalars(select(ClockRow).where(ClockRow.target == "first_response"))
    }
    assert states == {older.id: "stopped", newer.id: "running"}


def test_tickets_that_nothing_is_promised_on_cost_one_query(work, make, policies, query_count):
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message("Warm.")))
    with query_count() as counted:
        change_ticket(work, ticket, Comment(plain_message("Hm.")))
    assert len([each for each in counted.statements if "sla_" in each]) <= 1
    assert not [each for each in counted.statements if "sla_clocks" in each]


def test_histories_say_what_became_of_it_in_words(work, make, policies, db, app):
    policies(Usual={})
    ticket = make.ticket()
    [pinned] = db.scalars(
        select(Transaction).where(Transaction.object_id == ticket.id, Transaction.type == "sla.policy")
    )
    said = sentence_about(app.named("rtpy_transaction_texts"), happened_in(pinned))
    assert said == "gave it the service level Usual, version 1"
