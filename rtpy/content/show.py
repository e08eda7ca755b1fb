"""A message as HTML ready for a page: sanitised or escaped, quotations and signature apart, remembered by content."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from rtpy.content.fold import fold
from rtpy.content.fold_html import fold_html
from rtpy.content.linkify import paragraphs
from rtpy.content.part import Part, PartRole
from rtpy.content.sanitize import clean_html

MAX_TEXT: Final = 400_000
"""Characters of a text that are shown; who wants the rest downloads the original."""
CACHE_BYTES: Final = 32_000_000
"""Characters of shown HTML that one process remembers."""

CUT_NOTE: Final = "<p><em>[…]</em></p>"


@dataclass(frozen=True, slots=True)
class Shown:
    """HTML ready to stand in a page: what was written, what is folded away, and the signature; each may be empty.

    `is_cut` says that the text was too long and ends early.
    """

    html: str = ""
    hidden_html: str = ""
    signature_html: str = ""
    is_cut: bool = False


def show_message(parts: Iterable[Part], image_url: Callable[[str], str | None]) -> Shown:
    """Show the HTML of a message when there is one, else its text.

    `image_url` gives the address of the picture with a content id in this same message, or None.
    Showing the same bytes with the same pictures again costs a hash.
    """
    parts = tuple(parts)
    htmls = tuple(part for part in parts if part.role is PartRole.HTML)
    chosen = htmls or tuple(part for part in parts if part.role is PartRole.BODY)
    if not chosen:
        return Shown()
    pictures = (
        {part.content_id: image_url(part.content_id) for part in parts if part.content_id} if htmls else {}
    )
    key = _key(chosen, pictures)
    if (known := _cache.get(key)) is not None:
        return known
    shown = _show_html(chosen, pictures) if htmls else _show_text(chosen)
    _cache.put(key, shown)
    return shown


def _show_html(parts: tuple[Part, ...], pictures: dict[str, str | None]) -> Shown:
    pieces = [fold_html(clean_html(part.text(), images=pictures.get)) for part in parts]
    visible = "\n".join(visible for visible, _ in pieces)
    if not visible.strip():
        return Shown()
    return Shown(visible, "\n".join(quoted for _, quoted in pieces if quoted))


def _show_text(parts: tuple[Part, ...]) -> Shown:
    text = "\n".join(part.text() for part in parts).replace("\r\n", "\n").replace("\r", "\n")
    folded = fold(text[:MAX_TEXT])
    is_cut = len(text) > MAX_TEXT
    hidden = "\n".join(paragraphs(piece) for piece in (folded.lead, folded.quoted) if piece.strip())
    visible = paragraphs(folded.visible) + (CUT_NOTE if is_cut else "")
    return Shown(visible, hidden, paragraphs(folded.signature) if folded.signature.strip() else "", is_cut)


def _key(parts: tuple[Part, ...], pictures: dict[str, str | None]) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part.role}\0{part.charset}\0{len(part.data)}\0".encode())
        digest.update(part.data)
    for cid, url in pictures.items():
        digest.update(f"\0{cid}\0{url}".encode("utf-8", "replace"))
    return digest.digest()


class _Remembered:
    """The most recently shown messages, bounded by their characters; safe for threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._shown: OrderedDict[bytes, Shown] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> Shown | None:
        with self._lock:
            shown = self._shown.get(key)
            if shown is not None:
                self._shown.move_to_end(key)
            return shown

    def put(self, key: bytes, shown: Shown) -> None:
        size = _size(shown)
        if size > self._room // 8:
            return
        with self._lock:
            if key in self._shown:
                return
            self._shown[key] = shown
            self._used += size
            while self._used > self._room:
                self._used -= _size(self._shown.popitem(last=False)[1])

    def clear(self) -> None:
        with self._lock:
            self._shown.clear()
            self._used = 0


def _size(shown: Shown) -> int:
    return len(shown.html) + len(shown.hidden_html) + len(shown.signature_html) + 200


_cache: Final = _Remembered(CACHE_BYTES)


def forget_shown() -> None:
    """Empty the memory of shown messages."""
    _cache.clear()
