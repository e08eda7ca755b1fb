"""Queues over REST 2.0: made, changed, searched and switched off, with RT's sentences and rights."""

import re

import pytest

from rtpy.models import ConfigChange
from rtpy.rights.names import Right
from tests.rest2.conftest import check_cases

pytestmark = pytest.mark.usefixtures("fresh_numbers")


@pytest.fixture
def programs(root, jo, customer, stranger):
    return {"root": root, "jo": jo, "ann": customer, "nobody": stranger}


def test_queues_are_made_shown_changed_and_switched_off(programs, db):
    check_cases(
        programs,
        [
            ("root", "POST", "queue", {}, 400, "Queue name is required"),
            ("root", "POST", "queue", {"Name": "  "}, 400, "Queue name is required"),
            ("root", "POST", "queue", {"Name": "12"}, 400, "'12' is not a valid name."),
            ("root", "POST", "queue", {"Name": "general"}, 400, "Queue already exists"),
            (
                "root",
                "POST",
                "queue",
                {"Name": "x", "Lifecycle": "nope"},
                400,
                "nope is not a valid lifecycle",
            ),
            ("root", "POST", "queue", {"Name": "x", "Lifecycle": "assets"}, 400, re.compile("of tickets")),
            ("root", "POST", "queue", {"Name": "x", "Bogus": 1}, 400, "Unknown field 'Bogus'"),
            ("root", "POST", "queue", {"Name": ["x"]}, 400, "Name must be a text"),
            (
                "root",
                "POST",
                "queue",
                {"Name": "x", "SortOrder": "far"},
                400,
                "SortOrder must be a whole number",
            ),
            ("root", "POST", "queue", {"Name": "x", "Disabled": "maybe"}, 400, "Disabled must be 1 or 0"),
            ("root", "POST", "queue", [1], 400, "JSON object must be a HASH"),
            ("root", "POST", "queue", {"**": {"data": b"{", "type": "application/json"}}, 400, None),
            ("root", "POST", "queue", {"**": {"data": b"Name=x", "type": "text/plain"}}, 415, None),
            ("root", "GET", "queue", None, 405, "Method Not Allowed"),
            ("jo", "POST", "queue", {"Name": "Jo's"}, 403, "Forbidden"),
            (
                "root",
                "POST",
                "queue",
                {"Name": "Helpdesk", "Description": "first line", "SortOrder": 3, "Cc": ["x@y.example"]},
                201,
                lambda got: (
                    got.headers["Location"] == "/REST/2.0/queue/2"
                    and got.json
                    == {"type": "queue", "id": "2", "_url": "http://127.0.0.1:8080/REST/2.0/queue/2"}
                ),
            ),
            (
                "root",
                "GET",
                "queue/helpDESK",
                None,
                200,
                {
                    "id": 2,
                    "Name": "Helpdesk",
                    "Description": "first line",
                    "Lifecycle": "default",
                    "CorrespondAddress": "",
                    "CommentAddress": "",
                    "SortOrder": "3",
                    "SLADisabled": "1",
                    "Disabled": "0",
                    "Cc": [],
                    "AdminCc": [],
                    "CustomFields": [],
                    "TicketCustomFields": [],
                    "TicketTransactionCustomFields": [],
                    "Creator": {"type": "user", "id": "root"},
                    "LastUpdatedBy": {"id": "root"},
                    "Created": "2026-03-02T09:00:00Z",
                },
            ),
            ("root", "GET", "queue/2", None, 200, lambda got: "SubjectTag" not in got.json),
            (
                "root",
                "GET",
                "queue/2",
                None,
                200,
                lambda got: (
                    [each["ref"] for each in got.json["_hyperlinks"]] == ["self", "history", "create"]
                ),
            ),
            (
                "root",
                "PUT",
                "queue/2",
                {
                    "Description": "second line",
                    "Name": "Help",
                    "SortOrder": "3",
                    "SubjectTag": "[x]",
                    "Lifecycle": "nope",
                    "Bogus": 1,
                    "TicketCustomFields": [],
                    "SLADisabled": 0,
                },
                200,
                lambda got: (
                    got.json[0] == 'Queue 2: Description changed from "first line" to "second line"'
                    and got.json[1].startswith('Queue 2: There is no lifecycle "nope"')
                    and got.json[2] == 'Queue 2: Name changed from "Helpdesk" to "Help"'
                    and got.json[3] == "Queue 2: A tag has at most 120 characters, and none of [ ] #."
                    and got.json[4].startswith("Queue 2: SLADisabled cannot be changed")
                    and got.json[5:] == ["Queue 2: Unknown field 'Bogus'"]
                ),
            ),
            (
                "root",
                "PUT",
                "queue/2",
                {"Name": "General"},
                200,
                re.compile("There is a queue General already"),
            ),
            ("root", "PUT", "queue/2", {"Name": "77"}, 200, ["Queue 2: '77' is not a valid name."]),
            (
                "root",
                "PUT",
                "queue/2",
                {"Description": ""},
                200,
                ['Queue 2: Description changed from "second line" to ""'],
            ),
            ("root", "PUT", "queue/2", {}, 200, []),
            ("root", "PUT", "queue/2", {"**": {"data": b"", "type": "application/json"}}, 200, []),
            ("root", "PUT", "queue/77", {"Name": "x"}, 404, "Resource does not exist; use POST to create"),
            ("root", "POST", "queue/2", {"Name": "x"}, 409, "Resource already exists; use PUT to update"),
            ("root", "PUT", "queue/2", {"Disabled": 1}, 200, ["Queue disabled"]),
            ("root", "PUT", "queue/2", {"Disabled": "1"}, 200, ["That is already the current value"]),
            ("root", "PUT", "queue/2", {"Disabled": False}, 200, ["Queue enabled"]),
            ("root", "DELETE", "queue/Help", None, 204, None),
            ("root", "DELETE", "queue/Help", None, 204, None),
            ("root", "GET", "queue/Help", None, 200, {"Disabled": "1"}),
            ("root", "DELETE", "queue/nowhere", None, 404, "Not Found"),
            (
                "root",
                "PUT",
                "queue/2?Description=from%20the%20address",
                {"Description": "from the body"},
                200,
                ['Queue 2: Description changed from (no value) to "from the address"'],
            ),
        ],
    )
    log = db.query(ConfigChange).filter_by(kind="queue", object_id=2).order_by(ConfigChange.id)
    noted = [row.action for row in log]
    assert noted[0] == "create"
    assert noted[1:].count("change") >= 6


