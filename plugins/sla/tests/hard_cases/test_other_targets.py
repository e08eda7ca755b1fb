"""Updates, measures of waiting and effort, teams, suppliers, and dates that were given."""

import pytest

from plugins.sla.tests.hard_cases.told import HOUR, Told, band, plan, t
from rtpy_sla.clocks.words import State, Target, Verdict

INTERNAL, SUPPLIER, PROMISE, WAITING, EFFORT = (
    Target.INTERNAL,
    Target.SUPPLIER,
    Target.PROMISE,
    Target.WAITING,
    Target.EFFORT,
)
TEAMS = plan(band(internal=2 * HOUR, supplier=4 * HOUR))


def test_the_customers_waiting_counts_only_while_the_ball_is_ours():
    told = Told("1 10:00").owner("1 11:00").status("1 12:00", "stalled").customer("1 14:00")
    told.owner("1 15:00", somebody=False).status("1 16:00", "resolved")

    seen = told.seen()

    assert (seen.used(WAITING), seen.used(EFFORT)) == (4 * HOUR, 2 * HOUR)
    assert (seen.verdict(WAITING), seen.due(WAITING)) == (Verdict.NONE, None)


def test_the_account_says_why_a_clock_went_on_or_paused():
    told = Told("1 10:00").owner("1 11:00").status("1 12:00", "stalled").customer("1 13:00")
    told.owner("1 14:00", somebody=False).status("1 15:00", "deleted").status("1 16:00", "open")

    steps = told.seen("1 16:00").clock(EFFORT).steps[1:]

    assert [(step.what, *step.detail.values()) for step in steps] == [
        ("resumed", "owned"),
        ("paused", "customer"),
        ("resumed", "us"),
        ("paused", "unowned"),
        ("stopped", "void"),
        ("paused", "restored"),
    ]


def test_waiting_has_a_deadline_where_the_policy_gives_it_one():
    told = (
        Told("1 10:00", plan(band(waiting=2 * HOUR))).status("1 11:00", "stalled").status("1 13:00", "open")
    )

    assert told.seen("1 13:00").due(WAITING) == t("1 14:00")
    assert told.seen("1 15:00").verdict(WAITING) is Verdict.MISSED


def test_a_hand_over_between_teams_is_a_cycle_until_it_goes_on_or_back():
    told = Told("1 10:00", TEAMS).queue("1 11:00", 2).queue("1 12:00", 3).queue("1 16:00", 1)

    seen = told.seen()

    assert [seen.used(INTERNAL, cycle) for cycle in (1, 2)] == [HOUR, 4 * HOUR]
    assert [seen.verdict(INTERNAL, cycle) for cycle in (1, 2)] == [Verdict.MET, Verdict.MISSED]
    assert seen.count(INTERNAL) == 2


def test_the_end_of_a_ticket_ends_the_hand_over():
    seen = Told("1 10:00", TEAMS).queue("1 11:00", 2).status("1 12:00", "resolved").seen()

    assert seen.clock(INTERNAL).ended == t("1 12:00")


def test_a_supplier_is_counted_while_the_ball_is_theirs():
    told = Told("1 10:00", TEAMS).status("1 11:00", "vendor").status("1 12:00", "open")
    told.ball("1 13:00", "third").ball("2 13:00", "")

    seen = told.seen()

    assert [seen.used(SUPPLIER, cycle) for cycle in (1, 2)] == [HOUR, 8 * HOUR]
    assert [seen.verdict(SUPPLIER, cycle) for cycle in (1, 2)] == [Verdict.MET, Verdict.MISSED]


@pytest.mark.parametrize(
    ("settled", "how", "verdict", "state"),
    [
        ("3 11:59", "kept", Verdict.MET, State.ENDED),
        ("3 12:00", "kept", Verdict.MET, State.ENDED),
        ("3 12:01", "kept", Verdict.MISSED, State.ENDED),
        ("3 11:00", "withdrawn", Verdict.NONE, State.STOPPED),
        ("4 11:00", "withdrawn", Verdict.MISSED, State.STOPPED),
    ],
)
def test_a_date_that_was_given_is_kept_or_not(settled, how, verdict, state):
    seen = Told("1 10:00", None).promise("1 11:00", 1, "3 12:00").settle(settled, 1, how).seen()

    clock = seen.clock(PROMISE)
    assert (seen.verdict(PROMISE), clock.state, clock.label) == (verdict, state, "by then")


def test_a_date_is_due_whatever_pauses():
    told = Told("1 10:00").promise("1 11:00", 1, "6 12:00").status("1 12:00", "stalled")

    clock = told.seen("5 10:00").clock(PROMISE)

    assert (clock.state, clock.due, clock.amount) == (State.RUNNING, t("6 12:00"), 121 * HOUR)


def test_a_date_can_be_moved_before_it_has_passed():
    told = Told("1 10:00").promise("1 11:00", 1, "2 12:00").settle("2 11:00", 1, "moved", "4 12:00")

    assert told.seen("3 10:00").due(PROMISE) == t("4 12:00")
    assert told.settle("4 11:00", 1, "kept").seen().verdict(PROMISE) is Verdict.MET


def test_moving_a_date_that_has_passed_does_not_make_it_kept():
    told = Told("1 10:00").promise("1 11:00", 1, "2 12:00").settle("2 13:00", 1, "moved", "4 12:00")

    clock = told.settle("4 11:00", 1, "kept").seen().clock(PROMISE)

    assert (clock.missed, clock.due) == (t("2 12:00"), t("4 12:00"))


def test_solving_keeps_the_dates_that_are_still_to_come():
    told = Told("1 10:00").promise("1 11:00", 1, "2 12:00").promise("1 11:00", 2, "4 12:00")

    seen = told.status("3 10:00", "resolved").seen()

    assert (seen.verdict(PROMISE, 1), seen.verdict(PROMISE, 2)) == (Verdict.MISSED, Verdict.MET)


def test_a_date_does_not_wait_for_a_deleted_ticket():
    told = Told("1 10:00").promise("1 11:00", 1, "4 12:00").status("2 10:00", "deleted")

    assert told.seen("3 10:00").clock(PROMISE).state is State.STOPPED
    assert told.status("3 11:00", "open").seen("3 11:00").due(PROMISE) == t("4 12:00")


def test_a_date_that_passed_while_the_ticket_was_deleted_is_missed_when_it_comes_back():
    told = (
        Told("1 10:00")
        .promise("1 11:00", 1, "2 12:00")
        .status("1 12:00", "deleted")
        .status("3 10:00", "open")
    )

    assert told.seen("3 11:00").clock(PROMISE).missed == t("3 10:00")


def test_a_date_in_the_past_is_missed_when_it_is_given():
    clock = Told("1 10:00").promise("2 11:00", 1, "2 10:00").seen("2 11:00").clock(PROMISE)

    assert (clock.missed, clock.used, clock.amount) == (t("2 11:00"), 0, 0)
