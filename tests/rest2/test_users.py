"""Users over REST 2.0: who reads what of whom, RT's sentences, what is never told."""

import re

import pytest
from sqlalchemy import select

from rtpy.changes.accounts import change_person
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.groups import make_group, put_into_group
from rtpy.changes.merging_people.merge import merge_people
from rtpy.customfields.kinds import Lookup
from rtpy.identity.passwords import verify_password
from rtpy.models import User
from tests.rest2.conftest import check_cases

HASH = "scrypt-or-argon-canary"


@pytest.fixture
def kim(make, work, db):
    """Somebody of the staff of whom much is known."""
    kim = make.staff("kim", real_name="Kim Lee")
    change_person(work, kim, city="Oslo", comments="talks much", work_phone="123", lang="en")
    kim.password_hash = HASH
    db.flush()
    return kim


def keys(*expected, but=()):
    return lambda answer: set(expected) <= answer.json.keys() and not set(but) & answer.json.keys()


def names(*expected):
    return lambda answer: [each["id"] for each in answer.json["items"]] == list(expected)


def test_who_reads_what_of_whom(kim, root, jo, customer, stranger, api_of):
    everything = (
        "id",
        "Name",
        "RealName",
        "EmailAddress",
        "City",
        "WorkPhone",
        "Comments",
        "Memberships",
        "Created",
    )
    summary, more = (
        ("Name", "RealName", "EmailAddress", "Privileged"),
        ("City", "WorkPhone", "Comments", "Disabled"),
    )
    fields = "Name,City,Comments,Privileged,Memberships,id"
    check_cases(
        {"root": root, "jo": jo, "kim": api_of(kim), "ann": customer, "nobody": stranger},
        [
            (
                "root",
                "GET",
                "user/kim",
                None,
                200,
                keys(*everything, but=("Password", "Zip", "password_hash")),
            ),
            ("root", "GET", f"user/{kim.id}", None, 200, {"id": kim.id, "Privileged": 1, "Disabled": "0"}),
            ("root", "GET", "user/KIM", None, 200, {"id": kim.id}),
            ("root", "GET", "user/kim/", None, 200, {"Name": "kim"}),
            ("root", "HEAD", "user/kim", None, 200, None),
            ("root", "GET", "user/Nobody", None, 200, {"Name": "Nobody"}),
            ("root", "GET", "user/ann@client.example", None, 200, {"Privileged": 0}),
            ("root", "GET", "user/kim@staff.example", None, 404, "Not Found"),
            ("root", "GET", "user/nosuch", None, 404, "Not Found"),
            ("root", "GET", "user/99999999", None, 404, "Not Found"),
            ("root", "GET", "user/999999999999999999999999", None, 404, "Not Found"),
            ("root", "GET", "user/%00", None, 404, "Not Found"),
            ("jo", "GET", "user/kim", None, 200, keys(*summary, but=more)),
            (
                "jo",
                "GET",
                "user/jo",
                None,
                200,
                keys("Created", "Disabled", "Memberships", but=("Comments",)),
            ),
            ("jo", "GET", "user/nosuch", None, 404, "Not Found"),
            ("kim", "GET", "user/kim", None, 200, keys("City", "WorkPhone", but=("Comments",))),
            ("ann", "GET", "user/kim", None, 403, "Forbidden"),
            ("ann", "GET", "user/nosuch", None, 403, "Forbidden"),
            (
                "ann",
                "GET",
                "user/ann@client.example",
                None,
                200,
                keys("Name", "EmailAddress", but=("Comments",)),
            ),
            ("nobody", "GET", "user/kim", None, 401, "Unauthorized"),
            (
                "root",
                "GET",
                "users",
                None,
                200,
                names("ann@client.example", "jo", "kim", "Nobody", "root", "RT_System"),
            ),
            ("jo", "GET", "users", None, 200, {"total": 6, "pages": 1}),
            ("ann", "GET", "users", None, 200, {"total": None, "pages": None, "count": 1}),
            ("root", "GET", "users/privileged", None, 200, lambda answer: "kim" in answer.data.decode()),
            ("root", "GET", "users/privileged/", None, 404, None),
            ("root", "GET", "users/unprivileged", None, 200, names("ann@client.example")),
            ("ann", "GET", "users/privileged", None, 200, names()),
            ("root", "GET", f"users?fields={fields}&query=[]", None, 200, re.compile('"City": "Oslo"')),
            (
                "jo",
                "GET",
                f"users?fields={fields}",
                None,
                200,
                lambda answer: "Oslo" not in answer.data.decode(),
            ),
            ("jo", "GET", f"users?fields={fields}", None, 200, re.compile('"City": ""')),
            ("root", "POST", "users", [{"field": "City", "value": "oslo"}], 200, names("kim")),
            ("jo", "POST", "users", [{"field": "City", "value": "oslo"}], 200, {"count": 6}),
            (
                "jo",
                "POST",
                "users",
                [{"field": "RealName", "operator": "LIKE", "value": "lee"}],
                200,
                names("kim"),
            ),
            ("jo", "GET", "users?orderby=City", None, 400, "There is no column 'City' to sort by"),
            ("root", "GET", "users?orderby=City&order=DESC&per_page=1", None, 200, {"count": 1}),
            (
                "root",
                "POST",
                "users",
                [{"field": "Password", "operator": "LIKE", "value": "canary"}],
                200,
                {"count": 6},
            ),
            ("root", "GET", "users?orderby=Password", None, 400, None),
            ("root", "HEAD", "users", None, 405, None),
            ("root", "PUT", "users", {}, 405, None),
            ("root", "GET", "user", None, 405, None),
            (
                "root",
                "GET",
                "user/kim?fields=Password,password_hash,AuthToken",
                None,
                200,
                keys(but=("Password",)),
            ),
            (
                "root",
                "GET",
                "users?fields=Password,password_hash,AuthToken",
                None,
                200,
                re.compile('"Password": ""'),
            ),
        ],
    )
    for api in (root, jo):
        for path in ("user/kim", "users?fields=Password,password_hash,PasswordHash,AuthToken,Name"):
            assert HASH not in api("GET", path).data.decode()


