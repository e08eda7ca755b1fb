"""Catalogs and assets over REST 2.0: with roles, custom fields, links, lifecycles and both kinds of searches."""

import re

import pytest

from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.models import Transaction
from rtpy.rights.names import Right
from tests.rest2.conftest import check_cases

BASE = "http://127.0.0.1:8080/REST/2.0/"
pytestmark = pytest.mark.usefixtures("fresh_numbers")


@pytest.fixture
def programs(root, jo, customer):
    return {"root": root, "jo": jo, "ann": customer}


def refs(*wanted):
    """Are these the hyperlinks, by ref and the end of their addresses?"""
    return lambda got: (
        [
            (each["ref"], each["_url"].removeprefix(BASE))
            for each in got.json["_hyperlinks"]
            if each["ref"] not in ("self", "history", "lifecycle")
        ]
        == list(wanted)
    )


def test_catalogs_are_made_changed_and_switched_off(programs):
    taken = "Invalid Name (names must be unique and may not be all digits)"
    check_cases(
        programs,
        [
            ("root", "POST", "catalog", {}, 400, taken),
            ("root", "POST", "catalog", {"Name": "12"}, 400, taken),
            (
                "root",
                "POST",
                "catalog",
                {"Name": "Laptops", "Lifecycle": "no"},
                400,
                "no is not a valid lifecycle",
            ),
            (
                "root",
                "POST",
                "catalog",
                {"Name": "Laptops", "Lifecycle": "default"},
                400,
                re.compile("of assets"),
            ),
            ("root", "POST", "catalog", {"Name": "Laptops", "x": 1}, 400, "Unknown field 'x'"),
            ("jo", "POST", "catalog", {"Name": "Laptops"}, 403, "Forbidden"),
            (
                "root",
                "POST",
                "catalog",
                {"Name": "Laptops", "Contact": "jo"},
                201,
                {"type": "catalog", "id": "1"},
            ),
            ("root", "POST", "catalog", {"Name": "laptops"}, 400, taken),
            (
                "root",
                "GET",
                "catalog/laptops",
                None,
                200,
                {
                    "id": 1,
                    "Lifecycle": "assets",
                    "HeldBy": [],
                    "Disabled": "0",
                    "CustomFields": [],
                    "AssetCustomFields": [],
                    "Creator": {"id": "root"},
                },
            ),
            (
                "root",
                "GET",
                "catalog/1",
                None,
                200,
                lambda got: [each["id"] for each in got.json["Contact"]] == ["jo"],
            ),
            ("root", "GET", "catalog/1", None, 200, refs(("create", "asset?Catalog=1"))),
            (
                "root",
                "PUT",
                "catalog/1",
                {
                    "Description": "d",
                    "Name": "Notebooks",
                    "HeldBy": ["jo", "lee@example.org"],
                    "Contact": [],
                    "Owner": "jo",
                },
                200,
                [
                    "Catalog 1: Description changed from (no value) to 'd'",
                    "Catalog 1: Name changed from 'Laptops' to 'Notebooks'",
                    "Member added: jo",
                    "Member added: lee@example.org",
                    "Member deleted",
                    "Catalog 1: Unknown field 'Owner'",
                ],
            ),
            (
                "root",
                "PUT",
                "catalog/1",
                {"Description": ""},
                200,
                ["Catalog 1: Description changed from 'd' to (no value)"],
            ),
            ("root", "PUT", "catalog/1", {"HeldBy": "system-unknown"}, 200, re.compile("is no mail address")),
            (
                "root",
                "PUT",
                "catalog/1",
                {"CustomRoles": {"None": 1}},
                200,
                ["Catalog 1: Unknown custom role 'None'"],
            ),
            ("root", "PUT", "catalog/1", {"CustomRoles": [1]}, 400, None),
            (
                "root",
                "PUT",
                "catalog/1",
                {"Lifecycle": "nope"},
                200,
                re.compile("Choose a lifecycle of assets"),
            ),
            ("root", "DELETE", "catalog/1", None, 204, None),
            ("root", "DELETE", "catalog/1", None, 204, None),
            ("root", "GET", "catalogs/all", None, 200, {"count": 0, "total": 0}),
            (
                "root",
                "GET",
                "catalogs/all?find_disabled_rows=1&fields=Name,HeldBy",
                None,
                200,
                {"count": 1, "total": 1},
            ),
            ("root", "GET", "catalogs", None, 200, {"count": 0}),
            (
                "root",
                "POST",
                "catalogs?find_disabled_rows=1",
                [{"field": "Name", "operator": "LIKE", "value": "note"}],
                200,
                {"count": 1},
            ),
            ("jo", "GET", "catalogs/all", None, 200, {"count": 0, "total": None}),
            ("jo", "GET", "catalog/1", None, 403, "Forbidden"),
            ("jo", "GET", "catalog/77", None, 403, "Forbidden"),
            ("root", "GET", "catalog/77", None, 404, "Not Found"),
            ("jo", "GET", "catalog/1/customfields", None, 403, None),
            ("root", "GET", "catalog/1/customfields", None, 200, {"count": 0}),
            ("root", "GET", "catalog/1/history", None, 404, None),
        ],
    )


