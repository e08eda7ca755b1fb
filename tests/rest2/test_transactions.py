"""Transactions and histories over REST 2.0: values and references, searches, merged tickets, who may read what."""

import re

import pytest
from sqlalchemy import select

from rtpy.changes.accounts import change_person
from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.groups import make_group, put_into_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.customfields.kinds import Lookup
from rtpy.models import Transaction, User
from tests.rest2.conftest import check_cases


def entries(db, number, *kinds, object_type="ticket"):
    rows = select(Transaction).where(Transaction.object_id == number, Transaction.object_type == object_type)
    found = db.scalars(rows.order_by(Transaction.id)).all()
    return [each for each in found if not kinds or each.type in kinds or f"{each.type} {each.field}" in kinds]


@pytest.fixture
def busy(make, work, db):
    """A ticket with one entry of most sorts."""
    make.queue("Sales")
    make.grant("Requestor", "ShowTicket")
    ticket, other = make.ticket("first"), make.ticket("second")
    jo = make.staff("ben")
    make.grant(jo, "OwnTicket")
    change_ticket(work, ticket, SetSubject("once more"))
    change_ticket(work, ticket, SetStatus("open"))
    change_ticket(work, ticket, SetPriority(7))
    change_ticket(work, ticket, SetOwner(jo))
    change_ticket(work, ticket, AddWatcher("Cc", jo.id))
    change_ticket(work, ticket, AddLink("DependsOn", str(other.id)))
    change_ticket(work, ticket, AddLink("RefersTo", "https://x.example/"))
    change_ticket(work, ticket, Comment(plain_message("hush", subject="A note"), minutes=15))
    change_ticket(work, ticket, Correspond(plain_message("hello")))
    change_ticket(work, ticket, SetQueue(make.queue("Sales")))
    return ticket


def test_records_name_things_and_lists_give_raw_values(busy, root, db):
    def show(kind):
        (found,) = entries(db, busy.id, kind)
        return root("GET", f"transaction/{found.id}").json

    base = root("GET", f"ticket/{busy.id}/history").json["items"][0]["_url"].rsplit("/", 2)[0]
    ben = {"type": "user", "id": "ben", "_url": f"{base}/user/ben"}
    create = show("Create")
    assert create["Object"] == {"type": "ticket", "id": str(busy.id), "_url": f"{base}/ticket/{busy.id}"}
    assert isinstance(create["id"], int)
    assert create["TimeTaken"] == "0"
    assert create["Created"].endswith("Z")
    assert not {"Field", "OldValue", "NewValue", "OldReference", "ReferenceType"} & create.keys()
    assert create["_hyperlinks"][0] == {
        "ref": "self", "type": "transaction", "id": create["id"], "_url": f"{base}/transaction/{create['id']}"
    }  # fmt: skip
    assert show("Set Subject")["OldValue"] == "first"
    assert show("Set Subject")["NewValue"] == "once more"
    assert show("Status")["NewValue"] == "open"
    assert show("Status")["Field"] == "Status"
    assert show("Set Owner")["NewValue"] == ben
    assert show("Set Owner")["OldValue"]["id"] == "Nobody"
    assert show("AddWatcher Cc")["NewValue"] == ben
    assert show("AddWatcher Cc")["Field"] == "Cc"
    assert show("AddLink DependsOn")["NewValue"]["type"] == "ticket"
    assert show("AddLink RefersTo")["NewValue"] == "https://x.example/"
    queue = show("Set Queue")
    assert [queue[name]["type"] for name in ("OldValue", "NewValue")] == ["queue", "queue"]
    assert (show("Comment")["Data"], show("Comment")["TimeTaken"]) == ("A note", "15")
    assert show("Correspond")["Data"] == "once more"
    fields = "Type,Field,OldValue,NewValue,Description,Object,ObjectType,ObjectId,Data,TimeTaken"
    rows = root("GET", f"ticket/{busy.id}/history?per_page=100&fields={fields}").json["items"]
    assert {each["Description"] for each in rows} == {""}
    assert {each["ObjectType"] for each in rows} == {"RT::Ticket"}
    assert {each["ObjectId"] for each in rows} == {str(busy.id)}
    raw = {(each["Type"], each["Field"]): each["NewValue"] for each in rows}
    assert raw["Set", "Owner"] == str(db.scalar(select(User.id).where(User.name == "ben")))
    assert raw["Set", "Queue"].isdigit()
    assert raw["AddLink", "DependsOn"].startswith("fsck.com-rt://")
    assert [int(each["id"]) for each in rows] == sorted(int(each["id"]) for each in rows)


