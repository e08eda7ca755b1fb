"""Nonsense to every address of REST 2.0, with every method: an answer in the 400s (or a fair one), never a failure of
ours, and nothing half written."""

import json

import pytest
from sqlalchemy import func, select

from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.groups import make_group
from rtpy.models import OutgoingMail, Ticket, Transaction
from rtpy.rest2.description import REGISTERED
from rtpy.rest2.people.users import NewUser
from rtpy.rest2.setup.queues import NewQueue
from rtpy.rest2.things.assets import NewAsset
from rtpy.rest2.tickets.tickets import NewTicket
from tests.rest2.conftest import api_of, root  # noqa: F401
from tests.web.conftest import compiled_templates  # noqa: F401

NASTY = (
    None,
    "",
    True,
    -1,
    0,
    2**63,
    1.5e300,
    "x" * 70_000,
    "a\x00b",
    "2031-13-45",
    "0x10",
    "${7*7} {{7*7}} <script>",
    [],
    {},
    [None],
    [[["deep"]]],
    {"id": None},
    [{"id": "no"}],
    {"FileName": 7, "FileContent": "%%%"},
)
"""Values that no field wants."""

GOOD = {
    NewTicket: {"Queue": 1, "Subject": "x"},
    NewUser: {"Name": "somebody"},
    NewQueue: {"Name": "Somewhere"},
    NewAsset: {"Catalog": "Laptops", "Name": "L-1"},
}
"""What lets a body get as far as its other fields."""

QUERIES = (
    "page=-1&per_page=0",
    "page=99999999999999999999&per_page=99999999999999999999",
    "fields=%00,id,..&fields[Queue]=%00&fields[Queue][Creator]=x",
    "orderby=Nothing&order=UP",
    "orderby=id&orderby=id&order=DESC",
    "query=%27%22((",
    "query=[{}]",
    "query=[1,2]",
    'query=[{"field":"id","operator":"=","value":{"a":1}}]',
    'query=[{"field":"id","operator":"IN","value":[null,"x",99999999999999999999]}]',
    'query=[{"field":"Created","operator":"<","value":"never"}]',
    'query=[{"field":"Name","operator":"LIKE","value":"%_\\\\"},{"field":"Name","value":"\\u0000"}]',
    'query=[{"field":"CF.{x}","value":1},{"field":"CustomField.{","value":1}]',
    "category=%00&recursively=x&users=9&groups=-1&after=x&limit=-5",
    ";;;&&&==%zz",
)
BODIES = (
    b"",
    b"{",
    b"[]",
    b"[1]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"a":' * 200,
    b"[" * 5000,
    b'{"id": 1e999}',
)
TYPES = (
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "",
    "a/b;c=\xe9",
)


@pytest.fixture
def place(make, work, db):
    """One of everything, so that numbers lead somewhere."""
    ticket = make.ticket(subject="stays")
    make.ticket(subject="another")
    make_group(work, name="Night")
    make_catalog(work, CatalogValues("Laptops", "assets"))
    db.flush()
    return {"id": str(ticket.id), "queue": "1", "user": "root", "field": "1", "group": "1", "name": "x"}


def addresses(wsgi, place):
    for route in wsgi.registry[REGISTERED].all:
        path = route.pattern.replace("*", "")
        for name in route.names:
            path = path.replace(f"{{{name}}}", place.get(name, "1"))
        yield route, path


def documents(resource, number):
    """Bodies in which each field that means something has a nasty value, the nasty ones by turns."""
    names = sorted(resource.fields_written())
    if resource.document is list:
        names = sorted(NewTicket.fields_written())
    for turn in range(number % 4, len(NASTY) if names else 0, 4):
        whole = {name: NASTY[(turn + at) % len(NASTY)] for at, name in enumerate(names)}
        yield whole | GOOD.get(resource, {})
    for at, name in enumerate(names):
        yield GOOD.get(resource, {}) | {name: NASTY[(number + at) % len(NASTY)]}


def counts(db):
    models = (Ticket, Transaction, OutgoingMail)
    return [db.scalar(select(func.count()).select_from(model)) for model in models]


@pytest.mark.databases("postgresql")  # the stricter one: it takes no NUL and no number beyond 63 bits
def test_a50_nothing_that_a_program_sends_fails_the_server(wsgi, place, root, db):  # noqa: F811
    failed, asked = [], [0]

    def ask(method, path, **how):
        asked[0] += 1
        answer = root(method, path, **how)
        if answer.status >= 500 and answer.status != 501:
            failed.append(f"{method} {path} {str(how)[:200]}: {answer.status} {answer.data[:200]!r}")
        db.expire_all()
        return answer

    for number, (route, path) in enumerate(addresses(wsgi, place)):
        resource = route.resource
        if "GET" in resource.methods:
            for query in QUERIES[number % 2 :: 2] if resource.searches else QUERIES[number % 5 :: 5]:
                ask("GET", f"{path}?{query}")
        for method in {"POST", "PUT"} & set(resource.methods):
            for document in documents(resource, number):
                is_list = resource.document is list
                ask(
                    method, path, data=json.dumps([document] if is_list else document).encode(), type=TYPES[0]
                )
            for body in BODIES[number % 3 :: 3]:
                ask(method, path, data=body, type=TYPES[0])
            for kind in TYPES[number % 3 :: 3]:
                ask(method, path, data=b'{"Subject": "x"}', type=kind)
    assert asked[0] > 800
    assert failed == []


def test_what_is_refused_leaves_nothing_behind(root, make, db):  # noqa: F811
    ticket = make.ticket(subject="stays")
    before = counts(db)
    refused = (
        (
            "POST",
            "ticket",
            {"Queue": 1, "Subject": "x", "Requestor": "new@client.example", "Attachments": [{}]},
        ),
        ("POST", "ticket", {"Queue": 1, "Subject": "x", "Content": "x", "Status": "nonsense"}),
        ("POST", f"ticket/{ticket.id}/correspond", {"Content": "x"}),
        (
            "POST",
            f"ticket/{ticket.id}/comment",
            {"Content": "x", "ContentType": "text/plain", "Attachments": [7]},
        ),
        ("POST", "ticket", {"Queue": 1, "Subject": "x", "CustomFields": "x"}),
    )
    for method, path, body in refused:
        assert root(method, path, body).status == 400, (path, body)
    assert counts(db) == before
    assert db.get(Ticket, ticket.id).subject == "stays"
