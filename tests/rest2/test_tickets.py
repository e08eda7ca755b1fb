"""Tickets over REST 2.0: made, read, changed, taken, merged, deleted, in RT's words."""

import re
from base64 import b64encode

import pytest
from sqlalchemy import func, select

from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.models import Attachment, OrganizationSite, Ticket, Transaction, User
from tests.rest2.conftest import check_cases

LOG = {"FileName": "log.txt", "FileType": "text/plain", "FileContent": b64encode(b"ok").decode()}


@pytest.fixture
def world(root, jo, customer, stranger, make, field, db):
    """Programs, a queue Sales that Jo may not write to, custom fields and roles, and people."""
    make.staff("kim")
    make.queue("Sales", granted=False)
    db.add(OrganizationSite(organization_id=make.organization("Acme").id, name="Harbour"))
    field("Site", "Select", choices=("Oslo", "Bergen"))
    field("Tags", most=0)
    field("Serial", pattern="(?#Digits)^[0-9]*$")
    places = frozenset({make.queue().id})
    create_custom_role(make.system, RoleValues("Manager", places=places, single=True))
    create_custom_role(make.system, RoleValues("Reviewers", places=places, single=False))
    return {"root": root, "jo": jo, "ann": customer, "nobody": stranger}


def value_of(field):
    """The values of one custom field in an answer."""
    name, values = field
    return lambda answer: (
        next(each["values"] for each in answer.json["CustomFields"] if each["name"] == name) == values
    )


SAID = {"Content": "x", "ContentType": "text/plain"}
CREATE = {"Queue": "General", "Subject": "no sound"}

