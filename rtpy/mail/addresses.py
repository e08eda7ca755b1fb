"""Addresses in header fields: read from whatever people and programs write, compared, recognised as ours."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from rtpy.mail.words import decode_text, one_line

MAX_ADDRESSES: Final = 5_000
"""Addresses of one field that are read."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: the display name (decoded, one line, may be empty) and `local@domain` as it came."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def same_address(one: str, other: str) -> bool:
    """Whether two addresses reach the same mailbox: case, blanks, brackets and a final dot do not matter."""
    return _folded(one) == _folded(other)


def is_own(address: str, own: Collection[str]) -> bool:
    """Whether an address is one of ours; a `+detail` in it does not matter."""
    folded = _folded(address)
    local, at, domain = folded.rpartition("@")
    bare = f"{local.split('+', 1)[0]}{at}{domain}"
    return any(candidate in (folded, bare) for candidate in map(_folded, own) if candidate)


def _folded(address: str) -> str:
    return address.strip(" \t\r\n<>").removeprefix("mailto:").rstrip(".").casefold()


_TOKEN: Final = re.compile(
    r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?="
    r'|"[^"\\]*(?:\\.[^"\\]*)*"'
    r"|<[^<>]*>|\s+|[^\s\",;:<>()=]+|.",
    re.S,
)
# The same without quoted strings: used once a quote that never closes was met, so that it is looked for once only.
_TOKEN_UNQUOTED: Final = re.compile(
    r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=|<[^<>]*>|\s+|[^\s\",;:<>()=]+|.", re.S
)


def parse_addresses(text: str, hint: str = "") -> tuple[Address, ...]:
    """All mailboxes of a field (not decoded yet), in order; never raises, linear time.

    Understands groups, comments, routes, missing commas and quotes, a name that is an address itself, and
    encoded words around everything. At most MAX_ADDRESSES are read.
    """
    found: list[Address] = []
    waiting = ""
    for entry in _entries(one_line(text)):
        if not (entry.words or entry.angles or entry.comments):
            waiting = ""
            continue
        if waiting and entry.angles and found and "@" not in found[-1].address:
            found.pop()  # it was the first half of an unquoted `Last, First <a@b>`
        found += [mailbox for mailbox in _mailboxes(entry, waiting) if mailbox.address]
        waiting = entry.words_only()
        if len(found) >= MAX_ADDRESSES:
            break
    return tuple(found)


@dataclass(slots=True)
class _Entry:
    """What stands between two commas: words, the comments, and what stood in angle brackets."""

    words: list[str]
    comments: list[str]
    angles: list[str]
    ends_group: bool = False

    def words_only(self) -> str:
        """The words of an entry without any address: the first half of an unquoted `Last, First <a@b>`."""
        if self.angles or self.ends_group or any("@" in word for word in self.words):
            return ""
        return _join(self.words)


def _entries(text: str) -> Iterator[_Entry]:
    entry = _Entry([], [], [])
    token, at, depth = _TOKEN, 0, 0
    comment: list[str] = []
    while at < len(text):
        match = token.match(text, at)
        piece = match[0] if match else text[at]
        if piece == '"' and token is _TOKEN:
            token = _TOKEN_UNQUOTED
        at += len(piece)
        if piece == "(":
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
            if not depth:
                entry.comments.append("".join(comment).strip())
                comment = []
        elif depth:
            comment.append(piece)
        elif piece in ",;":
            entry.ends_group = piece == ";"
            yield entry
            entry = _Entry([], [], [])
        elif piece == ":" and not entry.angles and _names_group(entry):
            entry = _Entry([], [], [])
        elif piece[0] == "<" and len(piece) > 1 and piece[-1] == ">":
            entry.angles.append(piece[1:-1])
        else:
            entry.words.append(piece)
    if comment:
        entry.comments.append("".join(comment).strip())
    yield entry


def _names_group(entry: _Entry) -> bool:
    return not any("@" in word or word.lower() == "mailto" for word in entry.words)


# Direction marks and letters without width: they make one name look like another.
_INVISIBLE: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONGEST_NAME: Final = 2_000
_SPACES: Final = re.compile(r"[\s<>\",;:()]+")


def _mailboxes(entry: _Entry, waiting: str) -> Iterator[Address]:
    words = "".join(entry.words).strip()
    if entry.angles:
        inner = next((angle for angle in reversed(entry.angles) if "@" in angle), entry.angles[-1])
        address = _clean(inner)
        if address or not words:
            if address:
                name = _join(entry.words) or _comment(entry)
                yield Address(f"{waiting}, {name}" if waiting and name else name, address)
            return
    if "<" in words:
        words = words.replace("<", " ").replace(">", " ").strip()
    if not words:
        return
    if "=?" in words and "@" not in words:
        decoded = decode_text(words)
        if "@" in decoded and "=?" not in decoded:
            yield from parse_addresses(decoded)
            return
    yield from _bare(words, entry)


def _bare(words: str, entry: _Entry) -> Iterator[Address]:
    """Words without angle brackets: one address, several without commas, a name before an address, a lone name."""
    if words.startswith('"') and '"@' in words:
        yield Address(_comment(entry), _clean(words))
        return
    found = [word for word in _SPACES.split(words) if "@" in word[1:-1]]
    if not found and (
        hidden := next((text for text in entry.comments if "@" in text and " " not in text), "")
    ):
        yield Address(_join([words]), _clean(hidden))
        return
    if not found:
        lone = words.strip("\"' ")
        if lone and " " not in lone and not lone.startswith("=?") and not entry.angles:
            yield Address(_comment(entry), _clean(lone))
        return
    if len(found) > 1:
        for address in found:
            yield Address("", _clean(address))
        return
    name = _join([words.replace(found[0], " ", 1).replace("mailto", " ").strip(" :")])
    yield Address(name or _comment(entry), _clean(found[0]))


def _clean(text: str) -> str:
    """An address out of angle brackets: route, `mailto:`, blanks, control characters and a final dot go."""
    text = text.strip(" \t'\"") if not text.startswith('"') else text.strip()
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if not text.startswith('"'):
        text = re.sub(r"\s+", "", text)
    return text.strip("<>").rstrip(".")[:500]


def _join(words: list[str]) -> str:
    text = "".join(words).strip()[:_LONGEST_NAME]
    if len(text) > 1 and text[0] == '"' == text[-1] and text.count('"') == 2:
        text = text[1:-1]
    elif '"' in text:
        text = re.sub(r'"([^"\\]*(?:\\.[^"\\]*)*)"', r"\1", text).replace('\\"', '"')
    if "\\" in text:
        text = re.sub(r"\\(.)", r"\1", text)
    text = _INVISIBLE.sub("", decode_text(text))
    if len(text) > 1 and text[0] == "'" == text[-1]:
        text = text[1:-1].strip()
    return re.sub(r"\s+", " ", text)[:500]


def _comment(entry: _Entry) -> str:
    return _join([entry.comments[0]]) if entry.comments else ""
