"""Comments, replies and many tickets at once over REST 2.0."""

import re
from base64 import b64encode

import pytest
from sqlalchemy import func, select

from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.models import Attachment, Ticket, Transaction, User
from tests.rest2.conftest import check_cases

LOG = {"FileName": "log.txt", "FileType": "text/plain", "FileContent": b64encode(b"ok").decode()}
SAID = {"Content": "look", "ContentType": "text/plain"}
PICTURE = b64encode(b"\x89PNG\r\n\x1a\n").decode()
LONG_NUMBER = int("9" * 25)


@pytest.fixture
def world(root, jo, customer, make, field, db):
    """Programs, custom fields of tickets and of transactions, a custom role, and who plays it."""
    make.staff("ann")
    field("Site", "Select", choices=("Oslo", "Bergen"))
    field("Plan", "Binary", most=0)
    field("Effort", lookup="transaction")
    create_custom_role(make.system, RoleValues("Manager", places=frozenset({make.queue().id}), single=True))
    make.revoke("ReplyToTicket", make.queue())
    make.grant(db.scalar(select(User).where(User.name == "jo")), "SeeCustomField", "ModifyCustomField")
    return {"root": root, "jo": jo, "ann": customer}


def test_comments_and_replies(world, make, db):
    n = make.ticket().id
    comment, reply = f"ticket/{n}/comment", f"ticket/{n}/correspond"
    check_cases(
        world,
        [
            ("root", "POST", comment, SAID, 201, ["Comments added"]),
            ("root", "POST", reply, SAID, 201, ["Correspondence added"]),
            ("jo", "POST", comment, {**SAID, "TimeTaken": 15, "Status": "stalled", "CustomFields": {"Site": "oslo"},
                "CustomRoles": {"Manager": "ann"}, "TxnCustomFields": {"Effort": "2", "Nope": 1}, "Cc": "cy@x.example"},
                201, ["Comments added", "Site Oslo added", "Added cy@x.example as Cc for this ticket",
                "Manager changed from Nobody to ann", "Custom fields updated",
                "Unable to load transaction custom field: Nope",
                f"Ticket {n}: Status changed from 'open' to 'stalled'"]),
            ("root", "POST", comment, {"Content": "x"}, 400, "ContentType is a required field for application/json"),
            ("root", "POST", comment, {}, 201, ["Comments added"]),
            ("root", "POST", comment, {**SAID, "Status": "bogus", "Bcc": "x@x.example"}, 201, [
                "Comments added", "Status 'bogus' isn't a valid status for this ticket.",
                f"Ticket {n}: Unknown field 'Bcc'"]),
            ("root", "POST", comment, {"**": {"data": b"plain", "type": "text/plain; charset=utf-8"}},
                201, ["Comments added"]),
            ("root", "POST", reply, {"**": {"data": b"<p>x</p>", "type": "text/html"}}, 201, ["Correspondence added"]),
            ("root", "POST", reply, {"**": {"data": b"\xff\xfe", "type": "text/plain"}}, 400, re.compile("not text")),
            ("root", "POST", comment, {"**": {"data": b"{}", "type": "application/x-yaml"}}, 415, None),
            ("root", "POST", comment, {"**": {"data": b"{nope", "type": "application/json"}},
                400, re.compile("JSON parse")),
            ("root", "POST", comment, [1], 400, "JSON object must be a HASH"),
            ("root", "POST", comment, {**SAID, "TimeTaken": "long"}, 400, "TimeTaken must be a whole number"),
            ("root", "POST", comment, {**SAID, "TimeTaken": 100000}, 400, None),
            ("root", "POST", comment, {**SAID, "Attachments": [{"FileName": "a", "FileType": "text/plain"}]},
                400, "FileContent is a required field for each attachment in Attachments"),
            ("root", "POST", comment, {**SAID, "Attachments": [LOG]}, 201, ["Comments added"]),
            ("root", "POST", reply, {"**": {"document": SAID, "files": [("a.txt", "text/plain", b"x")]}}, 201, None),
            ("root", "POST", reply, {"**": {"data": b"--x--\r\n", "type": "multipart/form-data; boundary=x"}},
                400, "JSON is a required field for multipart/form-data"),
            ("root", "POST", "ticket/99999/comment", SAID, 400, "Message could not be recorded"),
            ("root", "POST", f"ticket/{LONG_NUMBER}/comment", SAID, 404, None),
            ("ann", "POST", comment, SAID, 400, "Permission Denied"),
            ("ann", "POST", reply, SAID, 400, "Permission Denied"),
            ("root", "GET", comment, None, 405, "Method Not Allowed"),
        ],
    )  # fmt: skip
    made = world["root"]("POST", comment, {**SAID, "Subject": "note", "Attachments": [LOG]})
    number = int(made.headers["Location"].removeprefix("/REST/2.0/transaction/"))
    row = db.get(Transaction, number)
    assert (row.object_id, row.type, row.data, row.face) == (n, "Comment", "note", "rest2")
    files = db.scalars(
        select(Attachment.filename).where(Attachment.transaction_id == number).order_by(Attachment.position)
    )
    assert list(files) == ["", "log.txt"]


def test_what_the_writer_may_not_see_is_said_to_be_recorded(world, make, api_of):
    make.grant("Everyone", "CommentOnTicket")
    blind = make.customer("blind@x.example")
    make.grant(blind, "CommentOnTicket")
    number = make.ticket().id
    answer = api_of(blind)("POST", f"ticket/{number}/comment", SAID)
    assert (answer.status, answer.json) == (201, ["Message recorded"])