MAKING = [
    ("root", "POST", "ticket", CREATE, 201, {"type": "ticket"}),
    ("root", "POST", "ticket/", CREATE, 201, {"type": "ticket"}),
    ("root", "POST", "ticket", {"Queue": 1}, 201, {"type": "ticket"}),
    ("root", "POST", "ticket", {"Queue": "1", "Owner": "nobody-knows"}, 201, {"type": "ticket"}),
    ("root", "POST", "ticket", {"Queue": {"type": "queue", "id": "1"}}, 201, {"type": "ticket"}),
    ("root", "POST", "ticket?Queue=General", {"Subject": "x"}, 201, {"type": "ticket"}),
    ("jo", "POST", "ticket", CREATE, 201, {"type": "ticket"}),
    ("nobody", "POST", "ticket", CREATE, 401, "Unauthorized"),
    ("root", "GET", "ticket", None, 405, "Method Not Allowed"),
    ("root", "POST", "ticket", {"Subject": "x"}, 400, "Could not create ticket. Queue not set"),
    ("root", "POST", "ticket", {}, 400, "Could not create ticket. Queue not set"),
    ("root", "POST", "ticket", [1], 400, "JSON object must be a HASH"),
    ("root", "POST", "ticket", {"**": {"data": b"{nope", "type": "application/json"}}, 400, re.compile("JSON parse")),
    ("root", "POST", "ticket", {"**": {"data": b"x", "type": "text/plain"}}, 415, "Unsupported Media Type"),
    ("root", "POST", "ticket", {"Queue": "Nope"}, 403, "No permission to create tickets in the queue 'Nope'"),
    ("jo", "POST", "ticket", {"Queue": "Sales"}, 403, "No permission to create tickets in the queue 'Sales'"),
    ("root", "POST", "ticket", {"Queue": ["General"]}, 400, None),
    ("root", "POST", "ticket", {"Queue": 10**30}, 400, None),
    ("root", "POST", "ticket", {**CREATE, "Bogus": 1}, 400, "Unknown field 'Bogus'"),
    ("root", "POST", "ticket?user=root&_=17", {**CREATE}, 201, None),
    ("root", "POST", "ticket", {**CREATE, "id": 777777, "EffectiveId": 3, "Creator": "kim"}, 201, None),
    ("root", "POST", "ticket", {**CREATE, "Status": "x"},
        400, "Status 'x' isn't a valid status for tickets in this queue."),
    ("root", "POST", "ticket", {**CREATE, "Requestor": "not an address"}, 201, None),
    ("root", "POST", "ticket", {**CREATE, "Requestor": 5.5}, 400, None),
    ("root", "POST", "ticket", {**CREATE, "TimeWorked": "abc"}, 400, "TimeWorked must be a whole number"),
    ("root", "POST", "ticket", {**CREATE, "TimeWorked": 10**40}, 400, None),
    ("root", "POST", "ticket", {**CREATE, "Priority": 10**12}, 400, None),
    ("root", "POST", "ticket", {**CREATE, "Due": "soon"}, 400, re.compile("'soon' is not a date")),
    ("root", "POST", "ticket", {**CREATE, "DependsOn": [9999]}, 400, "Couldn't resolve '9999' into a link."),
    ("root", "POST", "ticket", {**CREATE, "RefersTo": "javascript:x"},
        400, "Couldn't resolve 'javascript:x' into a link."),
    ("root", "POST", "ticket", {**CREATE, "Attachments": {}}, 400, "Attachments must be an array"),
    ("root", "POST", "ticket", {**CREATE, "Attachments": [1]}, 400, "Each element of Attachments must be a hash"),
    (
        "root", "POST", "ticket", {**CREATE, "Attachments": [{"FileName": "a", "FileContent": "eA=="}]},
        400, "Field FileType is required for each attachment in Attachments",
    ),
    ("root", "POST", "ticket", {**CREATE, "Attachments": [{**LOG, "FileContent": "%%%"}]},
        400, re.compile("not base64")),
    ("root", "POST", "ticket", {"**": {"data": b"--x--\r\n", "type": "multipart/form-data; boundary=x"}},
        400, "Json is a required field for multipart/form-data"),
    ("root", "POST", "ticket", {**CREATE, "CustomFields": [1]},
        400, "CustomFields must be an object of names and values"),
    ("root", "POST", "ticket", {**CREATE, "CustomFields": {"Site": {"a": 1}}}, 400, "The value of Site must be a text"),
    ("root", "POST", "ticket", {**CREATE, "CustomFields": {"Nope": "x", "Site": "Rome"}}, 201, None),
    ("root", "POST", "ticket", {**CREATE, "CustomRoles": [1]}, 400, None),
    ("root", "POST", "ticket", {**CREATE, "CustomRoles": {"Nope": "kim"}}, 201, None),
    ("root", "POST", "ticket", {**CREATE, "Content": {"a": 1}}, 400, "Content must be a text"),
    ("root", "POST", "ticket", {**CREATE, "Content": "x", "ContentType": "image/png"}, 400, None),
    ("root", "POST", "ticket", {**CREATE, "Type": "nonsense"}, 400, None),
    ("root", "POST", "ticket", {**CREATE, "Subject": "a\x00b", "Content": "c\x00d"}, 201, None),
]  # fmt: skip


def test_tickets_are_made_or_refused(world, db):
    before = db.scalar(select(func.count(Ticket.id)))
    check_cases(world, MAKING)
    made = sum(1 for each in MAKING if each[4] == 201)
    assert db.scalar(select(func.count(Ticket.id))) == before + made


