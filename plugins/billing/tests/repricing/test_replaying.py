"""Real work under another agreement: what it would have come to, and that looking changes nothing."""

from datetime import date

import pytest
from sqlalchemy import select

from rtpy.errors import Refused
from rtpy_billing.models import Agreement, EntryLine
from rtpy_billing.repricing.replaying import replay
from rtpy_billing.repricing.reprice import reprice

pytestmark = pytest.mark.databases("sqlite")  # the statements are those of repricing

SPRING = date(2026, 1, 1), date(2026, 4, 1)


@pytest.fixture
def drafted(agree, db):
    """`drafted("fixed_fee", price=50000)`: the draft of an agreement with one line."""

    def made(kind, **line):
        agreement = db.get_one(Agreement, agree(kind, **line).agreement_id)
        agreement.state, agreement.starts_on = "draft", date(2027, 1, 1)
        return agreement

    return made


@pytest.mark.parametrize(
    ("kind", "line", "fees", "charged", "covered"),
    [
        ("time_materials", {}, 0, 36000, 0),
        ("time_materials", {"cap": 10000}, 0, 20000, 0),
        ("fixed_fee", {"price": 50000}, 150000, 0, 180),
        ("recurring_block", {"price": 8000, "quantity": 3600, "rollover_limit": 0}, 24000, 12000, 120),
        ("block", {"price": 8000, "quantity": 5400}, 8000, 18000, 90),
        ("retainer", {"price": 5000, "quantity": 6000, "rollover_limit": 0}, 15000, 24000, 60),
        ("incidents", {"price": 3000, "quantity": 1, "rollover_limit": 0}, 9000, 12000, 120),
        ("per_unit", {"price": 700, "quantity": 3, "details": {"covers": True}}, 6300, 0, 180),
        ("discount", {"price": 100}, 0, 36000, 0),
    ],
)
def test_a_draft_says_what_the_last_quarter_would_have_come_to(
    kind, line, fees, charged, covered, work, client, log, drafted
):
    for day in ("2026-02-03", "2026-02-10", "2026-03-10"):
        log(60, worked_on=date.fromisoformat(day))
    log(60, worked_on=date(2025, 12, 31))
    reprice(work, client.id)
    found = replay(work, drafted(kind, **line), *SPRING)
    assert (found.entries, found.now.charged, found.now.fees) == (3, 36000, 0)
    assert (found.then.fees, found.then.charged, found.then.covered_seconds // 60) == (fees, charged, covered)
    assert bool(found.left_out) == (kind == "discount")


def test_what_is_now_has_the_fees_of_the_agreements_that_run(work, client, log, agree, drafted):
    agree("fixed_fee", price=50000)
    log(60)
    reprice(work, client.id)
    found = replay(work, drafted("time_materials"), *SPRING)
    assert (found.now.total, found.then.total) == (150000, 12000)


def test_invoiced_work_is_replayed_too_and_nothing_is_written(work, client, log, drafted, db, query_count):
    entries = [log(60), log(60)]
    reprice(work, client.id)
    entries[0].state = "invoiced"
    agreement = drafted("fixed_fee", price=1)
    db.flush()
    before = [(row.id, row.outcome) for row in db.scalars(select(EntryLine))]
    with query_count() as counted:
        assert replay(work, agreement, *SPRING).then.covered_seconds == 7200
    assert [each for each in counted.statements if not each.startswith("SELECT")] == []
    assert counted.total <= 14
    assert [(row.id, row.outcome) for row in db.scalars(select(EntryLine))] == before


def test_another_currency_is_refused(work, client, drafted):
    agreement = drafted("fixed_fee", price=1)
    agreement.currency = "USD"
    with pytest.raises(Refused, match="USD"):
        replay(work, agreement, *SPRING)


def test_the_page_shows_both_sides(root, client, log, work, drafted, db):
    log(60)
    reprice(work, client.id)
    agreement = drafted("fixed_fee", price=4200)
    db.flush()
    url = f"/billing/agreements/{agreement.id}/replay"
    page = root.get(f"{url}?start=2026-03-01&last_day=2026-03-31")
    assert "120.00" in page
    assert "42.00" in page
    assert "ends before" in root.get(f"{url}?start=2026-03-01&last_day=2025-03-31", status=422)
    assert "two years" in root.get(f"{url}?start=2000-03-01", status=422)
    assert root.get(url).status_int == 200
    root.get("/billing/agreements/99999/replay", status=404)