def test_assets_are_made_shown_and_changed(programs, make, db):
    make.ticket()
    root = programs["root"]
    root("POST", "catalog", {"Name": "Laptops"})
    root("POST", "catalog", {"Name": "Off", "Disabled": 1})
    root("POST", "organization", {"Name": "ACME", "Sites": ["Oslo"]})
    check_cases(
        programs,
        [
            ("root", "POST", "asset", {"Name": "L"}, 400, "Invalid Catalog"),
            ("root", "POST", "asset", {"Name": "L", "Catalog": "nope"}, 403, "Permission Denied"),
            ("root", "POST", "asset", {"Name": "L", "Catalog": "Off"}, 403, "Permission Denied"),
            ("jo", "POST", "asset", {"Name": "L", "Catalog": "Laptops"}, 403, "Permission Denied"),
            (
                "root",
                "POST",
                "asset",
                {"Name": "L", "Catalog": 1, "Status": "zz"},
                400,
                "Status 'zz' isn't a valid status for assets.",
            ),
            (
                "root",
                "POST",
                "asset",
                {"Name": "L", "Catalog": 1, "Status": "stolen"},
                403,
                re.compile("Nothing can start"),
            ),
            ("root", "POST", "asset", {"Catalog": 1}, 400, re.compile("Give the asset a name")),
            ("root", "POST", "asset", {"Name": "L", "Catalog": 1, "Bogus": 1}, 400, "Unknown field 'Bogus'"),
            (
                "root",
                "POST",
                "asset",
                {"Name": "L", "Catalog": 1, "Site": "Oslo"},
                400,
                "A site needs its Organization",
            ),
            (
                "root",
                "POST",
                "asset",
                {"Name": "L", "Catalog": 1, "Organization": "Nope"},
                400,
                "There is no Organization Nope",
            ),
            ("root", "GET", "asset", None, 405, None),
            (
                "root",
                "POST",
                "asset?Catalog=1",
                {
                    "Name": "L-17",
                    "Owner": "jo",
                    "HeldBy": ["lee@example.org"],
                    "Contact": "kim@example.org, mia@example.org",
                    "Creator": "whoever",
                    "Organization": "acme",
                    "Site": "Oslo",
                    "CustomFields": {"Nope": "x"},
                },
                201,
                {"type": "asset", "id": "1", "_url": f"{BASE}asset/1"},
            ),
            (
                "root",
                "POST",
                "asset",
                {"Name": "L-18", "Catalog": {"type": "catalog", "id": "1"}, "Owner": "nobody-known"},
                201,
                {"id": "2"},
            ),
            (
                "root",
                "GET",
                "asset/1",
                None,
                200,
                {
                    "id": 1,
                    "Name": "L-17",
                    "Description": "",
                    "Status": "new",
                    "Catalog": {"type": "catalog", "id": "1", "_url": f"{BASE}catalog/1"},
                    "Owner": {"id": "jo"},
                    "CustomFields": [],
                    "Organization": "ACME",
                    "Site": "Oslo",
                },
            ),
            (
                "root",
                "GET",
                "asset/1",
                None,
                200,
                lambda got: (
                    [each["id"] for each in got.json["HeldBy"] + got.json["Contact"]]
                    == ["lee@example.org", "kim@example.org", "mia@example.org"]
                ),
            ),
            (
                "root",
                "GET",
                "asset/2",
                None,
                200,
                {"Owner": {"type": "user", "id": "Nobody", "_url": f"{BASE}user/Nobody"}},
            ),
            (
                "root",
                "GET",
                "asset/1",
                None,
                200,
                lambda got: (
                    [
                        (each["to"], each["label"])
                        for each in got.json["_hyperlinks"]
                        if each["ref"] == "lifecycle"
                    ]
                    == [
                        ("allocated", "Allocated"),
                        ("in-use", "In-use"),
                        ("stolen", "Stolen"),
                        ("deleted", "Deleted"),
                    ]
                ),
            ),
            (
                "root",
                "GET",
                "asset/1?fields[Catalog]=Name,Creator&fields[Catalog][Creator]=Name",
                None,
                200,
                {"Catalog": {"Name": "Laptops", "Creator": {"Name": "root"}}},
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"Status": "in-use", "Owner": "Nobody"},
                200,
                ["Asset 1: Status changed from 'new' to 'in-use'", "Owner set to Nobody"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"Name": "L17", "Description": "d", "HeldBy": "jo", "Bogus": 1},
                200,
                [
                    "Asset 1: Description changed from (no value) to 'd'",
                    "Asset 1: Name changed from 'L-17' to 'L17'",
                    "Member added: jo",
                    "Member deleted",
                    "Asset 1: Unknown field 'Bogus'",
                ],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"Status": "zz", "Owner": "nope", "Catalog": "x"},
                200,
                [
                    "Asset 1: Catalog x does not exist",
                    "Asset 1: Status 'zz' isn't a valid status for this asset.",
                    "Asset 1: That user does not exist",
                ],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"Status": "new"},
                200,
                ["Asset 1: You can't change status from 'in-use' to 'new'."],
            ),
            ("root", "PUT", "asset/1", {"Name": "L17", "Owner": "Nobody", "HeldBy": ["jo"]}, 200, []),
            ("root", "PUT", "asset/1", {"Site": ""}, 200, re.compile("Site changed from 'Oslo'")),
            (
                "root",
                "PUT",
                "asset/1",
                {"Organization": None},
                200,
                re.compile("Organization changed from 'ACME'"),
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"Name": ["x"], "Owner": {"x": 1}, "HeldBy": [[1]]},
                200,
                lambda got: len(got.json) == 3,
            ),
            ("root", "PUT", "asset/1", [1], 400, "JSON object must be a HASH"),
            ("root", "PUT", "asset/77", {}, 404, "Resource does not exist; use POST to create"),
            ("root", "POST", "asset/1", {"Name": "x", "Catalog": 1}, 409, None),
            ("jo", "GET", "asset/1", None, 403, "Forbidden"),
            ("jo", "PUT", "asset/1", {"Name": "x"}, 403, "Forbidden"),
            ("jo", "GET", "asset/77", None, 404, "Not Found"),
            ("root", "GET", "asset/99999999999999999999", None, 404, None),
            ("root", "DELETE", "asset/2", None, 204, None),
            ("root", "DELETE", "asset/2", None, 204, None),
            ("root", "GET", "asset/2", None, 200, {"Status": "deleted"}),
        ],
    )
    assert db.query(Transaction).filter_by(object_type="asset", object_id=2).count() == 2  # made, deleted