def test_a_new_ticket_has_everything_it_was_given(world, make, db):
    root, first = world["root"], make.ticket().id
    made = root(
        "POST",
        "ticket",
        {
            "Queue": "General", "Subject": "no sound", "Content": "<b>now</b>", "ContentType": "text/html",
            "Requestor": "Kim Case <kim@case.example>, lee@case.example", "Cc": ["jo"], "AdminCc": "kim",
            "Owner": "root", "Priority": "High", "InitialPriority": 5, "FinalPriority": 90, "Status": "open",
            "Due": "2031-01-02 12:00:00", "Starts": "2030-12-24T10:00:00+02:00", "TimeWorked": 5, "TimeLeft": "7",
            "TimeEstimated": 12, "SLA": "Gold", "Description": "<p>d</p>",
            "CustomFields": {"Site": "oslo", "Tags": ["a", "b"]},
            "CustomRoles": {"Manager": "kim", "Reviewers": ["jo", "cy@x.example"]}, "DependsOn": [first],
            "RefersTo": ["https://x.example/"], "Attachments": [LOG],
        },
    )  # fmt: skip
    assert (made.status, made.headers["Location"]) == (201, f"/REST/2.0/ticket/{made.json['id']}")
    assert set(made.json) == {"type", "id", "_url"}
    got = root("GET", made.headers["Location"]).json
    number = int(made.json["id"])
    names = {role: [each["id"] for each in got[role]] for role in ("Requestor", "Cc", "AdminCc")}
    assert names == {"Requestor": ["kim@case.example", "lee@case.example"], "Cc": ["jo"], "AdminCc": ["kim"]}
    wanted = {
        "id": number, "Priority": "75", "InitialPriority": "5", "FinalPriority": "90", "Status": "open",
        "Due": "2031-01-02T12:00:00Z", "Starts": "2030-12-24T08:00:00Z", "Started": "2026-03-02T09:00:00Z",
        "TimeWorked": "5", "TimeLeft": "7", "TimeEstimated": "12", "TotalTimeWorked": 5, "SLA": "Gold",
        "Description": "<p>d</p>", "Resolved": "1970-01-01T00:00:00Z",
    }  # fmt: skip
    assert {name: got[name] for name in wanted} == wanted
    assert "Told" not in got
    assert got["Owner"]["id"] == "root"
    assert got["CustomRoles"]["Manager"]["id"] == "kim"
    assert [each["id"] for each in got["CustomRoles"]["Reviewers"]] == ["jo", "cy@x.example"]
    assert {each["name"]: each["values"] for each in got["CustomFields"]} == {
        "Site": ["Oslo"], "Tags": ["a", "b"], "Serial": [],
    }  # fmt: skip
    links = [each for each in got["_hyperlinks"] if each["ref"] in ("depends-on", "refers-to")]
    assert [each.get("id") or each["_url"] for each in links] == [str(first), "https://x.example/"]
    kinds = db.scalars(
        select(Transaction.type).where(Transaction.object_type == "ticket", Transaction.object_id == number)
    ).all()
    assert [each for each in kinds if not each.endswith("EmailRecord")] == ["Create"]
    parts = db.scalars(
        select(Attachment.content_type)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Transaction.object_id == number, Transaction.type == "Create")
        .order_by(Attachment.position)
    )
    assert list(parts) == ["text/html", "text/plain"]


def test_a_priority_that_a_program_gives_is_not_the_one_a_ticket_begins_with(world):
    made = world["root"]("POST", "ticket", {"Queue": "General", "Priority": 75})
    got = world["root"]("GET", made.headers["Location"]).json
    assert (got["Priority"], got["InitialPriority"]) == ("75", "0")


def test_files_come_as_parts_of_a_form(world, db):
    made = world["root"](
        "POST", "ticket", document={**CREATE, "Content": "see", "ContentType": "text/plain"},
        files=[("a.txt", "text/plain", b"one"), ("b.bin", "application/octet-stream", b"\xff\x00")],
    )  # fmt: skip
    assert made.status == 201, made.data
    rows = db.execute(
        select(Attachment.filename, Attachment.size)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Transaction.object_id == int(made.json["id"]))
        .order_by(Attachment.position)
    )
    assert [tuple(row) for row in rows] == [("", 3), ("a.txt", 3), ("b.bin", 2)]


