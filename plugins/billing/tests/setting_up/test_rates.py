"""Rates, surcharges, rounding and the rest of the set-up: who may, what is refused, and what moves by it."""

from datetime import date

import pytest
from sqlalchemy import select

from rtpy.changes.calendars.saving import delete_calendar, save_calendar, uses_of
from rtpy.errors import Invalid, Refused
from rtpy.models import ConfigChange, User
from rtpy_billing.models import (
    Agreement,
    CostRate,
    Customer,
    RateRow,
    Role,
    RoundingRuleRow,
    SurchargeRow,
    Worker,
    WorkType,
)
from rtpy_billing.repricing.effects import WouldMove
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.setting_up.rates import remove_rate, save_rate, typed_rate
from rtpy_billing.setting_up.roles import save_role, typed_role
from rtpy_billing.setting_up.rounding_rules import (
    remove_rounding_rule,
    save_rounding_rule,
    typed_rounding_rule,
)
from rtpy_billing.setting_up.surcharges import remove_surcharge, save_surcharge, typed_surcharge
from rtpy_billing.setting_up.work_types import save_work_type, typed_work_type
from rtpy_billing.setting_up.workers import (
    remove_cost_rate,
    save_cost_rate,
    save_worker,
    typed_cost_rate,
    typed_worker,
)

pytestmark = pytest.mark.databases("sqlite")  # plain rows; what reads them is tested on both