def test_histories_addresses_and_refusals(busy, root, jo, customer, stranger, make, work, db):
    make.revoke("ShowTicketComments", make.queue())
    first = entries(db, busy.id)[0].id
    (comment,) = entries(db, busy.id, "Comment")
    mail = entries(db, busy.id, "EmailRecord")[0]
    (subject,) = entries(db, busy.id, "Set Subject")
    (priority,) = entries(db, busy.id, "Set Priority")
    here = f"ticket/{busy.id}/history"
    total = len(entries(db, busy.id))

    def kinds(*expected):
        return lambda answer: [each.get("Type") for each in answer.json["items"]] == list(expected)

    def without(*hidden):
        return lambda answer: (
            answer.json["items"] and not set(hidden) & {each["Type"] for each in answer.json["items"]}
        )

    def search(field, value, operator="="):
        return [{"field": field, "operator": operator, "value": value}]

    def sql(query, **more):
        return {"**": {"form": {"query": query, **more}}}

    programs = {"root": root, "jo": jo, "ann": customer, "nobody": stranger}
    check_cases(
        programs,
        [
            ("root", "GET", here, None, 200, {"total": total, "page": 1, "per_page": 20}),
            ("root", "GET", f"{here}/", None, 200, {"total": total}),
            (
                "root",
                "GET",
                f"{here}?per_page=1&orderby=id&order=DESC&fields=Type,Field",
                None,
                200,
                {"count": 1},
            ),
            ("root", "GET", f"{here}?per_page=3&page=2", None, 200, re.compile("prev_page")),
            (
                "root",
                "GET",
                f"{here}?fields=Creator&fields[Creator]=Name,EmailAddress",
                None,
                200,
                re.compile('"Name": "root"'),
            ),
            ("root", "GET", f"{here}?orderby=Bogus", None, 400, "There is no column 'Bogus' to sort by"),
            ("root", "POST", f"{here}?fields=Type", search("Type", "comment"), 200, kinds("Comment")),
            (
                "root",
                "POST",
                f"{here}?fields=Type",
                search("Type", "Co", "STARTSWITH"),
                200,
                kinds("Comment", "Correspond"),
            ),
            ("root", "POST", f"{here}?fields=Type", search("TimeTaken", 0, ">"), 200, kinds("Comment")),
            ("root", "POST", f"{here}?fields=Type", search("Creator", "root"), 200, {"count": 10}),
            ("root", "POST", f"{here}?fields=Type", search("Data", "A note"), 200, kinds("Comment")),
            (
                "root",
                "POST",
                f"{here}?fields=Type",
                search("ObjectType", "RT::Ticket"),
                200,
                {"total": total},
            ),
            ("root", "POST", here, search("ObjectType", "ticket"), 200, {"total": total}),
            ("root", "POST", here, search("ObjectType", "RT::User"), 200, {"total": 0}),
            (
                "root",
                "POST",
                here,
                search("ObjectType", ["RT::User", "RT::Ticket"], "IN"),
                200,
                {"total": total},
            ),
            ("root", "POST", here, search("ObjectType", ["RT::Ticket"], "NOT IN"), 200, {"total": 0}),
            ("root", "POST", here, search("ObjectType", [["RT::Ticket"]], "IN"), 400, None),
            ("root", "POST", here, {"field": "Type"}, 400, "JSON object must be a ARRAY"),
            ("root", "POST", here, [1], 400, None),
            ("root", "HEAD", here, None, 405, None),
            ("root", "PUT", here, {}, 405, None),
            ("root", "GET", "ticket/99999999/history", None, 200, {"count": 0, "total": 0}),
            ("nobody", "GET", here, None, 401, "Unauthorized"),
            ("jo", "GET", f"{here}?fields=Type&per_page=100", None, 200, {"total": None, "pages": None}),
            (
                "ann",
                "GET",
                f"{here}?fields=Type&per_page=100",
                None,
                200,
                kinds("Create", "Set", "Status", "Correspond"),
            ),
            (
                "ann",
                "GET",
                f"{here}?fields=TimeTaken,TimeWorker",
                None,
                200,
                lambda a: {i["TimeTaken"] for i in a.json["items"]} == {""},
            ),
            ("ann", "POST", here, search("TimeTaken", 0, ">"), 200, {"count": 4}),
            (
                "ann",
                "GET",
                f"{here}?orderby=TimeTaken",
                None,
                400,
                "There is no column 'TimeTaken' to sort by",
            ),
            ("root", "GET", f"transaction/{first}", None, 200, {"id": first, "Type": "Create"}),
            ("root", "HEAD", f"transaction/{first}", None, 200, None),
            ("root", "GET", f"transaction/{first}/", None, 200, {"id": first}),
            ("root", "GET", f"transaction/{first}?fields=Description", None, 200, {"id": first}),
            (
                "root",
                "GET",
                f"transaction/{subject.id}?fields[Creator]=Name",
                None,
                200,
                re.compile('"Name": "root"'),
            ),
            ("root", "GET", "transaction/99999999", None, 404, "Not Found"),
            ("root", "GET", "transaction/9999999999999999999999", None, 404, "Not Found"),
            ("root", "GET", "transaction/x", None, 404, "Not Found"),
            ("root", "GET", "transaction", None, 404, "Not Found"),
            ("root", "PUT", "transaction", {}, 405, None),
            ("root", "POST", f"transaction/{first}", {}, 405, None),
            ("root", "PUT", f"transaction/{first}", {}, 405, None),
            ("root", "DELETE", f"transaction/{first}", None, 405, None),
            ("ann", "GET", f"transaction/{first}", None, 200, lambda a: "TimeTaken" not in a.json),
            ("ann", "GET", f"transaction/{comment.id}", None, 403, "Forbidden"),
            ("ann", "GET", f"transaction/{mail.id}", None, 403, "Forbidden"),
            ("ann", "GET", f"transaction/{priority.id}", None, 403, "Forbidden"),
            ("nobody", "GET", f"transaction/{first}", None, 401, "Unauthorized"),
            ("root", "GET", "transactions", None, 200, {"count": 0, "total": 0, "items": []}),
            ("root", "POST", "transactions", [], 200, {"count": 0}),
            ("root", "POST", "transactions", search("Bogus", 1), 200, {"count": 0}),
            ("root", "POST", "transactions?fields=Type", search("id", comment.id), 200, kinds("Comment")),
            (
                "root",
                "POST",
                "transactions",
                search("ObjectId", busy.id),
                200,
                lambda a: a.json["total"] >= total,
            ),
            ("ann", "POST", "transactions", search("id", comment.id), 200, {"count": 0, "total": None}),
            ("ann", "POST", "transactions", search("Type", "Comment"), 200, {"count": 0}),
            ("ann", "POST", "transactions", search("TimeTaken", 0, ">"), 200, {"count": 0}),
            ("root", "GET", "transactions?query=Type='Comment'&fields=Type", None, 200, kinds("Comment")),
            (
                "root",
                "POST",
                "transactions?fields=Type",
                sql(f"TicketId = {busy.id} AND Type = 'Status'"),
                200,
                kinds("Status"),
            ),
            (
                "root",
                "GET",
                f"transactions?query=TicketId={busy.id};per_page=2",
                None,
                200,
                {"count": 2, "total": total},
            ),
            (
                "root",
                "GET",
                f"transactions?query=TicketId={busy.id}&orderby=id&order=DESC&per_page=1&fields=Field",
                None,
                200,
                {"count": 1},
            ),
            ("root", "GET", "transactions?query=Type='nosuch'", None, 200, {"count": 0, "total": 0}),
            ("root", "GET", "transactions?query=Type=", None, 400, None),
            ("root", "GET", "transactions?query=Bogus=1", None, 400, None),
            ("root", "GET", "transactions?query=Type='x'&orderby=Bogus", None, 400, None),
            (
                "root",
                "GET",
                "transactions?query=Content LIKE 'hush'",
                None,
                200,
                {"total": 0},
            ),  # the index comes later
            ("ann", "GET", "transactions?query=Type='Comment'", None, 200, {"count": 0}),
            (
                "ann",
                "GET",
                "transactions?query=TimeTaken>0",
                None,
                400,
                "Only staff may search by the time that work took.",
            ),
            (
                "ann",
                "GET",
                "transactions?query=id>0&fields=Type",
                None,
                200,
                without("Comment", "EmailRecord", "Set Priority"),
            ),
            ("nobody", "GET", "transactions", None, 401, None),
        ],
    )


