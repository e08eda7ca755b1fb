"""The account of a clock in sentences: every step from its start to where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rtpy_sla.clocks.clock import Clock, Step
from rtpy_sla.clocks.words import Ball, State
from rtpy_sla.web.words import say_amount, say_hours

TITLES = {
    "started": "Started",
    "paused": "Paused",
    "resumed": "Went on",
    "retargeted": "Other terms",
    "missed": "Missed",
    "ended": "Ended",
    "stopped": "Stopped",
    "reopened": "Reopened",
    "restarted": "Began anew",
    "moved": "Moved",
    "excused": "Excused",
    "explained": "Explained",
}
TONES = {
    "missed": "bad",
    "ended": "ok",
    "paused": "",
    "excused": "note",
    "retargeted": "info",
    "moved": "info",
}
HOW = {
    "keep": "the due moment stays",
    "now": "counted anew from then on",
    "creation": "counted anew from the start",
}
BALL_WORDS = {
    Ball.US: "the ball is ours again",
    Ball.CUSTOMER: "the customer has the ball",
    Ball.THIRD: "a third party has the ball",
    Ball.SCHEDULED: "it waits for an agreed moment",
}
WHY = {
    "status": "the status changed",
    "hand": "said by hand",
    "customer": "the customer wrote",
    "answer": "we answered, and the status says so again",
    "time": "the agreed moment came",
    "closed": "the ticket was closed",
    "policy": "another service level was pinned",
    "priority": "the priority changed",
    "merged": "the ticket was merged into another one",
    "absorbed": "an older ticket was merged into this one",
    "withdrawn": "the promise was withdrawn",
    "solved": "the ticket was resolved",
    "reopened": "the ticket was reopened",
    "void": "the ticket was rejected or deleted",
    "restored": "the ticket was brought back",
    "owned": "somebody owns it",
    "unowned": "nobody owns it",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step: `counted` says which stretch ended with it, `used` and `due` where the clock stood then."""

    title: str
    tone: str
    at: datetime
    who: str
    text: str
    counted: str
    versions: str
    used: str
    due: datetime | None
    transaction_id: int


@dataclass(frozen=True, slots=True)
class Names:
    """Words for numbers: who did a transaction, calendars, versions of policies and of calendars."""

    authors: Mapping[int, str]
    calendars: Mapping[int, str]
    policies: Mapping[int, str]
    reasons: Mapping[int, str]
    """Why the ball was handed over, by transaction."""


def lines_of_account(clock: Clock, names: Names) -> tuple[Line, ...]:
    """The steps in order."""
    return tuple(_line(clock, step, names) for step in clock.steps)


def _line(clock: Clock, step: Step, names: Names) -> Line:
    did_not = step.what in ("resumed", "reopened")
    counted = ""
    if step.since is not None and step.what not in ("excused", "explained"):
        counted = f"{say_hours(step.counted)} {'did not count' if did_not else 'counted'}"
    versions = ", ".join(str(each) for each in step.calendar_versions)
    return Line(
        TITLES.get(step.what, step.what),
        TONES.get(step.what, ""),
        step.at,
        names.authors.get(step.transaction_id, ""),
        _text(clock, step, names),
        counted,
        versions,
        say_hours(step.used) if step.what not in ("excused", "explained") else "",
        step.due,
        step.transaction_id,
    )


def _text(clock: Clock, step: Step, names: Names) -> str:
    detail, parts = step.detail, []
    if "terms" in detail:
        parts.append(say_terms(detail["terms"], names))
    if "before" in detail and "after" in detail:
        parts.append(f"{say_terms(detail['before'], names)} became {say_terms(detail['after'], names)}")
    if detail.get("how"):
        parts.append(HOW.get(detail["how"], str(detail["how"])))
    if detail.get("ball"):
        parts.append(_ball(str(detail["ball"])))
    if step.what in ("excused", "explained"):
        reason = str(detail.get("reason", ""))
        return f"“{reason}”" if reason else "taken back"
    if detail.get("why"):
        parts.append(WHY.get(str(detail["why"]), str(detail["why"])))
    reason = str(detail.get("reason") or "")
    if step.what == "paused":
        reason = reason or names.reasons.get(step.transaction_id, "")
    if reason:
        parts.append(f"“{reason}”")
    if step.what == "missed":
        parts.append(
            "it ran past its due moment" if not step.transaction_id else "the new terms were broken already"
        )
    return "; ".join(parts)


def _ball(text: str) -> str:
    try:
        return BALL_WORDS[Ball(text)]
    except ValueError:
        return text


def say_terms(terms: Mapping[str, Any], names: Names) -> str:
    """`4 h of open hours (calendar Berlin office, Gold version 3)`."""
    amount = say_amount(terms.get("amount"), str(terms.get("unit", "")))
    calendar = names.calendars.get(terms.get("calendar") or 0, "")
    policy = names.policies.get(terms.get("version") or 0, "")
    where = ", ".join(each for each in (f"calendar {calendar}" if calendar else "", policy) if each)
    return f"{amount} ({where})" if where else amount


def summary(clock: Clock, now_left: int | None) -> str:
    """Where it stands, in a sentence."""
    if clock.state is State.PAUSED:
        return f"It is paused with {say_hours(clock.left or 0)} left."
    if clock.state is State.STOPPED:
        return "It was stopped: it counts no longer."
    if clock.state is State.ENDED:
        if clock.missed:
            return "What was promised happened, but late."
        return (
            "What was promised happened in time."
            if clock.amount is not None or clock.due
            else "It has ended."
        )
    if now_left is None:
        return "It runs, without a limit."
    if now_left < 0:
        return f"It is over by {say_hours(now_left)}."
    return f"It runs, with {say_hours(now_left)} left."