CASES = {
    "work type": (save_work_type, typed_work_type, WorkType, {"name": "Remote", "charge_mode": "no_charge"}),
    "role": (save_role, typed_role, Role, {"name": "Senior", "shown_name": "Expert"}),
    "rate": (
        save_rate,
        typed_rate,
        RateRow,
        {"amount": "95,50", "currency": "EUR", "valid_from": "2026-01-01"},
    ),
    "surcharge": (
        save_surcharge,
        typed_surcharge,
        SurchargeRow,
        {"name": "Sunday", "operation": "multiply", "value": "1.5", "weekday_6": "1", "holidays": "never"},
    ),
    "fee": (
        save_surcharge,
        typed_surcharge,
        SurchargeRow,
        {"name": "Call-out", "operation": "fee", "value": "50", "currency": "CHF"},
    ),
    "rule": (
        save_rounding_rule,
        typed_rounding_rule,
        RoundingRuleRow,
        {"name": "Quarters", "minimum": "15", "increment": "15", "grace": "5"},
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_what_is_saved_reads_back_and_is_noted(what, boss, db):
    save, typed, model, given = CASES[what]
    row = save(boss, None, given)
    again = typed(row)
    assert save(boss, row, again) is row
    assert typed(db.get(model, row.id)) == again
    save(boss, row, {**again, "name": "Other", "amount": "1"})
    actions = db.scalars(select(ConfigChange.action).order_by(ConfigChange.id)).all()
    assert actions[-2:] == ["create", "change"]


@pytest.mark.parametrize("what", CASES)
def test_only_who_may_set_billing_up_does(what, make, work_of):
    save, _, _, given = CASES[what]
    make.staff("jo")
    with pytest.raises(Refused):
        save(work_of("jo"), None, given)


@pytest.mark.parametrize(
    ("what", "wrong", "field"),
    [
        ("work type", {"name": ""}, "name"),
        ("work type", {"hours": "sometimes"}, "hours"),
        ("role", {"name": "x" * 99}, "name"),
        ("rate", {"amount": ""}, "amount"),
        ("rate", {"amount": "dear"}, "amount"),
        ("rate", {"currency": "QQQ"}, "currency"),
        ("rate", {"valid_until": "2025-01-01"}, "valid_until"),
        ("rate", {"rung": "customer"}, "customer"),
        ("rate", {"rung": "customer", "customer": "99999"}, "customer"),
        ("rate", {"rung": "line", "line": "x"}, "line"),
        ("rate", {"role_id": "99999999999999999999"}, "role_id"),
        ("surcharge", {"value": "1.5555"}, "value"),
        ("surcharge", {"value": "-2"}, "value"),
        ("surcharge", {"value": "500"}, "value"),
        ("fee", {"value": ""}, "value"),
        ("fee", {"value": "-5"}, "value"),
        ("rule", {"grace": "15"}, "grace"),
        ("rule", {"minimum": "-1"}, "minimum"),
        ("rule", {"maximum": "5"}, "maximum"),
        ("rule", {"rung": "ticket", "ticket": "1"}, "rung"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(what, wrong, field, boss):
    save, _, _, given = CASES[what]
    with pytest.raises(Invalid) as refused:
        save(boss, None, {**given, **wrong})
    assert field in {problem.field for problem in refused.value.problems}


def test_the_log_of_the_set_up_has_names(boss, client, db):
    role = save_role(boss, None, {"name": "Senior"})
    given = {
        "rung": "customer",
        "customer": str(client.id),
        "amount": "1",
        "currency": "EUR",
        "role_id": str(role.id),
    }
    save_rate(boss, None, given)
    noted = db.scalars(select(ConfigChange).order_by(ConfigChange.id.desc())).first()
    assert (noted.after["scope"], noted.after["role"]) == ("Client", "Senior")


def test_names_and_places_are_taken_once(boss):
    save_role(boss, None, {"name": "Senior"})
    save_rate(boss, None, {"amount": "1", "currency": "EUR"})
    save_rounding_rule(boss, None, {"name": "A"})
    for save, given in (
        (save_role, {"name": "senior"}),
        (save_rate, {"amount": "2", "currency": "EUR"}),
        (save_rounding_rule, {"name": "B"}),
    ):
        with pytest.raises(Invalid, match="already"):
            save(boss, None, given)


def test_a_change_that_moves_work_is_shown_before_it_is_done(boss, client, log, db):
    entry = log(60)
    reprice(boss, client.id)
    given = {"rung": "customer", "customer": str(client.id), "amount": "80", "currency": "EUR"}
    with pytest.raises(WouldMove) as would:
        save_rate(boss, None, given)
    assert [(one.before.amount, one.after.amount) for one in would.value.moved] == [(12000, 8000)]
    db.refresh(entry)
    assert (entry.amount, db.scalar(select(RateRow).where(RateRow.rung == "customer"))) == (12000, None)
    rate = save_rate(boss, None, given, confirmed=True)
    assert entry.amount == 8000
    with pytest.raises(WouldMove):
        remove_rate(boss, rate)
    remove_rate(boss, rate, confirmed=True)
    assert entry.amount == 12000


@pytest.mark.parametrize(
    ("save", "given", "amount"),
    [
        (save_rounding_rule, {"name": "Hours", "minimum": "120"}, 24000),
        (save_surcharge, {"name": "More", "operation": "multiply", "value": "2"}, 24000),
        (save_surcharge, {"name": "More", "operation": "add", "value": "10", "currency": "EUR"}, 13000),
        (save_surcharge, {"name": "More", "operation": "add", "value": "10", "currency": "USD"}, 12000),
    ],
)
def test_every_rule_moves_what_is_open(save, given, amount, boss, client, log):
    entry = log(60)
    reprice(boss, client.id)
    save(boss, None, given, confirmed=True)
    assert entry.amount == amount


def test_a_rule_or_surcharge_that_is_removed_counts_no_more(boss, client, log):
    entry = log(60)
    rule = save_rounding_rule(boss, None, {"name": "Hours", "minimum": "120"})
    more = save_surcharge(boss, None, {"name": "More", "operation": "multiply", "value": "2"}, confirmed=True)
    reprice(boss, client.id)
    assert entry.amount == 48000
    remove_rounding_rule(boss, rule, confirmed=True)
    remove_surcharge(boss, more, confirmed=True)
    assert entry.amount == 12000


@pytest.mark.parametrize(
    ("given", "amount"),
    [({}, 12000), ({"valid_from": "2026-03-02"}, 24000), ({"from_beginning": "1"}, 24000)],
)
def test_open_work_is_priced_by_the_hours_that_held_on_its_day(given, amount, boss, make, client, log, db):
    always = {f"day_{at}": "0-24" for at in range(7)}
    calendar = make.calendar("Always", **always)
    db.get(Customer, client.id).calendar_id = calendar.id
    save_surcharge(boss, None, {"name": "Out", "operation": "multiply", "value": "2", "hours": "out"})
    entry = log(60, worked_on=date(2026, 3, 2))
    reprice(boss, client.id)
    assert entry.amount == 12000
    shut = {**always, "name": "Always", f"day_{entry.worked_on.weekday()}": "closed"}
    save_calendar(make.system, calendar, {**shut, **given})
    assert entry.amount == amount


def test_a_calendar_knows_the_customers_and_agreements_that_count_in_it(boss, make, client, db):
    calendar = make.calendar()
    assert uses_of(boss, calendar.id) == []
    db.get(Customer, client.id).calendar_id = calendar.id
    agreement = Agreement(
        organization_id=client.id,
        number="A1",
        name="Care",
        currency="EUR",
        starts_on=date(2026, 1, 1),
        calendar_id=calendar.id,
        every="monthly",
        created=boss.now,
    )
    db.add(agreement)
    db.flush()
    assert [use.label for use in uses_of(boss, calendar.id)] == ["Client", "Client: agreement Care"]
    with pytest.raises(Refused, match="disable it"):
        delete_calendar(make.system, calendar)


def test_a_worker_has_a_role_hours_and_a_cost(boss, client, log, db, work):
    role = save_role(boss, None, {"name": "Senior"})
    user = db.get_one(User, work.actor.user_id)
    given = {"role_id": str(role.id), "day_0": "8", "day_4": "7:30", "day_ends": "17:30"}
    save_worker(boss, user, given)
    worker = db.get_one(Worker, user.id)
    assert (worker.week, worker.day_ends) == ([28800, 0, 0, 0, 27000, 0, 0], 1050)
    assert typed_worker(worker) | {"day_0": "8"} == {
        **{f"day_{at}": "" for at in range(7)},
        **given,
    }
    entry = log(60)
    cost = {"role_id": str(role.id), "amount": "40", "currency": "EUR", "valid_from": "2026-01-01"}
    rate = save_cost_rate(boss, None, cost)
    assert entry.cost == 4000
    assert typed_cost_rate(rate)["amount"] == "40.00"
    remove_cost_rate(boss, rate)
    assert (entry.cost, db.scalar(select(CostRate))) == (None, None)


@pytest.mark.parametrize(
    ("save", "given", "field"),
    [
        (save_worker, {"day_0": "25h"}, "day_0"),
        (save_worker, {"day_ends": "25:00"}, "day_ends"),
        (save_worker, {"day_ends": "late"}, "day_ends"),
        (save_cost_rate, {"amount": "1", "currency": "EUR", "valid_from": "2026-01-01"}, "user_id"),
        (save_cost_rate, {"currency": "EUR"}, "amount"),
    ],
)
def test_what_makes_no_sense_of_people_is_refused(save, given, field, boss, db):
    about = db.get_one(User, boss.actor.user_id) if save is save_worker else None
    with pytest.raises(Invalid) as refused:
        save(boss, about, given)
    assert field in {problem.field for problem in refused.value.problems}