def steps_of(number, other):
    """What a program does to one ticket, in this order: (who, document, the sentences)."""
    label = f"Ticket {number}"
    return [
        ("root", {}, []),
        ("root", {"Subject": "x"}, [f"{label}: Subject changed from 'no sound' to 'x'"]),
        ("root", {"Subject": "x"}, []),
        ("root", {"id": number, "EffectiveId": 9, "_hyperlinks": [], "TotalTimeWorked": 3}, []),
        ("root", {"Bogus": 1, "Status": "open"}, [
            f"{label}: Status changed from 'new' to 'open'", f"{label}: Unknown field 'Bogus'"]),
        ("root", {"Status": "x"}, [f"{label}: Status 'x' isn't a valid status for this ticket."]),
        ("root", {"Priority": 5}, [f"{label}: Priority changed from (no value) to '5'"]),
        ("root", {"Priority": "High"}, [f"{label}: Priority changed from 'Low' to 'High'"]),
        ("root", {"Priority": "often"}, [f"{label}: Priority must be a whole number"]),
        ("root", {"Due": "2028-01-01"}, [f"{label}: Due changed from Not set to Sat Jan 01 00:00:00 2028"]),
        ("root", {"Due": None, "Told": None}, []),
        ("root", {"Due": "1970-01-01 00:00:00"}, [f"{label}: Due changed from Sat Jan 01 00:00:00 2028 to Not set"]),
        ("root", {"Due": "never"}, [f"{label}: 'never' is not a date: write it as 2031-02-03 04:05:06."]),
        ("root", {"TimeWorked": 8}, [f"{label}: Worked 8 minutes"]),
        ("root", {"TimeWorked": 98}, [f"{label}: Worked 1.5 hours (90 minutes)"]),
        ("root", {"TimeWorked": 18}, [f"{label}: Adjusted time worked by -80 minutes"]),
        ("root", {"TimeLeft": "7", "TimeEstimated": 9}, [
            f"{label}: TimeEstimated changed from (no value) to '9'",
            f"{label}: TimeLeft changed from (no value) to '7'"]),
        ("root", {"Type": "reminder", "Resolved": "2030-01-01"}, [
            f"{label}: Resolved goes with the status and cannot be set", f"{label}: Type cannot be changed"]),
        ("root", {"SLA": "Gold", "Description": "d"}, [
            f"{label}: Description changed from (no value) to 'd'", f"{label}: SLA changed from (no value) to 'Gold'"]),
        ("root", {"Organization": "Acme", "Site": "Harbour"}, [
            f"{label}: Organization changed from (no value) to 'Acme'",
            f"{label}: Site changed from (no value) to 'Harbour'"]),
        ("root", {"Organization": "acme"}, [f"{label}: Site changed from 'Harbour' to (no value)"]),
        ("root", {"Site": "Nowhere"}, [f"{label}: Site Nowhere does not exist in this organization"]),
        ("root", {"Organization": ""}, [f"{label}: Organization changed from 'Acme' to (no value)"]),
        ("root", {"Organization": "Gone"}, [f"{label}: Organization Gone does not exist"]),
        ("root", {"FinalPriority": 50}, [f"{label}: FinalPriority changed from 'Low' to 'Medium'"]),
        ("root", {"Owner": "gone"}, [f"{label}: That user does not exist"]),
        ("root", {"Owner": "kim"}, [f"{label}: Owner changed from Nobody to kim"]),
        ("root", {"Owner": "kim"}, []),
        ("root", {"Owner": "ann@client.example"}, [f"{label}: That user may not own tickets in that queue"]),
        ("root", {"Owner": ""}, [f"{label}: Owner changed from kim to Nobody"]),
        ("root", {"Queue": "Nope"}, [f"{label}: Queue Nope does not exist"]),
        ("jo", {"Queue": "Sales"}, [f"{label}: Queue Sales does not exist"]),
        ("root", {"Queue": "Sales"}, [f"{label}: Queue changed from General to Sales"]),
        ("root", {"Queue": 1}, [f"{label}: Queue changed from Sales to General"]),
        ("root", {"Requestor": "lee@x.example"}, ["Added lee@x.example as Requestor for this ticket"]),
        ("root", {"Requestor": ["kim@x.example", "ann@client.example"]}, [
            "Added kim@x.example as Requestor for this ticket", "Added ann@client.example as Requestor for this ticket",
            "lee@x.example is no longer Requestor for this ticket"]),
        ("root", {"Requestor": ["ann@client.example", "kim@x.example"]}, []),
        ("root", {"AdminCc": ["kim", "kim"]}, [
            "Added kim@staff.example as AdminCc for this ticket", "kim@staff.example is already AdminCc"]),
        ("root", {"AdminCc": None}, ["kim@staff.example is no longer AdminCc for this ticket"]),
        ("root", {"Cc": "a b@"}, [
            "Could not add a principal as Cc: 'a b@' is no mail address, and no user or group is called so"]),
        ("root", {"CustomRoles": {"Manager": "kim", "Nope": 1}}, [
            "Manager changed from Nobody to kim", f"{label}: Unknown custom role 'Nope'"]),
        ("root", {"CustomRoles": {"Manager": []}}, ["Manager changed from kim to Nobody"]),
        ("root", {"CustomRoles": {"reviewers": ["kim", "cy@x.example"]}}, [
            "Added kim@staff.example as Reviewers for this ticket", "Added cy@x.example as Reviewers for this ticket"]),
        ("root", {"CustomFields": {"Site": "oslo", "Nope": 1}}, [
            "Site Oslo added", f"{label}: Unknown custom field 'Nope'"]),
        ("root", {"CustomFields": {"Site": ["Bergen", "Oslo"]}}, ["Site Oslo changed to Bergen"]),
        ("root", {"CustomFields": {"Site": "Bergen"}}, []),
        ("root", {"CustomFields": {"Site": "Rome"}}, ["Invalid value for custom field"]),
        ("root", {"CustomFields": {"Site": None}}, ["Bergen is no longer a value for custom field Site"]),
        ("root", {"CustomFields": {"Tags": "a"}}, ["a added as a value for Tags"]),
        ("root", {"CustomFields": {"Tags": ["b", "a", "b"]}}, ["b added as a value for Tags"]),
        ("root", {"CustomFields": {"Tags": []}}, [
            "a is no longer a value for custom field Tags", "b is no longer a value for custom field Tags"]),
        ("root", {"CustomFields": {"Serial": "x"}}, [
            "Could not add a new value to custom field 'Serial': Input must match [Digits]"]),
        ("root", {"CustomFields": {"Serial": 12}}, ["Serial 12 added"]),
        ("root", {"RefersTo": other}, [f"{label} refers to Ticket {other}."]),
        ("root", {"AddRefersTo": other}, ["Link already exists"]),
        ("root", {"RefersTo": ""}, []),
        ("root", {"RefersTo": ["https://x.example/"], "AddRefersTo": 99999}, [
            f"{label} refers to URI https://x.example/.", f"{label} no longer refers to Ticket {other}."]),
        ("root", {"RefersTo": []}, [f"{label} no longer refers to URI https://x.example/."]),
        ("root", {"AddDependsOn": [99999, "nonsense"]}, [
            "Couldn't resolve '99999' into a link.", "Couldn't resolve 'nonsense' into a link."]),
        ("root", {"AddDependsOn": number}, ["Link could not be created: Can't link a ticket to itself"]),
        ("root", {"DeleteDependsOn": other}, ["Link not found"]),
        ("root", {"Child": [other]}, [f"Ticket {other} member of {label}."]),
        ("root", {"DeleteMembers": other, "AddParent": other}, [
            f"Ticket {other} no longer member of {label}.", f"{label} member of Ticket {other}."]),
        ("root", {"Parents": []}, [f"{label} no longer member of Ticket {other}."]),
        ("root", {"AddRefersTo": {"a": [1]}}, ["Couldn't resolve 'None' into a link."]),
        ("root", {"MergeInto": 99999}, ["Couldn't load Ticket 99999"]),
        ("jo", {"Subject": "y", "MergeInto": "x"}, [
            f"{label}: Subject changed from 'x' to 'y'", "Couldn't load Ticket x"]),
    ]  # fmt: skip


