"""The files that a mail carries: those of its message, when the template asks for them and as far as they fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.content.part import PartRole
from rtpy.mail.header_lines import one_line
from rtpy.mail.occasion import Occasion
from rtpy.models import Attachment

FILES_LIMIT = 20 * 1024 * 1024
"""Bytes of files that go along with one mail; larger ones are named in it instead."""
_FILES = (PartRole.FILE, PartRole.INLINE)


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A stored attachment: its number, name and size in bytes."""

    number: int
    name: str
    size: int

    def __str__(self) -> str:
        return f"{one_line(self.name, 100) or 'a file'} ({self.size / 1048576:.0f} MB)"


def files_carried(
    occasion: Occasion, headers: Mapping[str, str]
) -> tuple[list[CarriedFile], list[CarriedFile]]:
    """The files that go along with a mail whose template has these headers, and those that are too large for it."""
    if headers.get("rt-attach-message", "").lower() not in ("yes", "1", "true"):
        return [], []
    carried, too_large, room = [], [], FILES_LIMIT
    for file in files_said(occasion):
        if file.size <= room:
            carried.append(file)
            room -= file.size
        else:
            too_large.append(file)
    return carried, too_large


def files_said(occasion: Occasion) -> Sequence[CarriedFile]:
    """The files of the message. One query for all scrips of a transaction, none when there are none."""
    message = occasion.message
    if message is None or not any(part.role in _FILES for part in message.parts):
        return ()
    return occasion.once("files", lambda: _files(occasion))


def _files(occasion: Occasion) -> Sequence[CarriedFile]:
    rows = occasion.work.db.execute(
        select(Attachment.id, Attachment.filename, Attachment.size)
        .where(
            Attachment.transaction_id == occasion.transaction.id,
            Attachment.role.in_([role.value for role in _FILES]),
        )
        .order_by(Attachment.position)
    )
    return [CarriedFile(row.id, row.filename, row.size) for row in rows]
