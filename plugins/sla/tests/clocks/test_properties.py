"""What holds for any history whatsoever."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugins.sla.tests.clocks.histories import MINUTE, by_key, facts, hours_of, played
from rtpy_sla.clocks.clock import Clock, Step
from rtpy_sla.clocks.facts import Fact, FactKind, Story
from rtpy_sla.clocks.words import Ball, State, Verdict


@given(facts())
def test_what_counted_was_paused_or_closed_is_all_the_time_there_was(story):
    """Up to the end of a clock, or where it runs since; a pause that goes on is in no sum yet."""
    now = story.facts[-1].at
    for clock in played(story).clocks:
        assert clock.counted_from is not None
        elapsed = hours_of(clock).between(clock.counted_from, clock.ended or clock.since or now)
        counted = clock.used + clock.paused + clock.closed
        if clock.ended or clock.since:
            assert counted == elapsed, clock
        else:
            assert counted <= elapsed, clock


@given(facts())
def test_nothing_is_ever_negative_and_every_clock_has_a_verdict(story):
    timeline = played(story, story.facts[-1].at + timedelta(days=3))
    for clock in timeline.clocks:
        assert min(clock.used, clock.paused, clock.closed, clock.left or 0, clock.amount or 0) >= 0
        assert clock.ended is None or clock.ended >= clock.started
        assert clock.verdict(timeline_end(story)) in Verdict
        assert [step.at for step in clock.steps] == sorted(step.at for step in clock.steps)
    for pause in timeline.pauses:
        assert pause.ball is not Ball.US
        assert pause.end is None or pause.end >= pause.start


@given(facts(), st.integers(0, 20), st.integers(0, 100))
def test_nothing_counts_before_a_ticket_was_brought_in(story, place, later):
    brought = story.facts[place % len(story.facts)].at + later * MINUTE
    absorbed = tuple(each for each in story.facts if each.kind is not FactKind.ABSORBED)

    timeline = played(replace(story, facts=absorbed, counts_from=brought), brought + timedelta(days=9))

    for clock in timeline.clocks:
        assert clock.counted_from is not None
        assert min(clock.started, clock.counted_from) >= brought


def timeline_end(story: Story) -> datetime:
    return story.facts[-1].at + timedelta(days=3)


@given(facts(), st.data())
def test_what_happens_later_does_not_change_what_was(story, data):
    """A miss stays, what ended stays (a reopening takes up what solving ended), and no step is taken back."""
    cut = data.draw(st.integers(2, len(story.facts)))
    prefix = replace(story, facts=story.facts[:cut])
    earlier, later = by_key(played(prefix)), by_key(played(story))

    for key, before in earlier.items():
        after = later[key]
        assert after.started <= before.started
        assert unversioned(after)[: len(before.steps)] == unversioned(before)
        if before.missed is not None:
            assert after.missed == before.missed
        if before.state is State.ENDED and not any(step.what == "reopened" for step in after.steps):
            assert (after.state, after.ended, after.used) == (before.state, before.ended, before.used)


def unversioned(clock: Clock) -> list[Step]:
    """Steps name versions of the calendar only once there are several."""
    return [step._replace(calendar_versions=()) for step in clock.steps]


@given(facts(), st.integers(1, 3))
def test_keeping_never_moves_a_due_moment(story, number):
    now = story.facts[-1].at
    before = played(story)
    if not before.clocks or all(each.plan_version_id == 0 for each in before.clocks):
        return
    if any(each.kind is FactKind.PINNED and not each.number for each in story.facts):
        return  # where nothing is pinned there is nothing to keep
    pin = Fact(now, len(story.facts) + 9, FactKind.PINNED, 21, "keep", number)

    after = played(replace(story, facts=(*story.facts, pin)))

    assert after.clocks == before.clocks


@given(facts(), st.lists(st.integers(0, 30), max_size=6))
def test_a_priority_that_comes_and_goes_leaves_what_counts_from_the_start_as_it_was(story, places):
    """Even many times: nothing is lost or counted twice on the way."""
    first = replace(story.facts[0], number=0)
    later = [each for each in story.facts[2:] if each.kind not in (FactKind.PRIORITY, FactKind.PINNED)]
    plain = [first, replace(story.facts[1], number=1), *later]
    turned = list(plain)
    for place in sorted((2 + place % (len(plain) - 1) for place in places), reverse=True):
        at = plain[place - 1].at
        up, down = (Fact(at, 0, FactKind.PRIORITY, 21, "", number) for number in (50, 0))
        turned[place:place] = [up, down] if place % 2 else [up]
    turned.append(Fact(story.facts[-1].at, 99, FactKind.PRIORITY, 21, "", 0))

    before = by_key(played(replace(story, facts=tuple(plain))))
    after = by_key(played(replace(story, facts=tuple(turned))))

    for key, clock in before.items():
        if clock.state in (State.RUNNING, State.PAUSED):
            assert sums(after[key], story) == sums(clock, story)


def sums(clock: Clock, story: Story) -> tuple[object, ...]:
    """What has counted by the end of the story, wherever its last stretch began, and what is to come."""
    now = story.facts[-1].at
    running = hours_of(clock).between(clock.since, now) if clock.since else 0
    left = None if clock.left is None else max(clock.left - running, 0)
    paused = clock.paused if clock.since else None  # a pause that goes on may have been taken for two
    return clock.state, clock.due, clock.used + running, paused, clock.closed, left


@given(facts())
def test_playing_it_again_gives_the_same(story):
    assert played(story) == played(story)


@given(facts(most=12), st.data())
def test_notes_and_machines_at_an_instant_may_stand_anywhere_in_it(story, data):
    """Independent facts of one instant: their order changes nothing but numbers."""
    place = data.draw(st.integers(1, len(story.facts)))
    at = story.facts[place - 1].at
    note = Fact(at, 0, FactKind.MACHINE_SPOKE, 21)
    swapped = Fact(at, 0, FactKind.EXPLAINED, 21, "resolution", 1, {"reason": "x"})

    one = replace(story, facts=(*story.facts[:place], note, swapped, *story.facts[place:]))
    other = replace(story, facts=(*story.facts[:place], swapped, note, *story.facts[place:]))

    assert played(one) == played(other)
