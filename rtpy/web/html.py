"""Small pieces of HTML that pages repeat hundreds of times: icons, avatars and badges as ready strings."""

from functools import lru_cache
from html import escape
from zlib import crc32

HUES = 8
"""How many avatar colours the style sheet has (`hue-0` to `hue-7`)."""


class Html(str):
    """Text that is already HTML: templates put it out as it is.

    Joining it with a plain string gives a plain string, which is escaped again: forgetting is harmless.
    """

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@lru_cache(maxsize=4096)
def show_avatar(name: str, *, large: bool = False) -> Html:
    """A coloured disc with the initials of `name`, an empty one for nobody (no name).

    Hidden from screen readers: the name stands beside it.
    """
    if not name:
        return Html('<span class="avatar avatar-none" aria-hidden="true"></span>')
    hue = crc32(name.encode()) % HUES
    size = " avatar-large" if large else ""
    return Html(f'<span class="avatar hue-{hue}{size}" aria-hidden="true">{escape(initials(name))}</span>')


def initials(name: str) -> str:
    """One or two letters for a person: `Ann Miller` AM, `ann.miller@example.com` AM, nothing readable `?`."""
    words = [
        word for word in name.split("@")[0].replace(".", " ").replace("_", " ").split() if word[0].isalnum()
    ]
    if not words:
        return "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


@lru_cache(maxsize=1024)
def show_status(status: str, category: str = "active") -> Html:
    """A badge for a ticket's status; `category` is the lifecycle's: initial, active or inactive.

    The style sheet knows the statuses of the default lifecycle by name; others are coloured by category.
    """
    named = "".join(letter if letter.isalnum() else "-" for letter in status.lower())
    return Html(f'<span class="badge is-{escape(category)} status-{named}">{escape(status)}</span>')


@lru_cache(maxsize=1024)
def show_priority(label: str, level: str) -> Html:
    """A badge for a priority; `level` is low, medium, high or urgent and gives the colour and the bars."""
    bars = '<span class="bars" aria-hidden="true"><i></i><i></i><i></i></span>'
    return Html(f'<span class="priority priority-{escape(level)}">{bars}{escape(label)}</span>')


def show_size(size: int) -> str:
    """A file's size for people: `512 B`, `3.4 KB`, `12 MB` (1 KB is 1024 bytes)."""
    if size < 1024:
        return f"{size} B"
    amount = size / 1024
    for unit in ("KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            break
        amount /= 1024
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"
