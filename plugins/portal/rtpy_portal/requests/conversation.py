"""What was said in a request, as its customers read it: safe HTML, files, who wrote and on which side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rtpy.content.filenames import shown_filename
from rtpy.content.part import Part, PartRole
from rtpy.content.show import Shown, show_message
from rtpy.history.corrections import apart
from rtpy.history.entry import Entry
from rtpy.web.html import Html
from rtpy_portal.access.visitor import Visitor

PictureUrl = Callable[[int, str], str | None]
"""The address of the picture of a transaction with a content id; None leaves it out."""

Author = Callable[[Entry], tuple[str, bool]]
"""Names who wrote an entry, and says whether that is one of us."""


class Side(StrEnum):
    """From where a message comes."""

    OWN = "own"
    STAFF = "staff"
    OTHER = "other"
    """Another customer."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a message: its attachment, its name on one line, its size in bytes."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message. The three kinds of HTML are sanitised; each may be empty. `id` is its transaction's."""

    id: int
    who: str
    side: Side
    at: datetime
    html: Html
    quoted: Html
    signature: Html
    files: tuple[SentFile, ...]
    is_answer: bool
    """It is not the message that the request began with."""
    edited: datetime | None = None
    """When staff put it right last."""
    earlier: tuple[tuple[datetime, Html], ...] = ()
    """What it said until then, for each time, the newest first."""


def conversation_of(
    entries: Sequence[Entry], visitor: Visitor, author: Author, picture_url: PictureUrl
) -> tuple[Said, ...]:
    """The entries in which something was said, oldest first."""
    left, corrections = apart(entries)
    found = []
    for entry in left:
        if entry.is_message and (entry.parts or entry.files):
            who, is_ours = author(entry)
            side = Side.STAFF if is_ours else Side.OTHER
            side = Side.OWN if entry.creator_id == visitor.user_id else side
            found.append(_said(entry, corrections.get(entry.id, ()), side, who, picture_url))
    return tuple(found)


def _said(entry: Entry, corrections: Sequence[Entry], side: Side, who: str, picture_url: PictureUrl) -> Said:
    now = _shown(entry, corrections[-1] if corrections else entry, picture_url)
    versions = list(zip((entry, *corrections), corrections, strict=False))
    return Said(
        id=entry.id,
        who=who,
        side=side,
        at=entry.created,
        html=Html(now.html),
        quoted=Html(now.hidden_html),
        signature=Html(now.signature_html),
        files=tuple(SentFile(file.id, shown_filename(file.filename), file.size) for file in entry.files),
        is_answer=entry.type == "Correspond",
        edited=corrections[-1].created if corrections else None,
        earlier=tuple(
            (after.created, Html(_shown(entry, before, picture_url).html))
            for before, after in reversed(versions)
        ),
    )


def _shown(entry: Entry, version: Entry, picture_url: PictureUrl) -> Shown:
    """A version of a message; its pictures are those of the message."""
    pictures = tuple(Part("", b"", PartRole.INLINE, content_id=known) for known, _ in entry.inline)
    return show_message((*version.parts, *pictures), lambda cid: picture_url(entry.id, cid))
