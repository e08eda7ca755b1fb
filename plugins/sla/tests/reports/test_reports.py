"""Reports, each against figures worked out by hand."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from plugins.sla.tests.reports.made import HOUR, put
from rtpy_sla.clocks.words import Target, Verdict
from rtpy_sla.reports.all import BY_NAME, REPORTS
from rtpy_sla.reports.listing import list_clocks
from rtpy_sla.reports.uncounted import uncounted
from rtpy_sla.reports.values import Asked, midnight

BERLIN = ZoneInfo("Europe/Berlin")
MARCH = Asked(midnight(date(2026, 3, 1), BERLIN), midnight(date(2026, 4, 1), BERLIN), BERLIN)


alike = pytest.mark.databases("sqlite")
"""For what is put together of statements that other tests run on both."""


def rows_of(work, name, asked=MARCH, *columns):
    """The rows of a report as tuples of these columns, or of all but those that have no number."""
    report = BY_NAME[name].make(work, asked)
    return [tuple(row.values[each] for each in columns) for row in report.rows]


COUNTS = ("met", "missed", "excused", "open", "rate")


def test_each_target_counts_as_met_missed_excused_or_open(work, month):
    assert rows_of(work, "targets", MARCH, "target", *COUNTS) == [
        ("First response", 2, 1, 1, 1, 667),
        ("Resolution", 1, 0, 0, 0, 1000),
        ("Promise", 1, 1, 0, 0, 500),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "customers",
            [
                ("Acme", "First response", 1, 1, 1, 1, 500),
                ("Acme", "Resolution", 1, 0, 0, 0, 1000),
                ("Acme", "Promise", 1, 1, 0, 0, 500),
                ("Bolt", "First response", 1, 0, 0, 0, 1000),
            ],
        ),
        (
            "policies",
            [
                ("Gold", "First response", 2, 1, 1, 1, 667),
                ("Gold", "Resolution", 1, 0, 0, 0, 1000),
                ("Gold", "Promise", 0, 1, 0, 0, 0),
                ("(without a policy)", "Promise", 1, 0, 0, 0, 1000),
            ],
        ),
        (
            "people",
            [
                ("Jo", "First response", 1, 1, 0, 0, 500),
                ("Kim", "First response", 0, 0, 1, 0, None),
                ("(nobody)", "First response", 1, 0, 0, 0, 1000),
                ("(nobody)", "Resolution", 1, 0, 0, 0, 1000),
                ("(nobody)", "Promise", 1, 1, 0, 0, 500),
            ],
        ),
    ],
)
def test_the_same_is_told_by_customer_policy_and_person(work, month, name, expected):
    assert rows_of(work, name, MARCH, "group", "target", *COUNTS) == expected


def test_months_and_weeks_are_those_of_the_zone(work, month, clock_row):
    clock_row(
        month[5], "next_response", "03-01 9", ended="03-31 22:30", due="04-01 9"
    )  # past midnight in Berlin
    both = MARCH.days(date(2026, 2, 1), date(2026, 4, 30))
    found = rows_of(work, "months", replace(both, target=Target.FIRST_RESPONSE), "group", "met", "missed")
    assert found == [("2026-02", 1, 0), ("2026-03", 2, 1)]
    assert rows_of(work, "months", replace(both, target=Target.NEXT_RESPONSE), "group", "met") == [
        ("2026-04", 1)
    ]
    weeks = rows_of(
        work, "weeks", replace(MARCH, target=Target.FIRST_RESPONSE), "group", "met", "missed", "excused"
    )
    assert weeks == [("2026-03-02", 1, 0, 0), ("2026-03-09", 0, 1, 1), ("2026-03-30", 1, 0, 0)]


def test_percentiles_stand_beside_means_of_business_time_and_of_the_clock(work, month):
    first, resolution, _ = rows_of(
        work, "times", MARCH, "target", "number", "used50", "used90", "used", "wall50", "wall90", "wall"
    )
    hours = [round(each / HOUR, 2) for each in first[2:]]
    assert (first[0], first[1]) == ("First response", 4)  # 1, 3, 5 and 6 hours
    assert hours == [3, 6, 3.75, 3, 6, 3.75]
    assert resolution[:2] == ("Resolution", 1)
    assert (resolution[2], resolution[5]) == (10 * HOUR, 15 * HOUR)


@alike
def test_what_runs_stands_by_what_is_due_with_the_share_used(work, month):
    assert rows_of(work, "risk", MARCH, "ticket", "target", "left", "share") == [
        (f"#{month[3].id}", "First response", 3 * HOUR, 250)
    ]


def test_a_clock_that_ran_past_its_due_moment_is_missed_before_anybody_looks(work, month, clock_row):
    clock_row(month[4], "update", "03-20 9", due="03-20 13")
    (row,) = rows_of(work, "targets", replace(MARCH, target=Target.UPDATE), *COUNTS)
    assert row == (0, 1, 0, 0, 0)


def test_the_pause_share_is_of_time_that_would_have_counted(work, month):
    (row,) = rows_of(work, "pauses", MARCH, "customer", "counted", "paused", "share", "with_third")
    assert row == ("Acme", 10 * HOUR, 5 * HOUR, 333, 2 * HOUR)
    (row,) = rows_of(work, "pauses", MARCH, "tickets", "with_scheduled")
    assert row == (1, 0)


def test_pauses_in_which_the_customer_had_written_stand_by_who_began_them(work, month):
    found = rows_of(work, "answered", MARCH, "person", "begun", "answered", "share", "waited")
    assert found == [("Jo", 2, 1, 500, 3 * HOUR), ("Kim", 1, 0, 0, 0)]
    (row,) = rows_of(work, "answers", MARCH, "ticket", "person", "why")
    assert row == (f"#{month[0].id}", "Jo", "the customer wrote")


@alike
def test_reasons_excuses_and_promises(work, month):
    found = rows_of(
        work, "reasons", replace(MARCH, target=Target.FIRST_RESPONSE), "cause", "missed", "excused"
    )
    assert found == [("(no reason chosen)", 0, 1), ("Overlooked", 1, 0)]
    (excuse,) = rows_of(work, "excuses", MARCH, "ticket", "excuse", "by")
    assert excuse == (f"#{month[2].id}", "Storm over the north", "Kim")
    assert rows_of(work, "promises", MARCH, "customer", "met", "missed", "rate") == [("Acme", 1, 1, 500)]


@alike
def test_what_cannot_be_counted_is_said(work, month, make):
    bare = make.ticket("Bare")
    said = [sentence for sentence, _ in uncounted(work, MARCH)]
    assert said[0] == "1 ticket of these days has no policy."
    assert said[1] == "1 clock is open: nobody knows yet."
    assert said[2].startswith("1 clock was stopped")
    put(work.db, bare, status="deleted")
    assert len(uncounted(work, MARCH)) == 2


@alike
def test_every_number_leads_to_as_many_clocks(work, month):
    for name in ("targets", "customers", "reasons"):
        for row in BY_NAME[name].make(work, MARCH).rows:
            for column, leads in row.leads.items():
                more = {
                    "target": Target(leads.narrowed["target"]),
                    "verdict": Verdict(leads.narrowed["verdict"]),
                    "organization_id": int(leads.narrowed["customer"])
                    if "customer" in leads.narrowed
                    else None,
                }
                if "cause" in leads.narrowed:
                    more["cause"] = leads.narrowed["cause"].replace("none", "")
                report, total = list_clocks(work, replace(MARCH, **more), limit=50)
                assert (total, len(report.rows)) == (row.values[column],) * 2


@alike
def test_staff_without_the_right_count_what_they_may_see_and_of_people_themselves(work_of, month, make, db):
    hidden = make.queue("Board", granted=False)
    put(db, month[1], queue_id=hidden.id)
    jo = work_of("jo")
    assert rows_of(jo, "targets", replace(MARCH, target=Target.FIRST_RESPONSE), *COUNTS) == [
        (2, 0, 1, 1, 1000)
    ]
    assert {row[0] for row in rows_of(jo, "people", MARCH, "group")} == {"Jo"}
    assert {row[0] for row in rows_of(jo, "answered", MARCH, "person")} == {"Jo"}
    assert rows_of(work_of("ann@acme.example"), "targets", MARCH, "target") == []


def test_reports_ask_a_bounded_number_of_questions(work, month, query_count):
    for kind in REPORTS:
        with query_count() as counted:
            kind.make(work, MARCH)
        assert counted.total <= 5, kind.name


@alike
def test_merged_and_deleted_tickets_count_nowhere(work, month):
    put(work.db, month[0], merged_into_id=month[1].id)
    put(work.db, month[2], status="deleted")
    (row,) = rows_of(work, "targets", replace(MARCH, target=Target.FIRST_RESPONSE), *COUNTS)
    assert row == (1, 1, 0, 1, 500)
