"""Tickets that are born solved, brought in, merged, deleted, restored and reopened."""

from datetime import timedelta

import pytest

from plugins.sla.tests.hard_cases.told import ANN, BOB, DAY, GOLD, HOUR, Told, band, plan, t
from rtpy_sla.clocks.words import Reopening, Retarget, State, Target, Verdict

RESOLUTION, FIRST, NEXT, UPDATE = (
    Target.RESOLUTION,
    Target.FIRST_RESPONSE,
    Target.NEXT_RESPONSE,
    Target.UPDATE,
)


def reopening(how: Reopening, days: int = 7):
    return plan(band(first_response=HOUR, resolution=8 * HOUR), reopening=how, confirm_seconds=days * DAY)


def test_a_ticket_that_begins_solved_kept_everything_at_once():
    seen = Told("1 10:00", status="resolved").seen()

    for target in (Target.ACKNOWLEDGE, FIRST, RESOLUTION):
        clock = seen.clock(target)
        assert (clock.state, clock.used, clock.ended) == (State.ENDED, 0, t("1 10:00")), target
        assert seen.verdict(target) is Verdict.MET
    assert seen.pauses == ()


def test_a_ticket_that_begins_void_owes_nothing_until_it_is_brought_back():
    told = Told("1 10:00", status="rejected")

    assert told.seen("3 10:00").clock(RESOLUTION).state is State.STOPPED
    assert told.seen("3 10:00").verdict(RESOLUTION) is Verdict.NONE
    assert told.status("3 10:00", "open").seen("3 10:00").due(RESOLUTION) == t("5 10:00")


def test_solving_ends_all_that_is_owed():
    seen = Told("1 10:00").staff("1 10:30").customer("1 11:00").status("1 12:00", "resolved", BOB).seen()

    assert {each.state for each in seen.timeline.clocks} == {State.ENDED}
    assert (seen.verdict(NEXT), seen.verdict(UPDATE), seen.verdict(RESOLUTION)) == (Verdict.MET,) * 3
    assert seen.clock(RESOLUTION).person_id == BOB


def test_solving_too_late_is_a_miss():
    seen = Told("1 10:00").status("4 10:00", "resolved").seen()

    assert (seen.verdict(RESOLUTION), seen.clock(RESOLUTION).missed) == (Verdict.MISSED, t("3 10:00"))


def test_time_in_a_void_status_does_not_count():
    told = Told("1 10:00").status("1 12:00", "deleted")
    assert told.seen("2 10:00").clock(RESOLUTION).state is State.STOPPED

    clock = told.status("3 10:00", "open").seen("3 10:00").clock(RESOLUTION)

    assert (clock.state, clock.due) == (State.RUNNING, t("4 16:00"))
    assert (clock.used, clock.closed, clock.paused) == (2 * HOUR, (5 + 8 + 1) * HOUR, 0)


def test_a_miss_outlives_deletion():
    assert Told("1 10:00").status("4 10:00", "deleted").seen().verdict(RESOLUTION) is Verdict.MISSED


def test_a_merged_ticket_loses_its_clocks():
    told = Told("1 10:00").status("1 10:20", "stalled").merged("1 10:40").customer("1 13:00")

    seen = told.seen()

    assert {each.state for each in seen.timeline.clocks} == {State.STOPPED}
    assert {each.verdict(seen.now) for each in seen.timeline.clocks} == {Verdict.NONE}
    assert [each.ended_why for each in seen.pauses] == ["closed"]


def test_what_a_merged_ticket_missed_can_still_be_excused():
    told = Told("1 10:00").merged("1 14:00").excuse("1 15:00", FIRST, 1, "It was a double")

    assert told.seen().verdict(FIRST) is Verdict.EXCUSED


