"""Files outside the database: words stay inside, bytes are verified, and nothing hangs on a place that is away."""

import hashlib
import os
import stat
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from rtpy.backups.outside import put_back
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.errors import NotFound, Unavailable
from rtpy.mail.delivery import deliver_due
from rtpy.mail.intake import AnswerKind, take_in, work_off
from rtpy.models import Attachment, Blob, IncomingMail, OutgoingMail, Ticket
from rtpy.ports import Delivery
from rtpy.stores.folder import FolderKeeper
from rtpy.stores.placed import PlacedStore
from rtpy.stores.sweeping import sweep
from tests.stores.conftest import FILE, mail

SHA = hashlib.sha256(FILE).hexdigest()


def place(keeper, sha256=SHA):
    return keeper._top / sha256[:2] / sha256[2:4] / sha256


def test_files_go_to_the_folder_and_words_stay_in_the_database(app, db, store, keeper):
    answer = take_in(app, mail(), queue="General")
    assert answer.kind == AnswerKind.OK
    rows = {row.content_type: row for row in db.scalars(select(Attachment).where(Attachment.size > 0))}
    file, words = rows["image/png"], rows["text/plain"]
    assert (db.get(Blob, file.blob_sha256).data, db.get(Blob, file.blob_sha256).size) == (None, len(FILE))
    assert b"It burns" in db.get(Blob, words.blob_sha256).data
    assert place(keeper).read_bytes() == FILE
    assert store.get(db, file.blob_sha256) == FILE
    assert [kept.sha256 for kept in keeper.listed()] == [SHA]


def test_a71_nobody_but_the_owner_reads_the_folder(store, keeper, db):
    before = os.umask(0)
    try:
        store.put(db, FILE)
    finally:
        os.umask(before)
    top = place(keeper).parents[2]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (top, *top.rglob("*"))}
    assert {oct(mode) for path, mode in modes.items() if path.is_dir()} == {"0o700"}
    assert {oct(mode) for path, mode in modes.items() if path.is_file()} == {"0o600"}


def test_i10_what_was_changed_on_the_disk_is_not_handed_out(store, keeper, db):
    store.put(db, FILE)
    place(keeper).write_bytes(FILE[:-1] + b"!")
    with pytest.raises(OSError, match="damaged"):
        store.get(db, SHA)
    place(keeper).unlink()
    with pytest.raises(NotFound):
        store.get(db, SHA)


def test_bytes_that_are_words_elsewhere_come_into_the_database(store, db):
    store.put(db, FILE)
    assert db.get(Blob, SHA).data is None
    store.put(db, b"other", FILE, words=[1])
    db.expire_all()
    assert db.get(Blob, SHA).data == FILE


def test_a_folder_that_is_not_mounted_takes_nothing_and_loses_nothing(app, db, store, keeper):
    store.put(db, FILE)
    top = keeper._top
    top.rename(top.with_name("elsewhere"))
    top.mkdir()
    with pytest.raises(Unavailable):
        store.get(db, SHA)
    with pytest.raises(Unavailable):
        store.put(db, b"new")
    assert list(top.iterdir()) == []
    top.rmdir()
    top.with_name("elsewhere").rename(top)
    assert store.get(db, SHA) == FILE


def test_a_folder_that_is_not_mounted_takes_nothing_beside_another_place_either(db, keeper, tmp_path):
    former = FolderKeeper(tmp_path / "former")
    former.name = "s3"
    PlacedStore(former, [former]).put(db, b"from before")
    store = PlacedStore(keeper, [keeper, former])
    db.scalars(select(Blob)).one().created -= timedelta(days=1)
    db.flush()
    store.put(db, FILE)  # a new place beside one that is full
    top = keeper._top
    top.rename(top.with_name("elsewhere"))
    top.mkdir()
    with pytest.raises(Unavailable):
        store.put(db, b"new")
    assert list(top.iterdir()) == []


