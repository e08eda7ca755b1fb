"""The worker fills balances, warns both sides once, and closes what is over."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy_billing.agreements.chores import look_after
from rtpy_billing.agreements.effects import Unconfirmed
from rtpy_billing.agreements.states import end_on
from rtpy_billing.balances.freezing import freeze_uses, release_uses
from rtpy_billing.balances.present import balances_of
from rtpy_billing.models import Customer, Invoice, MovementRow, Seller, WorkEntry
from rtpy_billing.repricing.reprice import reprice


@pytest.fixture
def told(db):
    """All mails so far: subject and address."""

    def read() -> list[tuple[str, str]]:
        rows = db.execute(
            select(OutgoingMail.subject, OutgoingRecipient.address)
            .join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
            .order_by(OutgoingMail.id)
        )
        return [(row.subject.removeprefix("[rtpy] "), row.address) for row in rows]

    return read


def left(db, agreement, line, now) -> int:
    return balances_of(db, [(line, agreement)], now.date())[line.id].left


def at(work_of, clock, day: str):
    clock.set(datetime.fromisoformat(f"2026-{day}T12:00").replace(tzinfo=UTC))
    return work_of("boss")


def test_each_side_is_warned_once_for_each_mark(agree, log, boss, db, told, clock, work_of, make):
    db.get(Customer, db.scalars(select(Customer.organization_id)).one()).email = "cfo@client.example"
    agreement, _ = agree("block", {"quantity": "10", "expires_months": "3"}, approver="boss")
    db.flush()
    log("03-02", 460)
    reprice(boss, agreement.organization_id)
    assert look_after(boss, agreement.id) == 2
    assert look_after(boss, agreement.id) == 0
    subjects = told()
    assert [(subject.split(": ")[-1], address) for subject, address in subjects] == [
        ("75 % of Hours used", "boss@staff.example"),
        ("75 % of Hours used", "cfo@client.example"),
        ("2:20 h of Hours expire soon", "boss@staff.example"),
        ("2:20 h of Hours expire soon", "cfo@client.example"),
    ]
    later = at(work_of, clock, "03-20")
    log("03-15", 200)
    reprice(later, agreement.organization_id)
    look_after(later, agreement.id)
    assert [subject for subject, address in told()[4:] if address == "cfo@client.example"] == [
        "100 % of Hours used"
    ]


def test_renewal_is_announced_to_us_alone(agree, db, told, clock, work_of):
    agreement, _ = agree(
        "fixed_fee", {}, approver="boss", last_day="2026-04-15", renewal="automatic", notice_days="14"
    )
    assert look_after(at(work_of, clock, "03-10"), agreement.id) == 1
    assert [address for _, address in told()] == ["boss@staff.example"]
    assert look_after(at(work_of, clock, "03-20"), agreement.id) == 0


def test_a_new_period_fills_the_balance_and_covers_what_waits(agree, log, db, clock, work_of, boss):
    agreement, line = agree("recurring_block", {"quantity": "2", "rollover": "all"})
    entry = log("04-02", 300)
    reprice(boss, agreement.organization_id)
    assert entry.covered_seconds == 2 * 3600  # what March leaves is carried over already
    april = at(work_of, clock, "04-03")
    assert look_after(april, agreement.id) >= 1
    db.expire_all()
    assert entry.covered_seconds == 4 * 3600
    assert left(db, agreement, line, april.now) == 0


def test_what_is_invoiced_is_frozen_and_what_is_credited_is_given_back(agree, log, db, clock, work_of, boss):
    agreement, line = agree("recurring_block", {"quantity": "2", "rollover": "all", "rollover_periods": "2"})
    seller = Seller(name="We", currency="EUR")
    db.add(seller)
    db.flush()
    paid, typed_late = log("02-10", 60, state="draft"), None
    reprice(boss, agreement.organization_id)
    invoice = Invoice(
        seller_id=seller.id, organization_id=agreement.organization_id, agreement_id=agreement.id, currency="EUR",
        created=boss.now, created_by_id=boss.actor.user_id, number="1", state="issued",
    )  # fmt: skip
    db.add(invoice)
    db.flush()
    closes = agreement.starts_on.replace(month=3)
    freeze_uses(boss, invoice, [paid.id], closes)
    paid.state = "invoiced"
    db.flush()
    before = left(db, agreement, line, boss.now)
    assert before == (6 - 1) * 3600
    frozen = db.scalars(select(MovementRow.quantity).where(MovementRow.kind == "use")).all()
    assert frozen == [-3600]
    # work of the closed month that is typed later draws from the open one
    typed_late = log("02-12", 60)
    reprice(boss, agreement.organization_id)
    assert left(db, agreement, line, boss.now) == before - 3600
    assert typed_late.covered_seconds == 3600
    assert db.get(WorkEntry, paid.id).covered_seconds == 3600
    release_uses(boss, invoice, [paid.id])
    paid.state = "approved"
    db.flush()
    rows = db.scalars(
        select(MovementRow.quantity).where(MovementRow.kind == "use").order_by(MovementRow.id)
    ).all()
    assert rows == [-3600, 3600]
    reprice(boss, agreement.organization_id)
    assert left(db, agreement, line, boss.now) == before - 3600


def test_late_entry_comes_before_what_was_typed_first(agree, log, db, boss):
    agreement, _ = agree("block", {"quantity": "1", "overflow_rate": "100"})
    first_typed = log("03-05", 60)
    reprice(boss, agreement.organization_id)
    assert first_typed.covered_seconds == 3600
    typed_last = log("03-02", 60)
    reprice(boss, agreement.organization_id)
    assert (typed_last.covered_seconds, first_typed.covered_seconds, first_typed.amount) == (3600, 0, 10_000)


def test_shortening_asks_before_work_loses_cover(agree, log, boss, db):
    agreement, _ = agree("block", {"quantity": "5"})
    entry = log("03-05", 60)
    reprice(boss, agreement.organization_id)
    with pytest.raises(Unconfirmed) as asked:
        end_on(boss, agreement, agreement.starts_on.replace(month=2))
    (moved,) = asked.value.moved
    assert (moved.entry_id, moved.before.covered_seconds, moved.after.covered_seconds) == (entry.id, 3600, 0)
    db.refresh(agreement)
    assert agreement.ends_on is None
    end_on(boss, agreement, agreement.starts_on.replace(month=2), confirmed=True)
    assert entry.covered_seconds == 0


def test_a_purchase_order_that_runs_out_is_said_to_us_alone(agree, log, boss, db, told):
    terms = {"purchase_order": "PO-1", "purchase_order_limit": "200", "approver": "boss"}
    agreement, _ = agree("block", {"quantity": "1", "overflow_rate": "100"}, **terms)
    log("03-02", 60)
    reprice(boss, agreement.organization_id)
    look_after(boss, agreement.id)
    before = len(told())
    log("03-03", 110)
    reprice(boss, agreement.organization_id)
    assert look_after(boss, agreement.id) == 1
    log("03-04", 30)
    reprice(boss, agreement.organization_id)
    assert [look_after(boss, agreement.id) for _ in range(2)] == [1, 0]
    assert [(subject.split(": ")[-1], address) for subject, address in told()[before:]] == [
        ("80 % of a purchase order used", "boss@staff.example"),
        ("100 % of a purchase order used", "boss@staff.example"),
    ]
