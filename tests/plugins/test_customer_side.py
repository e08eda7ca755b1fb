"""What a plugin shows the people of an organisation."""

import pytest
from sqlalchemy import text

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.time import AddTime
from rtpy.history.customer_side import customer_documents, customer_facts, money_facts


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
