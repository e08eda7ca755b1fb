"""Files and text inside of Outlook's winmail.dat (TNEF), with limits; a broken one gives nothing."""

import logging
from dataclasses import dataclass, field
from typing import Any, Final

MAX_SIZE: Final = 25_000_000
MAX_FILES: Final = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a winmail.dat held: files as (name, bytes), and the message's texts, empty when there is none."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""
    html: str = ""
    remark: str = ""


@dataclass(slots=True)
class _Found:
    files: list[tuple[str, bytes]] = field(default_factory=list)


def unwrap(data: bytes) -> Unwrapped:
    """Read a TNEF stream; never raises. Its compressed RTF is not opened."""
    if len(data) > MAX_SIZE:
        return Unwrapped(remark="winmail.dat is too big to be opened")
    try:
        return _read(data)
    except Exception as trouble:  # the reader is unmaintained and raises anything on broken bytes
        log.info("unreadable TNEF: %r", trouble)
        return Unwrapped(remark="winmail.dat could not be opened")


def _read(data: bytes) -> Unwrapped:
    from tnefparse import TNEF

    # Any: tnefparse has no types
    tnef: Any = TNEF(data, do_checksum=False)
    files = []
    for attachment in tnef.attachments[:MAX_FILES]:
        content = bytes(attachment.data or b"")
        name = attachment.long_filename() or attachment.name or ""
        files.append((_text(name).rstrip("\x00"), content))
    return Unwrapped(tuple(files), text=_text(tnef.body or ""), html=_text(tnef.htmlbody or ""))


def _text(value: Any) -> str:  # Any: tnefparse gives text, bytes or lists of them
    if isinstance(value, list):
        return "".join(_text(piece) for piece in value[:100])
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace") if value.isascii() else value.decode("cp1252", "replace")
    return str(value)