def test_rights_come_before_existence(programs, make, db):
    make.queue("Secret", granted=False)
    check_cases(
        programs,
        [
            ("nobody", "GET", "queue/1", None, 401, "Unauthorized"),
            ("jo", "GET", "queue/1", None, 200, {"Name": "General"}),
            ("jo", "GET", "queue/Secret", None, 403, "Forbidden"),
            ("jo", "GET", "queue/77", None, 403, "Forbidden"),
            ("jo", "PUT", "queue/1", {"Name": "x"}, 403, "Forbidden"),
            ("jo", "PUT", "queue/77", {"Name": "x"}, 403, "Forbidden"),
            ("jo", "DELETE", "queue/1", None, 403, "Forbidden"),
            ("jo", "GET", "queue/1/customfields", None, 200, {"count": 0}),
            ("jo", "GET", "queue/2/customfields", None, 403, "Forbidden"),
            ("ann", "GET", "queue/1", None, 403, "Forbidden"),
            ("ann", "GET", "queues/all", None, 200, {"count": 0, "total": None, "pages": None}),
            ("jo", "GET", "queues/all", None, 200, {"count": 1, "total": None}),
            ("root", "GET", "queues/all", None, 200, {"count": 2, "total": 2, "pages": 1}),
            ("root", "GET", "queue/77/customfields", None, 404, "Not Found"),
        ],
    )


