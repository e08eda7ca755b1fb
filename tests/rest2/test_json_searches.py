"""JSON searches of REST 2.0, whatever is searched: operators, how conditions go together, and where they end."""

import re

import pytest

from tests.rest2.conftest import check_cases

NAMES = ("alpha", "Beta", "gamma_1", "übung", "50%off")


@pytest.fixture
def people(make):
    for name in NAMES:
        make.staff(name, real_name=f"{name.title()} Person")


def test_operators_and_how_conditions_go_together(people, root):
    def one(operator, value, field="Name", **more):
        return {"field": field, "operator": operator, "value": value, **more}

    def found(*expected):
        return lambda answer: {each["id"] for each in answer.json["items"]} & set(NAMES) == set(expected)

    rest = {"alpha", "Beta", "gamma_1", "übung", "50%off"}
    cases = [
        ([one("=", "beta")], 200, found("Beta")),
        ([one("=", "beta", case_sensitive=1)], 200, found()),
        ([one("=", "Beta", case_sensitive="1")], 200, found("Beta")),
        ([one("=", "beta", case_sensitive="0")], 200, found("Beta")),
        ([{"field": "name", "value": "BETA"}], 200, found("Beta")),
        ([one("=", "ÜBUNG")], 200, found("übung")),
        ([one("LIKE", "ÜB")], 200, found("übung")),
        ([one("!=", "beta")], 200, found(*rest - {"Beta"})),
        ([one("LIKE", "ETA")], 200, found("Beta")),
        ([one("LIKE", "%")], 200, found("50%off")),
        ([one("LIKE", "_")], 200, found("gamma_1")),
        ([one("like", "a_1")], 200, found("gamma_1")),
        ([one("NOT LIKE", "a")], 200, found("übung", "50%off")),
        ([one("STARTSWITH", "AL")], 200, found("alpha")),
        ([one("NOT STARTSWITH", "al")], 200, found(*rest - {"alpha"})),
        ([one("ENDSWITH", "TA")], 200, found("Beta")),
        ([one("NOT ENDSWITH", "a")], 200, found("gamma_1", "übung", "50%off")),
        ([one("IN", ["alpha", "BETA"])], 200, found("alpha", "Beta")),
        ([one("IN", "alpha")], 200, found("alpha")),
        ([one("IN", [])], 200, found()),
        ([one("NOT IN", ["alpha", "BETA"])], 200, found(*rest - {"alpha", "Beta"})),
        ([one("NOT IN", [])], 200, found(*rest)),
        ([one("IS", "whatever", "EmailAddress")], 200, found()),
        ([one("IS NOT", "", "EmailAddress")], 200, found(*rest)),
        ([one(">", "gamma"), one("<", "gamma_2")], 200, None),
        ([one("=", "alpha"), one("=", "beta")], 200, found("alpha", "Beta")),
        ([one("LIKE", "a"), one("LIKE", "b", entry_aggregator="AND")], 200, found("Beta")),
        ([one("LIKE", "a"), one("LIKE", "Beta", "RealName")], 200, found("Beta")),
        ([one(">", 0, "id")], 200, found(*rest)),
        ([one("=", True)], 200, found()),
        ([one("=", None)], 200, found()),
        ([one("=", 7.5)], 200, found()),
        ([{"field": "Name"}, {"value": "x"}, {}], 200, None),
        ([one("~", "x")], 400, re.compile("Unknown operator '~'")),
        ([one("=", ["x"])], 400, re.compile("must be a text or a number")),
        ([one("LIKE", {"a": 1})], 400, re.compile("must be a text or a number")),
        ([one("IN", [["x"]])], 400, re.compile("must be a text or a number")),
        ([one("=", "x", "id")], 400, re.compile("'x' is no number")),
        ([one("=", 2**63, "id")], 400, re.compile("is no number")),
        ([one("=", -(2**63), "id")], 400, re.compile("is no number")),
        ([one("=", "soon", "Created")], 400, re.compile("is no date")),
        ([one("LIKE", "x" * 10_001)], 400, re.compile("is longer than 10,000")),
        ([one("LIKE", "x" * 10_000)], 200, found()),
        ([one("LIKE", "a\x00lpha")], 200, found("alpha")),
        ([one("=", "x")] * 201, 400, re.compile("may have 200 conditions")),
        ([one("=", "x")] * 200, 200, found()),
        ([one("IN", ["x"] * 501)], 400, re.compile("at most")),
        ([one("IN", ["x"] * 500)], 200, found()),
        ([one("IN", ["x"] * 500)] * 5, 400, re.compile("may name 2000 values")),
        (["Name"], 400, None),
        ([None], 400, None),
        ({"field": "Name", "value": "x"}, 400, "JSON object must be a ARRAY"),
        ("Name", 400, "JSON object must be a ARRAY"),
    ]
    check_cases(
        {"root": root},
        [("root", "POST", "users?per_page=100", body, status, expected) for body, status, expected in cases],
    )