def test_links_of_assets_lead_to_assets_tickets_and_elsewhere(programs, make):
    make.ticket()
    make.queue("Secret", granted=False)
    make.ticket(queue="Secret")
    root = programs["root"]
    root("POST", "catalog", {"Name": "Laptops"})
    for name in ("A", "B"):
        root("POST", "asset", {"Catalog": 1, "Name": name})
    check_cases(
        programs,
        [
            (
                "root",
                "POST",
                "asset",
                {"Catalog": 1, "Name": "C", "RefersTo": [1, "https://x.example/"], "Parent": "asset:1"},
                201,
                {"id": "3"},
            ),
            (
                "root",
                "GET",
                "asset/3",
                None,
                200,
                refs(("parent", "asset/1"), ("refers-to", "https://x.example/"), ("refers-to", "ticket/1")),
            ),
            ("root", "GET", "asset/1", None, 200, refs(("child", "asset/3"))),
            (
                "root",
                "PUT",
                "asset/3",
                {"RefersTo": [2]},
                200,
                [
                    "Asset 3 refers to Ticket 2.",
                    "Asset 3 no longer refers to Ticket 1.",
                    "Asset 3 no longer refers to URI https://x.example/.",
                ],
            ),
            (
                "root",
                "PUT",
                "asset/3",
                {"AddDependsOn": ["asset:2", 1], "DeleteMemberOf": "asset:1", "AddRefersTo": 2},
                200,
                [
                    "Asset 3 depends on Asset 2.",
                    "Asset 3 depends on Ticket 1.",
                    "Asset 3 no longer member of Asset 1.",
                    "Link already exists",
                ],
            ),
            (
                "root",
                "PUT",
                "asset/3",
                {"AddReferredToBy": "asset:2", "DeleteDependsOn": 2},
                200,
                ["Link not found", "Asset 2 refers to Asset 3."],
            ),
            (
                "root",
                "PUT",
                "asset/3",
                {"AddDependsOn": [99, "asset:99", "asset:3", "nonsense", "javascript:x"]},
                200,
                lambda got: (
                    got.json[0] == "Couldn't resolve '99' into a link."
                    and got.json[1] == "Couldn't resolve 'asset:99' into a link."
                    and got.json[2].startswith("Link could not be created")
                    and got.json[3:]
                    == [
                        "Couldn't resolve 'nonsense' into a link.",
                        "Couldn't resolve 'javascript:x' into a link.",
                    ]
                ),
            ),
            (
                "root",
                "PUT",
                "asset/3",
                {"AddDependedOnBy": "https://x.example/"},
                200,
                re.compile("not addresses elsewhere"),
            ),
            ("root", "PUT", "asset/3", {"RefersTo": "", "DependsOn": 0}, 200, []),
            (
                "root",
                "GET",
                "asset/3",
                None,
                200,
                refs(
                    ("depends-on", "ticket/1"),
                    ("depends-on", "asset/2"),
                    ("refers-to", "ticket/2"),
                    ("referred-to-by", "asset/2"),
                ),
            ),
            ("root", "PUT", "asset/3", {"DependsOn": []}, 200, lambda got: len(got.json) == 2),
            (
                "root",
                "PUT",
                "asset/3",
                {"RefersTo": [True]},
                200,
                ["Asset 3: A link is written as a number or an address"],
            ),
        ],
    )
    viewer = make.customer("jo@staff.example")
    make.grant(viewer, Right.SHOW_ASSET)
    seen = programs["jo"]("GET", "asset/3")
    assert refs(("referred-to-by", "asset/2"))(seen)  # the ticket is in a queue that Jo may not see
    assert programs["jo"](
        "PUT", "asset/3", {"Name": "x", "AddRefersTo": 2, "HeldBy": "new@example.org"}
    ).json == [
        "Asset 3: Permission Denied",
        "Asset 3: 'new@example.org' is no mail address, and no user or group is called so",
        "Couldn't resolve '2' into a link.",
    ]