def test_the_ticket_that_takes_another_in_takes_the_older_start():
    told = Told("2 10:00").staff("2 10:30").absorb("2 11:00", started="1 10:00")

    seen = told.seen("2 11:00")

    assert (seen.clock(RESOLUTION).started, seen.due(RESOLUTION)) == (t("1 10:00"), t("3 10:00"))
    assert seen.clock(FIRST).started == t("2 10:00")  # what is over stays as it was


def test_an_older_start_that_breaks_a_promise_breaks_it_when_it_is_taken_over():
    told = Told("9 10:00").absorb("9 11:00", started="1 10:00")

    clock = told.seen("9 11:00").clock(RESOLUTION)

    assert (clock.due, clock.missed) == (t("3 10:00"), t("9 11:00"))


def test_a_younger_ticket_changes_nothing():
    told = Told("1 10:00")
    before = told.seen("2 11:00").timeline

    assert told.absorb("2 10:00", started="2 09:00").seen("2 11:00").timeline == before


def test_a_message_that_was_split_off_begins_a_ticket_of_its_own():
    """Splitting makes a ticket with its own creation: the first one's clocks stay."""
    told = Told("1 10:00")
    before = told.seen("2 11:00").clock(RESOLUTION)

    assert told.note("2 10:00").seen("2 11:00").clock(RESOLUTION) == before


def test_nothing_counts_before_a_ticket_was_brought_in():
    told = Told("2020-01-06 10:00", status="new").customer("2020-01-07 10:00").brought_in("2026-06-01 10:00")

    at_once, seen = told.seen("1 10:00"), told.seen("1 10:30")

    assert at_once.count(RESOLUTION) == 1
    assert {each.started for each in seen.timeline.clocks} == {t("1 10:00")}
    assert (seen.due(RESOLUTION), seen.due(FIRST)) == (t("3 10:00"), t("1 12:00"))


def test_what_was_over_before_it_was_brought_in_has_no_clock():
    told = Told("2020-01-06 10:00").staff("2020-01-06 11:00").status("2020-01-07 10:00", "resolved")

    assert told.brought_in("1 10:00").seen().timeline.clocks == ()


@pytest.mark.parametrize(
    ("how", "started"), [(Retarget.FROM_NOW, "2 10:00"), (Retarget.FROM_CREATION, "1 10:00")]
)
def test_a_policy_pinned_after_it_was_brought_in_reaches_back_no_further(how, started):
    told = Told("2020-01-06 10:00", None).brought_in("1 10:00").pin("2 10:00", GOLD, how)

    assert told.seen("2 10:00").clock(RESOLUTION).started == t(started)


def test_an_agreed_moment_before_it_was_brought_in_has_passed():
    told = Told("2020-01-06 10:00").ball("2020-01-06 11:00", "scheduled", until="2020-01-07 10:00")

    seen = told.brought_in("1 10:00").seen("1 10:00:01")

    assert (seen.timeline.ball, seen.clock(RESOLUTION).state) == (seen.timeline.ball.US, State.RUNNING)


def test_an_agreed_moment_after_it_was_brought_in_still_comes():
    told = (
        Told("2020-01-06 10:00").ball("2020-01-06 11:00", "scheduled", until="1 12:00").brought_in("1 10:00")
    )

    clock = told.seen("1 13:00").clock(RESOLUTION)

    assert (clock.started, clock.since, clock.paused) == (t("1 10:00"), t("1 12:00"), 2 * HOUR)


def test_reopened_in_time_the_resolution_goes_on_without_the_time_between():
    told = Told("1 10:00", reopening(Reopening.CONTINUE))
    told.status("1 12:00", "resolved").status("2 12:00", "open")

    clock = told.seen("2 12:00").clock(RESOLUTION)

    assert (clock.cycle, clock.state, clock.due) == (1, State.RUNNING, t("3 10:00"))
    assert (clock.used, clock.closed) == (2 * HOUR, 8 * HOUR)
    assert clock.ended is None


