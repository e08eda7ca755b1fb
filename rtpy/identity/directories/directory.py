"""The port to a directory of people: what we ask of one, what an entry is, and how one is opened.

`rtpy.identity.directories.person` says what an entry means for us.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.directories.settings import PURPOSE, Settings
from rtpy.jobs.certificates import note_certificate
from rtpy.sealing import unseal

MISSING = "python-ldap is not installed: pip install 'rtpy[ldap]' adds it (see INSTALL)."


class DirectoryUnreachable(OSError):
    """No server of it answers, or not in time, or the connection broke: nothing is known about anybody."""


class DirectoryRefused(Refused):
    """It answers, but not as it should: our own name and password are wrong, no such base, python-ldap is missing.

    Nothing is known about anybody either. The sentence is for administrators.
    """


@dataclass(frozen=True, slots=True)
class Entry:
    """A person or a group in a directory. Names of attributes are lower-case; each value is bytes, as it came."""

    dn: str
    unique_id: str
    """As text: UUIDs with hyphens, whatever the attribute; lower-case."""
    attributes: Mapping[str, tuple[bytes, ...]]

    def text(self, name: str) -> str:
        """The first value of an attribute, or the empty text."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of an attribute that are text, without blanks around and without NUL; empty ones are left out."""
        found = (_decoded(value) for value in self.attributes.get(name.lower(), ()))
        return tuple(value for value in found if value)


class Directory(Protocol):
    """One open directory. Any call raises DirectoryUnreachable or DirectoryRefused; people are those we let in:
    in the base, fitting both filters, and members of the required group if there is one.
    """

    def find_person(self, login: str) -> Entry | None:
        """Who has this login name, whatever signs are in it, with the photo; None when nobody has, or more than one."""

    def bind_as(self, entry: Entry, password: str) -> bool:
        """Is it their password? An empty one never is, and is not even asked."""

    def people(self, *, photos: bool = False) -> Iterator[Entry]:
        """Everybody, page by page. An answer that was cut short raises: what ends without an error is whole.

        Their photos, which are large, come only with `photos`.
        """

    def people_with(self, unique_ids: Iterable[str], *, photos: bool = False) -> Iterator[Entry]:
        """Those of them that are (still) there; a search for each hundred."""

    def groups(self) -> Iterator[Entry]:
        """All groups, with `group_name_attribute` and `group_member_attribute`, page by page; cut short it raises."""

    def close(self) -> None:
        """Let go of the connection; afterwards it opens again by itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a connection, for people."""

    label: str
    value: str


class TellingDirectory(Directory, Protocol):
    """One that also tells about itself."""

    def facts(self) -> tuple[Fact, ...]:
        """Connects anew, also to servers that did not answer lately, and says to which, how, and as whom."""


def open_directory(app: App, settings: Settings) -> TellingDirectory:
    """The directory of these settings; connects with the first question. Raises DirectoryRefused without python-ldap.

    Nobody asks it while a transaction is open.
    """
    try:
        from rtpy.identity.directories.ldap_directory import LdapDirectory
    except ModuleNotFoundError as missing:
        raise DirectoryRefused(MISSING) from missing
    dead = app.caches.setdefault("dead_directory_servers", {})
    note = partial(note_certificate, app, "directory of people")
    return LdapDirectory(settings, unseal(app.config, PURPOSE, settings.bind_password_sealed), dead, note)


def folded_dn(dn: str) -> str:
    """A DN as it may be compared: without regard to case, blanks around parts, and the way signs are escaped."""
    parts: list[str] = []
    part: list[str] = []
    raw = dn.encode("utf-8", "surrogateescape")
    at, plain = 0, bytearray()

    def end() -> None:
        part.append(plain.decode("utf-8", "replace"))
        plain.clear()

    while at < len(raw):
        sign = raw[at : at + 1]
        if sign == b"\\" and at + 1 < len(raw):
            code = raw[at + 1 : at + 3]
            if len(code) == 2 and all(each in b"0123456789abcdefABCDEF" for each in code):
                plain += bytes([int(code, 16)])
                at += 3
            else:
                plain += raw[at + 1 : at + 2]
                at += 2
            continue
        if sign in b",;+=":
            end()
            part.append("," if sign in b",;" else sign.decode())
        else:
            plain += sign
        at += 1
    end()
    for text, separator in zip(part[::2], [*part[1::2], ""], strict=True):
        parts.append(" ".join(text.split()).casefold().translate(_ESCAPED))
        parts.append(separator)
    return "".join(parts)


_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\,+="})


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8").replace("\x00", "").strip()
    except UnicodeDecodeError:
        return ""
