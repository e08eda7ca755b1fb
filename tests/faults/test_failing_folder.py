"""P5: each call that makes a file last fails once, in turn; never `ok` for what is not there, and orphans are swept."""

import errno
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rtpy.errors import Unavailable
from rtpy.mail.intake import AnswerKind, take_in
from rtpy.models import Blob
from rtpy.stores.folder import Files, FolderKeeper
from rtpy.stores.placed import PlacedStore
from rtpy.stores.sweeping import sweep
from tests.stores.conftest import mail

ROUNDS = 200
CALLS = 18
"""Of three files in new folders: two folders each, and write, sync, rename, sync of the folder; 12 in old ones."""


class FailingFiles(Files):
    """The `at`-th call fails, and a write that fails has written half; what needs no disk is not waited for."""

    def __init__(self):
        self.at = self.calls = 0

    def _count(self):
        self.calls += 1
        if self.calls == self.at:
            raise OSError(errno.EIO, "Input/output error")

    def write(self, descriptor, data):
        try:
            self._count()
        except OSError:
            super().write(descriptor, data[: len(data) // 2])
            raise
        super().write(descriptor, data)

    def sync(self, descriptor):
        self._count()

    def rename(self, draft, final):
        self._count()
        super().rename(draft, final)


@pytest.fixture
def files():
    return FailingFiles()


@pytest.fixture
def keeper(app, tmp_path, files):
    keeper = FolderKeeper(tmp_path / "attachments", files)
    keeper.set_up()
    app.blobs = PlacedStore(keeper, [keeper])
    return keeper


def missing(db, keeper):
    """Rows whose bytes are not whole in the folder."""
    rows = db.scalars(select(Blob.sha256).where(Blob.data.is_(None))).all()
    return [
        row
        for row in rows
        if hashlib.sha256(keeper.read(row) or b"").hexdigest() != row or not keeper.read(row)
    ]


def test_p5_whichever_call_fails_no_row_is_without_its_bytes(app, db, files, keeper, clock):
    done = failed = 0
    for number in range(ROUNDS):
        files.at, files.calls = number % CALLS + 1, 0
        data = [b"%d of %d" % (each, number) for each in range(3)]
        try:
            with db.begin_nested():
                hashes = app.blobs.put(db, *data)
            done += 1
        except Unavailable:
            failed += 1
            continue
        assert files.calls < files.at, "a call failed and nobody was told"
        assert all(app.blobs.get(db, sha256) for sha256 in hashes)
    assert failed > ROUNDS * 0.6
    files.at = 0
    app.blobs.put(db, b"afterwards it works")
    db.commit()
    assert missing(db, keeper) == []
    there = {kept.sha256 for kept in keeper.listed()}
    needed = set(db.scalars(select(Blob.sha256).where(Blob.data.is_(None))))
    assert there > needed
    clock.set(datetime.now(UTC) + timedelta(hours=25))
    assert sweep(app) == len(there - needed)
    assert {kept.sha256 for kept in keeper.listed()} == needed


def test_p5_a_mail_is_never_ok_when_its_file_could_not_be_kept(app, db, files, keeper):
    told = []
    for at in range(1, 9):
        files.at, files.calls = at, 0
        answer = take_in(app, mail(f"n{at}", data=b"file %d" % at * 40), queue="General")
        told.append(answer.kind)
        assert (answer.kind == AnswerKind.OK) == (files.calls < at)
        assert (answer.ticket_id is not None) == (answer.kind == AnswerKind.OK)
    assert {AnswerKind.OK, AnswerKind.TEMPORARY} == set(told)
    assert missing(db, keeper) == []
