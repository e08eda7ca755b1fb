"""What people without the right might learn, or do, through REST: by names, guesses, orders, copies, long lists."""

import json
import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from rtpy.models import Organization, Queue, User
from rtpy.rest1.forms import split_list
from rtpy.rights.names import Right
from tests.domain.customfields.conftest import field  # noqa: F401
from tests.rest1.conftest import Program as Program1
from tests.rest2.conftest import api_of, check_cases, customer, jo, root  # noqa: F401
from tests.web.conftest import compiled_templates, wsgi  # noqa: F401

DENIED = "Permission Denied"


def asked(*conditions):
    """A JSON search in an address."""
    return "query=" + quote(json.dumps(list(conditions)))


@pytest.fixture
def programs(root, jo, customer, make, db, work, wsgi):  # noqa: F811
    """Ann reads her ticket 1 and writes new ones; what she must not find out is about Tina, Bob and Hidden Ltd."""
    make.grant("Requestor", Right.SHOW_TICKET)
    ann = db.scalar(select(User).where(User.name == "ann@client.example"))
    make.grant(ann, Right.SEE_QUEUE, Right.SHOW_ASSET)
    db.scalar(select(Queue).where(Queue.name == "General")).comment_address = "a-secret@site.example"
    make.staff("tina", real_name="Tina T")
    make.customer("bob@other.example", "Bob Bobson")
    db.add(Organization(name="Hidden Ltd", notes="", disabled=False, created=work.now))
    db.flush()
    return {"root": root, "jo": jo, "ann": customer, "ann1": Program1(wsgi, customer.authorization)}


def test_customers_learn_nothing_of_others(programs, db, make):
    """Neither who there is, nor whose name a number is, nor what stands in fields that they do not read."""
    root, ann, ann1 = programs["root"], programs["ann"], programs["ann1"]  # noqa: F811
    bob, tina = (root("GET", f"user/{name}").json["id"] for name in ("bob@other.example", "tina"))
    body = {
        "Queue": "General",
        "Subject": "S",
        "Requestor": "ann@client.example",
        "Priority": 77,
        "SLA": "gold",
    }
    body |= {
        "AdminCc": "tina",
        "TimeWorked": 5,
        "TimeLeft": 9,
        "Description": "d",
        "Organization": "Hidden Ltd",
    }
    at = f"ticket/{root('POST', 'ticket', body).json['id']}"
    number = at.partition("/")[2]
    denied = [f"Ticket {number}: {DENIED}"]
    root("POST", "catalog", {"Name": "Boxes"})
    asset = f"asset/{root('POST', 'asset', {'Catalog': 'Boxes', 'Name': 'B'}).json['id']}"
    not_yours = re.compile(f'^.\n  "Asset [0-9]+: {DENIED}"\n.$')
    cases = [
        # A value that is right and one that is wrong are answered alike.
        *(
            ("ann", "PUT", at, {name: value}, 200, denied)
            for name, values in {
                "Priority": (77, 76),
                "SLA": ("gold", "silver"),
                "TimeWorked": (5, 6),
                "TimeLeft": (9, 8),
                "Description": ("d", "e"),
                "Organization": ("Hidden Ltd", "No Ltd", 1),
                "Site": ("x",),
            }.items()
            for value in values
        ),
        ("ann", "PUT", at, {"Owner": "tina"}, 200, denied),
        ("ann", "PUT", at, {"Owner": "nobody-like-that"}, 200, denied),
        ("ann", "PUT", at, {"AdminCc": "tina"}, 200, [DENIED]),
        ("ann", "PUT", at, {"AdminCc": "jo"}, 200, [DENIED]),
        ("ann", "PUT", at, {"Cc": [bob, bob]}, 200, [DENIED]),
        ("ann", "PUT", at, {"Cc": [99_999]}, 200, [DENIED]),
        ("ann", "PUT", at, {"Cc": "bob@other.example"}, 200, [DENIED]),
        ("ann", "PUT", at, {"Cc": "no-one@other.example"}, 200, [DENIED]),
        ("ann", "PUT", at, {"DependsOn": []}, 200, []),
        ("ann", "GET", asset, None, 200, None),
        *(
            ("ann", "PUT", asset, {name: value}, 200, not_yours)
            for name in ("Owner", "HeldBy")
            for value in ("tina", "no-one-like-that", [bob, bob])
        ),
        *(
            (
                "ann",
                "POST",
                "ticket",
                {"Queue": "General", "Subject": "S", name: value},
                403,
                f"You may not set {name}.",
            )
            for name, value in {
                "Organization": "Hidden Ltd",
                "Priority": 5,
                "TimeWorked": 90,
                "AdminCc": "tina",
                "Owner": "tina",
                "Type": "reminder",
                "CustomRoles": {"X": "tina"},
                "RT::CustomRole-1": "tina",
            }.items()
        ),
        *(
            ("ann", "GET", path, None, 400, f"You may not ask about {name}.")
            for name, path in {
                "Priority": "tickets?query=Priority>70",
                "TimeWorked": "tickets?query=id>0&orderby=TimeWorked",
                "Subject.Priority": "tickets?query=id>0&orderby=Subject.Priority",
                "DependsOn": "tickets?query=DependsOn=3",
                "Owner.EmailAddress": "tickets?query=" + quote("Owner.EmailAddress LIKE 'a'"),
                "Requestor.WorkPhone": "tickets?query="
                + quote("id > 0 AND NOT Requestor.WorkPhone LIKE '1'"),
                "UpdatedBy": "tickets?query=" + quote("UpdatedBy = 'tina'"),
                "TicketPriority": "transactions?query=TicketPriority>70",
                "TimeTaken": "transactions?query=id>0&orderby=TimeTaken",
            }.items()
        ),
        ("ann", "GET", f"tickets?query=id={number}&orderby=Created", None, 200, {"total": 1}),
        (
            "ann",
            "GET",
            "tickets?query=" + quote("Requestor.EmailAddress = 'ann@client.example'"),
            None,
            200,
            {"total": 1},
        ),
        ("ann", "GET", "queues/all?orderby=CommentAddress", None, 400, None),
        (
            "ann",
            "GET",
            "queues?" + asked({"field": "CommentAddress", "operator": "LIKE", "value": "a"}),
            None,
            200,
            {"count": 0},
        ),
        (
            "ann",
            "POST",
            at + "/correspond",
            {"Content": "x", "ContentType": "text/plain", "TimeTaken": 9},
            403,
            None,
        ),
    ]
    check_cases(programs, cases)
    # Numbers and names of others are nobody's; mail addresses and oneself are what customers have.
    make.organization("Client", "client.example")
    made = ann(
        "POST",
        "ticket",
        {
            "Queue": "General",
            "Cc": [bob, tina, "jo", "ann@client.example", "new@client.example"],
            "Requestor": "ann@client.example",
        },
    )
    cc = [each["id"] for each in ann("GET", f"ticket/{made.json['id']}").json["Cc"]]
    assert cc == ["ann@client.example", "new@client.example"]
    form = "id: ticket/new\nQueue: General\nSubject: S\nRequestor: ann@client.example\nPriority: 9\nOwner: tina\nCc: "
    known, unknown = (ann1("ticket/new", {"content": form + who}) for who in (str(bob), "99999"))
    assert known.text.replace(str(bob), "99999") == unknown.text
    assert "created" not in known.text
    sent = ann1("ticket/new", {"content": form})
    assert "# Owner is not yours to set." in sent.text
    assert " created." in sent.text
    queue = ann1("queue/General")
    assert "CorrespondAddress" in queue.text
    assert "a-secret" not in queue.text
    assert "Invalid field" in ann1("search/queue?query=" + quote("CommentAddress LIKE a")).text
    for query in ("Priority > 5", "DependsOn = 3", "Owner.EmailAddress LIKE 'a'"):
        assert "You may not ask about" in ann1(f"search/ticket?query={quote(query)}").text


