"""Clocks and pauses as rows, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rtpy_sla.clocks.clock import Clock, Pause, Step
from rtpy_sla.clocks.words import Ball, State, Target
from rtpy_sla.models import PauseRow


def clock_of(row: Any) -> Clock:
    """The value of a row of `sla_clocks`."""
    return Clock(
        target=Target(row.target),
        cycle=row.cycle,
        state=State(row.state),
        started=row.started,
        started_by=row.started_by,
        due=row.due,
        amount=row.amount,
        unit=row.unit,
        used=row.used,
        left=row.left,
        paused=row.paused,
        ended=row.ended,
        ended_by=row.ended_by,
        missed=row.missed,
        plan_version_id=row.version_id or 0,
        calendar_id=row.calendar_id,
        calendar_versions=tuple(row.calendar_versions),
        excuse=row.excuse,
        excused_by=row.excused_by_id,
        excused_at=row.excused_at,
        cause=row.cause,
        person_id=row.person_id,
        since=row.since,
        closed=row.closed,
        counted_from=row.counted_from,
        label=row.label,
        steps=tuple(_step(each) for each in row.steps),
    )


def values_of(clock: Clock) -> dict[str, Any]:
    """The columns of a clock, without those that say which row it is and when its next step is due, and its account."""
    return {
        "state": clock.state.value,
        "started": clock.started,
        "started_by": clock.started_by,
        "due": clock.due,
        "amount": clock.amount,
        "unit": str(clock.unit),
        "used": clock.used,
        "since": clock.since,
        "left": clock.left,
        "paused": clock.paused,
        "closed": clock.closed,
        "counted_from": clock.counted_from,
        "ended": clock.ended,
        "ended_by": clock.ended_by,
        "missed": clock.missed,
        "settled": min((at for at in (clock.missed, clock.ended) if at is not None), default=None),
        "version_id": clock.plan_version_id or None,
        "calendar_id": clock.calendar_id,
        "calendar_versions": list(clock.calendar_versions),
        "excuse": clock.excuse,
        "excused_by_id": clock.excused_by or None,
        "excused_at": clock.excused_at,
        "cause": clock.cause[:200],
        "person_id": clock.person_id or None,
        "label": clock.label,
    }


def steps_of(clock: Clock) -> list[dict[str, Any]]:
    """The account of a clock, as its row keeps it."""
    return [_plain(each) for each in clock.steps]


def pause_of(row: PauseRow) -> Pause:
    """The value of a row of `sla_pauses`."""
    return Pause(
        ball=Ball(row.ball),
        start=row.start,
        end=row.end,
        began_by=row.began_by,
        by=row.by_id or 0,
        reason=row.reason,
        is_by_hand=row.is_by_hand,
        ended_by=row.ended_by,
        ended_why=row.ended_why,
        customer_wrote=row.customer_wrote,
    )


def pause_values(pause: Pause) -> dict[str, Any]:
    """The columns of a pause, without those that say which row it is."""
    return {
        "ball": pause.ball.value,
        "start": pause.start,
        "end": pause.end,
        "began_by": pause.began_by,
        "by_id": pause.by or None,
        "reason": pause.reason,
        "is_by_hand": pause.is_by_hand,
        "ended_by": pause.ended_by,
        "ended_why": pause.ended_why,
        "customer_wrote": pause.customer_wrote,
    }


def _plain(step: Step) -> dict[str, Any]:
    """A step as JSON: what is as usual is left out."""
    found: dict[str, Any] = {"at": _text(step.at), "what": step.what, "used": step.used}
    found["transaction"] = step.transaction_id
    if step.due is not None:
        found["due"] = _text(step.due)
    if step.detail:
        found["detail"] = step.detail
    if step.since is not None:
        found["since"] = _text(step.since)
    if step.counted:
        found["counted"] = step.counted
    if step.calendar_versions:
        found["versions"] = list(step.calendar_versions)
    return found


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(
        at=datetime.fromisoformat(raw["at"]),
        what=raw["what"],
        used=raw["used"],
        due=_moment(raw, "due"),
        transaction_id=raw["transaction"],
        detail=raw.get("detail", {}),
        since=_moment(raw, "since"),
        counted=raw.get("counted", 0),
        calendar_versions=tuple(raw.get("versions", ())),
    )


def _moment(raw: Mapping[str, Any], key: str) -> datetime | None:
    return datetime.fromisoformat(raw[key]) if key in raw else None


def _text(at: datetime) -> str:
    return at.isoformat()