def test_making_and_changing_in_rts_words(kim, root, jo, customer, db, work):
    taken = {"Name": "kim2", "EmailAddress": "kim@staff.example"}
    first = root("POST", "user", {"Name": "lee", "EmailAddress": "lee@x.example", "Privileged": 1})
    lee = db.scalar(select(User).where(User.name == "lee"))
    assert first.status == 201
    assert first.headers["Location"] == f"/REST/2.0/user/{lee.id}"
    assert (first.json["type"], first.json["id"]) == ("user", "lee")
    assert first.json["_url"].endswith("/user/lee")
    tag = root("GET", "user/lee").headers["ETag"]
    label = f"User {lee.id}"
    check_cases(
        {"root": root, "jo": jo, "ann": customer},
        [
            ("root", "POST", "user", {}, 400, "Must specify 'Name' attribute"),
            ("root", "POST", "user", {"Name": "KIM"}, 400, "Name in use"),
            ("root", "POST", "user", taken, 400, "Email address in use"),
            (
                "root",
                "POST",
                "user",
                {"Name": "x", "Password": "abc"},
                400,
                re.compile("Password needs to be at least"),
            ),
            ("root", "POST", "user", {"Name": "x", "Bogus": 1}, 400, "Unknown field 'Bogus'"),
            ("root", "POST", "user", {"Name": "hr", "ExternalAuthId": "7", "PGPKey": "x"}, 201, {"id": "hr"}),
            ("root", "PUT", "user/hr", {"PGPKey": "x"}, 200, re.compile("Unknown field 'PGPKey'")),
            ("root", "POST", "user", {"Name": ["x"]}, 400, None),
            ("root", "POST", "user", {"Name": "a b"}, 400, None),
            ("root", "POST", "user", [1], 400, "JSON object must be a HASH"),
            ("root", "POST", "user", {"Name": "x", "Privileged": "maybe"}, 400, None),
            ("root", "POST", "user", {"**": {"data": b"{", "type": "application/json"}}, 400, None),
            ("root", "POST", "user", {"**": {"data": b"{}", "type": "text/plain"}}, 415, None),
            ("root", "POST", "user", {"EmailAddress": "only@x.example"}, 201, {"id": "only@x.example"}),
            ("root", "POST", "user?Name=byquery", {"RealName": "Q"}, 201, {"id": "byquery"}),
            ("root", "POST", "user", {"Name": "off", "Disabled": 1}, 201, {"id": "off"}),
            ("root", "POST", "users", [{"field": "Name", "value": "off"}], 200, {"count": 0}),
            (
                "root",
                "POST",
                "users?find_disabled_rows=1",
                [{"field": "Name", "value": "off"}],
                200,
                {"count": 1},
            ),
            ("jo", "POST", "user", {"Name": "x"}, 400, "Permission Denied"),
            ("ann", "POST", "user", {"Name": "x"}, 403, "Forbidden"),
            ("root", "POST", "user/lee", {"City": "x"}, 409, "Resource already exists; use PUT to update"),
            ("root", "PUT", "user/nosuch", {}, 404, "Resource does not exist; use POST to create"),
            ("root", "PUT", "user/lee", {}, 200, []),
            (
                "root",
                "PUT",
                "user/lee",
                {"City": "Oslo"},
                200,
                [f"{label}: City changed from (no value) to 'Oslo'"],
            ),
            ("root", "PUT", "user/lee", {"City": "Oslo"}, 200, []),
            (
                "root",
                "PUT",
                "user/lee",
                {"City": "Rome"},
                200,
                [f"{label}: City changed from 'Oslo' to 'Rome'"],
            ),
            ("root", "PUT", "user/lee", {"Name": "kim"}, 200, re.compile("The login name kim is taken")),
            ("root", "PUT", "user/lee", {"Timezone": "Nowhere"}, 200, re.compile("is no time zone")),
            ("root", "PUT", "user/lee", {"City": {"a": 1}}, 200, [f"{label}: City must be a text"]),
            ("root", "PUT", "user/lee", {"Bogus": 1}, 200, [f"{label}: Unknown field 'Bogus'"]),
            ("root", "PUT", "user/lee", {"id": 7, "Memberships": [], "_hyperlinks": []}, 200, []),
            ("root", "PUT", "user/lee", {"Disabled": 1}, 200, ["User disabled"]),
            ("root", "PUT", "user/lee", {"Disabled": "1"}, 200, ["That is already the current value"]),
            ("root", "PUT", "user/lee", {"Disabled": 0}, 200, ["User enabled"]),
            ("root", "PUT", "user/lee", {"Privileged": 0}, 200, ["That user is now unprivileged"]),
            ("root", "PUT", "user/lee", {"Privileged": 0}, 200, ["That user is already unprivileged"]),
            ("root", "PUT", "user/lee", {"Privileged": 1}, 200, ["That user is now privileged"]),
            ("root", "PUT", "user/lee", {"Password": "short"}, 200, re.compile("has 12 to")),
            ("root", "PUT", "user/root", {"Disabled": 1}, 200, re.compile("You cannot switch yourself off")),
            ("root", "PUT", "user/Nobody", {"Disabled": 1}, 200, re.compile("part of rtpy itself")),
            ("jo", "PUT", "user/lee", {"City": "x", "Disabled": 1}, 200, [f"{label}: Permission Denied"] * 2),
            (
                "jo",
                "PUT",
                "user/lee",
                {"Password": "long enough words"},
                200,
                [f"{label}: Permission Denied"],
            ),
            ("ann", "PUT", "user/lee", {"City": "x"}, 403, "Forbidden"),
            ("jo", "DELETE", "user/lee", None, 403, None),
            ("ann", "DELETE", "user/lee", None, 403, "Forbidden"),
            ("root", "DELETE", "user/lee", None, 204, None),
            ("root", "DELETE", "user/lee", None, 204, None),
            ("root", "DELETE", "user/nosuch", None, 404, "Not Found"),
            ("root", "GET", "user/lee", None, 200, {"Disabled": "1"}),
            (
                "root",
                "PUT",
                "user/lee",
                {"**": {"body": {"City": "x"}, "headers": {"If-Match": tag}}},
                412,
                None,
            ),
            ("root", "GET", "user/lee", {"**": {"headers": {"If-None-Match": tag}}}, 200, {"City": "Rome"}),
        ],
    )
    now = root("GET", "user/lee").headers
    assert now["ETag"] != tag
    assert root("GET", "user/lee", headers={"If-None-Match": now["ETag"]}).status == 304
    assert root("PUT", "user/lee", {"Password": "long enough words"}).json == [f"{label}: Password changed"]
    db.refresh(lee)
    assert verify_password("long enough words", lee.password_hash)
    told = root("GET", "user/lee/history?fields=Field,OldValue,NewValue&per_page=100").data.decode()
    assert "long enough words" not in told


