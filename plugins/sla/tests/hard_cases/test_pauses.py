"""With whom the ball is, and what a pause does to deadlines."""

import pytest

from plugins.sla.tests.hard_cases.told import (
    ANN,
    HOUR,
    OFFICE,
    Told,
    band,
    calendar,
    hours,
    plan,
    t,
    term,
)
from rtpy_sla.clocks.words import Ball, State, Target, Unit, Verdict

RESOLUTION, FIRST = Target.RESOLUTION, Target.FIRST_RESPONSE


@pytest.mark.parametrize(
    ("start", "end", "due"),
    [
        pytest.param("1 11:00", "1 13:00", "3 12:00", id="two hours within a day"),
        pytest.param("1 16:00", "2 10:00", "3 12:00", id="a night moves it by two business hours only"),
        pytest.param("1 18:00", "2 08:00", "3 10:00", id="a pause outside of hours moves nothing"),
        pytest.param("1 11:00", "1 11:00", "3 10:00", id="a pause of no length"),
        pytest.param("1 16:30", "8 09:30", "9 11:00", id="a week"),
    ],
)
def test_a_pause_moves_the_deadline_by_the_business_time_in_it(start, end, due):
    told = Told("1 10:00").status(start, "stalled").status(end, "open")

    assert told.seen(end).due(RESOLUTION) == t(due)


def test_a_pause_across_a_years_end_counts_as_any_other():
    told = Told("2026-12-31 10:00").status("2026-12-31 12:00", "stalled").status("2027-01-04 11:00", "open")

    clock = told.seen("2027-01-04 11:00").clock(RESOLUTION)

    assert (clock.used, clock.paused) == (2 * HOUR, (5 + 8 + 2) * HOUR)
    assert clock.due == t("2027-01-05 17:00")


def test_a_first_response_never_pauses():
    seen = Told("1 10:00").status("1 10:30", "stalled").seen("1 13:00")

    assert seen.due(FIRST) == t("1 12:00")
    assert seen.verdict(FIRST) is Verdict.MISSED


def test_a_ticket_that_begins_paused_burns_nothing():
    told = Told("1 10:00", status="stalled")

    assert told.seen("2 10:00").clock(RESOLUTION).state is State.PAUSED
    assert told.seen("2 10:00").used(RESOLUTION) == 0
    assert told.status("3 10:00", "open").seen("3 10:00").due(RESOLUTION) == t("5 10:00")


def test_a_message_of_the_customer_ends_their_pause_though_nobody_moves_the_status():
    seen = Told("1 10:00").staff("1 11:00").status("1 11:00", "stalled").customer("2 10:00").seen("2 12:00")

    (pause,) = seen.pauses
    assert (pause.end, pause.ended_why, pause.customer_wrote) == (t("2 10:00"), "customer", t("2 10:00"))
    assert (seen.timeline.ball, seen.timeline.status) == (Ball.US, "stalled")
    assert seen.clock(RESOLUTION).since == t("2 10:00")
    assert seen.due(Target.NEXT_RESPONSE) == t("2 14:00")


def test_our_answer_gives_the_ball_back_to_where_the_status_says():
    told = Told("1 10:00").status("1 11:00", "stalled").customer("1 12:00").staff("1 13:00")

    seen = told.seen("1 14:00")

    assert [(each.start, each.end) for each in seen.pauses] == [
        (t("1 11:00"), t("1 12:00")),
        (t("1 13:00"), None),
    ]
    assert seen.used(RESOLUTION) == 2 * HOUR


@pytest.mark.parametrize("status", ["vendor", "scheduled"])
def test_a_message_of_the_customer_is_noted_in_other_pauses(status):
    told = Told("1 10:00").status("1 11:00", status).customer("1 12:00").customer("1 13:00")

    (pause,) = told.seen("1 14:00").pauses

    assert (pause.end, pause.customer_wrote) == (None, t("1 12:00"))


