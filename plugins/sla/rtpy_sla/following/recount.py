"""Working clocks out: a ticket's history is read and played, and what differs from its rows is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.util import identity_key

from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.clock import Clock, Timeline
from rtpy_sla.clocks.facts import FactKind, Story
from rtpy_sla.clocks.play import play
from rtpy_sla.clocks.words import Ball, State, Target, Verdict
from rtpy_sla.following.ladders import Taken, grace_of, ladder_of, steps_taken
from rtpy_sla.following.missed_told import tell_missed
from rtpy_sla.following.plans import plans_of, rules_of
from rtpy_sla.following.reading import stories, story_of
from rtpy_sla.following.rows import pause_values, steps_of, values_of
from rtpy_sla.following.standing import hours_of_clock, most_urgent
from rtpy_sla.following.stored import Changes, Key, Stored, Values, as_update, changed, stored_of
from rtpy_sla.ladder.due import next_step
from rtpy_sla.models import TicketSla

MANY = 250


@dataclass(frozen=True, slots=True)
class Played:
    """What a story came to, and the version that is pinned at its end."""

    timeline: Timeline
    version_id: int | None


def recount(work: Work, ticket: Ticket) -> None:
    """Work out the clocks of one ticket, whose row is locked. Three queries as a rule, two more on ladders.

    A breach that is on record stays, whatever the history says by now; `rtpy sla recount` shows such differences.
    """
    stored = stored_of(work, [ticket.id])[ticket.id]
    found = played(work, story_of(work, ticket))
    write_played(work, {ticket.id: (found, stored)})
    tell_missed(work, ticket, _newly_missed(found.timeline, stored))


def recount_many(work: Work, ticket_ids: Sequence[int]) -> int:
    """The same for many tickets, whose rows are locked; how many have rows of ours. Some queries for each 250."""
    number = 0
    for start in range(0, len(ticket_ids), MANY):
        some = list(ticket_ids[start : start + MANY])
        stored, told = stored_of(work, some), stories(work, some)
        found = {each: (played(work, told[each]), stored[each]) for each in some if each in told}
        number += sum(1 for each in stored.values() if each.ticket is not None)
        write_played(work, found)
    return number


def wake_due(work: Work, most: int = 500) -> int:
    """Play tickets again whose pause was agreed until a moment that has passed; how many. For the worker."""
    query = (
        select(Ticket.id)
        .join(TicketSla, TicketSla.ticket_id == Ticket.id)
        .where(TicketSla.wakes <= work.now)
        .order_by(TicketSla.wakes, Ticket.id)
        .limit(most)
        .with_for_update(of=Ticket, skip_locked=True)
    )
    woken = list(work.db.scalars(query))
    recount_many(work, woken)
    return len(woken)


def played(work: Work, story: Story) -> Played:
    """Play a story as of now."""
    timeline = play(story, plans_of(work.app, work.db), rules_of(work.app, work.db), work.now)
    pins = (fact.number for fact in reversed(story.facts) if fact.kind is FactKind.PINNED)
    return Played(timeline, next(pins, None) or None)


def write_played(work: Work, found: Mapping[int, tuple[Played, Stored]], *, anew: bool = False) -> None:
    """Write what differs from what is stored. With `anew` breaches on record give way to what was worked out."""
    with_clocks = [ticket_id for ticket_id, (each, _) in found.items() if _has_steps(work, each)]
    taken = steps_taken(work.db, with_clocks)
    changes = Changes()
    for ticket_id, (each, stored) in found.items():
        timeline = each.timeline if anew else _keeping(each.timeline, stored)
        if stored.ticket is None and not (each.version_id or timeline.clocks or timeline.pauses):
            continue
        _compare_clocks(work, ticket_id, timeline, stored, taken, changes, anew=anew)
        _compare_pauses(ticket_id, timeline, stored, changes)
        _compare_ticket(work, ticket_id, replace(each, timeline=timeline), stored, changes)
    changes.write(work)
    for ticket_id in found:
        row = work.db.identity_map.get(identity_key(TicketSla, ticket_id))
        if row is not None:
            work.db.expire(row)  # what was written past it


def _newly_missed(timeline: Timeline, stored: Stored) -> list[Clock]:
    """The clocks of which nobody knew so far that they were missed."""
    known = {key for key, (_, before) in stored.clocks.items() if before["missed"] is not None}
    return [
        clock
        for clock in timeline.clocks
        if clock.missed is not None and (clock.target.value, clock.cycle) not in known
    ]


def _keeping(timeline: Timeline, stored: Stored) -> Timeline:
    """What was missed stays missed."""
    kept = []
    for clock in timeline.clocks:
        _, before = stored.clocks.get((clock.target.value, clock.cycle), (0, None))
        missed: datetime | None = before["missed"] if before else None
        kept.append(replace(clock, missed=missed) if missed and clock.missed is None else clock)
    return replace(timeline, clocks=tuple(kept))


def _compare_clocks(
    work: Work,
    ticket_id: int,
    timeline: Timeline,
    stored: Stored,
    taken: Taken,
    changes: Changes,
    *,
    anew: bool,
) -> None:
    seen: set[Key] = set()
    for clock in timeline.clocks:
        key = (clock.target.value, clock.cycle)
        seen.add(key)
        values = values_of(clock)
        values["next_step"] = _next_step(work, ticket_id, clock, taken)
        if key not in stored.clocks:
            new = {"ticket_id": ticket_id, "target": key[0], "cycle": key[1], "steps": steps_of(clock)}
            changes.new_clocks.append({**new, **values})
            continue
        row_id, before = stored.clocks[key]
        differing = changed(before, values)
        if differing or len(before["steps"]) != len(clock.steps):
            # an account grows only with what its clock shows
            changes.clocks.append(as_update(row_id, {**differing, "steps": steps_of(clock)}))
    for key, (row_id, before) in stored.clocks.items():
        if key not in seen and (anew or before["missed"] is None):
            changes.gone_clocks.append(row_id)


def _compare_pauses(ticket_id: int, timeline: Timeline, stored: Stored, changes: Changes) -> None:
    for place, pause in enumerate(timeline.pauses):
        values = pause_values(pause)
        if place >= len(stored.pauses):
            changes.new_pauses.append({"ticket_id": ticket_id, **values})
            continue
        row_id, before = stored.pauses[place]
        differing = changed(before, values)
        if differing:
            changes.pauses.append(as_update(row_id, differing))
    changes.gone_pauses.extend(row_id for row_id, _ in stored.pauses[len(timeline.pauses) :])


def _compare_ticket(work: Work, ticket_id: int, each: Played, stored: Stored, changes: Changes) -> None:
    values = ticket_values(each, work)
    if stored.ticket is None:
        changes.new_tickets.append({"ticket_id": ticket_id, **values})
    elif changed(stored.ticket, {**values, "played": stored.ticket["played"]}):
        changes.tickets.append(as_update(ticket_id, values))


def ticket_values(each: Played, work: Work) -> Values:
    """The line of a ticket in lists."""
    timeline, plans = each.timeline, plans_of(work.app, work.db)
    clocks = [clock for clock in timeline.clocks if clock.state in (State.RUNNING, State.PAUSED)]
    urgent = most_urgent(clocks)
    is_paused = timeline.ball is not Ball.US and any(
        clock.state is State.PAUSED and clock.amount is not None for clock in clocks
    )
    return {
        "policy_id": plans[each.version_id].policy_id if each.version_id else None,
        "version_id": each.version_id,
        "ball": timeline.ball.value,
        "wakes": timeline.ball_until,
        "next_due": urgent.due if urgent else None,
        "next_target": urgent.target.value if urgent else "",
        "is_missed": any(clock.verdict(work.now) is Verdict.MISSED for clock in timeline.clocks),
        "is_paused": is_paused,
        "played": work.now,
    }


def _has_steps(work: Work, each: Played) -> bool:
    ladder = ladder_of(work.app, work.db, each.version_id)
    return ladder is not None and any(clock.state is State.RUNNING for clock in each.timeline.clocks)


def _next_step(work: Work, ticket_id: int, clock: Clock, taken: Taken) -> datetime | None:
    """When the next step of the clock's ladder is due."""
    if clock.state is not State.RUNNING or clock.due is None or clock.target is Target.PROMISE:
        return None
    ladder = ladder_of(work.app, work.db, clock.plan_version_id)
    if ladder is None:
        return None
    done = taken.get((ticket_id, clock.target.value, clock.cycle, ladder.id), ())
    found = next_step(ladder.steps, clock, hours_of_clock(work, clock), done, grace_of(work.app, work.db))
    return found.at if found else None
