"""Organisations over REST 2.0: ours, in RT's frame."""

import re

import pytest

from rtpy.rights.names import Right
from tests.rest2.conftest import check_cases

BASE = "http://127.0.0.1:8080/REST/2.0/"
pytestmark = pytest.mark.usefixtures("fresh_numbers")


@pytest.fixture
def programs(root, jo, customer):
    return {"root": root, "jo": jo, "ann": customer}


def test_organizations_are_made_changed_and_switched_off(programs, make):
    root = programs["root"]
    root(
        "POST",
        "customfield",
        {"Name": "Contract", "Type": "FreeformSingle", "LookupType": "RTPY::Organization"},
    )
    member = {"id": "jo", "Title": "Boss", "Site": "Oslo", "IsContact": 1}
    whole = {
        "Name": "ACME",
        "Domains": ["acme.example"],
        "Sites": ["Oslo", {"Name": "Bergen", "Address": "Quay 1"}],
        "Members": ["ann@client.example", member],
        "Notes": "n",
        "CustomFields": {"Contract": "gold"},
    }
    check_cases(
        programs,
        [
            ("root", "POST", "organization", {}, 400, "Give the organisation a name."),
            ("root", "POST", "organization", {"Nam": "x"}, 400, "Unknown field 'Nam'"),
            ("root", "GET", "organizations", None, 200, {"count": 0, "total": 0}),
            (
                "root",
                "POST",
                "organization",
                whole,
                201,
                {"type": "organization", "id": "1", "_url": f"{BASE}organization/1"},
            ),
            ("root", "POST", "organization", {"Name": "acme"}, 400, re.compile("already")),
            (
                "root",
                "GET",
                "organization/acme",
                None,
                200,
                {
                    "id": 1,
                    "Name": "ACME",
                    "Notes": "n",
                    "Disabled": "0",
                    "Domains": ["acme.example"],
                    "Sites": [
                        {"id": "2", "Name": "Bergen", "Address": "Quay 1"},
                        {"id": "1", "Name": "Oslo", "Address": ""},
                    ],
                    "Members": [
                        {
                            "type": "user",
                            "id": "ann@client.example",
                            "_url": f"{BASE}user/ann@client.example",
                            "Title": "",
                            "Site": "",
                            "IsContact": "0",
                        },
                        {
                            "type": "user",
                            "id": "jo",
                            "_url": f"{BASE}user/jo",
                            "Title": "Boss",
                            "Site": "Oslo",
                            "IsContact": "1",
                        },
                    ],
                },
            ),
            (
                "root",
                "GET",
                "organization/1",
                None,
                200,
                lambda got: got.json["CustomFields"][0]["values"] == ["gold"],
            ),
            ("jo", "GET", "organization/1", None, 200, {"Name": "ACME"}),
            ("jo", "PUT", "organization/1", {"Name": "x"}, 403, "Forbidden"),
            ("jo", "POST", "organization", {"Name": "x"}, 403, "Forbidden"),
            ("ann", "GET", "organization/1", None, 403, "Forbidden"),
            ("ann", "GET", "organization/77", None, 403, "Forbidden"),
            ("ann", "GET", "organizations", None, 403, "Forbidden"),
            (
                "root",
                "PUT",
                "organization/1",
                {
                    "Name": "ACME Ltd",
                    "Domains": ["b.example"],
                    "Sites": [{"id": 1, "Name": "Oslo S"}],
                    "Members": ["jo", "new@client.example"],
                    "Bogus": 1,
                    "CustomFields": {"Contract": "silver"},
                },
                200,
                [
                    "Organization 1: Name changed from 'ACME' to 'ACME Ltd'",
                    "Contract gold changed to silver",
                    "Organization 1: Domains changed from 'acme.example' to 'b.example'",
                    "Site Oslo S changed",
                    "Site Bergen deleted",
                    "Member added: new@client.example",
                    "Member deleted",
                    "Organization 1: Unknown field 'Bogus'",
                ],
            ),
            (
                "root",
                "PUT",
                "organization/1",
                {"Members": [{"id": "jo", "Title": "Chief"}]},
                200,
                ["Member deleted"],
            ),
            (
                "root",
                "GET",
                "organization/1",
                None,
                200,
                lambda got: (
                    [(each["id"], each["Title"], each["Site"]) for each in got.json["Members"]]
                    == [("jo", "Chief", "Oslo S")]
                ),
            ),
            (
                "root",
                "PUT",
                "organization/1",
                {"Sites": [[1]], "Members": ["nope"], "Domains": ["b.example"]},
                200,
                ["Organization 1: Sites must be a text", "Organization 1: There is no user nope"],
            ),
            (
                "root",
                "GET",
                "organization/1",
                None,
                200,
                lambda got: len(got.json["Members"]) == 1 and len(got.json["Sites"]) == 1,
            ),
            ("root", "PUT", "organization/77", {}, 404, None),
            ("root", "DELETE", "organization/1", None, 204, None),
            ("root", "DELETE", "organization/1", None, 204, None),
            ("root", "GET", "organization/1", None, 200, {"Disabled": "1"}),
            ("root", "GET", "organizations", None, 200, {"count": 0}),
            ("root", "GET", "organizations?find_disabled_rows=1", None, 200, {"count": 1}),
            (
                "root",
                "POST",
                "organization",
                {"Name": "x", "Domains": "no domain"},
                400,
                re.compile("is not a mail domain"),
            ),
            (
                "root",
                "POST",
                "organization",
                {"Name": "x", "Members": ["nobody-known"]},
                400,
                "There is no user nobody-known",
            ),
            (
                "root",
                "POST",
                "organization",
                {"Name": "x", "Members": [{"id": "jo", "Site": "y"}]},
                400,
                "x has no site y",
            ),
        ],
    )


