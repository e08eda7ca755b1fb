"""News of known issues as a feed (Atom, RFC 4287): what was told, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from rtpy.search.out.cells import clean

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class News:
    """One update: what it says, and the page of its issue."""

    title: str
    url: str
    number: int
    at: datetime
    text: str


def write_feed(
    title: str, author: str, page: str, address: str, news: Sequence[News], now: datetime
) -> bytes:
    """The feed of these; `page` is the page about them, `address` that of the feed itself."""
    ElementTree.register_namespace("", ATOM)
    top = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(top, "title", title)
    _add(top, "id", page)
    _add(top, "updated", (news[0].at if news else now).isoformat())
    _link(top, address, "self")
    _link(top, page, "alternate")
    _add(ElementTree.SubElement(top, f"{{{ATOM}}}author"), "name", author)
    for each in news:
        entry = ElementTree.SubElement(top, f"{{{ATOM}}}entry")
        _add(entry, "title", each.title)
        _add(entry, "id", f"{each.url}#update-{each.number}")
        _add(entry, "updated", each.at.isoformat())
        _link(entry, each.url, "alternate")
        _add(entry, "content", each.text)
    body: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return body


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}").text = clean(text)


def _link(parent: ElementTree.Element, url: str, rel: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", {"href": url, "rel": rel})
