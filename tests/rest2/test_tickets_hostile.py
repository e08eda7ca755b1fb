"""Values of wrong kinds in every field of tickets over REST 2.0: refused or passed over, never a failure of ours."""

import json

import pytest

from rtpy.rest2.tickets.columns import COLUMNS
from rtpy.rest2.tickets.messages import KNOWN as SAID
from rtpy.rest2.tickets.new import KNOWN as NEW
from rtpy.rest2.tickets.update import KNOWN

VALUES = (
    None, "", 2**63, 1e308, True, [], {}, [[{}]], {"id": {"a": 1}}, "\x00", "9" * 400, ["x"] * 150,
    "9999-12-31T23:59:59-23:59", "group:", "asset:99999999999999999999", {"FileName": "x"},
)  # fmt: skip


@pytest.fixture
def number(make, field):
    """A ticket in a queue with fields of several kinds."""
    for name, kind in (("Site", "Freeform"), ("Plan", "Binary"), ("When", "DateTime"), ("IP", "IPAddress")):
        field(name, kind)
    return make.ticket().id


def test_no_value_of_a_wrong_kind_is_a_failure_of_ours(root, number):
    said = {"Content": "x", "ContentType": "text/plain"}
    others = sorted(KNOWN - COLUMNS.keys())
    bad = []
    for value in VALUES:
        cases = [
            ("PUT", f"ticket/{number}", dict.fromkeys(COLUMNS, value)),
            *(("PUT", f"ticket/{number}", {name: value}) for name in others[::7]),
            (
                "PUT",
                f"ticket/{number}",
                {"CustomFields": dict.fromkeys(("Site", "Plan", "When", "IP"), value)},
            ),
            *(("POST", "ticket", {"Queue": 1, name: value}) for name in sorted(NEW)[::9]),
            *(("POST", f"ticket/{number}/comment", {**said, name: value}) for name in sorted(SAID)[::5]),
            ("PUT", "tickets/bulk", [{"id": value}]),
            ("POST", "tickets/bulk", [value]),
        ]
        for method, path, body in cases:
            answer = root(method, path, body)
            if answer.status >= 500 or answer.json is None:
                bad.append((method, path, json.dumps(body)[:80], answer.status))
    assert bad == []
