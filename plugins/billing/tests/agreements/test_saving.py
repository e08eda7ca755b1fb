"""Agreements and lines are saved as typed, noted, and refused with sentences."""

from datetime import date

import pytest
from sqlalchemy import select

from rtpy.errors import Conflict, Invalid, Refused
from rtpy.models import ConfigChange
from rtpy_billing.agreements.saving import delete_line, save_agreement, save_line
from rtpy_billing.agreements.states import add_price_rise, end_on, give_notice, renew_by_itself
from rtpy_billing.balances.kinds import LineKind
from rtpy_billing.balances.rhythms import line_price_on
from rtpy_billing.models import MovementRow, WorkType
from rtpy_billing.periods.price_rise import PriceRise


def movements(db, line) -> list[tuple[str, str, int]]:
    rows = db.scalars(
        select(MovementRow)
        .where(MovementRow.line_id == line.id)
        .order_by(MovementRow.worked_on, MovementRow.id)
    )
    return [(row.kind, row.worked_on.isoformat(), row.quantity) for row in rows]


TERMS = {"organization": "Client", "name": "Support", "starts_on": "2026-01-01"}


WRONG_TERMS = [
    ("organization", "Nowhere", "no organisation"),
    ("name", " ", "Give the agreement a name"),
    ("starts_on", "", "On which day"),
    ("starts_on", "31.12.2026", "Write a date like"),
    ("last_day", "2025-12-31", "end after it starts"),
    ("renewal", "automatic", "needs no renewal"),
    ("anchor", "29", "from 1 to 28"),
    ("every", "hourly", "Choose one of the list"),
    ("currency", "EUROS", "At most 3"),
    ("currency", "XYZ", "not a currency"),
    ("approver", "who?", "Nobody here"),
    ("customer_approver", "boss", "does not belong"),
    ("purchase_order_limit", "1.2.3", "not an amount"),
    ("calendar", "77", "Choose a calendar"),
    ("notice_days", "9999", "from 0 to 730"),
]


@pytest.mark.databases("sqlite")  # what is typed does not depend on it
def test_what_does_not_hold_is_said_beside_its_field(boss, client):
    for field, typed, sentence in WRONG_TERMS:
        with pytest.raises(Invalid, match=sentence) as wrong:
            save_agreement(boss, None, {**TERMS, field: typed})
        assert [problem.field for problem in wrong.value.problems] == [field]


LINE = {"name": "Hours", "price": "1000", "quantity": "10"}


GOOD_LINES = [
    ("time_materials", {"cap": "500"}, {"cap": 50_000}),
    (
        "block",
        {"expires_months": "12", "weight_out": "200"},
        {"quantity": 36_000, "weight_out": 2000, "price": 100_000},
    ),
    (
        "recurring_block",
        {"rollover": "some", "rollover_limit": "2:30", "rollover_periods": "3"},
        {"rollover_limit": 9000, "rollover_periods": 3},
    ),
    ("recurring_block", {"rollover": "all"}, {"rollover_limit": None}),
    ("recurring_block", {}, {"rollover_limit": 0}),
    ("retainer", {"quantity": "2500", "price": ""}, {"quantity": 250_000, "price": 250_000}),
    ("incidents", {"quantity": "5"}, {"quantity": 5}),
    ("fixed_fee", {"fair_use": "20h"}, {"details": {"fair_use": 72_000}}),
    (
        "fixed_price",
        {"milestones": "Design; 2500; 2026-05-01\nBuild; 7.500,00"},
        {"price": 1_000_000},
    ),
    (
        "per_unit",
        {"quantity": "12", "unit": "device"},
        {"quantity": 12, "details": {"unit": "device", "covers": False}},
    ),
    ("pass_through", {"cost": "10.05", "margin": "10"}, {"price": 1106}),
    ("discount", {"discount": "7.5", "price": ""}, {"discount": 750}),
]


@pytest.mark.databases("sqlite")  # what is typed does not depend on it
def test_each_kind_of_line_keeps_what_it_needs(agree):
    for kind, typed, columns in GOOD_LINES:
        _, line = agree(kind, {**LINE, **typed})
        assert {name: getattr(line, name) for name in columns} == columns, kind


WRONG_LINES = [
    ("block", {"quantity": ""}, "quantity"),
    ("block", {"quantity": "-3h"}, "quantity"),
    ("block", {"price": ""}, "price"),
    ("block", {"at_zero": "beg"}, "at_zero"),
    ("block", {"starts_on": "2025-12-01"}, "starts_on"),
    ("recurring_block", {"rollover": "some"}, "rollover_limit"),
    ("discount", {"discount": "5", "price": "10"}, "discount"),
    ("fixed_price", {"milestones": "Design"}, "milestones"),
    ("fixed_price", {"milestones": ""}, "milestones"),
    ("block", {"condition.work_type": "99"}, "condition.work_type"),
    ("block", {"condition.person": "nobody-at-all"}, "condition.person"),
]


