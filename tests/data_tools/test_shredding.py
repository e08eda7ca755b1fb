"""Shredding takes all of a thing away and nothing else, and its dump puts all of it back."""

import stat
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import Attachment, Blob, ConfigChange, OutgoingMail, SearchDocument, Ticket, Transaction
from rtpy.shredding.dump import read_dump
from rtpy.shredding.plan import Plan
from rtpy.shredding.shred import plan_attachments, plan_tickets, plan_user, shred
from rtpy.shredding.undo import undo
from rtpy.testing.people import Factory
from rtpy_billing.models import EntryLine, Invoice, InvoiceLine, Seller, WorkEntry

CANARY = "zanzibarian"


def test_a_shredded_ticket_leaves_no_byte_and_comes_back_whole(
    app, db, make, shop, work_of, reply, every_row, where_is
):
    """One test of the whole circle: what is there before is what is there after it."""
    victim, other = shop[1], shop[2]
    number, merged = victim.id, shop[3].id
    file = Part(
        "application/octet-stream", b"\x00" + CANARY.encode(), PartRole.FILE, filename=f"{CANARY}.bin"
    )
    reply(victim, f"The {CANARY} matter", by="tom", minutes=7, files=(file,))
    reply(victim, f"{CANARY} between us", by="tom", comment=True)
    reply(other, "The same words", by="tom")
    reply(victim, "The same words", by="tom")  # bytes that another ticket holds too
    change_ticket(work_of(), shop[0], AddLink("DependsOn", str(victim.id)))
    change_ticket(work_of(), shop[3], MergeInto(victim))
    make.ticket("A newer one")
    assert len(where_is(CANARY)) >= 4
    before, sound = every_row(), {"blobs.data", "attachments.filename", "outgoing_mails.body"}
    assert sound <= where_is(CANARY)

    work = work_of()
    plan = plan_tickets(work, [number])
    assert every_row() == before, "a plan writes nothing"
    assert plan.ids(Ticket) == [number, merged]
    dump = shred(work, plan, f"ticket {number}")
    assert where_is(CANARY) == set()
    assert db.get(Ticket, number) is None
    assert db.scalar(select(func.count()).where(SearchDocument.origin_id == number)) == 0
    assert db.scalar(select(func.count()).select_from(Ticket)) == 3
    left = db.scalars(select(Blob.sha256).where(Blob.data == b"The same words")).all()
    assert len(left) == 1, "what others hold too stays"
    noted = db.scalars(select(ConfigChange).where(ConfigChange.kind == "shredded")).one()
    assert noted.name == f"ticket {number}"
    assert noted.before["rows"]["tickets"] == 2

    assert stat.S_IMODE(dump.stat().st_mode) == 0o600
    undo(work, read_dump(dump))
    assert every_row() == before
    with pytest.raises(Refused, match="in use again"):
        undo(work, read_dump(dump))
    assert every_row() == before


@pytest.mark.databases("sqlite")  # files, which no database reads
def test_a_dump_that_is_damaged_or_none_is_refused(app, work_of, shop, tmp_path):
    dump = shred(work_of(), plan_tickets(work_of(), [shop[0].id]), "ticket")
    whole = dump.read_bytes()
    dump.write_bytes(whole.replace(b"Printer 0", b"Printer 9"))
    with pytest.raises(Invalid, match="damaged"):
        read_dump(dump)
    dump.write_bytes(whole[:-200])
    with pytest.raises(Invalid, match="not a whole one"):
        read_dump(dump)
    with pytest.raises(Invalid, match="cannot be read"):
        read_dump(tmp_path / "nowhere")


@pytest.mark.databases("sqlite")  # PostgreSQL gives no number twice
def test_the_newest_ticket_stays_where_its_number_would_be_given_again(work_of, shop):
    with pytest.raises(Refused, match="is the newest ticket"):
        plan_tickets(work_of(), [shop[3].id])
    with pytest.raises(NotFound, match="no ticket 4711"):
        plan_tickets(work_of(), [shop[0].id, 4711])


