"""A person's data is given out without anything internal, and taken away so that nothing tells who it was."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select, update

from rtpy.changes.accounts import change_person
from rtpy.changes.opened_history import opened_history
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import Message, Part, PartRole
from rtpy.db.base import table_of
from rtpy.errors import Invalid, Refused
from rtpy.identity.directory_sync.known import linked_people
from rtpy.identity.directory_sync.people import untouchable
from rtpy.mail.header_lines import encoded
from rtpy.mail.words import decode_text
from rtpy.models import (
    Attachment,
    DirectoryPerson,
    Draft,
    IncomingMail,
    Transaction,
    User,
    UserAddress,
    UserDirectory,
    WebSession,
)
from rtpy.personal.anonymise import anonymise, preview
from rtpy.personal.declared import kept_of
from rtpy.personal.export import export_person

CANARY, SECOND = "Quetzalina", "Oystermouth"
ADDRESS = f"{CANARY.lower()}@client.example"


@pytest.fixture
def canary(app, db, make, work_of, shop, reply):
    """Somebody whose name and addresses stand wherever they can."""
    work, person = work_of(), make.customer(ADDRESS, f"{CANARY} {SECOND}")
    person.nick_name = CANARY
    change_person(work, person, work_phone="0123-987654", city="Llanfair", signature=f"Yours, {CANARY}")
    change_person(work, person, nick_name="Quetz", comments="Our own note of the debt")
    db.add(UserAddress(user_id=person.id, address=f"other.{ADDRESS}", created=work.now))
    ticket = make.ticket("Mine", requestor=ADDRESS, text="I have a question")
    change_ticket(work, ticket, AddWatcher("Cc", person.id))
    theirs = work.as_actor(type(work.actor)(person.id, person.name, work.actor.face))
    file = Part("text/plain", b"what I sent", PartRole.FILE, filename="mine.txt")
    body = Part("text/plain", b"Here is my file", PartRole.BODY, charset="utf-8")
    mail = Message(
        parts=(body, file),
        headers=f"From: {CANARY} {SECOND} <{ADDRESS}>\nTo: help@example.com\n",
        subject="Re: Mine",
    )
    make.grant("Requestor", "ReplyToTicket", queue=ticket.queue)
    change_ticket(theirs, ticket, Correspond(mail))
    reply(ticket, "We look at it", by="tom")
    reply(ticket, "INTERNALCANARY they never pay", by="tom", comment=True)
    db.add_all(
        [
            Draft(user_id=person.id, place="x", fields={"text": f"{CANARY} thinks"}, updated=work.now),
            WebSession(
                token_hash="h", user_id=person.id, csrf_token="c", created=work.now, seen=work.now,
                expires=work.now, peer="192.0.2.1", user_agent="x", data={}, kind="web",
            ),
            IncomingMail(
                received=work.now, raw=f"From: {ADDRESS}".encode(), size=9, state="done", sender=ADDRESS,
                subject=f"From {CANARY}", ticket_id=ticket.id, transport={"rcpt": ADDRESS},
            ),
        ]
    )  # fmt: skip
    directory = UserDirectory(
        name="Ours", kind="ldap", urls=[], login_attributes=[], attributes={}, created=work.now
    )
    db.add(directory)
    db.flush()
    db.add(
        DirectoryPerson(
            directory_id=directory.id, unique_id="guid-1", user_id=person.id, dn=f"cn={CANARY}", seen=work.now
        )
    )
    db.flush()
    return person, ticket, directory


def test_what_is_given_out_is_theirs_and_public_and_nothing_internal(canary, work):
    person, ticket, _ = canary
    out = io.BytesIO()
    assert export_person(work, person, out) == 1
    packed = zipfile.ZipFile(out)
    everything = b"".join(packed.read(name) for name in packed.namelist())
    for internal in (b"INTERNALCANARY", b"Our own note", b"tom@staff.example", b"Tom Stone", b"Printer"):
        assert internal not in everything
    told = json.loads(packed.read("person.json"))
    assert told["account"]["WorkPhone"] == "0123-987654"
    assert told["stored"]["further addresses"] == [{"address": f"other.{ADDRESS}"}]
    (request,) = json.loads(packed.read("requests.json"))
    assert (request["id"], request["subject"]) == (ticket.id, "Mine")
    said = [(each["who"], each.get("text")) for each in request["history"] if each["what"] == "Correspond"]
    assert said == [("you", "Here is my file"), ("somebody else", "We look at it")]
    (name,) = [each for each in packed.namelist() if each.startswith("files/")]
    assert packed.read(name) == b"what I sent"


def test_a_former_person_is_nowhere_but_where_it_is_declared(app, db, canary, work, where_is):
    person, ticket, directory = canary
    number = person.id
    kept = {f"{each.table}.{column}" for each in kept_of(app) for column in each.columns}
    before = where_is(CANARY, ADDRESS)
    assert {
        "users.real_name",
        "attachments.headers",
        "outgoing_recipients.address",
        "transactions.old_value",
    } <= before
    shown = preview(work, person)
    assert ("work_phone", "0123-987654", "") in shown.values
    assert {line.what for line in shown.lines} >= {
        "further addresses",
        "logins",
        "rows of attachments that name them",
    }
    assert where_is(CANARY, ADDRESS) == before, "a preview writes nothing"
    with pytest.raises(Invalid, match=f"Type {ADDRESS}"):
        anonymise(work, person, "somebody@else.example")
    former = anonymise(work, person, ADDRESS.upper())
    assert where_is(CANARY, SECOND, ADDRESS, "0123-987654", "Llanfair", "Quetz") - kept == set()
    assert "incoming_mails.raw" not in where_is(ADDRESS)
    row = db.get(User, number)
    assert (row.name, row.real_name, row.email_address) == (former.login, f"Former person {number}", None)
    assert db.scalars(select(WebSession.id).where(WebSession.user_id == number)).all() == []
    written = select(Transaction.type).where(
        Transaction.creator_id == number, Transaction.type == "Correspond"
    )
    assert db.scalars(written.where(Transaction.object_id == ticket.id)).all() == ["Correspond"]
    known = linked_people(db, directory.id)["guid-1"]
    assert untouchable(None, known, None) == "was made a former person"
    with pytest.raises(Refused, match="is a former person already"):
        anonymise(work, row, former.login)


def test_a_name_beyond_ascii_goes_also_where_header_lines_encode_it(db, make, work_of, shop, reply):
    """“Öykü Şahin” stands in a history with other letters large, and in mails as `=?utf-8?…?=`."""
    address, nick = "oe@client.example", "Öykü"
    person = make.customer(address, "Öykü Şahin")
    person.nick_name = nick
    said = reply(shop[0], "Hello", by="tom")
    long, short, other = (encoded(name) for name in ("Öykü Şahin (Büro)", nick, "Öykü Kaya"))
    folded = "\r\n ".join(encoded("Öykü ŞAHIN " + "ü" * 60).split(" "))
    headers = f"From: {long} <{address}>\r\nTo: {short} <{address}>, {other} <kaya@client.example>\r\n"
    first = update(table_of(Attachment)).where(Attachment.transaction_id == said.id, Attachment.position == 0)
    with opened_history(db):
        db.connection().execute(first.values(headers=f"{headers}X-Twice: {folded}\r\n"))
        entry = update(table_of(Transaction)).where(Transaction.id == said.id)
        db.connection().execute(entry.values(data="by ÖYKÜ ŞAHIN"))
    db.flush()
    work = work_of()
    assert "rows of transactions that name them" in {line.what for line in preview(work, person).lines}
    former = anonymise(work, person, address)
    assert db.scalar(select(Transaction.data).where(Transaction.id == said.id)) == f"by {former.name}"
    left = db.scalar(
        select(Attachment.headers).where(Attachment.transaction_id == said.id, Attachment.position == 0)
    )
    shown = decode_text(left)
    assert "ahin" not in shown.lower()
    assert f"{former.name} (Büro) <{former.login}@" in shown
    assert f"To: {former.name} <{former.login}@" in shown
    assert f"{other} <kaya@client.example>" in left, "somebody else of the same first name stays"


@pytest.mark.databases("sqlite")  # rights, which are asked before any statement of it
def test_only_a_super_user_and_nobody_themselves_may_do_it(make, work_of, canary):
    make.staff("clerk")
    make.grant(work_of("clerk").db.scalars(select(User).where(User.name == "clerk")).one(), "AdminUsers")
    with pytest.raises(Refused, match="Only a super-user"):
        anonymise(work_of("clerk"), canary[0], ADDRESS)
    root = work_of()
    with pytest.raises(Refused, match="cannot make yourself"):
        preview(root, root.db.get_one(User, root.actor.user_id))
