"""What working clocks out again would change."""

from dataclasses import replace

from plugins.sla.tests.hard_cases.told import HOUR, Told, band, calendar, hours, plan, t
from rtpy_sla.clocks.difference import Kind, differences
from rtpy_sla.clocks.words import State, Target

CLOSED_ON_TUESDAY = hours(calendar(d2026_06_02=()))


def test_the_same_clocks_do_not_differ():
    clocks = Told("1 10:00").staff("1 11:00").seen("1 12:00").timeline.clocks

    assert differences(clocks, clocks, t("1 12:00")) == []


def test_time_that_passed_makes_no_difference():
    told = Told("1 10:00")

    earlier, later = told.seen("1 10:30").timeline.clocks, told.seen("5 10:00").timeline.clocks

    assert differences(earlier, later, t("5 10:00")) == []


def test_a_holiday_that_was_entered_late_changes_deadlines_and_a_verdict():
    held = plan(band(resolution=8 * HOUR))
    told = Told("1 10:00", held).status("3 09:30", "resolved")
    before = told.seen().timeline.clocks
    told.plans[1] = plan(band(resolution=8 * HOUR, held=CLOSED_ON_TUESDAY))

    found = differences(before, told.seen().timeline.clocks, t("30 00:00"))

    by_target = {each.target: each for each in found}
    resolution = by_target[Target.RESOLUTION]
    assert [(each.name, each.before, each.after) for each in resolution.changes] == [
        ("verdict", "missed", "met"),
        ("due", t("2 10:00"), t("3 10:00")),
        ("missed", t("2 10:00"), None),
        ("used", int(15.5 * HOUR), int(7.5 * HOUR)),
    ]
    assert resolution.turns_verdict
    assert not by_target[Target.WAITING].turns_verdict


def test_clocks_that_come_and_go_are_told():
    clock = Told("1 10:00").seen("1 10:30").clock(Target.RESOLUTION)
    another = replace(clock, cycle=2, state=State.ENDED)

    found = differences([clock], [another], t("1 10:30"))

    assert [(each.kind, each.cycle) for each in found] == [(Kind.NEW, 2), (Kind.GONE, 1)]
    assert ("state", None, "ended") in found[0].changes
    assert ("state", "running", None) in found[1].changes
