"""Photos from directories: at logins and with the sync; and when a person's own one goes before."""

import pytest
from sqlalchemy import select

pytest.importorskip("ldap", reason="python-ldap is not installed: directories are not asked.")

from rtpy.changes.photos import choose_photo, photo_stamps, remove_photo
from rtpy.identity.directories.checking import check_directory
from rtpy.identity.directories.directory import DirectoryUnreachable
from rtpy.identity.directories.saving import save_directory
from rtpy.identity.directories.settings import settings_of
from rtpy.identity.directory_sync import photos, runs
from rtpy.identity.directory_sync.lease import leased, make_sync_rows
from rtpy.identity.directory_sync.runs import start_run
from rtpy.identity.login import check_login
from rtpy.models import DirectoryRun, DirectoryRunLine, User, UserPhoto
from rtpy.testing.directory import PHOTO
from tests.identity.directory_fakes import FakeDirectory, directory_row, person
from tests.identity.directory_settings import typed
from tests.unit.test_photo import jpeg, png

ANOTHER = jpeg(20, 30)


def photo_of(app, db, name):
    db.expire_all()
    row = db.scalar(select(UserPhoto).join(User, User.id == UserPhoto.user_id).where(User.name == name))
    return (row.source, app.blobs.get(db, row.blob_sha256)) if row else None


class Shown(FakeDirectory):
    """People with photos; they are shown only to who asks for photos."""

    def __init__(self, photos, breaks=False):
        super().__init__([person(name) for name in photos])
        self.photos, self.breaks = photos, breaks

    def people(self, *, photos=False):
        return map(self._with_photo if photos else lambda entry: entry, super().people())

    def people_with(self, unique_ids, *, photos=False):
        if self.breaks:
            raise DirectoryUnreachable("the connection broke")
        return [self._with_photo(entry) if photos else entry for entry in super().people_with(unique_ids)]

    def _with_photo(self, entry):
        photo = self.photos[entry.text("uid")]
        more = {"jpegphoto": (photo,)} if photo else {}
        return type(entry)(entry.dn, entry.unique_id, {**entry.attributes, **more})


@pytest.fixture
def sync(app, db, monkeypatch):
    """Runs the sync over people and their photos; what it did, line by line."""
    row = directory_row(app, attributes={"real_name": "cn", "email_address": "mail", "photo": "jpegPhoto"})
    db.add(row)
    db.commit()
    make_sync_rows(app, {row.id: 60})

    def go(people, *, later=None, breaks=False):
        asked = [Shown(people), Shown(later or people, breaks)]
        monkeypatch.setattr(runs, "open_directory", lambda app, settings: asked[0])
        monkeypatch.setattr(photos, "open_directory", lambda app, settings: asked[1])
        with leased(app, row.id) as lease:
            with app.work() as work:
                run_id = start_run(work, row.id, "page").id
            runs.perform(app, run_id, lease)
        db.expire_all()
        assert db.get(DirectoryRun, run_id).state == "done"
        query = select(DirectoryRunLine.deed, DirectoryRunLine.name, DirectoryRunLine.state)
        rows = db.execute(query.where(DirectoryRunLine.run_id == run_id).order_by(DirectoryRunLine.id))
        return [tuple(each) for each in rows if each.deed in ("photo", "remark")]

    return go


def test_the_sync_takes_photos_over_changes_them_and_takes_them_away(app, db, sync):
    done = sync({"ann": PHOTO, "ben": None, "cleo": b"<svg/>"})
    assert done == [("photo", "ann", "done"), ("remark", "cleo", "remark")]
    assert photo_of(app, db, "ann") == ("directory", PHOTO)
    assert photo_of(app, db, "ben") is None
    assert photo_of(app, db, "cleo") is None
    assert sync({"ann": PHOTO, "ben": None}) == []
    assert sync({"ann": ANOTHER, "ben": PHOTO}) == [("photo", "ann", "done"), ("photo", "ben", "done")]
    assert photo_of(app, db, "ann") == ("directory", ANOTHER)
    assert sync({"ann": b"GIF89a", "ben": None})[:1] == [("photo", "ben", "done")]
    assert photo_of(app, db, "ann") == ("directory", ANOTHER), "what cannot be taken changes nothing"
    assert photo_of(app, db, "ben") is None


def test_a_photo_that_is_gone_when_its_turn_comes_is_left_for_the_next_run(app, db, sync):
    assert sync({"ann": PHOTO}, later={"ann": None}) == [("photo", "ann", "skipped")]
    assert sync({"ann": PHOTO}, breaks=True) == [("photo", "ann", "skipped")]
    assert photo_of(app, db, "ann") is None
    assert sync({"ann": PHOTO}) == [("photo", "ann", "done")]


def test_a_photo_of_ones_own_goes_before_that_of_the_directory(app, db, sync, work):
    sync({"ann": PHOTO})
    ann = db.scalar(select(User).where(User.name == "ann"))
    choose_photo(work, ann, png())
    db.commit()
    assert sync({"ann": ANOTHER}) == sync({"ann": None}) == []
    assert photo_of(app, db, "ann") == ("own", png())
    remove_photo(work, db.get(User, ann.id))
    db.commit()
    assert ann.id not in photo_stamps(app, db)
    assert sync({"ann": ANOTHER}) == [("photo", "ann", "done")]
    assert photo_stamps(app, db)[ann.id]


@pytest.mark.ldap
@pytest.mark.databases("sqlite")  # the questions are SQLAlchemy's, and few
def test_a_login_brings_the_photo_of_a_real_directory(app, db, work, directory_server):
    row = save_directory(work, None, typed(directory_server, map_photo="jpegPhoto"))
    db.flush()
    for name in ("carol", "carol", "jane"):  # first found by the name, then as the linked entry
        check_login(app, name, f"secret of {name}", peer="192.0.2.7")
        assert photo_of(app, db, "carol") == ("directory", PHOTO)
    assert photo_of(app, db, "jane") is None
    settings = settings_of(row)
    mapped = {each.label: each.value for each in check_directory(app, settings, "carol").mapped}
    assert mapped["Photo"] == "JPEG, 1 KB"
    row.attributes = {name: value for name, value in row.attributes.items() if name != "photo"}
    db.flush()
    check_login(app, "carol", "secret of carol", peer="192.0.2.7")
    assert photo_of(app, db, "carol") == ("directory", PHOTO), "no attribute: the photo is ours"