def test_customers_read_no_watchers_whatever_they_hold(customer, make, root):
    ann = make.customer("ann@client.example")
    make.grant(ann, Right.SEE_QUEUE)
    root("PUT", "queue/1", {"AdminCc": ["root"]})
    assert root("GET", "queue/1").json["AdminCc"]
    shown = customer("GET", "queue/1").json
    assert shown["Name"] == "General"
    assert not {"Cc", "AdminCc", "CommentAddress"} & shown.keys()
    listed = customer("GET", "queues/all?fields=AdminCc,Name").json["items"][0]
    assert (listed["AdminCc"], listed["Name"]) == ("", "General")
    root("PUT", "queue/1", {"CommentAddress": "comments@shop.example"})
    by_address = [{"field": "CommentAddress", "value": "comments@shop.example"}]
    assert root("POST", "queues", by_address).json["count"] == 1
    assert customer("POST", "queues", by_address).json["count"] == 0


def test_watchers_and_custom_fields_are_replaced_with_a_sentence_for_each(programs, make):
    root = programs["root"]
    root("POST", "customfield", {"Name": "Racks", "Type": "FreeformMultiple", "LookupType": "RT::Queue"})
    root("POST", "customfield", {"Name": "Floor", "Type": "FreeformSingle", "LookupType": "RT::Queue"})
    check_cases(
        programs,
        [
            (
                "root",
                "PUT",
                "queue/1",
                {"Cc": ["lead@example.org", "jo"], "AdminCc": "jo"},
                200,
                [
                    "Added lead@example.org as Cc for this queue",
                    "Added jo as Cc for this queue",
                    "Added jo as AdminCc for this queue",
                ],
            ),
            ("root", "PUT", "queue/1", {"Cc": ["jo", "lead@example.org"]}, 200, []),
            (
                "root",
                "PUT",
                "queue/1",
                {"Cc": ["jo", "jo", "mia@example.org"]},
                200,
                [
                    "Added mia@example.org as Cc for this queue",
                    "jo is already Cc",
                    "lead@example.org is no longer Cc for this queue",
                ],
            ),
            ("root", "PUT", "queue/1", {"Cc": "nobody-like-that"}, 200, re.compile("is no mail address")),
            (
                "root",
                "GET",
                "queue/1",
                None,
                200,
                lambda got: [each["id"] for each in got.json["Cc"]] == ["jo", "mia@example.org"],
            ),
            ("root", "PUT", "queue/1", {"Cc": None}, 200, lambda got: len(got.json) == 2),
            ("root", "PUT", "queue/1", {"Cc": [[1]]}, 200, re.compile("A role is given to")),
            (
                "root",
                "PUT",
                "queue/1",
                {"CustomRoles": {"Nope": "jo"}},
                200,
                ["Queue 1: Unknown custom role 'Nope'"],
            ),
            ("root", "PUT", "queue/1", {"CustomRoles": ["jo"]}, 400, re.compile("CustomRoles must be")),
            (
                "root",
                "PUT",
                "queue/1",
                {"CustomFields": {"Racks": ["b", "a"], "Floor": "2", "Nope": 1}},
                200,
                [
                    "b added as a value for Racks",
                    "a added as a value for Racks",
                    "Floor 2 added",
                    "Queue 1: Unknown custom field 'Nope'",
                ],
            ),
            (
                "root",
                "PUT",
                "queue/1",
                {"CustomFields": {"1": ["c"], "floor": ["3", "4"]}},
                200,
                [
                    "c added as a value for Racks",
                    "a is no longer a value for custom field Racks",
                    "b is no longer a value for custom field Racks",
                    "Floor 2 changed to 3",
                ],
            ),
            ("root", "PUT", "queue/1", {"CustomFields": {"Floor": "3"}}, 200, []),
            ("root", "PUT", "queue/1", {"CustomFields": ["x"]}, 400, re.compile("must be an object")),
            (
                "root",
                "PUT",
                "queue/1",
                {"CustomFields": {"Floor": {"a": 1}}},
                400,
                re.compile("must be a text"),
            ),
            (
                "root",
                "GET",
                "queue/1",
                None,
                200,
                lambda got: (
                    {each["name"]: each["values"] for each in got.json["CustomFields"]}
                    == {"Racks": ["c"], "Floor": ["3"]}
                    and [each["ref"] for each in got.json["_hyperlinks"]]
                    == ["self", "customfield", "customfield", "history", "create"]
                ),
            ),
            (
                "root",
                "PUT",
                "queue/1",
                {"DefaultValues": {"InitialPriority": 50, "Due": "2 days", "Starts": "nonsense"}},
                200,
                lambda got: (
                    got.json[0] == 'Queue 1: Default value of InitialPriority changed from (no value) to "50"'
                    and got.json[1] == 'Queue 1: Default value of Due changed from (no value) to "2 days"'
                    and got.json[2].startswith("Queue 1: ")
                    and len(got.json) == 3
                ),
            ),
            (
                "root",
                "GET",
                "queue/1",
                None,
                200,
                {"DefaultValues": {"InitialPriority": "50", "Due": "2 days"}},
            ),
            (
                "root",
                "PUT",
                "queue/1",
                {"DefaultValues": [1]},
                200,
                ["Queue 1: DefaultValues must be an object"],
            ),
            ("root", "POST", "queues", [{"field": "CF.{Floor}", "value": "3"}], 200, {"count": 1}),
            (
                "root",
                "POST",
                "queues",
                [{"field": "CustomField.{racks}", "operator": "!=", "value": "c"}],
                200,
                {"count": 0},
            ),
            ("root", "POST", "queues", [{"field": "CF.{Nope}", "value": "3"}], 200, {"count": 0, "total": 0}),
        ],
    )