@pytest.mark.databases("sqlite")  # the queries of the other tests
def test_billed_work_keeps_its_ticket_and_its_worker(db, make, work_of, shop):
    work, ticket = work_of(), shop[0]
    seller = Seller(name="We", currency="EUR")
    db.add(seller)
    db.flush()
    invoice = Invoice(
        kind="invoice", state="draft", number="2026-7", seller_id=seller.id, currency="EUR",
        organization_id=ticket.organization_id, created=work.now, created_by_id=work.actor.user_id,
    )  # fmt: skip
    db.add(invoice)
    db.flush()
    line = InvoiceLine(
        invoice_id=invoice.id, position=1, source="work", quantity=1, quantity_base=1, unit="HUR",
        unit_price=1, price_base=1, net=1, tax_class="standard",
    )  # fmt: skip
    db.add(line)
    db.flush()
    entry = db.scalars(select(WorkEntry).where(WorkEntry.ticket_id == ticket.id)).one()
    for row in db.scalars(select(EntryLine).where(EntryLine.entry_id == entry.id)):
        row.invoice_line_id = line.id
    db.flush()
    invoice.state = "issued"
    db.flush()
    with pytest.raises(Refused, match=r"invoices that the law wants kept.*2026-7"):
        plan_tickets(work, [ticket.id])
    tom, heir = work_of("tom").actor.user_id, make.staff("heir")
    with pytest.raises(Refused, match="2026-7"):
        plan_user(work, db.get(type(heir), tom), heir)
    assert isinstance(plan_tickets(work, [shop[1].id]), Plan)


def test_a_person_goes_and_another_one_stands_in_their_place(db, make, work_of, shop, every_row):
    work, heir = work_of(), make.staff("heir")
    tom = db.get(type(heir), work_of("tom").actor.user_id)
    change_ticket(work, shop[0], SetOwner(tom))
    before, number = every_row(), tom.id
    with pytest.raises(Refused, match=r"rows of transactions point at it by creator_id.*--replace-with"):
        plan_user(work, tom)
    dump = shred(work, plan_user(work, tom, heir), "user tom")
    assert db.get(type(heir), number) is None
    written = set(db.scalars(select(Transaction.creator_id).where(Transaction.object_id == shop[0].id)))
    assert heir.id in written
    assert number not in written
    assert db.scalar(select(Ticket.owner_id).where(Ticket.id == shop[0].id)) == heir.id
    undo(work, read_dump(dump))
    assert every_row() == before


def test_old_large_files_lose_their_bytes_and_their_message_says_so(
    db, clock, work_of, shop, reply, every_row, where_is
):
    big = Part("text/csv", CANARY.encode() * 200, PartRole.FILE, filename="list.csv")
    said = reply(shop[0], "See the list", files=(big,))
    clock.advance(timedelta(days=30))
    young = reply(
        shop[1], "And this", files=(Part("text/csv", b"y" * 2000, PartRole.FILE, filename="y.csv"),)
    )
    before, work = every_row(), work_of()
    dump = shred(work, plan_attachments(work, 1000, 10), "files")
    assert where_is(CANARY) == set()
    row = db.scalars(
        select(Attachment).where(Attachment.transaction_id == said.id, Attachment.filename == "list.csv")
    ).one()
    assert (row.size, row.remark) == (0, "The file was taken away on 2026-04-01: 2200 bytes.")
    kept = db.scalars(select(Attachment.size).where(Attachment.transaction_id == young.id)).all()
    assert 2000 in kept
    undo(work, read_dump(dump))
    after = every_row()
    after["blobs"] = [each for each in after["blobs"] if "b''" not in each]
    assert after == before
    head = orjson.loads(dump.read_bytes().splitlines()[0])
    assert (head["kind"], head["what"]) == ("attachment", "files")
    assert db.scalar(select(func.count()).select_from(OutgoingMail)) > 0


# on SQLite one writes at a time, and who shreds is the one
@pytest.mark.databases("postgresql")
def test_bytes_that_came_again_while_a_ticket_is_shredded_stay(committed_app):
    app, spam = committed_app, "Buy now, all of you"
    with app.work() as work:
        make = Factory(app, work.db)
        victim, other = (make.ticket(subject, text="Hello").id for subject in ("Spam", "Other"))
        change_ticket(work, work.db.get_one(Ticket, victim), Correspond(plain_message(spam)))
    with app.work() as work:
        plan = plan_tickets(work, [victim])
        with app.work() as meanwhile:
            again = meanwhile.db.get_one(Ticket, other)
            change_ticket(meanwhile, again, Correspond(plain_message(spam)))
        shred(work, plan, "spam")
    with app.work(reading=True) as work:
        assert work.db.get(Ticket, victim) is None
        hashes = set(work.db.scalars(select(Attachment.blob_sha256).order_by(Attachment.id)))
        assert set(app.blobs.get_many(work.db, hashes)) == hashes
