"""A47 through REST 2.0: what tokens of each scope may, verb by verb. Their user is a super-user."""

import base64
from urllib.parse import quote

import pytest
from sqlalchemy import select

from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.models import Queue, Transaction, User
from tests.rest2.conftest import Program, check_cases


@pytest.fixture
def shop(make):
    return make.queue("Shop")


@pytest.fixture
def world(api_of, db, make, shop):
    """Programs of root's by scope, and a ticket in the queue of the limited ones and one in another."""
    root = db.scalar(select(User).where(User.name == "root"))
    programs = {level: api_of(root, level=level) for level in ("read", "write", "admin")}
    for level in ("read", "write"):
        programs[f"{level} shop"] = api_of(root, level=level, queues=[shop.id])
    return programs, make.ticket("In the shop", queue="Shop"), make.ticket("Elsewhere")


def is_empty(answer):
    return answer.json["items"] == []


def test_each_scope_at_each_verb(world, shop):
    programs, inside, outside = world
    everything = {"**": {"form": {"query": "id > 0"}}}
    setup_refused = {
        "read": "This token may only read.",
        "write": "This token cannot change the set-up: it needs the scope admin.",
        "read shop": "This token may only read.",
        "write shop": "This token is limited to some queues and cannot change the set-up.",
    }
    cases = []
    for who in programs:
        reads, limited = who.startswith("read"), who.endswith("shop")
        hidden = 403 if limited else 200
        seen = {"total": 1 if limited else 2}
        cases += [
            (who, "GET", f"ticket/{inside.id}", None, 200, {"Subject": "In the shop"}),
            (who, "GET", f"ticket/{outside.id}", None, hidden, None),
            (who, "GET", f"ticket/{outside.id}/history", None, 200, is_empty if limited else None),
            (who, "GET", f"tickets?query={quote('id > 0')}", None, 200, seen),
            (who, "POST", "tickets", everything, 200, seen),
            (who, "POST", "queues", [{"field": "id", "operator": ">", "value": "0"}], 200, None),
        ]
        said = 403 if reads else 201
        cases += [
            (
                who,
                "POST",
                f"ticket/{inside.id}/comment",
                {"Content": "seen", "ContentType": "text/plain"},
                said,
                None,
            ),
            (who, "PUT", f"ticket/{inside.id}", {"TimeLeft": len(cases)}, 403 if reads else 200, None),
            (who, "POST", "ticket", {"Queue": "Shop", "Subject": "x"}, said, None),
            (
                who,
                "PUT",
                f"ticket/{outside.id}",
                {"TimeLeft": len(cases)},
                403 if reads or limited else 200,
                None,
            ),
        ]
        if limited:
            cases.append((who, "POST", "ticket", {"Queue": "General", "Subject": "x"}, 403, None))
            cases.append(
                (who, "PUT", f"ticket/{inside.id}", {"Queue": "General"}, 403 if reads else 200, None)
            )
            cases.append(
                (
                    who,
                    "POST",
                    f"ticket/{outside.id}/comment",
                    {"Content": "x", "ContentType": "text/plain"},
                    403 if reads else 400,
                    None,
                )
            )
        cases.append(
            (
                who,
                "POST",
                "queue",
                {"Name": f"of {who}"},
                403 if who != "admin" else 201,
                setup_refused.get(who),
            )
        )
        cases.append(
            (who, "PUT", f"queue/{shop.id}", {"Description": who}, 403 if who != "admin" else 200, None)
        )
        if reads:
            cases.append((who, "DELETE", f"ticket/{inside.id}", None, 403, None))
    # what the writing tokens made is counted by those that come later, so reading goes first
    check_cases(programs, [case for case in cases if case[4] == 200 and case[1] in ("GET", "POST")])
    check_cases(programs, [case for case in cases if case[4] != 200 or case[1] not in ("GET", "POST")])


def test_what_a_token_limited_to_queues_does_not_see(world, db, work, shop):
    programs, inside, outside = world
    make_catalog(work, CatalogValues(name="Laptops", lifecycle="assets"))
    db.flush()
    limited, whole = programs["read shop"], programs["read"]
    db.flush()
    entries = {
        ticket: db.scalars(
            select(Transaction.id).where(
                Transaction.object_type == "ticket", Transaction.object_id == ticket.id
            )
        ).all()
        for ticket in (inside, outside)
    }
    for program, is_hidden in ((limited, True), (whole, False)):
        for ticket, ids in entries.items():
            for number in ids:
                answer = program("GET", f"transaction/{number}")
                assert (answer.status == 403) == (is_hidden and ticket is outside), answer.data
    names = [item["id"] for item in limited("GET", "queues/all?fields=Name").json["items"]]
    assert names == [str(shop.id)]
    general = db.scalar(select(Queue.id).where(Queue.name == "General"))
    assert limited("GET", f"queue/{general}").status in (403, 404)
    assert limited("GET", "catalogs/all").json["items"] == []
    assert len(whole("GET", "catalogs/all").json["items"]) >= 1
    found = limited("GET", f"transactions?query={quote('id > 0')}").json["items"]
    assert {int(item["id"]) for item in found} <= set(entries[inside])


def test_too_many_wrong_passwords_are_a_429(wsgi, make):
    make.staff("eva", password="first password")
    wrong = Program(wsgi, "Basic " + base64.b64encode(b"eva:wrong").decode(), peer="192.0.2.77")
    statuses = [wrong("GET", "rt").status for _ in range(10)]
    assert set(statuses) == {401}
    answer = wrong("GET", "rt")
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many attempts" in answer.message