def test_searches_of_queues(programs, make):
    for name in ("Net", "Netting", "Desk"):
        programs["root"](
            "POST", "queue", {"Name": name, "Description": f"all of {name}", "SortOrder": len(name)}
        )
    programs["root"]("DELETE", "queue/Desk")

    def names(*wanted):
        return lambda got: [each["Name"] for each in got.json["items"]] == list(wanted)

    def of(*entries, more=""):
        return ("root", "POST", f"queues?fields=Name{more}", list(entries), 200)

    like = {"field": "Name", "operator": "LIKE", "value": "e"}
    check_cases(
        programs,
        [
            ("root", "GET", "queues", None, 200, {"items": [], "total": 0, "count": 0}),
            ("root", "POST", "queues", [], 200, {"items": []}),
            (*of(like), names("General", "Net", "Netting")),
            (*of(like, more="&find_disabled_rows=1"), names("Desk", "General", "Net", "Netting")),
            (*of({**like, "operator": "STARTSWITH", "value": "net"}), names("Net", "Netting")),
            (*of({**like, "operator": "ENDSWITH", "value": "NG"}), names("Netting")),
            (*of({**like, "operator": "=", "value": "net"}), names("Net")),
            (*of({**like, "operator": "=", "value": "net", "case_sensitive": 1}), names()),
            (*of({**like, "operator": "NOT LIKE", "value": "net"}), names("General")),
            (*of({**like, "operator": "IN", "value": ["Net", "General"]}), names("General", "Net")),
            (*of(like, {"field": "name", "operator": "LIKE", "value": "g"}), names("General", "Netting")),
            (
                *of(like, {"field": "Name", "operator": "LIKE", "value": "a", "entry_aggregator": "OR"}),
                names("General", "Net", "Netting"),
            ),
            (*of({"field": "SortOrder", "operator": ">", "value": 3}), names("Netting")),
            (
                *of({"field": "id", "operator": ">", "value": 0}, more="&orderby=Name&order=DESC"),
                names("Netting", "Net", "General"),
            ),
            (*of({"field": "Lifecycle", "value": "default"}, more="&per_page=2"), names("General", "Net")),
            (*of({"field": "Bogus", "value": "default"}), names()),
            ("root", "POST", "queues", [{**like, "operator": "~"}], 400, re.compile("Unknown operator")),
            ("root", "POST", "queues", ["x"], 400, None),
            ("root", "POST", "queues", {"field": "x"}, 400, "JSON object must be a ARRAY"),
            (
                "root",
                "GET",
                "queues/all?fields=Name,Creator&fields[Creator]=Name,id&per_page=1",
                None,
                200,
                {
                    "items": [
                        {
                            "type": "queue",
                            "id": "1",
                            "_url": "http://127.0.0.1:8080/REST/2.0/queue/1",
                            "Name": "General",
                            "Creator": {
                                "type": "user",
                                "id": 1,
                                "_url": "http://127.0.0.1:8080/REST/2.0/user/RT_System",
                                "Name": "RT_System",
                            },
                        }
                    ]
                },
            ),
            ("root", "GET", "queues/all?orderby=Bogus", None, 400, None),
            ("root", "PUT", "queues", [], 405, None),
            ("root", "HEAD", "queues/all", None, 405, None),
        ],
    )