class Away(FolderKeeper):
    """A folder of a server that may be down."""

    is_down = False

    def keep(self, sha256, data):
        if self.is_down:
            raise OSError("no route to host")
        super().keep(sha256, data)

    def read(self, sha256):
        if self.is_down:
            raise OSError("no route to host")
        return super().read(sha256)


@pytest.fixture
def away(app, tmp_path):
    """The store's place, which a test takes away."""
    keeper = Away(tmp_path / "attachments")
    app.blobs = PlacedStore(keeper, [keeper])
    return keeper


def test_a_mail_waits_while_its_files_cannot_be_stored(app, db, away, clock):
    away.is_down = True
    assert take_in(app, mail(), queue="General").kind == AnswerKind.TEMPORARY
    for _ in range(2):
        clock.set(clock.now() + timedelta(minutes=2))
        assert work_off(app) == 1
        assert db.scalar(select(func.count(Ticket.id))) == 0
    db.expire_all()
    spooled = db.scalars(select(IncomingMail)).one()
    assert (spooled.state, spooled.attempts) == ("received", 0)
    assert "Files cannot be stored" in spooled.reason
    away.is_down = False
    take_in(app, mail(), queue="General")  # the sender's second try
    clock.set(clock.now() + timedelta(minutes=2))
    work_off(app)
    db.expire_all()
    assert db.scalars(select(IncomingMail.state).order_by(IncomingMail.state)).all() == ["done", "duplicate"]
    assert db.scalar(select(func.count(Ticket.id))) == 1


def test_bytes_without_a_row_are_swept_after_a_day_and_no_others(app, db, store, keeper, clock):
    with db.begin_nested() as undone:
        store.put(db, b"of a reply that was undone")
        undone.rollback()
    store.put(db, FILE)
    db.commit()
    now = datetime.now(UTC)
    half = place(keeper).with_name("half.draft")
    half.write_bytes(b"x")
    clock.set(now + timedelta(hours=23))
    assert sweep(app) == 0
    clock.set(now + timedelta(hours=25))
    assert sweep(app) == 2
    assert [kept.sha256 for kept in keeper.listed()] == [SHA]
    assert not half.exists()
    assert db.scalar(select(func.count()).select_from(Blob).where(Blob.data.is_(None))) == 1


class Postman:
    """A transport that takes everything."""

    def __init__(self):
        self.sent = []

    def deliver(self, envelope_sender, recipients, raw):
        self.sent.append(raw)
        return tuple(Delivery(address, "sent", "250") for address in recipients)


def test_mail_with_files_that_cannot_be_read_waits_and_the_other_goes_out(app, db, away, make, clock):
    ticket = make.ticket(requestor="ann@client.example")
    file = Part("image/png", FILE, PartRole.FILE, filename="rack.png")
    change_ticket(make.system, ticket, Correspond(plain_message("Look at this.", files=(file,))))
    make.ticket(requestor="bob@client.example")
    db.commit()
    with_file = db.scalars(select(OutgoingMail).where(OutgoingMail.attachments != [])).all()
    assert with_file
    postman, away.is_down = Postman(), True
    deliver_due(app, transport=postman)
    db.expire_all()
    assert {(mail.state, mail.attempts) for mail in with_file} == {("queued", 0)}
    assert postman.sent
    assert not any(b"rack.png" in raw for raw in postman.sent)
    away.is_down = False
    clock.set(clock.now() + timedelta(minutes=1))
    deliver_due(app, transport=postman)
    assert any(b"rack.png" in raw for raw in postman.sent)


def test_a_restored_site_fills_its_new_folder_file_by_file(db, store, tmp_path):
    files = [b"one", b"two"]
    store.put(db, *files)
    anew = FolderKeeper(tmp_path / "new")
    restored = PlacedStore(anew, [anew])
    for data in files:
        put_back(SimpleNamespace(blobs=restored), db, hashlib.sha256(data).hexdigest(), data)
    assert {anew.read(kept.sha256) for kept in anew.listed()} == set(files)