@pytest.mark.databases("sqlite")
def test_an_asset_is_not_made_with_a_link_that_leads_nowhere(root):
    root("POST", "catalog", {"Name": "Laptops"})
    for body, sentence in (
        ({"RefersTo": 99}, "Couldn't resolve '99' into a link."),
        ({"Parent": "asset:99"}, "Couldn't resolve 'asset:99' into a link."),
        ({"DependedOnBy": "https://x.example"}, "Link could not be created: Only tickets and assets"),
    ):
        refused = root("POST", "asset", {"Catalog": 1, "Name": "A", **body})
        assert refused.status == 400
        assert refused.message.startswith(sentence)
    assert root("GET", "assets?query=id>0").json["count"] == 0


def test_roles_on_assets_give_rights_and_are_shown(programs, make):
    root = programs["root"]
    root("POST", "catalog", {"Name": "Laptops"})
    root("POST", "asset", {"Catalog": 1, "Name": "Jo's", "HeldBy": "jo"})
    root("POST", "asset", {"Catalog": 1, "Name": "Other"})
    root("POST", "customfield", {"Name": "Serial", "Type": "FreeformSingle", "Catalog": 0})
    for right in (Right.SHOW_ASSET, Right.SEE_CUSTOM_FIELD, Right.MODIFY_CUSTOM_FIELD, Right.MODIFY_ASSET):
        make.grant("HeldBy", right)
    listed = [{"field": "id", "operator": ">", "value": 0}]
    check_cases(
        programs,
        [
            ("jo", "GET", "asset/1", None, 200, {"Name": "Jo's"}),
            ("jo", "GET", "asset/2", None, 403, "Forbidden"),
            (
                "jo",
                "PUT",
                "asset/1",
                {"CustomFields": {"Serial": "7"}, "Name": "Mine"},
                200,
                ["Asset 1: Name changed from 'Jo's' to 'Mine'", "Serial 7 added"],
            ),
            ("jo", "GET", "asset/1", None, 200, lambda got: got.json["CustomFields"][0]["values"] == ["7"]),
            (
                "jo",
                "POST",
                "assets?fields=CustomFields",
                listed,
                200,
                lambda got: (
                    [each["id"] for each in got.json["items"]] == ["1"]
                    and got.json["items"][0]["CustomFields"][0]["values"] == ["7"]
                ),
            ),
            ("jo", "POST", "assets", listed, 200, {"count": 1, "total": None, "pages": None}),
            ("jo", "GET", "asset/1?fields[Owner]=Name", None, 200, {"Owner": {"Name": "Nobody"}}),
        ],
    )


