"""News of tickets (RSS 2.0): the newest first, with subject, who wrote it and when."""

from collections.abc import Iterable
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree

from rtpy.search.out.cells import clean
from rtpy.search.out.entries import FeedEntry

_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
ElementTree.register_namespace("dc", "http://purl.org/dc/elements/1.1/")


def write_news(name: str, entries: Iterable[FeedEntry], *, url: str) -> bytes:
    """The feed of these tickets, in their order; `url` is the page about them. The same tickets give the same bytes."""
    top = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(top, "channel")
    _add(channel, "title", name)
    _add(channel, "link", url)
    _add(channel, "description", f"Tickets: {name}")
    for entry in entries:
        item = ElementTree.SubElement(channel, "item")
        _add(item, "title", f"#{entry.id} {entry.subject}")
        _add(item, "link", entry.url)
        _add(item, "guid", entry.url)
        _add(item, _CREATOR, entry.creator)
        _add(item, "pubDate", format_datetime(entry.created))
        if entry.description:
            _add(item, "description", escape(entry.description, quote=False))  # readers take it for HTML
    text: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return text


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = clean(text)