def test_an_update_says_what_became_of_each_thing(world, make):
    other = make.ticket().id
    number = int(world["root"]("POST", "ticket", CREATE).json["id"])
    cases = [
        (who, "PUT", f"ticket/{number}", document, 200, said)
        for who, document, said in steps_of(number, other)
    ]
    check_cases(world, cases)


def test_taking_merging_and_deleting(world, make):
    one, two, three = (make.ticket(f"no {each}").id for each in range(3))
    check_cases(
        world,
        [
            ("root", "PUT", f"ticket/{one}/untake", None, 200, ["That user already owns that ticket"]),
            ("root", "PUT", f"ticket/{one}/steal", None, 200, ["You can only steal a ticket owned by someone else"]),
            ("root", "PUT", f"ticket/{one}/take", {}, 200, ["Owner changed from Nobody to root"]),
            ("root", "PUT", f"ticket/{one}/take", {}, 200, ["You already own this ticket"]),
            ("jo", "PUT", f"ticket/{one}/take", {}, 200, ["You can only take tickets that are unowned"]),
            ("jo", "PUT", f"ticket/{one}/steal", {}, 200, ["Owner changed from root to jo"]),
            ("root", "PUT", f"ticket/{one}/steal", {"Subject": "y"}, 200, [
                "Owner changed from jo to root", f"Ticket {one}: Subject changed from 'no 0' to 'y'"]),
            ("root", "PUT", f"ticket/{one}/untake", {}, 200, ["Owner changed from root to Nobody"]),
            ("root", "GET", f"ticket/{one}/take", None, 405, None),
            ("root", "PUT", "ticket/99999/take", {}, 404, "Resource does not exist; use POST to create"),
            ("ann", "PUT", f"ticket/{one}/take", {}, 403, "Forbidden"),
            ("root", "PUT", f"ticket/{one}", {"MergeInto": two}, 200, ["Merge Successful"]),
            ("root", "GET", f"ticket/{one}", None, 200, {"id": two}),
            ("root", "PUT", f"ticket/{one}", {"Subject": "z"}, 200, [
                f"Ticket {two}: Subject changed from 'no 1' to 'z'"]),
            ("root", "GET", f"tickets?query=id={one}", None, 200, {"total": 0}),
            ("root", "POST", f"ticket/{two}", {}, 409, "Resource already exists; use PUT to update"),
            ("jo", "DELETE", f"ticket/{three}", None, 204, None),
            ("root", "DELETE", f"ticket/{three}", None, 204, None),
            ("root", "GET", f"ticket/{three}", None, 200, {"Status": "deleted"}),
            ("ann", "DELETE", f"ticket/{two}", None, 403, None),
            ("root", "DELETE", "ticket/99999", None, 404, "Not Found"),
            ("root", "GET", f"ticket/{10**25}", None, 404, "Not Found"),
            ("root", "GET", "ticket/-1", None, 404, "Not Found"),
        ],
    )  # fmt: skip


