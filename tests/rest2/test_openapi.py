"""The description of REST 2.0 is whole, and nothing that fits it makes the server fail."""

import re
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from rtpy.rest2.description import REGISTERED

EXAMPLES = 3
TEXT = "application/json"


@pytest.fixture
def description(root):
    return root("GET", "openapi.json").json


def test_every_address_with_every_method_is_described(description, wsgi):
    for route in wsgi.registry[REGISTERED].all:
        if not route.about:  # it only refuses
            continue
        path = "/" + route.pattern.replace("*", "")
        described = description["paths"][path]
        for method in route.resource.methods:
            refuses = method == "POST" and path.endswith("}")
            assert refuses or method.lower() in described, (path, method)
        assert [each["name"] for each in described["parameters"]] == re.findall(r"\{(\w+)\}", path)


def test_each_operation_says_what_it_does(description):
    names = []
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            names.append(operation["operationId"])
            assert len(operation["summary"]) > 3, (path, method)
            assert "description" in operation, (path, method)
    assert len(names) == len(set(names)) > 80


def test_the_description_needs_a_login(stranger):
    assert stranger("GET", "openapi.json").status == 401


@pytest.mark.databases("postgresql")  # the stricter one: it takes no NUL, no number beyond 63 bits
def test_nothing_that_fits_the_description_fails_the_server(description, root, db):
    schema = schemathesis.openapi.from_dict(description)
    failed = []

    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            answer = send(root, case)
            if answer.status >= 500 and answer.status != 501:
                failed.append(f"{case.method} {case.formatted_path}: {answer.status} {answer.data[:200]!r}")
            db.expire_all()

        ask()
    assert failed == []


def send(program, case):
    """A generated call through our own client."""
    query = urlencode(case.query or {}, doseq=True)
    path = case.formatted_path.lstrip("/") + (f"?{query}" if query else "")
    headers = {name: str(value) for name, value in (case.headers or {}).items() if name != "Authorization"}
    headers = {name: value for name, value in headers.items() if value.isascii() and value.isprintable()}
    if case.body is None or isinstance(case.body, schemathesis.core.NotSet):
        return program(case.method, path, headers=headers)
    if case.media_type == TEXT:
        return program(case.method, path, case.body, headers=headers)
    data = case.body if isinstance(case.body, bytes) else str(case.body).encode("utf-8", "replace")
    return program(case.method, path, data=data, type=case.media_type, headers=headers)
