"""Approval: the two steps, what is refused and why, and that two approvers do not tread on each other."""

from datetime import date, timedelta

import pytest

from plugins.billing.tests.invoicing.made import Shop
from rtpy.errors import Invalid, Refused
from rtpy.models import Transaction
from rtpy_billing.invoicing.approval import (
    approve_at_once,
    approve_billing,
    approve_time,
    charge_as,
    send_back,
    write_off,
)
from rtpy_billing.models import AgreementLine, EntryLine


def seen(*entries):
    return {entry.id: entry.version for entry in entries}


def test_time_is_approved_first_and_then_what_is_charged(work, make, db):
    shop = Shop(work, make)
    entry = shop.entry(state="submitted")
    with pytest.raises(Invalid, match="time is not approved yet"):
        approve_billing(work, seen(entry))
    approve_time(work, seen(entry))
    assert (entry.state, entry.checked_by_id) == ("checked", work.actor.user_id)
    approve_billing(work, seen(entry))
    assert (entry.state, entry.approved) == ("approved", work.now)
    logged = db.query(Transaction).filter(Transaction.object_type == "billing_entry").order_by(Transaction.id)
    assert [(row.old_value, row.new_value) for row in logged] == [
        ("submitted", "checked"),
        ("checked", "approved"),
    ]


@pytest.mark.parametrize(
    ("approval", "state"), [("both", "submitted"), ("once", "submitted"), ("none", "approved")]
)
def test_an_agreement_says_how_many_steps_there_are(work, make, db, approval, state):
    shop = Shop(work, make)
    shop.agreement({"kind": "time_materials", "name": "Work"}, approval=approval)
    entry = shop.entry(state="submitted", line=db.query(AgreementLine).one())
    approve_at_once(work.as_system())
    db.refresh(entry)
    assert entry.state == state
    if approval == "once":
        approve_billing(work, seen(entry))
        assert entry.state == "approved"


@pytest.mark.databases("sqlite")  # a table of rules
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"day": date(2026, 3, 3), "state": "checked"}, "cannot be approved"),
        ({"state": "checked", "blocker": "no_rate"}, "has no rate"),
        ({"state": "checked", "blocker": "undecided"}, "undecided"),
        ({"state": "checked", "asked_organization_id": "own"}, "moved to another customer"),
        ({"state": "draft"}, "hands it in first"),
        ({"state": "invoiced"}, "invoiced already"),
    ],
)
def test_what_cannot_be_approved_says_why_beside_the_entry(work, make, given, sentence):
    shop = Shop(work, make)
    if "asked_organization_id" in given:
        given = {**given, "asked_organization_id": shop.organization.id}
    good, bad = shop.entry(state="checked"), shop.entry(**given)
    with pytest.raises(Invalid, match=sentence) as refused:
        approve_billing(work, seen(good, bad))
    assert [problem.field for problem in refused.value.problems] == [f"entry.{bad.id}"]
    assert good.state == "checked"


def test_who_comes_second_reads_what_the_first_did(work, make, db):
    shop = Shop(work, make)
    entry = shop.entry(state="submitted")
    before = seen(entry)
    approve_time(work, before)
    with pytest.raises(Invalid, match=r"Its time was approved by .+ meanwhile") as refused:
        approve_time(work, before)
    assert refused.value.problems[0].field == f"entry.{entry.id}"


def test_sent_back_it_is_a_draft_with_the_reason(work, make, db):
    shop = Shop(work, make)
    entry = shop.entry(state="approved")
    with pytest.raises(Invalid, match="Say why"):
        send_back(work, seen(entry), " ")
    send_back(work, seen(entry), "On which machine?")
    assert (entry.state, entry.returned_reason, entry.approved_by_id) == ("draft", "On which machine?", None)


def test_written_off_work_keeps_what_it_was_worth_and_is_not_billed(work, make, db):
    shop = Shop(work, make)
    entry = shop.entry(60)
    write_off(work, seen(entry), "Our own mistake")
    line = db.query(EntryLine).filter(EntryLine.entry_id == entry.id).one()
    assert (line.outcome, line.amount, entry.amount) == ("written_off", 0, 0)
    assert entry.value == 9500


def test_work_can_be_given_away_before_it_is_approved(work, make, db):
    shop = Shop(work, make)
    entry, approved = shop.entry(state="checked"), shop.entry()
    charge_as(work, seen(entry), "no_charge", "Goodwill")
    assert (entry.charge_mode, entry.charge_reason, entry.amount) == ("no_charge", "Goodwill", 0)
    with pytest.raises(Invalid, match="approved already"):
        charge_as(work, seen(approved), "hidden", "Why not")


def test_each_step_takes_its_right(work, make, work_of, db):
    shop = Shop(work, make)
    entry = shop.entry(state="submitted")
    make.staff("lead")
    make.grant(make.staff("checker"), "ApproveTime")
    with pytest.raises(Refused):
        approve_time(work_of("lead"), seen(entry))
    approve_time(work_of("checker"), seen(entry))
    with pytest.raises(Refused):
        approve_billing(work_of("checker"), seen(entry))


def test_queries_do_not_grow_with_the_entries(work, make, query_count):
    """Three for each entry (its row, its history and what is read back), and some for all."""
    shop = Shop(work, make)

    def queries(number: int) -> int:
        entries = [
            shop.entry(state="submitted", day=date(2026, 3, 1) - timedelta(days=1)) for _ in range(number)
        ]
        with query_count() as count:
            approve_time(work, seen(*entries))
            work.db.flush()
        return count.total

    assert queries(12) <= queries(2) + 10 * 3
