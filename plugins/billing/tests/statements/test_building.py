"""Statements say what is left first, never less than nothing, and never anything internal."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from rtpy_billing.balances.quantities import left_in_words
from rtpy_billing.documents.pdf import render_statement
from rtpy_billing.documents.statement import Detail
from rtpy_billing.ledgers.values import Unit
from rtpy_billing.models import Customer, WorkEntry
from rtpy_billing.periods.period import Period
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.statements.building import build_statement
from rtpy_billing.statements.periods import due_period

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
SECRET = "Sekret-4711"
LETTERS = st.characters(min_codepoint=33, exclude_categories=["Cs"])


def approve(work, organization_id):
    """Price all open work and approve it."""
    reprice(work, organization_id)
    work.db.execute(update(WorkEntry).values(state="approved"))
    work.db.expire_all()


@pytest.fixture
def worked(boss, agree, log, make):
    """A customer with a block of two hours, on which three are worked in March."""
    agreement, line = agree("block", {"quantity": "2", "overflow_rate": "100"}, notes=SECRET)
    line.details = {"note": SECRET}
    secrets = {"note_internal": SECRET, "charge_reason": SECRET, "write_off_reason": ""}
    log("03-02", 60, note_customer="Mail moved", **secrets)
    log("03-03", 120, note_customer="", **secrets)
    log("03-05", 30, charge_mode="hidden", note_customer="Hidden work", **secrets)
    log("03-06", 15, charge_mode="no_charge", note_customer="A gift", **secrets)
    approve(boss, agreement.organization_id)
    log("03-07", 30, note_customer="Not approved yet", **secrets)
    reprice(boss, agreement.organization_id)
    return agreement


def test_the_balance_comes_first_and_is_never_negative(worked, boss, query_count):
    with query_count() as counted:
        statement = build_statement(boss, worked.organization_id, MARCH)
    assert counted.total <= 8
    (balance,) = statement.balances
    assert (balance.opening, balance.remaining, balance.over) == (7200, 0, 0)
    assert [(row.kind, row.quantity) for row in balance.rows] == [("use", -7200)]
    assert statement.detail is Detail.BALANCE
    assert (statement.requests, statement.work) == ((), ())


def test_detail_goes_as_far_as_the_customer_wants_and_shows_approved_work_only(worked, boss, db):
    db.get(Customer, worked.organization_id).statement_detail = "totals"
    totals = build_statement(boss, worked.organization_id, MARCH)
    (row,) = totals.requests
    assert (row.seconds, row.covered_seconds, row.amount) == (11_700, 7200, 10_000)
    assert totals.work == ()
    entries = build_statement(boss, worked.organization_id, MARCH, Detail.ENTRIES)
    assert [(each.note, each.seconds, each.amount, each.is_no_charge) for each in entries.work] == [
        ("Mail moved", 3600, 0, False),
        ("", 7200, 10_000, False),
        ("A gift", 900, 0, True),
    ]
    assert [each.who for each in entries.work] == ["", "", ""]
    db.get(Customer, worked.organization_id).shows_names = True
    assert build_statement(boss, worked.organization_id, MARCH, Detail.ENTRIES).work[0].who == "boss"


def test_nothing_internal_is_in_page_pdf_or_value(worked, boss, make, another, enter):
    sales = make.staff("sales")
    make.grant(sales, "SeeMoney")
    seller = enter(another(), sales)
    url = f"/billing/customer/{worked.organization_id}/statement"
    days = {"first": "2026-03-01", "last": "2026-03-31"}
    for detail in Detail:
        value = build_statement(boss, worked.organization_id, MARCH, detail)
        said = json.dumps(value.to_json())
        page = seller.get(url, {**days, "detail": detail.value})
        for hidden in (SECRET, "Not approved yet", "Hidden work"):
            assert hidden not in said
            assert hidden not in page
    pdf = seller.get(f"{url}.pdf", {**days, "detail": "entries"})
    assert pdf.body.startswith(b"%PDF")
    assert SECRET.encode() not in render_statement(value)
    odd = (
        {"first": "x"},
        {"first": "2026-03-05", "last": "2026-03-01"},
        {"first": "1990-01-01", "last": "2199-01-01"},
        {"detail": "all"},
    )
    for query in odd:
        seller.get(url, query, status=200)


@pytest.mark.databases("sqlite")  # what is said of a note does not depend on it
def test_no_internal_note_whatever_its_words_gets_into_a_statement(boss, client, log):
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
    @given(
        st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"]), min_size=12, max_size=40),
        st.booleans(),
    )
    def check(secret: str, billable: bool) -> None:
        mode = "billable" if billable else "no_charge"
        log("03-02", 60, note_internal=secret, note_customer="Told", charge_mode=mode)
        approve(boss, client.id)
        statement = build_statement(boss, client.id, MARCH, Detail.ENTRIES)
        assert all(secret not in str(value) for value in _leaves(statement.to_json()))
        assert statement.work

    check()


@pytest.mark.databases("sqlite")  # a set of numbers
def test_work_on_what_is_kept_from_customers_stands_as_work_without_a_request(boss, client, log, make, keep):
    alert = make.ticket("Alert of Keller", requestor="ann@client.example")
    seen = make.ticket("Printer", requestor="ann@client.example")
    log("03-02", 60, ticket_id=alert.id)
    log("03-03", 30, ticket_id=seen.id)
    approve(boss, client.id)
    keep(alert)
    statement = build_statement(boss, client.id, MARCH, Detail.ENTRIES)
    assert [(row.number, row.subject, row.seconds) for row in statement.requests] == [
        (seen.id, "Printer", 1800),
        (None, "", 3600),
    ]
    assert [row.request for row in statement.work] == [None, seen.id]


def _leaves(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


@given(st.integers(-(10**6), 10**6), st.sampled_from(Unit))
def test_a_customer_never_reads_a_negative_balance(quantity, unit):
    words = left_in_words(unit, quantity, "EUR")
    assert "-" not in words
    assert "\N{MINUS SIGN}" not in words
    assert words.endswith("over" if quantity < 0 else "left")


@pytest.mark.parametrize(
    ("rhythm", "day", "expected"),
    [
        ("monthly", "2026-03-01", ("2026-02-01", "2026-03-01")),
        ("monthly", "2026-01-31", ("2025-12-01", "2026-01-01")),
        ("weekly", "2026-03-09", ("2026-03-02", "2026-03-09")),
        ("weekly", "2026-03-15", ("2026-03-02", "2026-03-09")),
        ("", "2026-03-15", None),
    ],
)
def test_the_statement_that_is_due_is_of_the_last_whole_period(rhythm, day, expected):
    period = due_period(rhythm, date.fromisoformat(day))
    assert (period and (str(period.start), str(period.end))) == expected