def test_the_history_of_merged_tickets_is_that_of_the_page(root, make, work, db):
    kept, gone = make.ticket("kept"), make.ticket("gone")
    change_ticket(work, gone, SetSubject("gone for good"))
    change_ticket(work, gone, MergeInto(kept))
    numbers = {each.id for ticket in (kept, gone) for each in entries(db, ticket.id)}
    for path in (f"ticket/{kept.id}/history", f"ticket/{gone.id}/history"):
        rows = root("GET", f"{path}?per_page=100&fields=Object").json["items"]
        assert {int(each["id"]) for each in rows} == numbers
        assert {each["Object"]["id"] for each in rows} == {str(kept.id), str(gone.id)}
    attachments = root("GET", f"ticket/{gone.id}/attachments?per_page=100").json
    assert attachments["total"] == root("GET", f"ticket/{kept.id}/attachments").json["total"] >= 2


def test_histories_of_what_is_no_ticket(root, jo, customer, make, work, db, api_of):
    kim = make.staff("kim")
    change_person(work, kim, comments="talks much", city="Oslo")
    group = make_group(work, name="Night shift")
    put_into_group(work, group, kim.id)
    asset = create_asset(work, CreateAsset(make_catalog(work, CatalogValues("Laptops", "assets")), "L-17"))
    db.flush()
    as_kim = api_of(kim)

    def shown(*expected):
        return lambda answer: (
            [(each["Type"], each["Field"]) for each in answer.json["items"]] == list(expected)
        )

    def shown_in_any_order(*expected):
        return lambda answer: (
            {(each["Type"], each["Field"]) for each in answer.json["items"]} == set(expected)
        )

    made, joined = ("Create", ""), ("AddMembership", "")
    moved = ("Set", "City")
    fields = "?fields=Type,Field,Object&fields[Object]=Name"
    check_cases(
        {"root": root, "jo": jo, "kim": as_kim, "ann": customer},
        [
            (
                "root",
                "GET",
                f"user/kim/history{fields}",
                None,
                200,
                shown_in_any_order(made, moved, joined, ("Set", "Comments")),
            ),
            ("root", "GET", f"user/{kim.id}/history{fields}", None, 200, re.compile('"id": "kim"')),
            ("kim", "GET", f"user/kim/history{fields}", None, 200, shown(made, moved, joined)),
            ("jo", "GET", f"user/kim/history{fields}", None, 200, shown()),
            ("ann", "GET", f"user/kim/history{fields}", None, 200, shown()),
            ("root", "GET", "user/nosuch/history", None, 200, {"count": 0}),
            ("root", "GET", f"group/{group.id}/history{fields}", None, 200, shown(made, ("AddMember", ""))),
            ("jo", "GET", f"group/{group.id}/history{fields}", None, 200, shown()),
            ("root", "GET", "group/999999/history", None, 200, {"count": 0}),
            ("root", "GET", f"asset/{asset.id}/history{fields}", None, 200, shown(made)),
            ("jo", "GET", f"asset/{asset.id}/history{fields}", None, 200, shown()),
            ("root", "GET", "asset/999999/history", None, 200, {"count": 0}),
            ("root", "GET", "article/999999/history", None, 200, {"count": 0}),
            ("root", "GET", "queue/General/history", None, 200, {"count": 0}),
            ("root", "GET", "queue/1/history", None, 200, {"count": 0}),
            ("root", "GET", "queue/nosuch/history", None, 200, {"count": 0}),
            ("root", "GET", "catalog/1/history", None, 404, None),
        ],
    )
    hidden = entries(db, kim.id, "Set Comments", object_type="user")[0]
    assert as_kim("GET", f"transaction/{hidden.id}").status == 403
    assert root("GET", f"transaction/{hidden.id}").json["NewValue"] == "talks much"


