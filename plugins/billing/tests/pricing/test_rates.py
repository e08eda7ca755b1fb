"""Five rungs, the closest wins; then surcharges; and the whole ladder is told."""

from dataclasses import replace
from datetime import date

import pytest

from plugins.billing.tests.pricing.made import (
    BOOK,
    CUSTOMER,
    DAY,
    OFFICE,
    OFFICE_WEEK,
    clocked,
    minutes,
    priced,
)
from rtpy.calendars.open_hours import OpenHours
from rtpy_billing.pricing.line import Step, StepKind
from rtpy_billing.pricing.values import Line, Rate, Surcharge, Ticket, WorkType
from rtpy_billing.pricing.words import ChargeMode, Hours, Operation, Outcome, Rung

LINE = Line(id=50, agreement_id=5, name="Support")
OF_TICKET = Rate(id=4, rung=Rung.TICKET, scope_id=7, amount=9000)
OF_LINE = Rate(id=3, rung=Rung.LINE, scope_id=50, amount=9500)
OF_CUSTOMER = Rate(id=2, rung=Rung.CUSTOMER, scope_id=5, amount=11000)
OTHERS = (
    Rate(id=90, rung=Rung.TICKET, scope_id=8, amount=1),
    Rate(id=91, rung=Rung.LINE, scope_id=51, amount=1),
    Rate(id=92, rung=Rung.CUSTOMER, scope_id=6, amount=1),
)


def one_of(entry, **more):
    (line,) = priced(entry, **more)
    return line


@pytest.mark.parametrize(
    ("rates", "own", "rung", "amount"),
    [
        ((BOOK, *OTHERS), None, Rung.BOOK, 12000),
        ((BOOK, OF_CUSTOMER, *OTHERS), None, Rung.CUSTOMER, 11000),
        ((BOOK, OF_CUSTOMER, OF_LINE), None, Rung.LINE, 9500),
        ((BOOK, OF_CUSTOMER, OF_LINE, OF_TICKET), None, Rung.TICKET, 9000),
        ((BOOK, OF_CUSTOMER, OF_LINE, OF_TICKET), 100, Rung.ENTRY, 100),
        ((), None, None, 0),
    ],
)
def test_the_closest_rung_wins_and_all_are_told(rates, own, rung, amount):
    line = one_of(minutes(60, rate=own), rates=rates, lines=(LINE,))
    assert (line.rung, line.amount, line.value) == (rung, amount, amount)
    told = next(step for step in line.steps if step.kind is StepKind.RATE)
    mine = [rate for rate in rates if rate not in OTHERS]
    assert len(told.facts["ladder"]) == len(mine) + (own is not None)
    assert [each["rung"] for each in told.facts["ladder"] if each["won"]] == ([rung] if rung else [])


@pytest.mark.parametrize(
    ("role", "work_type", "amount"),
    [(1, 1, 400), (2, 1, 300), (1, 2, 200), (2, 2, 100), (None, None, 100), (None, 1, 300)],
)
def test_both_beat_the_work_type_which_beats_the_role(role, work_type, amount):
    rates = (
        Rate(id=1, rung=Rung.BOOK, amount=100),
        Rate(id=2, rung=Rung.BOOK, amount=200, role_id=1),
        Rate(id=3, rung=Rung.BOOK, amount=300, work_type_id=1),
        Rate(id=4, rung=Rung.BOOK, amount=400, role_id=1, work_type_id=1),
    )
    assert one_of(minutes(60, role_id=role, work_type_id=work_type), rates=rates).amount == amount


def test_a_rate_holds_by_the_worked_date():
    rates = (
        Rate(id=1, rung=Rung.BOOK, amount=100, valid_until=date(2026, 11, 24)),
        Rate(id=2, rung=Rung.BOOK, amount=200, valid_from=date(2026, 11, 24)),
    )
    night = clocked("2026-11-23T23:00", "2026-11-24T01:00")
    assert [line.amount for line in priced(night, rates=rates)] == [100, 200]
    in_delhi = clocked(
        "2026-11-24T00:30", "2026-11-24T01:30", zone="Asia/Kolkata"
    )  # still the 23rd in Berlin
    (line,) = priced(in_delhi, rates=rates)
    assert (line.amount, line.worked_on.day, line.customer_on.day) == (200, 24, 23)


