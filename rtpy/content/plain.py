"""HTML as readable plain text: for search, for quoting, for mails that go out as text; and how big HTML may be."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Final

import nh3

from rtpy.content.part import Part, PartRole

MAX_HTML: Final = 4_000_000
"""Characters of one HTML text that are looked at."""
MAX_TAGS: Final = 30_000
"""Parsing time grows with the square of nesting; more tags than these are not parsed but stripped."""
MAX_ENTITIES: Final = 150_000
MAX_NESTING: Final = 256

_BLOCKS: Final = frozenset(
    "p div section article header footer main aside nav address figure figcaption center form fieldset dl dt dd "
    "ul ol table thead tbody tfoot tr h1 h2 h3 h4 h5 h6 pre blockquote".split()
)
_APART: Final = frozenset("p ul ol table h1 h2 h3 h4 h5 h6 pre blockquote dl".split())
_KEPT: Final = _BLOCKS | frozenset(("br", "li", "td", "th", "a", "hr", "img"))
_TOKEN: Final = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>|([^<]+)")
_OPENING: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SELF_CLOSED: Final = frozenset(
    "br hr img input meta link area base col wbr source p li td th tr dt dd option o:p tbody thead html body".split()
)


def html_to_text(html: str) -> str:
    """The words of an HTML text in lines, as a reader sees them; bounded and linear.

    Lists get `* `, quotations `> `, cells a tab; a link whose address is not its text gets it in `<>`.
    """
    html = html[:MAX_HTML]
    if is_too_complex(html):
        return strip_tags(html)
    clean = nh3.clean(
        html,
        tags=set(_KEPT),
        attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        clean_content_tags={"script", "style", "title", "template"},
    )
    return _Writer().write(clean)


def is_too_complex(html: str) -> bool:
    """Whether parsing this would take long: too many tags, or nested too deep to mean anything."""
    tags = html.count("<")
    if tags > MAX_TAGS or html.count("&") > MAX_ENTITIES:
        return True
    if tags <= MAX_NESTING:
        return False
    depth = deepest = 0
    for closing, name in _OPENING.findall(html):
        if name.lower() in _SELF_CLOSED:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest > MAX_NESTING


def strip_tags(html: str) -> str:
    """The text between tags without any understanding of them: for HTML that nobody should parse."""
    pieces = html.split("<")
    words = [pieces[0], *(piece.partition(">")[2] if ">" in piece else piece for piece in pieces[1:])]
    lines = (" ".join(line.split()) for line in unescape(" ".join(words)).split("\n"))
    return "\n".join(line for line in lines if line)


def message_text(parts: Iterable[Part]) -> str:
    """What a message says, as plain text: its BODY, else its HTML."""
    parts = tuple(parts)
    body = next((part for part in parts if part.role is PartRole.BODY), None)
    if body is not None:
        return body.text().replace("\r\n", "\n")
    return "\n\n".join(html_to_text(part.text()) for part in parts if part.role is PartRole.HTML)


class _Writer:
    """Turns sanitised HTML, token by token, into lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quote = 0
        self.pre = 0
        self.gap = False
        self.links: list[tuple[str, int]] = []

    def write(self, clean: str) -> str:
        for match in _TOKEN.finditer(clean):
            if match[4] is not None:
                self.text(match[4])
            elif match[1]:
                self.close(match[2])
            else:
                self.open(match[2], match[3])
        self.end_line()
        return "\n".join(self.lines).strip("\n")

    def text(self, raw: str) -> None:
        text = unescape(raw).replace("\r\n", "\n")
        if self.pre:
            first, *rest = text.split("\n")
            self.line.append(first)
            for more in rest:
                self.end_line(keep_blank=True)
                self.line.append(more)
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if text.startswith(" ") and (not self.line or self.line[-1].endswith((" ", "\t"))):
            text = text[1:]
        if text:
            self.line.append(text)

    def open(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self.end_line(keep_blank=True)
        elif tag == "hr":
            self.end_line()
            self.line.append("-" * 20)
            self.end_line()
        elif tag == "li":
            self.end_line()
            self.line.append("* ")
        elif tag in ("td", "th"):
            if any(piece.strip() for piece in self.line):
                self.line.append("\t")
        elif tag == "a":
            found = re.search(r'href="([^"]*)"', attributes)
            self.links.append((unescape(found[1]) if found else "", len(self.line)))
        elif tag == "img":
            found = re.search(r'alt="([^"]+)"', attributes)
            if found:
                self.text(found[1])
        elif tag in _BLOCKS:
            self.end_line()
            self.gap = self.gap or tag in _APART
            self.quote += tag == "blockquote"
            self.pre += tag == "pre"

    def close(self, tag: str) -> None:
        if tag == "a" and self.links:
            href, begin = self.links.pop()
            shown = "".join(self.line[begin:]).strip()
            bare = href.removeprefix("mailto:").removeprefix("tel:")
            if href and shown and bare.rstrip("/") not in shown and shown not in bare:
                self.line.append(f" <{href[:2_000]}>")
        elif tag in _BLOCKS or tag == "li":
            self.end_line()
            self.gap = self.gap or tag in _APART
            self.quote = max(0, self.quote - (tag == "blockquote"))
            self.pre = max(0, self.pre - (tag == "pre"))

    def end_line(self, *, keep_blank: bool = False) -> None:
        """Finish the line; an empty one is kept only where the writer made it."""
        text = "".join(self.line).rstrip()
        self.line = []
        self.links = [(href, 0) for href, _ in self.links]
        if not text and not keep_blank:
            return
        mark = "> " * min(self.quote, 20)
        if self.gap and self.lines and self.lines[-1].strip("> "):
            self.lines.append(mark.rstrip())
        self.gap = False
        self.lines.append(f"{mark}{text}".rstrip())