@pytest.mark.databases("sqlite")
def test_the_tag_of_a_queue_changes_with_all_that_changes_in_it(root):
    root("POST", "customfield", {"Name": "Floor", "Type": "FreeformSingle", "LookupType": "RT::Queue"})
    tags = [root("GET", "queue/1").headers["ETag"]]
    for body in ({"Description": "x"}, {"Cc": ["root"]}, {"CustomFields": {"Floor": "1"}}):
        assert root("PUT", "queue/1", {"Name": "x"}, headers={"If-Match": '"other"'}).status == 412
        assert root("PUT", "queue/1", body, headers={"If-Match": tags[-1]}).status == 200
        tags.append(root("GET", "queue/1").headers["ETag"])
    assert len(set(tags)) == 4
    again = root("GET", "queue/1", headers={"If-None-Match": tags[-1]})
    assert (again.status, again.headers["ETag"]) == (304, tags[-1])
    assert "GMT" in root("GET", "queue/1").headers["Last-Modified"]


@pytest.mark.databases("sqlite")
def test_a_token_for_writing_does_not_change_the_set_up(api_of, make):
    boss = make.staff("boss")
    make.grant(boss, "SuperUser")
    writer, queue = api_of(boss, level="write"), {"Name": "x"}
    assert writer("POST", "queue", queue).status == 403
    assert writer("PUT", "queue/1", queue).status == 403
    assert writer("GET", "queue/1").status == 200
    assert api_of(boss)("POST", "queue", queue).status == 201
    assert api_of(boss, queues=[1])("GET", "queue/x").status == 403


@pytest.mark.databases("sqlite")
def test_lists_of_queues_cost_the_same_for_one_and_for_twenty(root, query_count, make):
    fields = "Name,Cc,AdminCc,CustomFields,Creator,LastUpdated,TicketCustomFields,_hyperlinks"
    root("POST", "customfield", {"Name": "Floor", "Type": "FreeformSingle", "LookupType": "RT::Queue"})

    def cost():
        with query_count() as counted:
            items = root("GET", f"queues/all?fields={fields}&per_page=50").json["items"]
        return len(items), counted.total

    cost()
    one, few = cost()
    for number in range(19):
        root("POST", "queue", {"Name": f"Queue {number}"})
        root("PUT", f"queue/{number + 2}", {"Cc": ["root"], "CustomFields": {"Floor": str(number)}})
    cost()
    many, more = cost()
    assert (one, many) == (1, 20)
    assert more <= few + 2
