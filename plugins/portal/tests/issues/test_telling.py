"""What mails say of the known issue behind a request."""

from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy_portal.issues.linking import link_tickets


def bodies(db, address):
    """What mails to an address say, in their order."""
    query = select(OutgoingMail.body).join(OutgoingRecipient).where(OutgoingRecipient.address == address)
    return list(db.scalars(query.order_by(OutgoingMail.id)))


def test_a_reply_says_which_known_issue_is_behind_it_to_who_may_read_it(db, work, make, issue):
    firm = make.organization("Firm")
    cases = {"open to all": issue("Mail delays"), "of others": issue("VPN drops", organizations=[firm])}
    told = {}
    for name, made in cases.items():
        ticket = make.ticket(name, requestor=f"{made.id}@a.example")
        link_tickets(work, made, [ticket.id])
        change_ticket(work, ticket, Correspond(plain_message("We are on it.")))
        told[name] = "We know about this" in bodies(db, f"{made.id}@a.example")[-1]
    assert told == {"open to all": True, "of others": False}


def test_mails_speak_of_an_issue_in_the_language_of_who_asked(db, work, make, issue):
    made = issue("Mail delays")
    ticket = make.ticket("Late", requestor="ann@a.example")
    make.customer("ann@a.example").lang = "de-AT"
    link_tickets(work, made, [ticket.id])
    change_ticket(work, ticket, Correspond(plain_message("Wir sind dran.")))
    assert "Das ist uns bekannt: Mail delays – Wir haben davon gehört" in bodies(db, "ann@a.example")[-1]
