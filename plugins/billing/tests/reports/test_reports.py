"""Reports, each against figures worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rtpy.changes.grants import Holder, Place, grant_right
from rtpy.models import User
from rtpy_billing.models import CostRate, Customer, Expense, Invoice, RateRow, Seller, WorkEntry, Worker
from rtpy_billing.reports.all import BY_NAME, REPORTS
from rtpy_billing.reports.utilisation import present
from rtpy_billing.reports.values import Asked
from rtpy_billing.repricing.reprice import reprice

MARCH = Asked(date(2026, 3, 1), date(2026, 4, 1), date(2026, 3, 31))
DAY = date(2026, 3, 10)


@pytest.fixture
def client(make, db):
    """A customer that pays 120.00 an hour in euros."""
    found = make.organization("Client", "client.example")
    db.add(Customer(organization_id=found.id, currency="EUR", zone="Europe/Berlin"))
    db.add(RateRow(rung="book", amount=12000, currency="EUR"))
    db.flush()
    return found


@pytest.fixture
def jo(make, db):
    """Jo, who is expected to work eight hours from Monday to Friday and costs 50.00 an hour."""
    user = make.staff("jo", real_name="Jo")
    db.add(Worker(user_id=user.id, week=[28800] * 5 + [0, 0]))
    db.add(CostRate(user_id=user.id, amount=5000, currency="EUR", valid_from=date(2026, 1, 1)))
    db.flush()
    return user


@pytest.fixture
def log(work, client, jo, db):
    """`log(60, worked_on=...)`: priced work of Jo's for the client."""

    def made(minutes, **more):
        entry = WorkEntry(
            **{
                "organization_id": client.id,
                "worked_on": DAY,
                "worked_by_id": jo.id,
                "entered_by_id": jo.id,
                "worked_seconds": minutes * 60,
                "created": datetime(2026, 3, 10, 18, tzinfo=UTC),
                "updated": work.now,
                **more,
            }
        )
        db.add(entry)
        db.flush()
        reprice(work, entry.organization_id)
        return entry

    return made


def values(work, name, asked=MARCH):
    """The rows as values, and what was not counted."""
    report = BY_NAME[name].make(work, asked)
    return [dict(row.values) for row in report.rows], report.uncounted


def test_unbilled_work_stands_by_customer_state_and_age(work, log, client):
    log(60)
    log(30, worked_on=date(2026, 2, 20), state="submitted")
    log(90, worked_on=date(2026, 1, 5), state="checked")
    log(15, organization_id=None, charge_mode="billable")
    (row, nobodys), uncounted = values(work, "unbilled")
    assert (nobodys["customer"], nobodys["amount"]) == ("(no customer)", 3000)
    money = {name: row[name] for name in ("draft", "waiting", "approved", "new", "older", "old", "amount")}
    assert money == {
        "draft": 12000,
        "waiting": 24000,
        "approved": 0,
        "new": 12000,
        "older": 6000,
        "old": 18000,
        "amount": 36000,
    }
    assert (row["customer"], row["entries"], row["worked"]) == ("Client", 3, 10800)
    assert row["since"] == date(2026, 1, 5)
    assert uncounted == ("1 entry (0:15) belong to no customer.",)


def test_utilisation_counts_each_hour_of_presence_once(work, log):
    at = lambda hour: datetime(2026, 3, 10, hour, tzinfo=UTC)  # noqa: E731
    log(120, started=at(8), ended=at(10))
    log(60, started=at(9), ended=at(10))
    log(60, charge_mode="hidden")
    log(60, write_off_reason="Our fault.")
    rows, uncounted = values(work, "utilisation")
    (row,) = [each for each in rows if each["person"] == "Jo"]
    assert row["available"] == 22 * 28800
    assert (row["present"], row["worked"]) == (4 * 3600, 5 * 3600)
    assert (row["billable"], row["billed"]) == (4 * 3600, 3 * 3600)
    assert (row["billable_part"], row["billed_part"]) == (800, 750)
    assert uncounted == ()


def test_presence_is_the_union_of_stretches():
    at = lambda minute: datetime(2026, 3, 10, 8, tzinfo=UTC) + timedelta(minutes=minute)  # noqa: E731
    stretches = [(at(0), at(60), 3600, DAY), (at(10), at(20), 600, DAY), (at(50), at(70), 1200, DAY)]
    assert present([*stretches, (None, None, 300, DAY)]) == 70 * 60 + 300


