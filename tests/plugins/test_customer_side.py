"""What a plugin shows the people of an organisation."""

import pytest
from sqlalchemy import select, text

from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import plain_message
from rtpy.history.customer_side import customer_documents, customer_facts, money_facts
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.search.articles import known_classes
from rtpy.web.staff.article.inserting import inserted_text


@pytest.fixture
def acme(make):
    return make.organization("Acme", "acme.example")


@pytest.fixture
def ticket(work, make, acme):
    made = make.ticket(requestor="ann@acme.example")
    change_ticket(work, made, AddTime(25))
    return made


@pytest.mark.parametrize(("lang", "label"), [("en", "Minutes used"), ("de", "Verbrauchte Minuten")])
def test_rtpy_customer_documents_are_read_only_when_one_is_asked_for(
    work, acme, ticket, query_count, lang, label
):
    with query_count() as counted:
        (found,) = customer_documents(work, acme.id, lang)
    assert (found.label, counted.total) == (label, 0)
    assert found.read().content == f"#{ticket.id} 25\n".encode()


def test_rtpy_customer_facts_are_of_that_organisation_alone(work, make, acme, ticket):
    other = make.organization("Bell", "bell.example")
    assert [each.text for each in customer_facts(work, acme.id, "en")] == ["25"]
    assert customer_facts(work, other.id, "en") == []


def test_rtpy_money_facts_are_of_that_request(work, ticket):
    assert [(each.text, each.is_money) for each in money_facts(work, ticket, "en")] == [("25", True)]


def test_rtpy_customer_facts_that_the_database_refuses_leave_the_page_its_transaction(
    work, acme, ticket, monkeypatch
):
    monkeypatch.setattr(
        "rtpy_budget.customers.facts", lambda work, _: work.db.execute(text("SELECT nonsense"))
    )
    assert customer_facts(work, acme.id, "en") == []
    assert customer_documents(work, acme.id, "en")


def test_rtpy_kept_from_customers_is_left_out_of_what_they_read(work, make, acme, ticket):
    change_ticket(work, make.ticket("[internal] Alert", requestor="ann@acme.example"), AddTime(5))
    (found,) = customer_documents(work, acme.id, "en")
    assert found.read().content == f"#{ticket.id} 25\n".encode()


def senders(db, address):
    """Who mails to an address come from, but automatic answers."""
    mails = (
        select(OutgoingMail)
        .join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
        .where(OutgoingRecipient.address == address, OutgoingMail.automatic.is_(False))
    )
    found = (dict(mail.headers)["From"] for mail in db.scalars(mails.order_by(OutgoingMail.id)))
    return {each.partition(" via ")[0].partition(" <")[0].strip('"') for each in found}


@pytest.mark.parametrize(
    ("subject", "shown"),
    [("Printer", "Jo Staff"), ("Our budget", "Accounts"), ("Budget that fails", "")],
)
def test_rtpy_sender_name_is_what_customers_read_and_staff_read_the_name(
    work, work_of, make, db, monkeypatch, subject, shown
):
    if "fails" in subject:
        monkeypatch.setattr("rtpy_budget.customers.sender", lambda ticket: 1 / 0)
    make.grant(make.staff("jo", real_name="Jo Staff"), "ReplyToTicket", "CommentOnTicket", "ShowTicket")
    eve = make.staff("eve")
    make.grant(eve, "ShowTicket", "ShowTicketComments")
    ticket = make.ticket(subject, requestor="ann@acme.example")
    change_ticket(work, ticket, AddWatcher("AdminCc", eve.id))
    for said in (Correspond, Comment):
        change_ticket(work_of("jo"), ticket, said(plain_message("Done.")))
    assert senders(db, "ann@acme.example") == {shown or work.app.config.rtname}
    assert senders(db, "eve@staff.example") == {"Jo Staff"}


def test_rtpy_article_texts_go_into_messages_in_place_of_what_is_being_written(app, work, db):
    kept = make_class(work, ClassValues("Answers", takes_title=True))
    known = known_classes(app, db)[kept.id]
    said = {
        summary: make_article(
            work, kept, ArticleText(f"Prices {summary}", summary, "Ten.|Eleven, if we dare.", "text")
        )
        for summary in ("approved before the bar", "")
    }
    assert inserted_text(work, said["approved before the bar"], known).endswith("\n\nTen.")
    assert inserted_text(work, said[""], known).endswith("Eleven, if we dare.")
