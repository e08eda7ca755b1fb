"""What customers find of billing on their pages: nothing open, nothing internal, nothing of others."""

from datetime import date

import pytest

from plugins.billing.tests.invoicing.made import APRIL, Shop, total
from rtpy.changes.guard import changing
from rtpy.history.customer_side import customer_documents, customer_facts, money_facts
from rtpy.work import Work
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue

SECRET = "Sekret-4711"


@pytest.fixture
def shop(work, make, clock):
    return Shop(work, make)


def later(work: Work, day: date) -> Work:
    work.now = work.now.replace(year=day.year, month=day.month, day=day.day)
    return work


def test_a_customer_finds_what_was_issued_and_each_whole_month(work, make, shop, query_count):
    shop.agreement()
    shop.entry(60)
    drafts = prepare_drafts(work, shop.organization, APRIL)
    assert customer_documents(work, shop.organization.id, "en") == []
    issue(work, drafts[0], drafts[0].version, total(drafts))
    shop.entry(30)
    prepare_drafts(work, shop.organization, APRIL)
    later(work, date(2026, 5, 2))
    with query_count() as counted:
        found = customer_documents(work, shop.organization.id, "de")
    assert counted.total <= 4
    assert [(each.label, each.key.rpartition("-")[2]) for each in found] == [
        ("Übersicht 01.04.2026 bis 30.04.2026", "04"),
        ("Übersicht 01.03.2026 bis 31.03.2026", "03"),
        ("Rechnung 2026-0001", "pdf"),
        ("Rechnung 2026-0001 · E-Rechnung", "xml"),
    ]
    assert all(each.is_money for each in found)
    assert [each.read().content[:5] for each in found] == [b"%PDF-", b"%PDF-", b"%PDF-", b"<?xml"]
    other = make.organization("Bell")
    assert customer_documents(work, other.id, "en") == []


def test_a_customer_reads_what_is_left(work, make, shop):
    block = {"kind": "block", "name": "Hours", "quantity": 36_000, "price": 90_000}
    agreement = shop.agreement(block)
    assert [(each.label, each.text) for each in customer_facts(work, shop.organization.id, "de")] == [
        ("Hours", "noch 0:00\u202fh")
    ]
    agreement.state = "ended"
    assert customer_facts(work, shop.organization.id, "en") == []


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("balance", []),
        ("totals", [("Time", "1:30\u202fh"), ("Charged EUR", "142.50")]),
        (
            "entries",
            [
                ("Time", "1:30\u202fh"),
                ("Charged EUR", "142.50"),
                ("2 March 2026", "1:00\u202fh · Mail moved · Engineer"),
                ("2 March 2026", "0:30\u202fh · Remote · Engineer"),
            ],
        ),
    ],
)
def test_a_request_says_as_much_of_its_approved_work_as_statements_do(work, make, shop, detail, said):
    ticket, other = make.ticket(), make.ticket("Another")
    with changing(work.db):
        ticket.organization_id = shop.organization.id
        work.db.flush()
    shop.customer.statement_detail = detail
    shop.entry(60, ticket_id=ticket.id, note="Mail moved", note_internal=SECRET)
    shop.entry(30, ticket_id=ticket.id)
    shop.entry(15, ticket_id=ticket.id, state="submitted", note=SECRET)
    shop.entry(15, ticket_id=ticket.id, outcome="hidden", note=SECRET)
    shop.entry(15, ticket_id=other.id, note=SECRET)
    of_others = make.organization("Bell")
    shop.entry(15, ticket_id=ticket.id, organization=of_others, note=SECRET)
    assert [(each.label, each.text) for each in money_facts(work, ticket, "en")] == said