@pytest.mark.databases("sqlite")  # what is typed does not depend on it
def test_a_line_that_does_not_hold_is_refused(agree):
    for kind, typed, field in WRONG_LINES:
        with pytest.raises(Invalid) as wrong:
            agree(kind, {**LINE, **typed})
        assert [problem.field for problem in wrong.value.problems] == [field]


def test_conditions_are_kept_by_what_they_are_about(agree, db):
    remote = WorkType(name="Remote")
    db.add(remote)
    db.flush()
    _, line = agree(
        "block",
        {
            **LINE,
            "condition.work_type": str(remote.id),
            "exclude.work_type": "1",
            "condition.person": "Boss",
            "condition.hours": "in",
        },
    )
    assert [(one["about"], len(one["values"]), one["excluded"]) for one in line.conditions] == [
        ("work_type", 1, True),
        ("person", 1, False),
        ("hours", 1, False),
    ]


def test_balances_are_filled_up_to_today_and_once(agree, boss, db):
    agreement, line = agree("recurring_block", {**LINE, "is_prorated": "1"}, starts_on="2026-01-16")
    expected = [
        ("grant", "2026-01-16", 18_581),  # 16 of 31 days of ten hours
        ("grant", "2026-02-01", 36_000),
        ("grant", "2026-03-01", 36_000),
    ]
    assert movements(db, line) == expected
    save_line(boss, agreement, line, LineKind.RECURRING_BLOCK, {**LINE, "quantity": "20"})
    assert movements(db, line) == expected  # what was granted stays
    block, hours = agree("block", {**LINE, "expires_months": "6"})
    assert movements(db, hours) == [("purchase", "2026-01-01", 36_000)]
    assert db.scalars(select(MovementRow.expires_on).where(MovementRow.line_id == hours.id)).one() == date(
        2026, 7, 1
    )
    assert block.number != agreement.number


def test_every_change_is_noted_by_names_of_columns(agree, boss, db):
    agreement, line = agree("block", LINE, active=False)
    save_agreement(boss, agreement, {**TERMS, "name": "Support plus", "version": str(agreement.version)})
    delete_line(boss, agreement, line)
    db.flush()
    notes = db.execute(
        select(ConfigChange.kind, ConfigChange.action, ConfigChange.after).order_by(ConfigChange.id)
    )
    said = [
        (kind, action, "Support plus" in str(after)) for kind, action, after in notes if "agreement" in kind
    ]
    assert said == [
        ("agreement", "create", False),
        ("agreement line", "create", False),
        ("agreement", "change", True),
        ("agreement line", "delete", False),
    ]


def test_two_people_do_not_overwrite_each_other(agree, boss):
    agreement, line = agree("block", LINE)
    with pytest.raises(Conflict):
        save_agreement(boss, agreement, {**TERMS, "version": "0"})
    with pytest.raises(Conflict):
        save_line(boss, agreement, line, LineKind.BLOCK, {**LINE, "version": "0"})


def test_a_line_that_was_used_is_not_deleted(agree, boss):
    agreement, line = agree("block", LINE)
    with pytest.raises(Refused, match="give it a last day"):
        delete_line(boss, agreement, line)


def test_who_lacks_the_right_changes_nothing(agree, make, work_of):
    agreement, line = agree("block", LINE)
    make.staff("tech")
    tech = work_of("tech")
    for deed in (
        lambda: save_agreement(tech, None, TERMS),
        lambda: save_agreement(tech, agreement, TERMS),
        lambda: save_line(tech, agreement, line, LineKind.BLOCK, LINE),
        lambda: delete_line(tech, agreement, line),
        lambda: end_on(tech, agreement, date(2026, 4, 1)),
        lambda: give_notice(tech, agreement, date(2026, 4, 1)),
    ):
        with pytest.raises(Refused):
            deed()


def test_agreements_renew_themselves_or_end(agree, boss, clock, work_of):
    runs, _ = agree("block", LINE, last_day="2026-03-09", renewal="automatic", renewal_months="3")
    ends, _ = agree("block", LINE, last_day="2026-03-09")
    later, _ = agree("block", LINE, last_day="2026-03-10")
    assert [renew_by_itself(boss, each) for each in (runs, ends, later)] == [True, True, False]
    assert (runs.state, runs.ends_on) == ("active", date(2026, 6, 10))
    assert (ends.state, ends.ends_on) == ("ended", date(2026, 3, 10))


def test_prices_rise_and_are_kept_exactly(agree, boss):
    agreement, line = agree("recurring_block", LINE)
    add_price_rise(boss, agreement, PriceRise.by_percent(date(2026, 7, 1), 350, "as agreed"))
    assert line_price_on(agreement, line, date(2026, 6, 30)) == 100_000
    assert line_price_on(agreement, line, date(2026, 7, 1)) == 103_500