def test_a_token_that_only_writes_keeps_no_accounts(kim, db, api_of):
    root = api_of(db.scalar(select(User).where(User.name == "root")), level="write")
    assert root("PUT", "user/kim", {"City": "x"}).status == 403
    assert root("POST", "user", {"Name": "x"}).status == 403
    assert root("GET", "user/kim").status == 200


def test_who_was_merged_is_the_kept_person(kim, root, make, work, db):
    old = make.customer("old@x.example")
    ticket = make.ticket(requestor="old@x.example")
    kept = make.customer("new@x.example")
    merge_people(work, kept, old)
    db.flush()
    assert root("GET", "user/old@x.example").json["Name"] == "new@x.example"
    assert '"old@x.example"' not in root("GET", "users").data.decode()
    history = root("GET", f"ticket/{ticket.id}/history?fields=Creator&per_page=1").json["items"]
    assert history[0]["Creator"]["type"] == "user"


def test_custom_fields_and_memberships_are_read_and_written(kim, root, jo, work, db, query_count, make):
    create_field(work, FieldSettings(name="Badge", lookup=Lookup.USER), everywhere=True)
    create_field(work, FieldSettings(name="Salary", lookup=Lookup.USER), everywhere=True, staff="")
    put_into_group(work, make_group(work, name="Night shift"), kim.id)
    said = root("PUT", "user/kim", {"CustomFields": {"Badge": "B7", "Salary": "1"}}).json
    assert said == ["Badge B7 added", "Salary 1 added"]
    shown = root("GET", "user/kim").json
    assert {each["name"]: each["values"] for each in shown["CustomFields"]} == {
        "Badge": ["B7"],
        "Salary": ["1"],
    }
    assert [each["type"] for each in shown["Memberships"]] == ["group"]
    assert root("POST", "user", {"Name": "bo", "CustomFields": {"Badge": "B8"}}).status == 201
    assert root("GET", "user/bo").json["CustomFields"][0]["values"] == ["B8"]

    def found(api, name, operator, value):
        answer = api("POST", "users", [{"field": name, "operator": operator, "value": value}])
        return {each["id"] for each in answer.json["items"]} & {"kim", "bo"}

    assert found(root, "CF.{Badge}", "LIKE", "b") == {"kim", "bo"}
    assert found(root, "CustomField.{badge}", "=", "B7") == {"kim"}
    assert found(jo, "CF.{Badge}", "=", "B7") == set()  # of others nobody reads it without AdminUsers
    assert found(jo, "CF.{Salary}", "=", "1") == {"kim", "bo"}  # no such field, for Jo: passed over
    counts = []
    for number in (0, 15):
        for each in range(number):
            make.staff(f"person{each}")
        path = (
            "users?per_page=100&fields=Name,Privileged,Disabled,Memberships,CustomFields,Creator,_hyperlinks"
        )
        root("GET", path)
        with query_count() as count:
            assert root("GET", path).status == 200
        counts.append(count.total)
    assert counts[0] == counts[1]


def test_oneself_is_changed_with_modify_self(jo, make, db):
    me = db.scalar(select(User).where(User.name == "jo"))
    make.grant(me, "ModifySelf")
    label = f"User {me.id}"
    cases = [
        ({"City": "Oslo"}, [f"{label}: City changed from (no value) to 'Oslo'"]),
        ({"Organization": "Acme"}, [f"{label}: Permission Denied"]),
        ({"Comments": "good"}, [f"{label}: Permission Denied"]),
        ({"Password": "long enough words"}, [f"{label}: Permission Denied"]),
        ({"EmailAddress": "mallory@evil.example"}, [f"{label}: Permission Denied"]),
        ({"Privileged": 0}, [f"{label}: Permission Denied"]),
        ({"Disabled": 1}, [f"{label}: Permission Denied"]),
    ]
    assert [jo("PUT", "user/jo", body).json for body, _ in cases] == [said for _, said in cases]
