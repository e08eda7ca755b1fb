"""Who sweeps bytes and who writes the same ones at that moment never leave a row without its bytes."""

import threading

import pytest

from rtpy.models import Blob
from rtpy.stores.folder import FolderKeeper
from rtpy.stores.placed import PlacedStore
from rtpy.stores.sweeping import remove_unneeded

# On SQLite nobody else writes while either of them does.
pytestmark = pytest.mark.databases("postgresql")

BYTES = b"both want these"


class Interrupted(FolderKeeper):
    """Something else begins in the middle of removing."""

    meanwhile = None

    def remove(self, sha256):
        if self.meanwhile:
            self.meanwhile()
        super().remove(sha256)


@pytest.fixture
def keeper(committed_app, tmp_path):
    keeper = Interrupted(tmp_path / "attachments")
    committed_app.blobs = PlacedStore(keeper, [keeper])
    return keeper


@pytest.fixture
def orphan(committed_app, keeper):
    """Bytes without a row."""
    with committed_app.sessions() as db:
        (sha256,) = committed_app.blobs.put(db, BYTES)
    assert keeper.read(sha256) == BYTES
    return sha256


def test_a_writer_that_comes_while_they_are_removed_waits_and_writes_them_anew(committed_app, keeper, orphan):
    written = threading.Event()

    def write():
        with committed_app.sessions() as db:
            committed_app.blobs.put(db, BYTES)
            db.commit()
        written.set()

    writer = threading.Thread(target=write)

    def meanwhile():
        writer.start()
        assert not written.wait(0.4)

    keeper.meanwhile = meanwhile
    assert remove_unneeded(committed_app, keeper, orphan)
    writer.join(20)
    assert written.is_set()
    assert keeper.read(orphan) == BYTES


def test_a_sweeper_that_comes_while_they_are_written_waits_and_leaves_them(committed_app, keeper, orphan):
    swept = []
    sweeper = threading.Thread(
        target=lambda: swept.append(remove_unneeded(committed_app, keeper, orphan)), daemon=True
    )
    with committed_app.sessions() as db:
        committed_app.blobs.put(db, BYTES)
        sweeper.start()
        sweeper.join(0.4)
        assert swept == []
        db.commit()
    sweeper.join(20)
    assert swept == [False]
    with committed_app.sessions() as db:
        assert db.get(Blob, orphan).data is None
        assert committed_app.blobs.get(db, orphan) == BYTES