def test_every_pause_says_who_why_and_how_it_ended():
    told = Told("1 10:00").ball("1 11:00", "third", reason="Waits for the maker").ball("1 13:00", "")
    told.status("1 14:00", "stalled").status("1 15:00", "resolved")

    by_hand, by_status = told.seen().pauses

    assert (by_hand.ball, by_hand.by, by_hand.reason, by_hand.is_by_hand, by_hand.ended_why) == (
        Ball.THIRD,
        ANN,
        "Waits for the maker",
        True,
        "hand",
    )
    assert (by_status.ball, by_status.reason, by_status.is_by_hand, by_status.ended_why) == (
        Ball.CUSTOMER,
        "stalled",
        False,
        "closed",
    )
    assert (by_status.began_by, by_status.ended_by) == (told.facts[-2].id, told.facts[-1].id)


def test_what_was_said_by_hand_holds_until_the_status_changes():
    told = Told("1 10:00").ball("1 11:00", "customer").priority("1 12:00", 5).status("1 13:00", "new")

    seen = told.seen("1 14:00")

    assert [(each.end, each.ended_why) for each in seen.pauses] == [(t("1 13:00"), "status")]
    assert seen.timeline.ball is Ball.US


def test_the_ball_can_be_ours_by_hand_in_a_status_that_says_otherwise():
    told = Told("1 10:00").status("1 11:00", "stalled").ball("1 12:00", "us").staff("1 13:00")

    assert told.seen("1 15:00").timeline.ball is Ball.US
    assert told.ball("1 14:00", "").seen("1 15:00").timeline.ball is Ball.CUSTOMER


def test_one_paused_status_after_another_is_one_pause_for_the_clock_and_two_in_the_list():
    told = Told("1 10:00").status("1 11:00", "stalled").status("1 12:00", "vendor").status("1 13:00", "open")

    seen = told.seen("1 13:00")

    assert [(each.ball, each.end) for each in seen.pauses] == [
        (Ball.CUSTOMER, t("1 12:00")),
        (Ball.THIRD, t("1 13:00")),
    ]
    assert [step.what for step in seen.clock(RESOLUTION).steps] == ["started", "paused", "resumed"]
    assert seen.clock(RESOLUTION).paused == 2 * HOUR


def test_an_agreed_moment_ends_a_pause_by_itself():
    told = Told("1 10:00").ball("1 11:00", "scheduled", until="2 10:00")

    before, after = told.seen("2 09:59"), told.seen("2 10:00")

    assert (before.timeline.ball, before.timeline.ball_until) == (Ball.SCHEDULED, t("2 10:00"))
    assert (after.timeline.ball, after.timeline.ball_until) == (Ball.US, None)
    assert [(each.end, each.ended_why, each.ended_by) for each in after.pauses] == [(t("2 10:00"), "time", 0)]
    assert after.clock(RESOLUTION).since == t("2 10:00")
    assert after.due(RESOLUTION) == t("3 17:00")


def test_an_agreed_moment_that_passed_long_before_the_next_fact_counts_when_it_was():
    told = Told("1 10:00").ball("1 11:00", "scheduled", until="1 12:00").note("9 10:00")

    assert told.seen("9 10:00").clock(RESOLUTION).missed == t("3 11:00")


def test_an_agreed_moment_that_has_gone_already_is_a_pause_of_no_length():
    seen = Told("1 10:00").ball("1 11:00", "scheduled", until="1 09:00").seen("1 12:00")

    assert [(each.start, each.end) for each in seen.pauses] == [(t("1 11:00"), t("1 11:00"))]
    assert seen.timeline.ball is Ball.US


def test_a_moment_agreed_in_a_paused_status_makes_it_our_turn_until_the_status_changes():
    told = Told("1 10:00").status("1 11:00", "scheduled").ball("1 11:30", "scheduled", until="1 12:00")

    assert told.seen("1 13:00").timeline.ball is Ball.US
    assert told.status("1 14:00", "stalled").seen("1 15:00").timeline.ball is Ball.CUSTOMER