def test_nothing_of_a_refused_message_is_kept(world, make, db):
    number = make.ticket().id
    before = db.scalar(select(func.max(Transaction.id)))
    world["root"]("POST", f"ticket/{number}/comment", {**SAID, "TimeTaken": 100000, "Status": "open"})
    assert db.scalar(select(func.max(Transaction.id))) == before
    assert db.scalar(select(Ticket.status).where(Ticket.id == number)) == "new"


def test_files_in_custom_fields_come_stay_and_go(world, make):
    root, n = world["root"], make.ticket().id
    one = {"FileName": "one.png", "FileType": "image/png", "FileContent": PICTURE}
    check_cases(
        world,
        [
            ("root", "PUT", f"ticket/{n}", {"CustomFields": {"Plan": one}}, 200, ["one.png added as a value for Plan"]),
            ("root", "PUT", f"ticket/{n}", {"CustomFields": {"Plan": ["one.png", {**one, "FileName": "two.png"}]}},
                200, ["two.png added as a value for Plan"]),
            ("root", "PUT", f"ticket/{n}", {"CustomFields": {"Plan": {"FileName": "x"}}},
                200, ["FileType is a required field for Image/Binary ObjectCustomFieldValue"]),
            ("root", "PUT", f"ticket/{n}", {"CustomFields": {"Plan": "two.png"}},
                200, ["one.png is no longer a value for custom field Plan"]),
            ("root", "POST", "ticket", {"Queue": 1, "CustomFields": {"Plan": {"FileName": "x"}}},
                400, "FileType is a required field for Image/Binary ObjectCustomFieldValue"),
            ("root", "PUT", f"ticket/{n}", {"**": {"document": {"CustomFields": {"Plan": [{"UploadField": "f"}]}},
                "files": [("f", "up.bin", "application/octet-stream", b"\x00")]}},
                200, ["two.png is no longer a value for custom field Plan", "up.bin added as a value for Plan"]),
            ("root", "PUT", f"ticket/{n}", {"CustomFields": {"Plan": {"UploadField": "gone"}}},
                200, ["There is no part gone in the form"]),
        ],
    )  # fmt: skip
    values = root("GET", f"ticket/{n}").json["CustomFields"]
    (held,) = next(each["values"] for each in values if each["name"] == "Plan")
    assert (held["content_type"], held["filename"]) == ("application/octet-stream", "up.bin")
    assert re.fullmatch(r"http.*/REST/2\.0/download/cf/\d+", held["_url"])


def test_many_at_once(world, make, db):
    one, two = make.ticket("one").id, make.ticket("two").id
    check_cases(
        world,
        [
            ("root", "PUT", "tickets/bulk", [{"id": one, "Subject": "x"}, {"id": str(two), "Owner": "root"},
                {"id": 99999, "Owner": "root"}, {"id": "foo"}, {"Subject": "x"}, {"id": two, "Bogus": 1}], 200, [
                [one, f"Ticket {one}: Subject changed from 'one' to 'x'"],
                [str(two), f"Ticket {two}: Owner changed from Nobody to root"],
                [99999, "Resource does not exist"], ["foo", "Resource does not exist"],
                [None, "Resource does not exist"],
                [two, f"Ticket {two}: Unknown field 'Bogus'"]]),
            ("root", "PUT", "tickets/bulk", [{"id": one, "CustomFields": [1]}, {"id": two, "Priority": 5}], 200, [
                [one, "CustomFields must be an object of names and values"],
                [two, f"Ticket {two}: Priority changed from (no value) to '5'"]]),
            ("ann", "PUT", "tickets/bulk", [{"id": one, "Subject": "x"}], 200, [[one, "Permission Denied"]]),
            ("root", "PUT", "tickets/bulk", {}, 400, "JSON object must be a ARRAY"),
            ("root", "PUT", "tickets/bulk", [1], 400, "Each element of the array must be a HASH"),
            ("root", "PUT", "tickets/bulk", {"**": {"data": b"a=b", "type": "application/x-www-form-urlencoded"}},
                415, None),
            ("root", "PUT", "tickets/bulk", [], 200, []),
            ("root", "GET", "tickets/bulk", None, 405, None),
            ("root", "POST", "tickets/bulk/comment", [
                {"id": str(one), **SAID}, {"id": two, "Content": "x"}, {"id": 99999}],
                201, [[str(one), "Comments added"], [two, "ContentType is a required field for application/json"],
                [99999, "Resource does not exist"]]),
            ("root", "POST", "tickets/bulk/correspond", [{"id": one, **SAID, "Status": "resolved"}], 201, [
                [one, "Correspondence added", f"Ticket {one}: Status changed from 'open' to 'resolved'"]]),
            ("ann", "POST", "tickets/bulk/comment", [{"id": one, **SAID}], 201, [[one, "Permission Denied"]]),
            ("root", "PUT", "tickets/bulk/comment", [{"id": one, "Subject": "y"}], 200, [
                [one, f"Ticket {one}: Subject changed from 'x' to 'y'"]]),
        ],
    )  # fmt: skip
    made = world["root"](
        "POST", "tickets/bulk", [{"Queue": "General", "Subject": "a"}, {"Subject": "b"}, {"Queue": "Nope"}]
    )
    assert (made.status, made.headers["Location"]) == (201, "/REST/2.0/tickets/bulk")
    assert made.json[0]["type"] == "ticket"
    assert [each["message"] for each in made.json[1:]] == [
        "Could not create ticket. Queue not set",
        "No permission to create tickets in the queue 'Nope'",
    ]
    assert db.scalar(select(func.count(Ticket.id)).where(Ticket.subject == "b")) == 0
