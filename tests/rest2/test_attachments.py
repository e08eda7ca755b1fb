"""Attachments over REST 2.0: numbers, containers, bytes, lists, and who may read them."""

import base64
import re

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.models import Attachment, OutgoingMail, Transaction
from rtpy.rest2.histories.attachments_numbers import CONTAINERS, MAILS
from tests.rest2.conftest import check_cases

BYTES = bytes(range(256)) * 3
FILE = Part("application/octet-stream", BYTES, PartRole.FILE, filename="log.bin")
LATIN = Part("text/plain", "größer".encode("latin-1"), PartRole.FILE, filename="l.txt", charset="iso-8859-1")


@pytest.fixture
def said(work, make, db):
    """The Create transaction of a ticket made with a text and a file."""
    message = plain_message("ünd los", subject="No sound", files=(FILE,))
    made = create_ticket(work, CreateTicket(queue=make.queue(), subject="No sound", message=message))
    return entry(db, made.ticket, "Create")


def entry(db, ticket, kind):
    rows = select(Transaction).where(Transaction.object_id == ticket.id, Transaction.type == kind)
    return db.scalars(rows.order_by(Transaction.id.desc())).first()


def parts_of(db, transaction):
    rows = (
        select(Attachment.id).where(Attachment.transaction_id == transaction.id).order_by(Attachment.position)
    )
    return list(db.scalars(rows))


def test_a_message_with_a_file_has_a_container_before_its_parts(said, root, db):
    text, file = parts_of(db, said)
    container = CONTAINERS + said.id
    fields = "Filename,ContentType,ContentLength,Content,Parent,TransactionId,Subject,MessageId,Creator"
    rows = root("GET", f"ticket/{said.object_id}/attachments?fields={fields}&fields[Creator]=Name").json
    assert (rows["count"], rows["total"], rows["pages"]) == (3, 3, 1)
    first, second, third = rows["items"]
    assert [each["id"] for each in rows["items"]] == [str(container), str(text), str(file)]
    assert first["ContentType"] == "multipart/mixed"
    assert first["ContentLength"] == "0"
    assert (first["Parent"], first["Content"], first["Subject"]) == ("0", "", "No sound")
    assert second["Content"] == "ünd los"
    assert second["ContentLength"] == "8"
    assert second["Filename"] == ""
    assert second["TransactionId"] == str(said.id)
    assert second["Parent"]["id"] == str(container)
    assert second["Parent"]["type"] == "attachment"
    assert second["Creator"]["Name"] == "root"
    assert third["Filename"] == "log.bin"
    assert third["Content"] == ""
    whole = root("GET", f"attachment/{container}").json
    assert whole["id"] == container < 2**53
    assert whole["Content"] is None
    assert whole["Parent"] == "0"
    assert "Filename" not in whole
    links = root("GET", f"transaction/{said.id}").json["_hyperlinks"][1:]
    assert [each["_url"].rsplit("/", 1)[1] for each in links] == [str(container), str(text), str(file)]


def test_bytes_come_as_mime_writes_them_and_text_is_utf8(said, root, work, db, make):
    _, file = parts_of(db, said)
    content = root("GET", f"attachment/{file}").json["Content"]
    assert base64.b64decode(content) == BYTES
    assert content.endswith("\n")
    assert {len(line) for line in content.splitlines()[:-1]} == {76}
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(Message(parts=(*plain_message("hi").parts, LATIN))))
    latin = parts_of(db, entry(db, ticket, "Comment"))[1]
    assert base64.b64decode(root("GET", f"attachment/{latin}").json["Content"]) == "größer".encode()
    listed = root("GET", f"ticket/{ticket.id}/attachments?fields=Content,Filename&per_page=100").json["items"]
    assert "größer" in [each["Content"] for each in listed]


def test_a_message_of_one_part_has_no_container(root, make, db):
    ticket = make.ticket(text="It burns.")
    created = entry(db, ticket, "Create")
    (only,) = parts_of(db, created)
    check_cases(
        {"root": root},
        [
            ("root", "GET", f"transaction/{created.id}/attachments", None, 200, {"count": 1}),
            ("root", "GET", f"attachment/{only}", None, 200, {"Parent": "0", "Content": "SXQgYnVybnMu\n"}),
            ("root", "GET", f"attachment/{CONTAINERS + created.id}", None, 404, "Not Found"),
        ],
    )


def test_a_record_of_a_sent_mail_has_the_mail(root, customer, make, db):
    make.grant("Requestor", "ShowTicket")
    ticket = make.ticket()
    record = entry(db, ticket, "EmailRecord")
    mail = db.scalar(select(OutgoingMail).where(OutgoingMail.message_id == record.data))
    number = MAILS + mail.id
    found = root("GET", f"attachment/{number}").json
    assert base64.b64decode(found["Content"]).decode() == mail.body
    assert found["TransactionId"]["id"] == str(record.id)
    assert found["MessageId"] == mail.message_id
    listed = root("GET", f"ticket/{ticket.id}/attachments?per_page=100").json["items"]
    assert str(number) in [each["id"] for each in listed]
    assert customer("GET", f"attachment/{number}").status == 403
    mine = customer("GET", f"ticket/{ticket.id}/attachments?per_page=100").json["items"]
    assert mine
    assert str(number) not in [each["id"] for each in mine]