def test_searches_of_assets(programs):
    root = programs["root"]
    root("POST", "catalog", {"Name": "Laptops"})
    root("POST", "catalog", {"Name": "Phones"})
    root("POST", "customfield", {"Name": "Serial", "Type": "FreeformSingle", "Catalog": 0})
    for name, catalog, status, serial in (
        ("L-1", 1, "new", "a1"),
        ("L-2", 1, "in-use", "b2"),
        ("P-1", 2, "new", ""),
    ):
        root(
            "POST",
            "asset",
            {
                "Catalog": catalog,
                "Name": name,
                "Status": status,
                "Owner": "jo",
                "CustomFields": {"Serial": serial},
            },
        )
    root("POST", "asset", {"Catalog": 2, "Name": "Gone"})
    root("DELETE", "asset/4")

    def names(*wanted):
        return lambda got: [each["Name"] for each in got.json["items"]] == list(wanted)

    def of(*entries):
        return ("root", "POST", "assets?fields=Name&orderby=Name", list(entries), 200)

    def sql(query):
        return ("root", "GET", f"assets?fields=Name&query={query}", None, 200)

    everything = {"field": "Catalog", "operator": "LIKE", "value": "%"}
    check_cases(
        programs,
        [
            ("root", "GET", "assets", None, 200, {"items": [], "total": 0}),
            (*of(everything), names("L-1", "L-2", "P-1")),
            (*of({"field": "Catalog", "value": 2}), names("P-1")),
            (*of({"field": "Catalog", "value": "laptops"}), names("L-1", "L-2")),
            (
                *of({"field": "Catalog", "value": "2"}, {"field": "Status", "operator": "!=", "value": "x"}),
                names("Gone", "P-1"),
            ),
            (*of({"field": "Status", "value": "new"}), names("L-1", "P-1")),
            (*of(everything, {"field": "Name", "operator": "LIKE", "value": "L-"}), names("L-1", "L-2")),
            (
                *of(
                    {"field": "Owner", "value": "jo"}, {"field": "Name", "operator": "ENDSWITH", "value": "1"}
                ),
                names("L-1", "P-1"),
            ),
            (*of({"field": "Owner", "value": "nobody-known"}), names()),
            (*of({"field": "CF.{serial}", "operator": "STARTSWITH", "value": "A"}), names("L-1")),
            (*of({"field": "CF.{Serial}", "operator": "IS", "value": ""}), names("P-1")),
            (*of({"field": "CF.{Serial}", "operator": "IS NOT", "value": ""}), names("L-1", "L-2")),
            (*of({"field": "CustomField.{Serial}", "operator": "!=", "value": "a1"}), names("L-2", "P-1")),
            (*of({"field": "CF.{Serial}", "operator": "IN", "value": ["a1", "b2"]}), names("L-1", "L-2")),
            (*of({"field": "Created", "operator": ">", "value": "2026-01-01"}), names("L-1", "L-2", "P-1")),
            ("root", "POST", "assets", [{"field": "Created", "operator": ">", "value": "soon"}], 400, None),
            ("root", "POST", "assets", [{"field": "id", "value": "x"}], 400, None),
            (*sql("Status='in-use'"), names("L-2")),
            (*sql("Name LIKE 'L-' AND CF.{Serial} = 'b2'"), names("L-2")),
            (*sql("Catalog = 'Phones'"), names("P-1")),
            (*sql("HeldBy.Name = 'jo'"), names()),
            ("root", "GET", "assets?query=Status==", None, 400, re.compile("Column 7")),
            ("root", "GET", "assets?query=Bogus=1", None, 400, None),
            ("root", "POST", "assets?fields=Name", {"**": {"form": {"query": "id = 1"}}}, 200, names("L-1")),
            (
                "root",
                "GET",
                "assets?query=id>0&per_page=1&page=2&orderby=id",
                None,
                200,
                {
                    "count": 1,
                    "total": 3,
                    "pages": 3,
                    "page": 2,
                    "next_page": "http://localhost/REST/2.0/assets?query=id%3E0&per_page=1&orderby=id&page=3",
                },
            ),
            ("jo", "GET", "assets?query=id>0", None, 200, {"count": 0, "total": None}),
            ("root", "HEAD", "assets", None, 405, None),
        ],
    )