def test_rights_are_those_of_the_web(world, make, api_of, db):
    make.grant("Requestor", "ShowTicket", queue=make.queue())
    make.revoke("ReplyToTicket", make.queue())
    hidden = make.ticket("hidden", requestor="bo@other.example").id
    mine = make.ticket("mine").id
    only_reads = api_of(db.scalar(select(User).where(User.name == "jo")), level="read")
    elsewhere = api_of(db.scalar(select(User).where(User.name == "root")), queues=[make.queue("Sales").id])
    check_cases(
        {**world, "reader": only_reads, "elsewhere": elsewhere},
        [
            ("ann", "GET", f"ticket/{hidden}", None, 403, "Forbidden"),
            ("ann", "PUT", f"ticket/{hidden}", {"Subject": "x"}, 403, "Forbidden"),
            ("ann", "GET", f"ticket/{mine}", None, 200,
                lambda answer: not {"TimeWorked", "Priority", "AdminCc"} & answer.json.keys()),
            ("ann", "GET", "tickets?query=id>0&fields=Priority,Subject", None, 200,
                lambda answer: [each["Priority"] for each in answer.json["items"]] == [""]),
            ("ann", "PUT", f"ticket/{mine}", {"Subject": "x"}, 200, [f"Ticket {mine}: Permission Denied"]),
            ("ann", "PUT", f"ticket/{mine}", {"Cc": "new@x.example"}, 200, None),
            ("ann", "GET", "tickets?query=id>0", None, 200, {"total": 1}),
            ("ann", "POST", f"ticket/{hidden}/comment", SAID, 400, "Permission Denied"),
            ("ann", "POST", f"ticket/{hidden}/correspond", SAID, 400, None),
            ("reader", "GET", f"ticket/{mine}", None, 200, {"id": mine}),
            ("reader", "PUT", f"ticket/{mine}", {"Subject": "x"}, 403, "This token may only read."),
            ("reader", "POST", f"ticket/{mine}/comment", {"Content": "x"}, 403, "This token may only read."),
            ("reader", "POST", "tickets", {"**": {"form": {"query": "id>0"}}}, 200, {"total": 2}),
            ("elsewhere", "GET", f"ticket/{mine}", None, 403, "Forbidden"),
            ("nobody", "GET", f"ticket/{mine}", None, 401, "Unauthorized"),
            ("nobody", "PUT", f"ticket/{mine}", {"Subject": "x"}, 401, "Unauthorized"),
        ],
    )  # fmt: skip
    assert db.scalar(select(func.count(User.id)).where(User.name == "new@x.example")) == 0


