"""An entry of a ticket's history as a value: read, and ready to be described and shown."""

from dataclasses import dataclass
from datetime import datetime

from rtpy.content.part import Part


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with an entry: its attachment's id, name, type and size in bytes."""

    id: int
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction with what was said in it; `parts` are the readable ones only, with their bytes.

    `inline` maps content ids to attachment ids of this entry. `remarks` say what was wrong in the mail.
    """

    id: int
    ticket_id: int
    type: str
    field: str
    old_value: str
    new_value: str
    data: str
    minutes: int
    face: str
    created: datetime
    creator_id: int
    creator_name: str
    creator_address: str
    by_staff: bool
    parts: tuple[Part, ...] = ()
    files: tuple[File, ...] = ()
    inline: tuple[tuple[str, int], ...] = ()
    remarks: tuple[str, ...] = ()
    calendars: tuple[bytes, ...] = ()
    """What small calendar parts hold."""
    is_mail: bool = False
    copies: str = ""
    """Who got this one message as a copy, between commas."""
    blind_copies: str = ""

    @property
    def is_message(self) -> bool:
        """Somebody said something."""
        return self.type in ("Create", "Correspond", "Comment")

    @property
    def is_internal(self) -> bool:
        """Only staff may read it."""
        return self.type == "Comment"
