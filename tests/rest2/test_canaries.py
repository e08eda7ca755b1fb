"""What is said among staff, and what was sent to whom, is nowhere in REST 2.0 for who may not read it.

Canaries stand in comments, in their files and subjects, in mails and in fields; whoever lacks a right asks every
address that tells of histories, with every field and every way to guess.
"""

from urllib.parse import quote

import pytest
from sqlalchemy import select

from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.customfields.kinds import Lookup
from rtpy.models import Attachment, OutgoingMail, Transaction
from rtpy.rest2.histories.attachments_kind import AttachmentKind
from rtpy.rest2.histories.attachments_numbers import CONTAINERS, MAILS
from rtpy.rest2.histories.kind import TransactionKind

CANARY = "zqcanary"
FILE = Part("text/plain", f"{CANARY}file".encode(), PartRole.FILE, filename=f"{CANARY}.txt", charset="utf-8")
TRANSACTION = (*TransactionKind.fields, "id", "Content", "Description")
EVERY = quote('[{"field":"id","operator":">","value":0}]')
ATTACHMENT = (*AttachmentKind.fields, "id")


@pytest.fixture
def told(make, work, db):
    """A ticket of Ann's with a comment and a mail about it that hold canaries; the numbers of what is secret."""
    make.grant("Requestor", "ShowTicket")
    for right in ("ShowTicketComments", "ShowOutgoingEmail"):
        make.revoke(right, make.queue())
    secret = create_field(work, FieldSettings(name="Margin", lookup=Lookup.TICKET), everywhere=True, staff="")
    db.flush()
    ticket = make.ticket("in the open", text="plain words")
    change_ticket(work, ticket, Correspond(plain_message("an answer")))
    change_ticket(
        work, ticket, Comment(plain_message(f"{CANARY}body", subject=f"{CANARY}subject", files=(FILE,)), 17)
    )
    change_ticket(work, ticket, SetPriority(73))
    entries = db.scalars(select(Transaction).where(Transaction.object_id == ticket.id)).all()
    for mail in db.scalars(select(OutgoingMail)):
        mail.body = f"{CANARY}mail {mail.body}"
    db.flush()
    hidden = [each for each in entries if each.type in ("Comment", "EmailRecord", "CommentEmailRecord")]
    assert {"Comment", "EmailRecord"} <= {each.type for each in hidden}
    parts = db.scalars(
        select(Attachment.id).where(Attachment.transaction_id.in_([each.id for each in hidden]))
    ).all()
    mails = db.scalars(select(OutgoingMail.id)).all()
    return ticket, [each.id for each in hidden], [*parts, *(MAILS + each for each in mails)], secret


def addresses(ticket, hidden, parts):
    """Every GET that tells of histories and attachments, with every field, two levels deep."""
    fields = ",".join(TRANSACTION)
    nested = "&fields[Object]=Subject,Status&fields[Creator]=Name,EmailAddress,Comments"
    more = ",".join(ATTACHMENT)
    deeper = f"&fields[Parent]={more}&fields[TransactionId]={fields}&fields[Creator]=Comments,EmailAddress"
    many = "&per_page=100"
    yield f"ticket/{ticket.id}/history?fields={fields}{nested}{many}"
    yield f"ticket/{ticket.id}/attachments?fields={more}{deeper}{many}"
    yield f"transactions?query=id>0&fields={fields}{nested}{many}"
    yield f"transactions?query={EVERY}&fields={fields}{nested}{many}"
    yield f"attachments?query={EVERY}&fields={more}{deeper}{many}"
    yield f"ticket/{ticket.id}?fields[LastUpdatedBy]=Comments"
    yield f"changes?after=0&fields={fields}&limit=100"
    for number in hidden:
        yield f"transaction/{number}?fields[Object]=Subject&fields[Creator]=Comments"
        yield f"transaction/{number}/attachments?fields={more}{many}"
        yield f"attachment/{CONTAINERS + number}"
    for number in parts:
        yield f"attachment/{number}?fields[TransactionId]={fields}&fields[Parent]={more}"


GUESSES = [
    {"field": field, "operator": "LIKE", "value": CANARY}
    for field in ("Data", "Subject", "Filename", "NewValue", "MessageId")
] + [{"field": field, "operator": "IS NOT", "value": ""} for field in ("Data", "Filename")]


def is_silent(answer, hidden):
    """No canary, and no number of what is secret among the items."""
    if CANARY in answer.data.decode():
        return False
    items = answer.json.get("items", []) if isinstance(answer.json, dict) else []
    return not hidden & {(item["type"], int(item["id"])) for item in items}