def test_changes_of_fields_and_fields_of_entries_need_the_right_to_see_them(root, jo, make, work, db):
    open_field = create_field(work, FieldSettings(name="Site", lookup=Lookup.TICKET), everywhere=True)
    secret = create_field(work, FieldSettings(name="Margin", lookup=Lookup.TICKET), everywhere=True, staff="")
    create_field(work, FieldSettings(name="Effort", lookup=Lookup.TRANSACTION), everywhere=True)
    db.flush()
    ticket = make.ticket()
    for field in (open_field, secret):
        answer = root("PUT", f"ticket/{ticket.id}", {"CustomFields": {str(field.id): "Oslo"}})
        if answer.status != 200:  # written through the domain where tickets cannot be written to yet
            pytest.fail(answer.data.decode())
    rows = root("GET", f"ticket/{ticket.id}/history?fields=Type,Field&per_page=100").json["items"]
    assert {each["Field"] for each in rows if each["Type"] == "CustomField"} == {
        str(open_field.id),
        str(secret.id),
    }
    rows = jo("GET", f"ticket/{ticket.id}/history?fields=Type,Field&per_page=100").json["items"]
    assert {each["Field"] for each in rows if each["Type"] == "CustomField"} == {str(open_field.id)}
    seen, hidden = entries(db, ticket.id, "CustomField")
    assert root("GET", f"transaction/{seen.id}").json["Field"]["type"] == "customfield"
    assert jo("GET", f"transaction/{hidden.id}").status == 403
    assert jo("GET", f"transaction/{seen.id}").json["CustomFields"][0]["name"] == "Effort"