def test_staff_without_the_right_write_no_fields_of_others(programs, field, make):  # noqa: F811
    """ModifyCustomField alone opens nobody's account."""
    field("Shoe size", lookup="user")
    make.grant("Privileged", Right.SEE_CUSTOM_FIELD)
    make.grant("Privileged", Right.MODIFY_CUSTOM_FIELD)
    said = programs["jo"]("PUT", "user/tina", {"CustomFields": {"Shoe size": "12"}}).json
    assert [each.partition(": ")[2] for each in said] == [DENIED]


def test_rubbish_is_no_failure_of_ours(programs):
    """Numbers and dates that no column holds, lists and orders without end: an answer in the 400s, or a fair one."""
    names = [str(each) for each in range(500)]
    many = [{"field": "Name", "operator": "IN", "value": names} for _ in range(4)]
    lines = {"FileName": "../a\r\nBcc: x@y.example", "FileType": "text/plain\r\nX: y", "FileContent": "eA=="}
    named = re.compile(r'"Filename": "a Bcc: x@y.example"')
    query = asked({"field": "Filename", "operator": "LIKE", "value": "Bcc"})
    conditions = [
        {"field": "id", "value": "0" * 40 + "9" * 30},
        {"field": "id", "value": " " * 41 + "9" * 30},
        {"field": "id", "value": "-" + "9" * 19},
        {"field": "Created", "value": "0001-01-01T00:00:00+14:00"},
    ]
    cases = [
        *(("root", "POST", "users", [each], 400, None) for each in conditions),
        ("root", "POST", "users", [{"field": "id", "value": "-" + "0" * 60 + "7"}], 200, {"count": 0}),
        ("root", "POST", "users", many, 200, {"count": 0}),
        ("root", "GET", "users?" + "&".join(["orderby=Name"] * 1500), None, 200, None),
        (
            "root",
            "GET",
            "attachments?" + asked({"field": "id", "operator": ">", "value": 0}) + "&orderby=Created" * 1500,
            None,
            200,
            None,
        ),
        ("root", "GET", "organization/%00", None, 404, None),
        ("root", "POST", "ticket?" + "&".join("a" * 50_000), {}, 400, None),
        ("root", "POST", "tickets", {"**": {"form": [("a", "")] * 50_000}}, 400, None),
        ("root", "POST", "ticket", {"Queue": "General", "Attachments": [lines]}, 201, None),
        ("root", "GET", "attachments?fields=Filename&" + query, None, 200, named),
        *(("root", method, "tickets/bulk", [{}] * 1001, 400, None) for method in ("PUT", "POST")),
        ("root", "PUT", "group/99999/members", [1] * 1001, 404, None),
        (
            "root",
            "POST",
            "ticket",
            {"Queue": "General", "Cc": [f"u{n}@many.example" for n in range(5000)]},
            400,
            None,
        ),
    ]
    check_cases(programs, cases)


def test_lists_of_forms_are_read_in_time_of_their_length():
    """Braces that nobody closes: with a search for the end at each of them this would take hours."""
    for end in ("", "}x", "}" + " " * 100_000 + "x"):
        assert len(split_list("q{," * 200_000 + end)) >= 200_000