@pytest.mark.databases("sqlite")
def test_the_tag_of_an_asset_holds_off_who_was_slower(root):
    root("POST", "catalog", {"Name": "Laptops"})
    root("POST", "asset", {"Catalog": 1, "Name": "A"})
    tag = root("GET", "asset/1").headers["ETag"]
    assert root("PUT", "asset/1", {"Name": "B"}, headers={"If-Match": tag}).status == 200
    late = root("PUT", "asset/1", {"Name": "C"}, headers={"If-Match": tag})
    assert (late.status, late.message) == (412, "Precondition Failed")
    assert root("GET", "asset/1").json["Name"] == "B"
    assert (
        root("GET", "asset/1", headers={"If-None-Match": root("GET", "asset/1").headers["ETag"]}).status
        == 304
    )


@pytest.mark.databases("sqlite")
def test_lists_of_assets_cost_the_same_for_one_and_for_twenty(root, query_count):
    root("POST", "catalog", {"Name": "Laptops"})
    root("POST", "customfield", {"Name": "Serial", "Type": "FreeformSingle", "Catalog": 0})
    fields = "Name,Owner,HeldBy,CustomFields,Catalog,Organization,CustomRoles,Creator,_hyperlinks&fields[Owner]=Name"
    search = [{"field": "Catalog", "operator": "LIKE", "value": "%"}]

    def cost():
        with query_count() as counted:
            items = root("POST", f"assets?per_page=50&fields={fields}", search).json["items"]
        return len(items), counted.total

    root("POST", "asset", {"Catalog": 1, "Name": "A 0", "HeldBy": "root", "CustomFields": {"Serial": "0"}})
    cost()
    one, few = cost()
    for number in range(1, 20):
        body = {"Catalog": 1, "Name": f"A {number}", "HeldBy": "root", "CustomFields": {"Serial": "1"}}
        root("POST", "asset", body)
    cost()
    many, more = cost()
    assert (one, many) == (1, 20)
    assert more <= few