def test_a_history_asks_as_often_for_twenty_as_for_one(root, make, work, query_count):
    one, many = make.ticket(), make.ticket()
    for number in range(20):
        change_ticket(work, many, Comment(plain_message(f"{number}")))
    fields = "Type,Creator,Created,Description,Data,_hyperlinks&fields[Creator]=Name,Memberships"
    counts = []
    for ticket in (one, many):
        path = f"ticket/{ticket.id}/history?per_page=100&fields={fields}"
        root("GET", path)  # what is remembered is read now
        with query_count() as count:
            assert root("GET", path).status == 200
        counts.append(count.total)
    assert counts[0] <= counts[1] <= counts[0] + 1


def test_histories_are_searched_by_fields_of_entries(root, jo, make, work, db):
    for name, staff in (("Effort", "change"), ("Margin", "")):
        create_field(work, FieldSettings(name=name, lookup=Lookup.TRANSACTION), everywhere=True, staff=staff)
    db.flush()
    ticket = make.ticket()
    said = {
        "Content": "x",
        "ContentType": "text/plain",
        "TxnCustomFields": {"Effort": "much", "Margin": "thin"},
    }
    assert root("POST", f"ticket/{ticket.id}/comment", said).status == 201
    (comment,) = entries(db, ticket.id, "Comment")

    def found(api, path, name, value):
        items = api("POST", path, [{"field": f"CF.{{{name}}}", "value": value}]).json["items"]
        return [each["id"] for each in items]

    for path in (f"ticket/{ticket.id}/history", "transactions"):
        for api in (root, jo):
            assert found(api, path, "Effort", "MUCH") == [str(comment.id)]
            assert found(api, path, "Effort", "little") == []
        assert found(root, path, "Margin", "thin") == [str(comment.id)]
    assert found(jo, "transactions", "Margin", "thin") == []
    # no such field, for Jo: it is passed over, whatever it is compared with
    here = f"ticket/{ticket.id}/history"
    assert found(jo, here, "Margin", "thin") == found(jo, here, "Margin", "thick") != []