def test_searches_of_organizations(programs):
    root = programs["root"]
    root(
        "POST",
        "customfield",
        {"Name": "Contract", "Type": "FreeformSingle", "LookupType": "RTPY::Organization"},
    )
    for name, domains, contract in (
        ("Alpha", ["a.example", "x.example"], "gold"),
        ("Beta", ["b.example"], ""),
    ):
        root(
            "POST", "organization", {"Name": name, "Domains": domains, "CustomFields": {"Contract": contract}}
        )

    def names(*wanted):
        return lambda got: [each["Name"] for each in got.json["items"]] == list(wanted)

    def of(entry):
        return ("root", "POST", "organizations?fields=Name", [entry], 200)

    check_cases(
        programs,
        [
            (
                "root",
                "GET",
                "organizations?fields=Name,Domains,Members,Sites,CustomFields",
                None,
                200,
                names("Alpha", "Beta"),
            ),
            (*of({"field": "Name", "operator": "LIKE", "value": "ALP"}), names("Alpha")),
            (*of({"field": "Domain", "value": "x.example"}), names("Alpha")),
            (*of({"field": "Domain", "operator": "!=", "value": "x.example"}), names("Beta")),
            (*of({"field": "CF.{Contract}", "value": "gold"}), names("Alpha")),
            (*of({"field": "CF.{Contract}", "operator": "IS", "value": ""}), names("Beta")),
            (
                "jo",
                "GET",
                "organizations?fields=Name&orderby=Name&order=DESC",
                None,
                200,
                names("Beta", "Alpha"),
            ),
            ("jo", "POST", "organizations", [{"field": "CF.{Contract}", "value": "gold"}], 200, {"count": 2}),
        ],
    )


@pytest.mark.databases("sqlite")
def test_the_tag_of_an_organization_changes_with_it(root):
    root("POST", "organization", {"Name": "ACME"})
    tag = root("GET", "organization/1").headers["ETag"]
    assert root("PUT", "organization/1", {"Sites": ["Oslo"]}, headers={"If-Match": tag}).status == 200
    assert root("PUT", "organization/1", {"Sites": []}, headers={"If-Match": tag}).status == 412


@pytest.mark.databases("sqlite")
def test_logins_limited_to_queues_see_no_organizations(api_of, make, root):
    root("POST", "organization", {"Name": "ACME"})
    boss = make.staff("boss")
    make.grant(boss, Right.SUPER_USER)
    assert api_of(boss)("GET", "organizations").json["count"] == 1
    assert api_of(boss, queues=[1])("GET", "organizations").status == 403
    assert api_of(boss, level="write")("PUT", "organization/1", {"Name": "x"}).status == 403


@pytest.mark.databases("sqlite")
def test_lists_of_organizations_cost_the_same_for_one_and_for_twenty(root, query_count):
    fields = "Name,Domains,Sites,Members,CustomFields,_hyperlinks"

    def cost():
        with query_count() as counted:
            items = root("GET", f"organizations?per_page=50&fields={fields}").json["items"]
        return len(items), counted.total

    root(
        "POST",
        "organization",
        {"Name": "O 0", "Sites": ["S"], "Members": ["root"], "Domains": ["o0.example"]},
    )
    cost()
    one, few = cost()
    for number in range(1, 20):
        body = {"Name": f"O {number}", "Sites": ["S"], "Members": ["root"], "Domains": [f"o{number}.example"]}
        root("POST", "organization", body)
    cost()
    many, more = cost()
    assert (one, many) == (1, 20)
    assert more <= few
