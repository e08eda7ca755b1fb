"""What histories say of policies, balls, excuses and causes, to be read after somebody's name."""

from collections.abc import Mapping

from rtpy.history.brought import Happened, Sentence, ShowDate
from rtpy_sla.clocks.words import Ball, Target
from rtpy_sla.following.recorded import BALL, CAUSE, EXCUSE, IMPORT, POLICY, data_of, moment_in

HOW = {"keep": "clocks that run keep their terms", "now": "clocks that run begin anew"}
HOLDERS = {
    Ball.US.value: "took the ball back",
    Ball.CUSTOMER.value: "gave the ball to the customer",
    Ball.THIRD.value: "gave the ball to a third party",
    Ball.SCHEDULED.value: "let it wait for an agreed moment",
}


def _policy(happened: Happened, show_date: ShowDate) -> str:
    said = data_of(happened.data)
    if not said.get("version"):
        return f"took the service level away{_why(said)}"
    number = f", version {said['number']}" if said.get("number") else ""
    how = HOW.get(str(said.get("retarget", "")), "")
    return (
        f"gave it the service level {said.get('policy', '')}{number}{f'; {how}' if how else ''}{_why(said)}"
    )


def _ball(happened: Happened, show_date: ShowDate) -> str:
    said = data_of(happened.data)
    until = moment_in(said, "until")
    deed = HOLDERS.get(str(said.get("ball", "")), "let the status say again who has the ball")
    return f"{deed}{f' until {show_date(until)}' if until else ''}{_why(said)}"


def _excuse(happened: Happened, show_date: ShowDate) -> str:
    said = data_of(happened.data)
    if not said.get("reason"):
        return f"took back the excuse for the missed {_target(said)}"
    return f"excused the missed {_target(said)}{_why(said)}"


def _cause(happened: Happened, show_date: ShowDate) -> str:
    said = data_of(happened.data)
    if not said.get("reason"):
        return f"took back why the {_target(said)} was missed"
    return f"said why the {_target(said)} was missed{_why(said)}"


def _import(happened: Happened, show_date: ShowDate) -> str:
    return "brought its history in from elsewhere: clocks count from here on"


def _target(said: Mapping[str, object]) -> str:
    name = str(said.get("target", ""))
    return name.replace("_", " ") if name in set(Target) else "target"


def _why(said: Mapping[str, object]) -> str:
    return f": “{said['reason']}”" if said.get("reason") else ""


TEXTS: Mapping[str, Sentence] = {
    POLICY: _policy,
    BALL: _ball,
    EXCUSE: _excuse,
    CAUSE: _cause,
    IMPORT: _import,
}
"""For the hook `rtpy_transaction_texts`."""