def test_hyperlinks_in_lists_are_those_of_records(root, make):
    make.ticket()
    root("POST", "catalog", {"Name": "Laptops"})
    root("POST", "asset", {"Catalog": 1, "Name": "A", "RefersTo": [1, "https://x.example/"]})
    root("POST", "asset", {"Catalog": 1, "Name": "B", "Parent": "asset:1", "DependedOnBy": 1})
    listed = root("GET", "assets?query=id>0&fields=_hyperlinks,CustomFields,CustomRoles&orderby=id").json[
        "items"
    ]
    assert [each["_hyperlinks"] for each in listed] == [
        root("GET", f"asset/{number}").json["_hyperlinks"] for number in (1, 2)
    ]
    assert listed[0]["_hyperlinks"][0]["id"] == 1
    assert (listed[0]["CustomFields"], listed[0]["CustomRoles"]) == ("", {})
    assert len(listed[0]["_hyperlinks"]) == 9  # itself, three links, history, four moves


def test_custom_roles_of_assets_are_shown_and_changed_by_name(programs, work):
    root = programs["root"]
    root("POST", "catalog", {"Name": "Laptops"})
    manager = create_custom_role(
        work, RoleValues("Manager", single=True, lookup="asset", places=frozenset({1}))
    )
    create_custom_role(work, RoleValues("Testers", single=False, lookup="asset", places=frozenset({1})))
    create_custom_role(work, RoleValues("Elsewhere", single=False, lookup="asset", places=frozenset()))
    rt_name = f"RT::CustomRole-{manager.id}"
    check_cases(
        programs,
        [
            ("root", "PUT", "catalog/1", {"CustomRoles": {"Testers": "jo"}}, 200, ["Member added: jo"]),
            ("root", "GET", "catalog/1", None, 200, lambda got: list(got.json["CustomRoles"]) == ["Testers"]),
            (
                "root",
                "POST",
                "asset",
                {"Catalog": 1, "Name": "A", "CustomRoles": {"Manager": "jo", "Testers": ["a@x.example"]}},
                201,
                None,
            ),
            (
                "root",
                "GET",
                "asset/1",
                None,
                200,
                lambda got: (
                    got.json["CustomRoles"]["Manager"]["id"] == "jo"
                    and [each["id"] for each in got.json["CustomRoles"]["Testers"]] == ["a@x.example"]
                    and ("customrole", f"customrole/{manager.id}")
                    in [(each["ref"], each["_url"].removeprefix(BASE)) for each in got.json["_hyperlinks"]]
                ),
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomRoles": {"Manager": "root", "Testers": [], "Elsewhere": "jo"}},
                200,
                [
                    "Manager changed from jo to root",
                    "Member deleted",
                    "Asset 1: Unknown custom role 'Elsewhere'",
                ],
            ),
            ("root", "PUT", "asset/1", {rt_name: "jo"}, 200, ["Manager changed from root to jo"]),
            ("root", "PUT", "asset/1", {rt_name: ""}, 200, ["Manager changed from jo to Nobody"]),
            ("root", "PUT", "asset/1", {rt_name: "nope"}, 200, ["Asset 1: That user does not exist"]),
            (
                "root",
                "GET",
                "asset/1",
                None,
                200,
                {"CustomRoles": {"Manager": {"id": "Nobody"}, "Testers": []}},
            ),
        ],
    )