def test_conditions_hold(world, make):
    root, number = world["root"], make.ticket().id
    before = root("GET", f"ticket/{number}")
    tag, modified = before.headers["ETag"], before.headers["Last-Modified"]
    assert re.fullmatch(r'"\d+"', tag)
    assert root("GET", f"ticket/{number}", headers={"If-None-Match": tag}).status == 304
    assert root("GET", f"ticket/{number}", headers={"If-Modified-Since": modified}).status == 304
    assert root("PUT", f"ticket/{number}", {"Priority": 5}, headers={"If-Match": tag}).status == 200
    refused = root("PUT", f"ticket/{number}", {"Priority": 6}, headers={"If-Match": tag})
    assert (refused.status, refused.message) == (412, "Precondition Failed")
    assert root("DELETE", f"ticket/{number}", headers={"If-Match": tag}).status == 412
    assert root("PUT", f"ticket/{number}/take", {}, headers={"If-Match": tag}).status == 412
    assert root("GET", "ticket/99999", headers={"If-Match": "*"}).status == 412
    new = root("GET", f"ticket/{number}").headers["ETag"]
    assert new != tag
    root("POST", f"ticket/{number}/comment", {"Content": "x", "ContentType": "text/plain"})
    assert root("GET", f"ticket/{number}").headers["ETag"] != new
    head = root("HEAD", f"ticket/{number}")
    assert (head.status, head.data) == (200, b"")
    assert head.headers["ETag"]


def test_a_whole_record_is_expanded_where_it_is_asked(world, make):
    number = make.ticket().id
    answer = world["root"](
        "GET", f"ticket/{number}?fields=Subject&fields[Queue]=Name,Lifecycle&fields[Owner]=Name"
    )
    assert answer.json["Queue"]["Lifecycle"] == "default"
    assert answer.json["Owner"]["Name"] == "Nobody"
    assert answer.json["Status"] == "new"