def test_taking_the_ball_back_before_the_agreed_moment_forgets_the_moment():
    told = Told("1 10:00").ball("1 11:00", "customer", until="2 10:00").ball("1 12:00", "")

    seen = told.seen("3 10:00")

    assert [(each.end, each.ended_why) for each in seen.pauses] == [(t("1 12:00"), "hand")]


def test_a_breach_that_happened_before_the_pause_is_not_healed_by_it():
    told = Told("1 10:00").status("4 10:00", "stalled").status("9 10:00", "open")

    clock = told.seen("9 10:00").clock(RESOLUTION)

    assert (clock.missed, clock.due, clock.left) == (t("3 10:00"), t("3 10:00"), 0)


def test_a_term_says_which_pauses_hold_for_it():
    strict = plan(band(term(RESOLUTION, 16 * HOUR, pauses="customer")))
    told = Told("1 10:00", strict).status("1 11:00", "vendor").status("1 13:00", "stalled")

    clock = told.seen("1 14:00").clock(RESOLUTION)

    assert (clock.used, clock.state) == (3 * HOUR, State.PAUSED)


@pytest.mark.parametrize(
    ("start", "end", "due"),
    [
        pytest.param("2 10:00", "2 16:00", "3 17:00", id="within a day: the day counts"),
        pytest.param("2 16:00", "3 10:00", "4 17:00", id="over one close"),
        pytest.param(
            "1 12:00", "2 10:00", "3 17:00", id="over the close of the first day, which never counts"
        ),
        pytest.param("2 16:00", "8 10:00", "9 17:00", id="over a weekend"),
        pytest.param("1 20:00", "2 08:00", "3 17:00", id="over night"),
    ],
)
def test_a_day_whose_close_lies_in_a_pause_is_no_day_of_the_term(start, end, due):
    days = plan(band(term(RESOLUTION, 2, Unit.DAYS)))
    told = Told("1 10:00", days).status(start, "stalled").status(end, "open")

    assert told.seen(end).due(RESOLUTION) == t(due)


def test_days_that_are_paused_say_what_is_left_in_business_time():
    days = plan(band(term(RESOLUTION, 2, Unit.DAYS)))
    clock = Told("1 10:00", days).status("2 16:00", "stalled").seen("5 10:00").clock(RESOLUTION)

    assert (clock.amount, clock.used, clock.left, clock.due) == (2, 14 * HOUR, 9 * HOUR, None)


def test_a_pause_that_begins_as_the_time_runs_out_leaves_nothing_and_breaks_nothing():
    told = Told("1 10:00", plan(band(resolution=2 * HOUR))).status("1 12:00", "stalled")

    assert told.seen("1 15:00").clock(RESOLUTION).left == 0
    assert told.status("2 10:00", "resolved").seen().verdict(RESOLUTION) is Verdict.MET


def test_ending_while_paused_names_the_deadline_that_would_have_held():
    told = Told("1 10:00").status("1 12:00", "stalled").status("9 10:00", "resolved")

    clock = told.seen().clock(RESOLUTION)

    assert (clock.verdict(t("9 10:00")), clock.due, clock.used) == (Verdict.MET, t("10 16:00"), 2 * HOUR)


def test_a_calendar_whose_hours_end_for_good_is_never_due_instead_of_an_error():
    ends = hours(calendar(), calendar("", week=0), begins=("2026-06-02",))
    seen = Told("1 10:00", plan(band(resolution=16 * HOUR, held=ends))).seen()

    assert (seen.due(RESOLUTION), seen.verdict(RESOLUTION)) == (None, Verdict.OPEN)
    assert OFFICE.between(t("1 10:00"), t("1 11:00")) == HOUR
