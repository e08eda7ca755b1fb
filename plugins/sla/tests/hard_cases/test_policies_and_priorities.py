"""What becomes of clocks when the priority or the policy changes."""

import pytest

from plugins.sla.tests.hard_cases.told import GOLD, HOUR, ROUND_THE_CLOCK, Told, band, plan, t, term
from rtpy_sla.clocks.words import Retarget, State, Target, Unit, Verdict

RESOLUTION = Target.RESOLUTION


def banded(how: Retarget = Retarget.FROM_CREATION, version: int = 1):
    return plan(
        band(resolution=4 * HOUR, priority=50), band(resolution=16 * HOUR), version=version, on_priority=how
    )


def test_a_breach_stays_when_the_priority_is_raised_or_lowered_afterwards():
    told = Told("1 10:00", banded(), priority=50).priority("2 10:00", 0)

    clock = told.seen("2 11:00").clock(RESOLUTION)

    assert (clock.missed, clock.due, clock.state) == (t("1 14:00"), t("3 10:00"), State.RUNNING)
    assert clock.verdict(t("2 11:00")) is Verdict.MISSED
    assert told.priority("2 12:00", 50).seen("2 12:00").clock(RESOLUTION).missed == t("1 14:00")


@pytest.mark.parametrize(
    ("how", "due", "used"),
    [
        (Retarget.KEEP, "3 10:00", 0),
        (Retarget.FROM_NOW, "1 16:00", 0),
        (Retarget.FROM_CREATION, "1 14:00", 2 * HOUR),
    ],
)
def test_a_raised_priority_has_its_term_from_where_the_policy_says(how, due, used):
    clock = Told("1 10:00", banded(how)).priority("1 12:00", 50).seen("1 12:00").clock(RESOLUTION)

    assert (clock.due, clock.amount) == (t(due), (16 if how is Retarget.KEEP else 4) * HOUR)


@pytest.mark.parametrize(
    ("how", "left", "due"),
    [
        (Retarget.KEEP, 15 * HOUR, "4 16:00"),
        (Retarget.FROM_NOW, 4 * HOUR, "3 13:00"),
        (Retarget.FROM_CREATION, 3 * HOUR, "3 12:00"),
    ],
)
def test_a_priority_raised_while_paused_neither_ends_the_pause_nor_counts_it(how, left, due):
    told = Told("1 10:00", banded(how)).status("1 11:00", "stalled").priority("2 10:00", 50)

    paused = told.seen("2 10:00").clock(RESOLUTION)
    resumed = told.status("3 09:00", "open").seen("3 09:00").clock(RESOLUTION)

    assert (paused.state, paused.due, paused.left) == (State.PAUSED, None, left)
    assert resumed.due == t(due)


def test_a_priority_within_the_same_band_changes_nothing():
    told = Told("1 10:00", banded(Retarget.FROM_NOW)).priority("1 12:00", 40)

    assert [step.what for step in told.seen("1 12:00").clock(RESOLUTION).steps] == ["started"]


def test_terms_that_were_broken_before_they_held_are_missed_when_they_begin():
    told = Told("1 10:00", banded()).priority("2 12:00", 50)

    clock = told.seen("2 12:00").clock(RESOLUTION)

    assert (clock.due, clock.missed) == (t("1 14:00"), t("2 12:00"))


def test_the_account_says_what_held_before_and_after():
    step = Told("1 10:00", banded()).priority("1 12:00", 50).seen("1 12:00").clock(RESOLUTION).steps[-1]

    assert (step.what, step.since, step.counted) == ("retargeted", t("1 10:00"), 2 * HOUR)
    assert (step.detail["before"]["amount"], step.detail["after"]["amount"]) == (16 * HOUR, 4 * HOUR)
    assert (step.detail["how"], step.detail["why"]) == ("creation", "priority")


def test_a_band_for_one_priority_may_count_round_the_clock():
    held = plan(
        band(resolution=4 * HOUR, held=ROUND_THE_CLOCK, priority=80),
        band(resolution=4 * HOUR),
        on_priority=Retarget.FROM_NOW,
    )
    told = Told("5 16:00", held).priority("5 18:00", 90)

    assert told.seen("5 18:00").due(RESOLUTION) == t("5 22:00")


def test_a_policy_that_is_taken_away_stops_what_runs_and_keeps_what_was():
    told = Told("1 10:00").staff("1 13:00").pin("1 14:00", None)

    seen = told.seen()

    assert seen.verdict(Target.FIRST_RESPONSE) is Verdict.MISSED
    assert seen.clock(RESOLUTION).state is State.STOPPED
    assert seen.verdict(RESOLUTION) is Verdict.NONE
    assert seen.clock(RESOLUTION).due is None


def test_a_breach_stays_when_the_policy_is_taken_away():
    seen = Told("1 10:00").pin("4 10:00", None).seen()

    assert (seen.clock(RESOLUTION).state, seen.verdict(RESOLUTION)) == (State.STOPPED, Verdict.MISSED)


