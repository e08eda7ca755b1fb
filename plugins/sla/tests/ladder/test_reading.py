"""Ladders as plain values: there and back, and what is refused with which sentence."""

from datetime import time

import pytest

from rtpy.errors import Invalid
from rtpy_sla.ladder import Quiet
from rtpy_sla.ladder.reading import known_steps, read_quiet, read_steps, write_quiet, write_steps

GOOD = [
    {
        "key": "a",
        "percent": 75,
        "targets": ["first_response", "resolution"],
        "if": {"unowned": True, "priority": 50},
        "do": [{"kind": "notify_owner"}, {"kind": "raise_by", "value": "10"}],
    },
    {"key": "b", "seconds": -1800, "do": [{"kind": "comment", "value": "Look at this."}]},
]


def test_there_and_back():
    assert write_steps(read_steps(GOOD)) == GOOD
    quiet = {"from": "22:00", "to": "07:00", "from_priority": 80}
    assert write_quiet(read_quiet(quiet)) == quiet
    assert read_quiet({"from": "22:00", "to": "7:00"}) == Quiet(time(22), time(7))
    assert write_quiet(read_quiet({})) == {}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"percent": 5000}, "steps.0.when", "whole number"),
        ({"percent": None}, "steps.0.when", "Say when"),
        ({"seconds": 60}, "steps.0.when", "Say when"),
        ({"percent": "x"}, "steps.0.when", "whole number"),
        ({"percent": True}, "steps.0.when", "whole number"),
        ({"key": "a b"}, "steps.0.key", "key"),
        ({"targets": ["lunch"]}, "steps.0.targets", "Targets"),
        ({"targets": 7}, "steps.0.targets", "Targets"),
        ({"if": {"priority": "high"}}, "steps.0.priority", "whole number"),
        ({"if": 3}, "steps.0.if", "Conditions"),
        ({"do": []}, "steps.0.do", "what the step does"),
        ({"do": [{"kind": "shout"}]}, "steps.0.do.0", "no action"),
        ({"do": [{"kind": "notify_group"}]}, "steps.0.do.0", "which group"),
        ({"do": [{"kind": "notify_level", "value": "0"}]}, "steps.0.do.0", "level"),
        ({"do": [{"kind": "raise_by", "value": "-5"}]}, "steps.0.do.0", "how much"),
        ({"do": [{"kind": "raise_by", "value": "٣"}]}, "steps.0.do.0", "how much"),
        ({"do": [{"kind": "comment", "value": "x" * 5000}]}, "steps.0.do.0", "at most"),
        ({"do": [{"kind": "webhook"}] * 13}, "steps.0.do", "at most"),
    ],
)
def test_what_is_wrong_is_said(change, field, words):
    with pytest.raises(Invalid) as refused:
        read_steps([{**GOOD[0], **change}])
    (problem,) = refused.value.problems
    assert problem.field == field
    assert words in problem.message


@pytest.mark.parametrize("plain", ["steps", [7], [GOOD[0], GOOD[0]], [GOOD[1]] * 31])
def test_no_list_of_different_steps_is_refused(plain):
    with pytest.raises(Invalid):
        read_steps(plain)


@pytest.mark.parametrize(
    "plain",
    [{"from": "22:00"}, {"from": "25:00", "to": "07:00"}, {"from": "07:00", "to": "07:00"}, "at night"],
)
def test_quiet_hours_that_are_none_are_refused(plain):
    with pytest.raises(Invalid):
        read_quiet(plain)


def test_stored_steps_that_nobody_knows_any_more_are_left_out():
    assert [step.key for step in known_steps([{**GOOD[0], "do": [{"kind": "fax"}]}, GOOD[1]])] == ["b"]