AFTER_HOURS = Surcharge(
    id=1,
    name="After hours",
    rung=Rung.BOOK,
    operation=Operation.MULTIPLY,
    value=1500,
    order=2,
    hours=Hours.OUT,
)
SUNDAY = Surcharge(
    id=2, name="Sunday", rung=Rung.BOOK, operation=Operation.MULTIPLY, value=2000, order=1, last=True,
    weekdays=frozenset({6}),
)  # fmt: skip
HOLIDAY = Surcharge(
    id=3, name="Holiday", rung=Rung.BOOK, operation=Operation.ADD, value=3000, order=0, exceptions=True
)
NONE_FOR_LINE = Surcharge(
    id=4, name="Agreed", rung=Rung.LINE, scope_id=50, operation=Operation.MULTIPLY, value=1000
)
FLAT = Surcharge(
    id=5, name="Fixed", rung=Rung.BOOK, operation=Operation.REPLACE, value=20000, hours=Hours.OUT
)


@pytest.mark.parametrize(
    ("start", "end", "surcharges", "lines", "amounts"),
    [
        ("2026-11-23T17:00", "2026-11-23T19:00", [AFTER_HOURS], (), [12000, 18000]),
        ("2026-11-22T10:00", "2026-11-22T11:00", [AFTER_HOURS, SUNDAY], (), [24000]),
        ("2026-11-21T10:00", "2026-11-21T11:00", [AFTER_HOURS, SUNDAY], (), [18000]),
        ("2026-12-25T10:00", "2026-12-25T11:00", [AFTER_HOURS, HOLIDAY], (), [22500]),
        ("2026-11-23T19:00", "2026-11-23T20:00", [AFTER_HOURS, NONE_FOR_LINE], (LINE,), [12000]),
        ("2026-11-23T19:00", "2026-11-23T20:00", [AFTER_HOURS, NONE_FOR_LINE], (), [18000]),
        ("2026-11-23T19:00", "2026-11-23T20:00", [FLAT], (), [20000]),
    ],
)
def test_surcharges_of_the_closest_rung_change_the_rate(start, end, surcharges, lines, amounts):
    calendar = OpenHours([(None, 1, replace(OFFICE_WEEK, exceptions={date(2026, 12, 25): ()}))])
    customer = replace(CUSTOMER, calendar=calendar)
    found = priced(clocked(start, end), customer=customer, surcharges=surcharges, lines=lines)
    assert [line.amount for line in found] == amounts


def test_the_long_night_is_five_hours_and_is_cut_at_midnight():
    night = clocked("2026-10-24T23:30", "2026-10-25T03:30")
    lines = priced(night, customer=replace(CUSTOMER, calendar=OFFICE))
    assert [(line.worked_on.day, line.billed_seconds, line.amount) for line in lines] == [
        (24, 1800, 6000),
        (25, 4 * 3600 + 1800, 54000),
    ]


def test_pauses_are_taken_from_all_stretches_alike():
    customer = replace(CUSTOMER, calendar=OFFICE)
    entry = replace(clocked("2026-11-23T17:00", "2026-11-23T20:00"), worked_seconds=2 * 3600)
    assert [line.worked_seconds for line in priced(entry, customer=customer)] == [2400, 4800]