ONE_DATABASE = pytest.mark.databases("sqlite")


@pytest.mark.parametrize(
    "who", ["jo", pytest.param("ann", marks=ONE_DATABASE), pytest.param("outsider", marks=ONE_DATABASE)]
)
def test_no_canary_is_told(told, who, root, jo, customer, api_of, make):
    ticket, hidden, parts, _ = told
    api = {"jo": jo, "ann": customer, "outsider": api_of(make.customer("eve@else.example"))}[who]
    pieces = [*parts, *(CONTAINERS + each for each in hidden)]
    secrets = {("transaction", each) for each in hidden} | {("attachment", each) for each in pieces}
    loud = [path for path in addresses(ticket, hidden, parts) if CANARY in root("GET", path).data.decode()]
    assert len(loud) >= 8  # the same questions of who may read it do tell: the test could fail
    told_by = [path for path in addresses(ticket, hidden, parts) if not is_silent(api("GET", path), secrets)]
    assert told_by == []
    fields = f"?per_page=100&fields={','.join((*TRANSACTION, *ATTACHMENT))}"
    for place in (
        "transactions",
        "attachments",
        f"ticket/{ticket.id}/history",
        f"ticket/{ticket.id}/attachments",
    ):
        for guess in GUESSES:
            assert is_silent(api("POST", f"{place}{fields}", [guess]), secrets), (place, guess)
    for query in (
        f"Content LIKE '{CANARY}'",
        f"Subject LIKE '{CANARY}'",
        f"Filename LIKE '{CANARY}'",
        "Type='Comment'",
    ):
        answer = api("GET", f"transactions?query={quote(query)}{fields.replace('?', '&')}")
        assert (answer.status, answer.json["count"]) == (200, 0), query
    for number in hidden:
        assert api("GET", f"transaction/{number}").status == 403
        assert api("GET", f"transaction/{number}/attachments").json["count"] == 0
    for number in parts:
        assert api("GET", f"attachment/{number}").status == 403


def test_customers_read_nothing_of_work_and_priorities(told, customer):
    ticket, *_ = told
    rows = customer("GET", f"ticket/{ticket.id}/history?fields={','.join(TRANSACTION)}&per_page=100").json[
        "items"
    ]
    assert {"Create", "Correspond"} <= {each["Type"] for each in rows} <= {"Create", "Correspond", "Status"}
    assert not any(each["TimeTaken"] for each in rows)
    assert "73" not in [each["NewValue"] for each in rows]


def test_a_hidden_field_is_in_no_history(told, jo, root, work, db):
    ticket, _, _, secret = told
    answer = root("PUT", f"ticket/{ticket.id}", {"CustomFields": {str(secret.id): CANARY}})
    assert answer.status == 200, answer.data
    change = db.scalar(select(Transaction.id).where(Transaction.type == "CustomField"))
    fields = ",".join(TRANSACTION)
    for path in (f"ticket/{ticket.id}/history", "transactions?query=id>0", "changes?after=0"):
        mark = "&" if "?" in path else "?"
        assert CANARY in root("GET", f"{path}{mark}fields={fields}&per_page=100&limit=100").data.decode()
        assert CANARY not in jo("GET", f"{path}{mark}fields={fields}&per_page=100&limit=100").data.decode()
    assert jo("GET", f"transaction/{change}").status == 403
    guesses = [{"field": name, "operator": "LIKE", "value": CANARY} for name in ("NewValue", "OldValue")]
    for guess in guesses:
        assert jo("POST", "transactions", [guess]).json["count"] == 0
        assert jo("POST", f"ticket/{ticket.id}/history", [guess]).json["count"] == 0


def test_the_tag_of_a_ticket_does_not_tell_of_a_comment_that_one_may_not_read(root, api_of, make, work):
    reader, ticket = make.staff("reader"), make.ticket(queue="Desk")
    make.revoke("ShowTicketComments", make.queue("Desk"))
    may_not, before = api_of(reader), {}
    for name, program in (("root", root), ("reader", may_not)):
        before[name] = program("GET", f"ticket/{ticket.id}").headers["ETag"]
    change_ticket(work, ticket, Comment(plain_message("only for some")))
    assert root("GET", f"ticket/{ticket.id}").headers["ETag"] != before["root"]
    assert may_not("GET", f"ticket/{ticket.id}").headers["ETag"] == before["reader"]