def test_nothing_new_is_counted_without_a_policy():
    told = Told("1 10:00").pin("1 11:00", None).customer("1 12:00").staff("1 13:00").customer("1 14:00")

    assert {(each.target, each.cycle) for each in told.seen().timeline.clocks} == {
        (target, 1)
        for target in (Target.ACKNOWLEDGE, Target.FIRST_RESPONSE, RESOLUTION, Target.WAITING, Target.EFFORT)
    }


@pytest.mark.parametrize(
    ("how", "started", "due"),
    [
        (Retarget.KEEP, "1 13:00", "2 13:00"),
        (Retarget.FROM_NOW, "1 13:00", "2 13:00"),
        (Retarget.FROM_CREATION, "1 10:00", "2 12:00"),
    ],
)
def test_a_policy_that_comes_late_finds_what_is_owed(how, started, due):
    told = Told("1 10:00", None).staff("1 10:30").status("1 11:00", "stalled").status("1 13:00", "open")
    told.pin("1 13:00", plan(band(first_response=HOUR, resolution=8 * HOUR)), how)

    seen = told.seen("1 13:00")

    assert (seen.clock(RESOLUTION).started, seen.due(RESOLUTION)) == (t(started), t(due))
    assert seen.count(Target.FIRST_RESPONSE) == 0  # what was done before it came owes nothing to it


@pytest.mark.parametrize("how", list(Retarget))
def test_another_version_asks_what_becomes_of_running_clocks(how):
    longer = plan(band(first_response=8 * HOUR, resolution=24 * HOUR), version=2)
    seen = Told("1 10:00").pin("1 11:00", longer, how).seen("1 11:00")

    assert (
        seen.due(Target.FIRST_RESPONSE)
        == {
            Retarget.KEEP: t("1 12:00"),
            Retarget.FROM_NOW: t("2 11:00"),
            Retarget.FROM_CREATION: t("2 10:00"),
        }[how]
    )
    assert seen.clock(RESOLUTION).plan_version_id == (1 if how is Retarget.KEEP else 2)


def test_clocks_that_were_kept_are_followed_by_new_ones_on_new_terms():
    quicker = plan(band(next_response=HOUR, resolution=HOUR), version=2)
    told = Told("1 10:00").staff("1 10:30").pin("1 11:00", quicker).customer("1 12:00")

    seen = told.seen("1 12:00")

    assert seen.due(RESOLUTION) == t("3 10:00")
    assert seen.due(Target.NEXT_RESPONSE) == t("1 13:00")


def test_kept_clocks_follow_the_priorities_of_their_own_policy():
    other = plan(band(resolution=HOUR, priority=50), band(resolution=2 * HOUR), version=2)
    told = Told("1 10:00", banded()).pin("1 11:00", other).priority("1 12:00", 60)

    assert told.seen("1 12:00").due(RESOLUTION) == t("1 14:00")


def test_a_pause_survives_another_policy():
    told = (
        Told("1 10:00").status("1 12:00", "stalled").pin("2 10:00", banded(version=2), Retarget.FROM_CREATION)
    )

    clock = told.seen("2 12:00").clock(RESOLUTION)

    assert (clock.state, clock.used, clock.left) == (State.PAUSED, 2 * HOUR, 14 * HOUR)
    assert len(told.seen("2 12:00").pauses) == 1


def test_terms_that_do_not_pause_count_what_the_old_ones_left_out():
    strict = plan(band(term(RESOLUTION, 16 * HOUR, pauses="")), version=2)
    told = Told("1 10:00").status("1 12:00", "stalled").pin("1 15:00", strict, Retarget.FROM_CREATION)

    clock = told.seen("1 15:00").clock(RESOLUTION)

    assert (clock.state, clock.due) == (State.RUNNING, t("3 10:00"))


def test_a_target_that_the_new_policy_lacks_is_owed_no_longer():
    seen = (
        Told("1 10:00").pin("1 11:00", plan(band(resolution=HOUR), version=2), Retarget.FROM_CREATION).seen()
    )

    assert seen.clock(Target.FIRST_RESPONSE).state is State.STOPPED
    assert seen.verdict(Target.FIRST_RESPONSE) is Verdict.NONE


def test_the_unit_may_change():
    days = plan(band(term(RESOLUTION, 2, Unit.DAYS)), version=2)
    told = Told("1 10:00").pin("1 11:00", days, Retarget.FROM_CREATION)

    assert told.seen("1 11:00").due(RESOLUTION) == t("3 17:00")


def test_a_policy_pinned_again_after_it_was_taken_away_begins_another_cycle():
    told = Told("1 10:00").pin("1 11:00", None).pin("1 12:00", GOLD, Retarget.FROM_NOW)

    seen = told.seen("1 12:00")

    assert seen.clock(RESOLUTION, 1).state is State.STOPPED
    assert seen.due(RESOLUTION, 2) == t("3 12:00")