def test_worker_and_customer_have_their_own_midnights():
    entry = clocked("2026-11-24T03:00", "2026-11-24T05:30", zone="Asia/Kolkata")
    lines = priced(entry)
    assert [(line.worked_on.day, line.customer_on.day, line.worked_seconds // 60) for line in lines] == [
        (24, 23, 90),
        (24, 24, 60),
    ]


def test_a_rate_that_somebody_chose_is_not_raised():
    customer = replace(CUSTOMER, calendar=OFFICE)
    entry = clocked("2026-11-22T10:00", "2026-11-22T11:00", rate=5000)
    assert one_of(entry, customer=customer, surcharges=[SUNDAY]).amount == 5000


def test_work_without_clock_times_is_in_hours_on_a_day_that_has_any():
    customer = replace(CUSTOMER, calendar=OFFICE)
    monday, sunday = minutes(60), minutes(60, worked_on=date(2026, 11, 22))
    assert one_of(monday, customer=customer, surcharges=[AFTER_HOURS]).amount == 12000
    assert one_of(sunday, customer=customer, surcharges=[AFTER_HOURS]).amount == 18000
    nightly = {1: WorkType(id=1, name="After hours", hours=Hours.OUT)}
    late = minutes(60, work_type_id=1)
    assert one_of(late, customer=customer, surcharges=[AFTER_HOURS], work_types=nightly).amount == 18000


def test_a_flat_fee_is_due_once_for_a_group():
    emergency = Surcharge(
        id=9, name="Call-out", rung=Rung.BOOK, operation=Operation.FEE, value=5000, work_type_id=1
    )
    day = [minutes(30, work_type_id=1), minutes(30, id=2, work_type_id=1), minutes(30, id=3)]
    lines = priced(*day, surcharges=[emergency])
    assert sum(line.amount for line in lines) == 5000 + 18000
    assert [(line.entry_id, line.billed_seconds, line.amount) for line in lines if line.fee_id] == [
        (1, 0, 5000)
    ]


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        (ChargeMode.NO_CHARGE, Outcome.NO_CHARGE),
        (ChargeMode.HIDDEN, Outcome.HIDDEN),
        (ChargeMode.UNDECIDED, Outcome.UNDECIDED),
    ],
)
def test_what_is_not_billable_costs_nothing(mode, outcome):
    line = one_of(minutes(60, charge_mode=mode))
    assert (line.outcome, line.amount, line.exact) == (outcome, 0, 0)
    assert line.value == (0 if mode is ChargeMode.HIDDEN else 12000)


def test_a_write_off_keeps_the_value_it_gave_away():
    line = one_of(minutes(60, write_off_reason="Our mistake"))
    assert (line.outcome, line.amount, line.value) == (Outcome.WRITTEN_OFF, 0, 12000)
    assert line.steps[-1] == Step(StepKind.WRITE_OFF, {"reason": "Our mistake"})


def test_work_for_ones_own_organization_is_hidden_unless_somebody_says_otherwise():
    own = replace(CUSTOMER, own=True)
    assert one_of(minutes(60), customer=own).outcome is Outcome.HIDDEN
    assert one_of(minutes(60, charge_mode=ChargeMode.BILLABLE), customer=own).outcome is Outcome.CHARGED


@pytest.mark.parametrize(
    ("entry_says", "ticket_says", "line_says", "type_says", "source"),
    [
        ("no_charge", "billable", None, None, "entry"),
        (None, "no_charge", "billable", None, "ticket"),
        (None, None, "no_charge", "billable", "agreement"),
        (None, None, None, "no_charge", "work_type"),
    ],
)
def test_the_closest_charge_mode_holds(entry_says, ticket_says, line_says, type_says, source):
    def mode(text):
        return text and ChargeMode(text)

    line = one_of(
        minutes(60, work_type_id=1, charge_mode=mode(entry_says)),
        tickets={7: Ticket(id=7, charge_mode=mode(ticket_says))},
        lines=(replace(LINE, charge_mode=mode(line_says)),),
        work_types={1: WorkType(id=1, name="Remote", charge_mode=mode(type_says))},
    )
    assert line.outcome is Outcome.NO_CHARGE
    assert next(step for step in line.steps if step.kind is StepKind.CHARGE_MODE).facts["source"] == source


def test_the_role_comes_from_entry_agreement_ticket_or_person():
    def role(entry, **more):
        return one_of(entry, **more).role_id

    agreed, of_ticket = replace(LINE, default_role_id=2), {7: Ticket(id=7, role_id=3)}
    entry = minutes(60, person_role_id=4)
    assert role(replace(entry, role_id=1), lines=(agreed,), tickets=of_ticket) == 1
    assert role(entry, lines=(agreed,), tickets=of_ticket) == 2
    assert role(entry, tickets=of_ticket) == 3
    assert role(entry) == 4
    ended = replace(agreed, ends_on=DAY)
    assert role(entry, lines=(ended,), tickets=of_ticket) == 3