def test_reopened_too_late_it_begins_anew():
    told = Told("1 10:00", reopening(Reopening.CONTINUE))
    told.status("1 12:00", "resolved").status("8 12:00:01", "open")

    seen = told.seen("8 12:00:01")

    assert seen.clock(RESOLUTION, 1).ended == t("1 12:00")
    assert seen.clock(RESOLUTION, 2).started == t("8 12:00:01")


@pytest.mark.parametrize(
    ("how", "cycles", "state"),
    [
        (Reopening.CONTINUE, 1, State.RUNNING),
        (Reopening.RESTART, 2, State.RUNNING),
        (Reopening.NEVER, 1, State.ENDED),
    ],
)
def test_a_reopened_ticket_does_with_its_resolution_what_the_policy_says(how, cycles, state):
    told = Told("1 10:00", reopening(how)).status("1 12:00", "resolved").status("1 13:00", "open")

    seen = told.seen("1 13:00")

    assert (seen.count(RESOLUTION), seen.clock(RESOLUTION, cycles).state) == (cycles, state)


@pytest.mark.parametrize("how", list(Reopening))
def test_the_first_response_is_never_counted_again(how):
    told = Told("1 10:00", reopening(how)).staff("1 10:30").status("1 12:00", "resolved")
    before = told.seen().clock(FIRST)

    told.customer("1 13:00").status("1 13:00", "open").staff("1 17:00").status("2 10:00", "resolved")

    assert (told.seen().count(FIRST), told.seen().clock(FIRST)) == (1, before)


def test_a_breach_stays_when_a_ticket_is_reopened():
    told = (
        Told("1 10:00", reopening(Reopening.CONTINUE)).status("3 10:00", "resolved").status("3 12:00", "open")
    )

    assert told.seen("3 12:00").clock(RESOLUTION).missed == t("2 10:00")


def test_reopened_ten_times_only_the_time_at_work_counts():
    told = Told("1 09:00", reopening(Reopening.CONTINUE))
    start = t("1 09:00")
    for turn in range(10):  # 15 minutes at work, 15 minutes solved
        at = start + timedelta(minutes=30 * turn + 15)
        told.status(at.strftime("%Y-%m-%d %H:%M"), "resolved")
        told.status((at + timedelta(minutes=15)).strftime("%Y-%m-%d %H:%M"), "open")

    clock = told.seen("1 14:00").clock(RESOLUTION)

    assert (clock.used, clock.closed) == (int(2.5 * HOUR), int(2.5 * HOUR))
    assert clock.due == t("2 11:30")
    assert sum(step.what == "reopened" for step in clock.steps) == 10


def test_a_message_that_reopens_waits_for_an_answer_from_then_on():
    told = Told("1 10:00").staff("1 11:00").status("1 12:00", "resolved")
    told.customer("2 10:00").status("2 10:00", "open")

    seen = told.seen("2 10:00")

    assert (seen.due(NEXT), seen.clock(NEXT).started_by) == (t("2 14:00"), told.facts[-2].id)


def test_thanks_to_a_solved_ticket_start_nothing():
    told = Told("1 10:00").staff("1 11:00").status("1 12:00", "resolved")
    before = told.seen().timeline

    assert told.customer("1 13:00").seen().timeline == before


def test_a_priority_that_was_raised_while_solved_holds_when_it_is_reopened():
    held = plan(band(resolution=4 * HOUR, priority=50), band(resolution=16 * HOUR))
    told = (
        Told("1 10:00", held).status("1 11:00", "resolved").priority("1 12:00", 60).status("1 13:00", "open")
    )

    assert told.seen("1 13:00").due(RESOLUTION) == t("1 16:00")


def test_a_solved_ticket_that_is_deleted_keeps_its_results():
    told = Told("1 10:00").status("1 11:00", "resolved", ANN)
    before = told.seen().timeline.clocks

    assert told.status("2 10:00", "deleted").seen().timeline.clocks == before
