"""A mail's text as HTML: paragraphs and links, quotations and signature faded, the ticket's address as a button."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rtpy.content.linkify import paragraphs
from rtpy.mail.styled.frame import button, faded, quoted

DEEPEST: Final = 6
"""Quotations in quotations that are drawn as such; deeper ones stand on the last level."""
SIGN: Final = "-- "
_MARKS: Final = re.compile(r"(?:> ?){1,200}")
_PARAGRAPH: Final = '<p style="margin:0 0 16px">'


@dataclass(frozen=True, slots=True)
class Pointer:
    """The address that becomes a button where it stands alone in a line, and the words on it."""

    url: str
    words: str


def words_as_html(text: str, pointer: Pointer | None = None) -> str:
    """HTML of a text, escaped; linear time."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    said, sign, signature = text.partition(f"\n{SIGN}\n")
    html = "\n".join(_pieces(said.split("\n"), pointer))
    return f"{html}\n{faded(_plain(signature))}" if sign and signature.strip() else html


def with_signature(text: str, signature: str) -> str:
    """The text with a further signature below; the sign of one (RFC 3676 section 4.3) stands only once."""
    if not signature.strip():
        return text
    text = text.rstrip()
    return f"{text}\n\n{signature}\n" if f"\n{SIGN}\n" in text else f"{text}\n\n{SIGN}\n{signature}\n"


def with_facts(text: str, lines: Sequence[str]) -> str:
    """The text with further lines at its end, above the signature."""
    if not lines:
        return text
    said, sign, signature = text.partition(f"\n{SIGN}\n")
    return f"{said.rstrip()}\n\n" + "\n".join(lines) + f"\n{sign}{signature}"


def facts_as_html(lines: Sequence[str]) -> str:
    """The same lines alone, one below the other."""
    return "\n" + _plain("\n".join(lines)) if lines else ""


def signature_as_html(signature: str) -> str:
    """A signature alone."""
    return faded(_plain(signature)) if signature.strip() else ""


def _pieces(lines: list[str], pointer: Pointer | None) -> Iterator[str]:
    for depth, group in groupby(lines, _depth):
        if depth:
            yield quoted(_plain("\n".join(_bare(line) for line in group)), depth)
        else:
            yield from _unquoted(list(group), pointer)


def _unquoted(lines: list[str], pointer: Pointer | None) -> Iterator[str]:
    if pointer is None:
        yield _plain("\n".join(lines))
        return
    for is_pointer, group in groupby(lines, lambda line: line.strip() == pointer.url):
        yield button(pointer.url, pointer.words) if is_pointer else _plain("\n".join(group))


def _depth(line: str) -> int:
    marks = _MARKS.match(line)
    return min(marks[0].count(">"), DEEPEST) if marks else 0


def _bare(line: str) -> str:
    return _MARKS.sub("", line, count=1)


def _plain(text: str) -> str:
    return paragraphs(text).replace("<p>", _PARAGRAPH)
