"""Moving files between places, and looking whether they are whole."""

import hashlib

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from rtpy.changes.blobs import DatabaseStore
from rtpy.cli.main import rtpy
from rtpy.config import Config
from rtpy.mail.intake import take_in
from rtpy.models import Attachment, Blob
from rtpy.stores import moving
from rtpy.stores.checking import look_at_all
from rtpy.stores.folder import Files, FolderKeeper
from rtpy.stores.placed import PlacedStore
from rtpy.stores.sweeping import remove_unneeded
from tests.stores.conftest import FILE, mail


def bytes_of(app, db):
    db.expire_all()
    return {row: app.blobs.get(db, row) for row in db.scalars(select(Attachment.blob_sha256))}


def inside(db):
    return db.scalar(select(func.count()).select_from(Blob).where(Blob.data.is_not(None)))


@pytest.fixture
def mails(app, db):
    """Thirty files in the database."""
    for number in range(30):
        take_in(app, mail(f"m{number}", data=b"file %d" % number * 50), queue="General")
    db.commit()
    return bytes_of(app, db)


def test_files_move_out_from_place_to_place_and_home_while_everything_can_be_read(
    app, db, mails, keeper, tmp_path, monkeypatch
):
    words = inside(db) - 30
    second = FolderKeeper(tmp_path / "second")
    monkeypatch.setattr(second, "name", "s3", raising=False)
    for target, keepers, left in (
        (keeper, (keeper,), words),
        (second, (second, keeper), words),
        (None, (second, keeper), words + 30),
    ):
        app.blobs = PlacedStore(target, keepers)
        steps = moving.move(app)
        next(steps)  # broken off after the first portion, and begun again
        assert bytes_of(app, db) == mails
        assert moving.waiting(app) > 0
        for _ in moving.move(app):
            assert bytes_of(app, db) == mails
        assert inside(db) == left
        assert bytes_of(app, db) == mails
        assert len([*keeper.listed()] if keeper.is_set_up() else []) == (30 if target is keeper else 0)
    assert list(second.listed()) == []


class Lying(FolderKeeper):
    """A disk that says it has written and has not."""

    def read(self, sha256):
        return b"zeroes"


def test_what_cannot_be_read_again_is_not_forgotten(app, db, mails, tmp_path):
    before = inside(db)
    lying = Lying(tmp_path / "lying")
    app.blobs = PlacedStore(lying, [lying])
    with pytest.raises(OSError, match="nothing of them was forgotten"):
        list(moving.move(app))
    assert inside(db) == before


def test_a_copy_that_a_row_needs_is_not_removed(app, db, store, keeper):
    (sha256,) = store.put(db, b"needed")
    db.commit()
    assert not remove_unneeded(app, keeper, sha256)
    assert store.get(db, sha256) == b"needed"


def test_looking_finds_what_is_damaged_and_what_is_missing(app, db, mails, keeper):
    app.blobs = PlacedStore(keeper, [keeper])
    list(moving.move(app))
    first, second = sorted(kept.sha256 for kept in keeper.listed())[:2]
    (keeper._top / first[:2] / first[2:4] / first).write_bytes(b"rot")
    keeper.remove(second)
    wrong = {found.sha256: found.problem for found in look_at_all(app) if found.problem}
    assert wrong == {first: "damaged", second: "missing"}
    assert len(list(look_at_all(app, sample=7))) == 7


@pytest.mark.databases("sqlite")  # the command is the same on both
def test_the_commands_move_and_check_a_site(committed_app, tmp_path, monkeypatch):
    take_in(committed_app, mail(), queue="General")
    for name, value in {"RTPY_HOME": str(tmp_path), "RTPY_CONFIG": str(tmp_path / "none.toml")}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "none.toml").touch()
    run = CliRunner().invoke
    refused = run(rtpy, ["attachments", "move", "--to", "folder"])
    assert 'Set attachments.store = "folder"' in refused.output
    monkeypatch.setenv("RTPY_ATTACHMENTS_STORE", "folder")
    moved = run(rtpy, ["attachments", "move", "--to", "folder"])
    assert (moved.exit_code, moved.output.splitlines()[-1]) == (
        0,
        "Done: 1 files were looked at, and all lie in the store folder now.",
    )
    assert run(rtpy, ["attachments", "check"]).exit_code == 0
    assert "files (folder): in order" in run(rtpy, ["check"]).output
    (file,) = [path for path in (tmp_path / "attachments").rglob("*") if len(path.name) == 64]
    file.write_bytes(b"rot")
    found = run(rtpy, ["attachments", "check"])
    assert (found.exit_code, f"{file.name} damaged" in found.output) == (1, True)


def test_without_a_place_outside_there_is_nothing_to_move(tmp_path):
    from rtpy.stores.build import store_of

    assert isinstance(store_of(Config.for_tests(tmp_path)), DatabaseStore)
    chosen = store_of(Config.for_tests(tmp_path, attachments__store="folder"))
    assert isinstance(chosen, PlacedStore)
    assert chosen.target.name == "folder"


@pytest.mark.parametrize("goes", ["into the database", "to the place that was asked first"])
def test_what_is_moved_while_somebody_looks_for_it_is_found(
    app, db, store, keeper, tmp_path, monkeypatch, goes
):
    (sha256,) = store.put(db, FILE)
    first = FolderKeeper(tmp_path / "first")
    first.set_up()
    app.blobs = PlacedStore(first, [first, keeper])
    looked = []

    def read(asked):
        if not looked:
            looked.append(asked)
            keeper.remove(asked)
            if goes == "into the database":
                db.get_one(Blob, asked).data = FILE
                db.flush()
            else:
                first.keep(asked, FILE)
            return None
        return FolderKeeper.read(keeper, asked)

    monkeypatch.setattr(keeper, "read", read)
    assert app.blobs.get(db, sha256) == FILE
    assert looked == [sha256]


def test_bytes_that_another_process_has_just_written_are_on_the_disk_too(tmp_path):
    class Counting(Files):
        synced = 0

        def sync(self, descriptor):
            self.synced += 1

    files, sha256 = Counting(), hashlib.sha256(FILE).hexdigest()
    FolderKeeper(tmp_path).keep(sha256, FILE)
    FolderKeeper(tmp_path, files).keep(sha256, FILE)
    assert files.synced == 1