def test_addresses_searches_and_refusals(said, root, jo, customer, stranger, db, make):
    text, file = parts_of(db, said)
    ticket, here = said.object_id, f"ticket/{said.object_id}/attachments"
    container = CONTAINERS + said.id

    def ids(*expected):
        return lambda answer: (
            [each["id"] for each in answer.json["items"]] == [str(each) for each in expected]
        )

    def named(operator, value="", field="Filename", **more):
        return [{"field": field, "operator": operator, "value": value, **more}]

    check_cases(
        {"root": root, "jo": jo, "ann": customer, "nobody": stranger},
        [
            ("root", "GET", here, None, 200, ids(container, text, file)),
            ("root", "GET", f"{here}/", None, 200, ids(container, text, file)),
            ("root", "GET", f"{here}?orderby=id&order=DESC", None, 200, ids(file, text, container)),
            ("root", "GET", f"{here}?orderby=ContentType", None, 200, ids(file, container, text)),
            ("root", "GET", f"{here}?orderby=Filename&order=desc", None, 200, ids(file, container, text)),
            ("root", "GET", f"{here}?orderby=Content", None, 400, "There is no column 'Content' to sort by"),
            ("root", "GET", f"{here}?per_page=2&page=2", None, 200, ids(file)),
            ("root", "GET", f"{here}?per_page=2", None, 200, {"count": 2, "total": 3, "pages": 2}),
            ("root", "GET", f"{here}?per_page=2&page=9", None, 200, {"page": 2, "count": 1}),
            ("root", "GET", f"{here}?fields=Bogus", None, 200, re.compile('"Bogus": ""')),
            # python-rt asks so for real files
            ("root", "POST", here, named("IS NOT"), 200, ids(file)),
            ("root", "POST", here, named("IS"), 200, ids(container, text)),
            ("root", "POST", here, named("=", "LOG.bin"), 200, ids(file)),
            ("root", "POST", here, named("=", "LOG.bin", case_sensitive=1), 200, ids()),
            ("root", "POST", here, named("ENDSWITH", ".bin"), 200, ids(file)),
            ("root", "POST", here, named("LIKE", "text", "ContentType"), 200, ids(text)),
            ("root", "POST", here, named("=", "multipart/mixed", "ContentType"), 200, ids(container)),
            ("root", "POST", here, named("=", container, "Parent"), 200, ids(text, file)),
            ("root", "POST", here, named("=", 0, "Parent"), 200, ids(container)),
            ("root", "POST", here, named("=", container, "id"), 200, ids(container)),
            ("root", "POST", here, named("IN", [text, file], "id"), 200, ids(text, file)),
            ("root", "POST", here, named("=", "root", "Creator"), 200, ids(container, text, file)),
            ("root", "POST", here, named("=", "nosuch", "Creator"), 200, ids()),
            ("root", "POST", here, named(">", "2030-01-01", "Created"), 200, ids()),
            ("root", "POST", here, named("=", "sound", "Subject"), 200, ids()),
            ("root", "POST", here, named("LIKE", "sound", "Subject"), 200, ids(container)),
            ("root", "POST", here, named("=", "x", "Bogus"), 200, ids(container, text, file)),
            ("root", "POST", here, named("~", "x"), 400, re.compile("Unknown operator")),
            ("root", "POST", here, named("=", "x", "id"), 400, re.compile("is no number")),
            ("root", "POST", here, named("=", 10**30, "id"), 400, re.compile("is no number")),
            ("root", "POST", here, named("=", {"a": 1}), 400, re.compile("must be a text")),
            ("root", "POST", here, {"field": "Filename"}, 400, "JSON object must be a ARRAY"),
            ("root", "POST", here, ["Filename"], 400, None),
            ("root", "POST", here, {"**": {"data": b"[{", "type": "application/json"}}, 400, None),
            ("root", "POST", here, [], 200, ids(container, text, file)),
            ("root", "POST", here, named("LIKE", "los", "Content"), 400, re.compile("is not searched here")),
            ("root", "GET", "attachments", None, 200, {"count": 0, "total": 0, "items": []}),
            ("root", "POST", "attachments", named("=", "x", "Bogus"), 200, {"count": 0}),
            ("root", "POST", "attachments", named("=", "log.bin"), 200, ids(file)),
            (
                "root",
                "POST",
                "attachments",
                named("=", said.id, "TransactionId"),
                200,
                ids(container, text, file),
            ),
            ("root", "GET", f'attachments?query=[{{"field":"id","value":{file}}}]', None, 200, ids(file)),
            (
                "jo",
                "POST",
                "attachments",
                named("=", "log.bin"),
                200,
                {"total": None, "pages": None, "count": 1},
            ),
            ("ann", "POST", "attachments", named("=", "log.bin"), 200, ids()),
            ("root", "GET", f"transaction/{said.id}/attachments", None, 200, ids(container, text, file)),
            ("root", "GET", "transaction/99999999/attachments", None, 200, {"count": 0}),
            ("root", "GET", "ticket/99999999/attachments", None, 200, {"count": 0, "items": []}),
            ("ann", "GET", here, None, 200, {"count": 0}),
            ("nobody", "GET", here, None, 401, "Unauthorized"),
            ("root", "GET", "attachment/99999999", None, 404, "Not Found"),
            ("root", "GET", f"attachment/{CONTAINERS + 99999999}", None, 404, "Not Found"),
            ("root", "GET", f"attachment/{MAILS + 99999999}", None, 404, "Not Found"),
            ("root", "GET", f"attachment/{2**63}", None, 404, "Not Found"),
            ("root", "GET", "attachment/99999999999999999999999", None, 404, "Not Found"),
            ("root", "GET", f"attachment/{2**62}", None, 404, "Not Found"),
            ("ann", "GET", f"attachment/{text}", None, 403, "Forbidden"),
            ("ann", "GET", f"attachment/{container}", None, 403, "Forbidden"),
            ("root", "PUT", f"attachment/{text}", {}, 405, "Method Not Allowed"),
            ("root", "DELETE", f"attachment/{text}", None, 405, "Method Not Allowed"),
            ("root", "POST", f"attachment/{text}", {}, 405, "Method Not Allowed"),
            ("root", "GET", "attachment", None, 404, "Not Found"),
            ("root", "POST", "attachment", {}, 405, "Method Not Allowed"),
            ("root", "HEAD", f"attachment/{text}", None, 200, None),
            ("root", "HEAD", "attachments", None, 405, None),
            (
                "root",
                "GET",
                f"attachment/{text}?fields[TransactionId]=Type",
                None,
                200,
                re.compile('"Type": "Create"'),
            ),
            ("jo", "GET", f"attachment/{file}", None, 200, {"Filename": "log.bin"}),
            (
                "root",
                "GET",
                f"ticket/{ticket}/attachments?fields[Parent]=ContentType&fields=Parent",
                None,
                200,
                None,
            ),
        ],
    )
    nothing_known = root("GET", f"attachment/{text}", headers={"If-None-Match": '"1"'})
    assert nothing_known.status == 200
    assert "ETag" not in nothing_known.headers


