"""Whether somebody is asked: one rule each."""

from datetime import timedelta

import pytest

from rtpy.testing.fixtures import START
from rtpy_portal.access.machines import is_machine_address
from rtpy_portal.ratings.deciding import Asked, Facts, NotAsked, Reason, whether_to_ask

pytestmark = pytest.mark.databases("sqlite")  # no database at all


def ago(days, hours=0):
    return START - timedelta(days=days, hours=hours)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"is_on": False}, Reason.OFF),
        ({"is_solved": False}, Reason.UNSOLVED),
        ({"is_merged": True}, Reason.MERGED),
        ({"address": ""}, Reason.NO_ADDRESS),
        ({"is_staff": True}, Reason.STAFF),
        ({"is_machine": True}, Reason.MACHINE),
        ({"address": "no-reply@shop.example"}, Reason.MACHINE),
        ({"has_refused": True}, Reason.REFUSED),
        ({"is_asked": True}, Reason.ASKED),
        ({"last_asked": ago(6, 23)}, Reason.RESTING),
        ({"last_asked": ago(7)}, None),
        ({"last_asked": ago(0), "rest_days": 0}, None),
        ({"percent": 50, "lot": 49}, None),
        ({"percent": 50, "lot": 50}, Reason.SAMPLED),
        ({"percent": 0}, Reason.SAMPLED),
        ({"percent": 100, "lot": 99}, None),
        # Who refused is told so, though they were asked yesterday as well.
        ({"has_refused": True, "last_asked": ago(1)}, Reason.REFUSED),
    ],
)
def test_the_first_rule_that_says_no_decides(facts, reason):
    assert whether_to_ask(Facts(now=START, **facts)) == (NotAsked(reason) if reason else Asked())


@pytest.mark.parametrize(
    ("address", "is_machine"),
    [
        ("noreply@a.example", True),
        ("do-not-reply@a.example", True),
        ("alerts+disk@a.example", True),
        ("MAILER-DAEMON@a.example", True),
        ("nora@a.example", False),
        ("noreplyman@a.example", False),
    ],
)
def test_machines_are_known_by_their_addresses(address, is_machine):
    assert is_machine_address(address) is is_machine
