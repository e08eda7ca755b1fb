"""Values for people: as plain text, as HTML where the type has any, and the links that a field makes of them."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from urllib.parse import quote, urlsplit

from rtpy.content.sanitize import clean_html
from rtpy.customfields.addresses import shown_address, shown_range
from rtpy.customfields.definition import FieldValue
from rtpy.customfields.kinds import FieldType
from rtpy.customfields.wikitext import wiki_to_html

SCHEMES = frozenset({"http", "https", "mailto", "tel", "ssh", "ftp", "sftp", "rdp", "vnc"})
"""What a link may lead to; never a script."""


def plain_text(field_type: str, value: FieldValue, zone: tzinfo | None = None) -> str:
    """The value as text that can be typed again. Moments are ISO in UTC, or by the clock of `zone`."""
    if field_type == FieldType.IP_ADDRESS:
        return shown_address(value.content)
    if field_type == FieldType.IP_ADDRESS_RANGE:
        return shown_range(value.content, value.large)
    text = value.large or value.content
    if field_type == FieldType.DATETIME and zone is not None:
        return moment(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return text


def moment(stored: str) -> datetime:
    """The instant of a DateTime's stored form."""
    return datetime.fromisoformat(stored)


def rich_text(field_type: str, value: FieldValue) -> str | None:
    """Harmless HTML of formatted texts; None for types that are plain."""
    text = value.large or value.content
    if field_type == FieldType.WIKITEXT:
        text = wiki_to_html(text)
    elif field_type != FieldType.HTML:
        return None
    return clean_html(text, images=lambda _: None)


def fill_address(template: str, text: str, places: Mapping[str, str]) -> str | None:
    """An address made of a template with `__CustomField__`, `__id__` and the site's own; None when it is none.

    The value is escaped, except where it is the whole beginning of the address (RT). Only harmless schemes.
    """
    if not template.strip():
        return None
    known = {"CustomField": text, **places}
    raw = template.strip().startswith("__CustomField__")

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name not in known:
            return found[0]
        if name != "CustomField":
            return known[name]
        return known[name] if raw and found.start() == 0 else quote(text, safe="")

    address = re.sub(r"__(\w+?)__", put, template.strip()).strip()
    if any(sign < " " or sign == "\x7f" for sign in address):
        return None
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return None
    if scheme:
        return address if scheme in SCHEMES else None
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else None