def test_realisation_sets_what_is_paid_against_the_full_price(work, log):
    log(60)
    log(30, charge_mode="no_charge")
    log(30, write_off_reason="Our fault.")
    log(60, charge_mode="hidden")
    (row,), _ = values(work, "realisation")
    assert (row["value"], row["charged"], row["given"], row["written_off"]) == (24000, 12000, 6000, 6000)
    assert row["realisation"] == 500


def test_profit_says_which_work_has_no_cost(work, log, client, db, make):
    log(120)
    log(60, worked_by_id=make.staff("mia").id)
    seller = Seller(name="We", currency="EUR")
    db.add(seller)
    db.flush()
    for kind, net in (("invoice", 50000), ("credit_note", 10000)):
        db.add(
            Invoice(
                kind=kind,
                state="issued",
                seller_id=seller.id,
                organization_id=client.id,
                currency="EUR",
                net=net,
                number=kind,
                issued_on=date(2026, 3, 31),
                created=work.now,
                created_by_id=work.actor.user_id,
            )
        )
    db.add(
        Expense(
            kind="part",
            organization_id=client.id,
            user_id=work.actor.user_id,
            spent_on=DAY,
            quantity=2000,
            cost=1500,
            currency="EUR",
            created=work.now,
        )
    )
    db.flush()
    (row,), uncounted = values(work, "profit")
    assert (row["revenue"], row["labour"], row["parts"], row["profit"]) == (40000, 10000, 3000, 27000)
    assert (row["worked"], row["rate"]) == (3 * 3600, 13333)
    assert uncounted == ("1:00 of work have no cost rate: they count as if they cost nothing.",)


def test_gifts_and_late_entries_name_who_and_why(work, log):
    log(60, write_off_reason="Our fault.")
    log(30, charge_mode="no_charge", charge_reason="Goodwill.")
    log(30, created=datetime(2026, 3, 15, 9, tzinfo=UTC))
    rows, _ = values(work, "gifts")
    assert [(row["what"], row["why"], row["value"]) for row in rows] == [
        ("written off", "Our fault.", 12000),
        ("shown at nought", "Goodwill.", 6000),
    ]
    (row,), _ = values(work, "lateness")
    assert (row["entries"], row["same_day"], row["longest"]) == (3, 667, 5)


def test_reconciliation_finds_work_for_every_state(work, log):
    log(60)
    log(60, state="submitted")
    rows, _ = values(work, "reconciliation")
    assert [(row["what"], row["amount"]) for row in rows] == [
        ("Not handed in", 12000),
        ("Waits for approval of the time", 12000),
    ]


@pytest.mark.parametrize("name", [each.name for each in REPORTS])
def test_a_report_asks_a_number_of_queries_that_does_not_grow(work, log, query_count, name, db):
    log(60)
    with query_count() as few:
        BY_NAME[name].make(work, MARCH)
    for day in range(1, 9):
        log(10, worked_on=date(2026, 3, day))
    db.expunge_all()
    with query_count() as many:
        BY_NAME[name].make(work, MARCH)
    assert many.total == few.total
    assert many.total <= 6


def test_the_pages_show_every_report_to_who_may_see_money_and_to_nobody_else(root, another, enter, make, log):
    log(60)
    page = root.get("/billing/reports")
    for each in REPORTS:
        assert each.question in page
        shown = root.get(f"/billing/reports/{each.name}?from=2026-03-01&to=2026-03-31")
        assert each.title in shown
    assert "120.00" in root.get("/billing/reports/unbilled?from=2026-03-01&to=2026-03-31")
    file = root.get("/billing/reports/unbilled.csv?from=2026-03-01&to=2026-03-31")
    assert file.content_type == "text/csv"
    assert "Client,1,1.00,120.00" in file.text
    assert "is not a day" in root.get("/billing/reports/unbilled?from=soon", status=422)
    root.get("/billing/reports/nothing", status=404)
    mia = make.staff("mia")
    browser = enter(another(), mia)
    browser.get("/billing/reports/unbilled", status=403)
    browser.get("/billing/reports/unbilled.csv", status=403)


def test_the_right_to_see_money_opens_them(work, another, enter, make, db):
    mia = make.staff("mia")
    grant_right(work, Holder(mia.id), "SeeMoney", Place("system"))
    assert db.get(User, mia.id) is not None
    assert "Nothing to show" in enter(another(), mia).get("/billing/reports/unbilled")
