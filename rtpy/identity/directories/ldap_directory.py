"""A directory over LDAP: people found, bound and listed page by page, nested groups followed."""

import logging
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import ldap
from cryptography import x509
from ldap.controls import SimplePagedResultsControl
from ldap.filter import escape_filter_chars

from rtpy.identity.directories.addresses import read_server
from rtpy.identity.directories.connecting import ANSWER_SECONDS, answers_of, bind, connect
from rtpy.identity.directories.directory import DirectoryRefused, Entry, Fact, folded_dn
from rtpy.identity.directories.presets import PHOTO
from rtpy.identity.directories.ranges import Values, read_ranges
from rtpy.identity.directories.settings import Settings

log = logging.getLogger("rtpy.directory")

PAGE = 500
PAGE_OF_PHOTOS = 50
AT_ONCE = 100
"""Unique ids in one search."""
DEEPEST = 50
"""Groups in groups in groups."""
LONGEST_LOGIN = 320
GUIDS = frozenset({"objectguid", "ms-ds-consistencyguid"})
"""Attributes whose value is the 16 bytes of a UUID, as Windows lays them out."""
IN_CHAIN = "1.2.840.113556.1.4.1941"
"""Active Directory's rule: members, and members of groups in it."""


class LdapDirectory:
    """One directory; connects with the first question, searches as `bind_dn`."""

    def __init__(
        self,
        settings: Settings,
        password: str,
        dead: MutableMapping[str, float],
        note: Callable[[str, int, bytes | None], None] | None = None,
    ) -> None:
        """`dead` is kept by the app: which servers did not answer lately. `note` hears of certificates (DER)."""
        self._note = note
        self._settings = settings
        self._password = password
        self._dead = dead
        self._open: Any = None
        self._url = ""

    def find_person(self, login: str) -> Entry | None:
        """See `Directory`."""
        login = login.strip()
        if not login or len(login) > LONGEST_LOGIN or not login.isprintable():
            return None
        wanted = escape_filter_chars(login)
        named = "".join(f"({name}={wanted})" for name in self._settings.login_attributes)
        if not named:
            raise DirectoryRefused(f"“{self._settings.name}” has no attribute by which a login is found.")
        found = list(islice(self._search_people(f"(|{named})", photos=True), 2))
        if len(found) > 1:
            log.warning("directory %s: more than one entry has the login that was given", self._settings.id)
        if len(found) != 1 or not self._is_let_in(found[0]):
            return None
        return found[0]

    def bind_as(self, entry: Entry, password: str) -> bool:
        """See `Directory`. The bind is believed when the server says afterwards that it is who was meant."""
        if not entry.dn.strip() or not password.strip() or "\x00" in password:
            return False
        _, connection = connect(self._settings, self._dead)
        try:
            return bind(self._settings, connection, entry.dn, password) and self._is_bound(connection, entry)
        finally:
            _let_go(connection)

    def people(self, *, photos: bool = False) -> Iterator[Entry]:
        """See `Directory`."""
        yield from self._those_let_in(self._search_people("", photos=photos))

    def people_with(self, unique_ids: Iterable[str], *, photos: bool = False) -> Iterator[Entry]:
        """See `Directory`."""
        ids = iter(unique_ids)
        members = self._required_members()
        while some := list(islice(ids, AT_ONCE)):
            wanted = "".join(f"({self._settings.unique_attribute}={self._escaped_id(each)})" for each in some)
            yield from self._those_let_in(self._search_people(f"(|{wanted})", photos=photos), members)

    def groups(self) -> Iterator[Entry]:
        """See `Directory`."""
        settings = self._settings
        wanted = [
            settings.unique_attribute,
            settings.group_name_attribute,
            settings.group_member_attribute,
        ]
        yield from self._search(
            settings.group_base_dn or settings.base_dn, settings.group_filter or "(objectClass=*)", wanted
        )

    def facts(self) -> tuple[Fact, ...]:
        """See `Telling`."""
        self.close()
        self._url, self._open = connect(self._settings, self._dead, eagerly=True)
        connection = self._bound(self._open)
        with answers_of(self._settings):
            try:
                who = connection.whoami_s()
            except ldap.LDAPError:
                who = "(the server does not say)"
        return (
            Fact("Server", self._url),
            *_tls_facts(connection),
            Fact("We are", who.removeprefix("dn:") or "nobody (anonymous)"),
        )

    def close(self) -> None:
        """See `Directory`."""
        if self._open is not None:
            _let_go(self._open)
        self._open = None

    def _connection(self) -> Any:
        if self._open is None:
            self._url, connection = connect(self._settings, self._dead)
            self._tell_certificate(connection)
            self._open = self._bound(connection)
        return self._open

    def _tell_certificate(self, connection: Any) -> None:
        parts = read_server(self._url)
        if self._note is None or parts is None or not parts.hostname:
            return
        with suppress(ldap.LDAPError, ValueError, AttributeError):  # an older libldap does not tell
            certificate = connection.get_option(ldap.OPT_X_TLS_PEERCERT)
            self._note(parts.hostname, parts.port or (636 if parts.scheme == "ldaps" else 389), certificate)

    def _bound(self, connection: Any) -> Any:
        dn = self._settings.bind_dn
        if dn and not bind(self._settings, connection, dn, self._password):
            raise DirectoryRefused(
                f"“{self._settings.name}” refuses the name and password that we search with."
            )
        return connection

    def _is_bound(self, connection: Any, entry: Entry) -> bool:
        """Is it really them who are bound? A server may take any bind, and mean nobody by it."""
        with answers_of(self._settings):
            try:
                who = connection.whoami_s()
            except (ldap.PROTOCOL_ERROR, ldap.UNWILLING_TO_PERFORM, ldap.INSUFFICIENT_ACCESS):
                try:  # a server that does not know the question: then the own entry must be readable
                    return bool(connection.search_s(entry.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"]))
                except (ldap.NO_SUCH_OBJECT, ldap.INSUFFICIENT_ACCESS, ldap.OPERATIONS_ERROR):
                    return False
        kind, _, name = who.partition(":")
        same = folded_dn(name) == folded_dn(entry.dn) if kind == "dn" else bool(name.strip())
        if not same:
            log.warning(
                "directory %s: a bind was answered with yes, but not as the one who was meant",
                self._settings.id,
            )
        return same

    def _search_people(self, narrower: str, *, photos: bool = False) -> Iterator[Entry]:
        settings = self._settings
        mapped = {name for field, name in settings.attributes.items() if photos or field != PHOTO}
        page = PAGE_OF_PHOTOS if photos and PHOTO in settings.attributes else PAGE
        parts = [settings.person_filter or "(objectClass=*)", settings.active_filter, narrower]
        if settings.required_group_dn and settings.is_ad:
            parts.append(f"(memberOf:{IN_CHAIN}:={escape_filter_chars(settings.required_group_dn)})")
        wanted = {
            settings.unique_attribute,
            *settings.login_attributes,
            *mapped,
            settings.manager_attribute,
            "memberOf",
        }
        yield from self._search(settings.base_dn, f"(&{''.join(parts)})", sorted(wanted - {""}), page)

    def _search(self, base: str, query: str, wanted: list[str], size: int = PAGE) -> Iterator[Entry]:
        """Every page of an answer. What is cut short (a limit of the server, a broken line) raises."""
        connection = self._connection()
        page = SimplePagedResultsControl(True, size=size, cookie="")
        while True:
            with answers_of(self._settings):
                message = connection.search_ext(base, ldap.SCOPE_SUBTREE, query, wanted, serverctrls=[page])
                _, rows, _, controls = connection.result3(message, timeout=ANSWER_SECONDS * 3)
            for dn, attributes in rows:
                if dn is not None:  # a referral has none; it is not followed
                    yield self._entry(dn, attributes)
            cookies = [each.cookie for each in controls if each.controlType == page.controlType]
            if not cookies or not cookies[0]:
                return
            page.cookie = cookies[0]

    def _entry(self, dn: str, attributes: dict[str, list[bytes]]) -> Entry:
        values = {name.lower(): tuple(each) for name, each in attributes.items()}
        if any(";range=" in name for name in values):
            try:
                values = read_ranges(values, lambda wanted: self._read(dn, wanted))
            except ValueError as cut:
                raise DirectoryRefused(f"“{self._settings.name}”: of {dn} the {cut}.") from cut
        name = self._settings.unique_attribute.lower()
        unique = next(iter(values.get(name, ())), b"")
        if not unique:
            raise DirectoryRefused(
                f"“{self._settings.name}” does not show us {self._settings.unique_attribute} of {dn}: "
                "without it nobody can be known again."
            )
        return Entry(dn, _id_text(name, unique), values)

    def _read(self, dn: str, attribute: str) -> Values:
        with answers_of(self._settings):
            rows = self._connection().search_s(dn, ldap.SCOPE_BASE, "(objectClass=*)", [attribute])
        return {name.lower(): tuple(each) for _, found in rows[:1] for name, each in found.items()}

    def _escaped_id(self, unique_id: str) -> str:
        if self._settings.unique_attribute.lower() not in GUIDS:
            return str(escape_filter_chars(unique_id))
        try:
            return "".join(f"\\{byte:02x}" for byte in UUID(unique_id).bytes_le)
        except ValueError:
            return "no-such-id"

    def _is_let_in(self, entry: Entry) -> bool:
        """Is somebody in the required group? Asked upwards: a person is in few groups."""
        settings = self._settings
        if not settings.required_group_dn or settings.is_ad:
            return True
        wanted, seen = folded_dn(settings.required_group_dn), set[str]()
        keys = [self._member_key(entry)]
        base = settings.group_base_dn or settings.base_dn
        for _ in range(DEEPEST):
            named = "".join(
                f"({settings.group_member_attribute}={escape_filter_chars(key)})" for key in keys[:AT_ONCE]
            )
            if not named:
                return False
            query = f"(&{settings.group_filter or '(objectClass=*)'}(|{named}))"
            above = list(self._search(base, query, [settings.unique_attribute]))
            keys = keys[AT_ONCE:] + [each.dn for each in above if folded_dn(each.dn) not in seen]
            seen |= {folded_dn(each.dn) for each in above}
            if wanted in seen:
                return True
        return False

    def _those_let_in(
        self, entries: Iterator[Entry], members: frozenset[str] | None = None
    ) -> Iterator[Entry]:
        among = members if members is not None else self._required_members()
        for entry in entries:
            if among is None or folded_dn(self._member_key(entry)) in among:
                yield entry

    def _required_members(self) -> frozenset[str] | None:
        """Everybody in the required group, folded; None when the search itself asks for it, or anybody may."""
        settings = self._settings
        if not settings.required_group_dn or settings.is_ad:
            return None
        name = settings.group_member_attribute
        inside = {folded_dn(each.dn): each.texts(name) for each in self.groups()}
        top = folded_dn(settings.required_group_dn)
        if top not in inside:
            raise DirectoryRefused(
                f"“{settings.name}” has no group {settings.required_group_dn} among its groups."
            )
        found, waiting = set[str](), [top]
        while waiting:
            for member in map(folded_dn, inside.get(waiting.pop(), ())):
                if member not in found:
                    found.add(member)
                    waiting.append(member)
        return frozenset(found)

    def _member_key(self, entry: Entry) -> str:
        """What groups call a member: its DN, or the bare name with `memberUid`."""
        is_name = self._settings.group_member_attribute.lower() == "memberuid"
        return entry.text(self._settings.login_attributes[0]) if is_name else entry.dn


def _id_text(name: str, value: bytes) -> str:
    if name in GUIDS and len(value) == 16:
        return str(UUID(bytes_le=value))
    try:
        return value.decode("utf-8").strip().lower()[:200]
    except UnicodeDecodeError:
        return value.hex()[:200]


def _tls_facts(connection: Any) -> tuple[Fact, ...]:
    version = _option(connection, "OPT_X_TLS_VERSION")
    if not version:
        return (Fact("TLS", "none: in the clear"),)
    facts = [Fact("TLS", f"{version}, certificate checked")]
    der = _option(connection, "OPT_X_TLS_PEERCERT")
    if isinstance(der, bytes):
        certificate = x509.load_der_x509_certificate(der)
        ends: datetime = certificate.not_valid_after_utc
        facts.append(Fact("Certificate", f"{certificate.subject.rfc4514_string()}, until {ends:%Y-%m-%d}"))
    return tuple(facts)


def _option(connection: Any, name: str) -> Any:
    try:
        return connection.get_option(getattr(ldap, name))
    except (ldap.LDAPError, AttributeError, ValueError):
        return None


def _let_go(connection: Any) -> None:
    try:
        connection.unbind_s()
    except ldap.LDAPError:
        pass