def test_lists_ask_as_often_for_twenty_as_for_one(root, make, db, work, query_count):
    one, many = make.ticket(), make.ticket()
    for number in range(20):
        change_ticket(work, many, Comment(plain_message(f"{number}", files=(FILE,))))
    fields = "Filename,Content,Parent,Creator,TransactionId,_hyperlinks&fields[Creator]=Name,EmailAddress"
    counts = []
    for ticket in (one, many):
        path = f"ticket/{ticket.id}/attachments?per_page=100&fields={fields}"
        root("GET", path)  # what is remembered is read now
        with query_count() as count:
            assert root("GET", path).status == 200
        counts.append(count.total)
    assert counts[1] <= counts[0] + 1  # containers, which the first has not


def test_a_ticket_made_with_one_file_and_nobody_to_tell_has_three_attachments(root, make):
    """So python-rt's own tests want it."""
    make.queue()
    document = {"Queue": "General", "Subject": "No sound", "Content": "since today"}
    made = root("POST", "ticket", document=document, files=[("log.txt", "text/plain", b"ok")])
    assert made.status == 201, made.data
    rows = root("GET", f"ticket/{made.json['id']}/attachments?fields=Filename,ContentType,Content").json[
        "items"
    ]
    assert [(each["Filename"], each["ContentType"]) for each in rows] == [
        ("", "multipart/mixed"),
        ("", "text/plain"),
        ("log.txt", "text/plain"),
    ]
    assert rows[2]["Content"] == "ok"


def test_a_token_for_one_queue_reads_no_other_queues_files(root, api_of, make, work, db):
    make.queue("Sales")
    jo = make.staff("jo", real_name="Jo")
    message = plain_message("secret words", files=(FILE,))
    made = create_ticket(work, CreateTicket(queue=make.queue("Sales"), subject="s", message=message)).ticket
    created = entry(db, made, "Create")
    numbers = [CONTAINERS + created.id, *parts_of(db, created)]
    limited = api_of(jo, queues=[make.queue().id])
    assert api_of(jo)("GET", f"attachment/{numbers[1]}").status == 200
    assert [limited("GET", f"attachment/{each}").status for each in numbers] == [403, 403, 403]
    assert limited("GET", f"transaction/{created.id}").status == 403
    for place in (f"ticket/{made.id}/history", f"ticket/{made.id}/attachments"):
        assert limited("GET", place).json["count"] == 0
