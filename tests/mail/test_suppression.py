"""Addresses that get no mail: never written to, and the ticket says why."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.suppression import let_mail_go_to, suppress
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import ConfigChange, OutgoingMail, OutgoingRecipient

SAID = plain_message("We are on it.")


def states(db):
    newest = db.scalar(select(OutgoingMail.transaction_id).order_by(OutgoingMail.id.desc()).limit(1))
    rows = db.execute(
        select(OutgoingRecipient.address, OutgoingRecipient.state, OutgoingRecipient.last_answer)
        .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
        .where(OutgoingMail.transaction_id == newest)
    )
    return {row.address: (row.state, row.last_answer) for row in rows}


@pytest.mark.parametrize(
    ("pattern", "cause", "words"),
    [
        ("ann@client.example", "complaint", "ann@client.example is on the list of those who get no mail"),
        ("ann@client.example", "complaint", "get no mail: they complained"),
        ("ANN@client.example ", "hand", "somebody of the staff wrote so"),
        ("@client.example", "bounces", "everybody at client.example is on the list"),
    ],
)
def test_nothing_goes_to_it_and_the_ticket_says_why(db, work, make, pattern, cause, words):
    ticket = make.ticket(cc=["eve@other.example"])
    suppress(work, pattern, cause)
    change_ticket(work, ticket, Correspond(SAID))
    found = states(db)
    assert found["ann@client.example"][0] == "skipped"
    assert words in found["ann@client.example"][1]
    assert found["eve@other.example"][0] == "queued"


def test_a_neighbour_and_a_longer_domain_are_not_meant(db, work, make):
    ticket = make.ticket(requestor="ann@client.example.org", cc=["joann@client.example"])
    suppress(work, "ann@client.example", "hand")
    suppress(work, "@example.org", "hand")
    change_ticket(work, ticket, Correspond(SAID))
    assert {state for state, _ in states(db).values()} == {"queued"}


def test_off_the_list_mail_goes_again_and_both_are_noted(db, work, make):
    row = suppress(work, "ann@client.example", "hand", "asked on the phone")
    assert let_mail_go_to(work, row.id) == "ann@client.example"
    change_ticket(work, make.ticket(), Correspond(SAID))
    assert states(db)["ann@client.example"][0] == "queued"
    noted = db.scalars(
        select(ConfigChange.action).where(ConfigChange.kind == "suppressed_address").order_by(ConfigChange.id)
    )
    assert list(noted) == ["create", "delete"]
    with pytest.raises(NotFound):
        let_mail_go_to(work, row.id)


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [
        ("", "hand"),
        ("ann", "hand"),
        ("a@b@c.example", "hand"),
        ("x" * 400 + "@c.example", "hand"),
        ("a@c.example", "why"),
        ("TWICE@c.example", "hand"),
    ],
)
def test_what_makes_no_sense_is_refused(work, pattern, cause):
    suppress(work, "twice@c.example", "hand")
    with pytest.raises(Invalid):
        suppress(work, pattern, cause)


def test_it_takes_a_super_user(make, work_of):
    make.staff("joe")
    with pytest.raises(Refused):
        suppress(work_of("joe"), "ann@client.example", "hand")
