"""What an entry of a directory means for us: the fields of a person, their groups, their manager."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from rtpy.changes.accounts import COLUMNS, LONG, LONGEST_TEXT
from rtpy.content.photo import photo_type
from rtpy.identity.directories.directory import Entry
from rtpy.identity.directories.presets import PHOTO
from rtpy.identity.directories.settings import Settings

KEPT_WHEN_GONE = frozenset({"name", "email_address", "real_name"})
"""Fields that an entry without the attribute leaves as they are; others are emptied."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a directory describes them."""

    name: str
    """The login name; empty when the entry has none that can be one here."""
    unique_id: str
    dn: str
    fields: Mapping[str, str]
    """Columns of `users` and their values, cleaned as `change_person` does; without `name`."""
    groups: tuple[str, ...]
    """DNs of `memberOf`; many servers do not have it, so groups are better read from the groups."""
    manager_dn: str
    photo: str = ""
    """The SHA-256 of the photo in hex; empty without one that can be taken."""
    has_bad_photo: bool = False


def read_person(settings: Settings, entry: Entry) -> Person:
    """The person of an entry, by the directory's map of attributes. What cannot be right is left out."""
    fields: dict[str, str] = {}
    for field, attribute in settings.attributes.items():
        if field not in COLUMNS or field == "name":
            continue
        value = _clean(field, entry.text(attribute))
        if value or field not in KEPT_WHEN_GONE:
            fields[field] = value
    photo = photo_of(settings, entry)
    is_good = bool(photo_type(photo))
    return Person(
        _name(settings, entry),
        entry.unique_id,
        entry.dn,
        fields,
        entry.texts("memberof"),
        entry.text(settings.manager_attribute) if settings.manager_attribute else "",
        hashlib.sha256(photo).hexdigest() if is_good else "",
        bool(photo) and not is_good,
    )


def photo_of(settings: Settings, entry: Entry) -> bytes:
    """The bytes that stand where photos do, whatever they are; empty when there are none."""
    attribute = settings.attributes.get(PHOTO, "").lower()
    return next(iter(entry.attributes.get(attribute, ())), b"") if attribute else b""


def _name(settings: Settings, entry: Entry) -> str:
    name = entry.text(settings.login_attributes[0]) if settings.login_attributes else ""
    fits = len(name) <= 200 and not any(sign.isspace() or not sign.isprintable() for sign in name)
    return name if fits else ""


def _clean(field: str, value: str) -> str:
    if field in LONG:
        return value.replace("\r\n", "\n").rstrip()[:LONGEST_TEXT]
    value = " ".join(value.split())
    if field == "email_address":
        local, _, domain = value.rpartition("@")
        return value if local and domain and " " not in value and len(value) <= 320 else ""
    if field == "lang":
        value = value.split(",")[0].split(";")[0].strip()
    return value[:255]
