"""Photos of people: chosen by themselves, kept from a directory, taken away; and who has one."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.accounts import need_account
from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.content.photo import WANTED, photo_type
from rtpy.errors import Invalid, Problem
from rtpy.models import PhotoSource, Transaction, User, UserPhoto
from rtpy.remembered import remembered, watch
from rtpy.work import Work

watch(UserPhoto)

FIELD = "Photo"
_STAMP = 12


def choose_photo(work: Work, user: User, data: bytes) -> None:
    """Let this be the photo, whatever a directory has. Needs AdminUsers, for oneself ModifySelf.

    Raises Invalid (field `photo`) when the bytes are none that we take.
    """
    need_account(work, user, {})
    if not photo_type(data):
        raise Invalid(Problem("photo", WANTED))
    _store(work, user, data, PhotoSource.OWN)


def remove_photo(work: Work, user: User) -> None:
    """Take the photo away; one of a directory comes back from there. Needs AdminUsers, for oneself ModifySelf."""
    need_account(work, user, {})
    _remove(work, user)


def keep_directory_photo(work: Work, user: User, data: bytes) -> None:
    """What a directory has; empty: it has none. A photo of the person's own choice stays, and so does the present
    one when the bytes are none that we take.
    """
    there = work.db.get(UserPhoto, user.id)
    if there is not None and there.source == PhotoSource.OWN:
        return
    if data and photo_type(data):
        _store(work, user, data, PhotoSource.DIRECTORY)
    elif not data:
        _remove(work, user)


def photo_stamps(app: App, db: Session) -> Mapping[int, str]:
    """Who has a photo, by the person's id, each with a stamp that changes with the photo. No query as a rule."""
    return remembered(app, db, "photos", _read)


def _read(db: Session) -> dict[int, str]:
    rows = db.execute(select(UserPhoto.user_id, UserPhoto.blob_sha256))
    return {row.user_id: row.blob_sha256[:_STAMP] for row in rows}


def _store(work: Work, user: User, data: bytes, source: PhotoSource) -> None:
    (sha256,) = work.app.blobs.put(work.db, data)
    there = work.db.get(UserPhoto, user.id)
    if there is not None and (there.blob_sha256, there.source) == (sha256, source):
        return
    if there is None:
        there = UserPhoto(user_id=user.id)
        work.db.add(there)
    there.blob_sha256, there.media_type = sha256, photo_type(data)
    there.source, there.changed = source.value, work.now
    record(
        work, "user", user.id, Record(Transaction(type="Set", field=FIELD, old_value="", new_value=source))
    )


def _remove(work: Work, user: User) -> None:
    there = work.db.get(UserPhoto, user.id)
    if there is None:
        return
    old = there.source
    work.db.delete(there)
    work.db.flush()  # may be asked for again in the same transaction
    record(work, "user", user.id, Record(Transaction(type="Set", field=FIELD, old_value=old, new_value="")))
