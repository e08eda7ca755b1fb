"""The settings of a directory as somebody typed them, read and judged."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy import select

from rtpy.customfields.kinds import FieldType, Lookup
from rtpy.errors import Problem
from rtpy.identity.directories.addresses import is_loopback, read_server
from rtpy.identity.directories.presets import FIELDS, KINDS, TLS
from rtpy.models import CustomField, Organization, UserDirectory
from rtpy.work import Work

_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}(;[A-Za-z0-9-]+)*")
_DN = re.compile(r"[A-Za-z0-9.-]+\s*=.+")
FLAGS = (
    "disabled",
    "plain_ok",
    "privileged",
    "take_over",
    "local_fallback",
    "sync_people",
    "sync_groups",
)
LONGEST = 4000
MOST_SERVERS = 10


def read_directory(
    work: Work, given: Mapping[str, str], row: UserDirectory | None
) -> tuple[dict[str, Any], list[Problem]]:
    """Columns of `UserDirectory` but the password, and everything wrong with what was given.

    Lists are typed between commas or on lines; `map_<field>` is the attribute of a field; boxes are "1".
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {flag: given.get(flag) == "1" for flag in FLAGS}
    values["name"] = " ".join(_text(given, "name").split())[:200]
    if not values["name"]:
        problems.append(Problem("name", "Give it a name."))
    for name, choices in (("kind", KINDS), ("tls", TLS)):
        values[name] = _text(given, name)
        if values[name] not in choices:
            problems.append(Problem(name, "Choose one of these."))
    for name, low, high in (("position", 0, 999), ("sync_minutes", 0, 10080), ("sync_threshold", 1, 100)):
        values[name] = _number(given, name, low, high, problems)
    values["urls"] = _words(given, "urls")
    problems += _about_servers(values)
    values["ca"] = _text(given, "ca")
    problems += _about_authority(values["ca"])
    for name in ("base_dn", "bind_dn", "required_group_dn", "group_base_dn"):
        values[name] = _text(given, name)
        if values[name] and not _DN.fullmatch(values[name]):
            problems.append(Problem(name, "Write a DN, such as ou=people,dc=example,dc=com."))
    if not values["base_dn"]:
        problems.append(Problem("base_dn", "Say below which DN people are looked for."))
    for name in ("person_filter", "active_filter", "group_filter"):
        values[name] = _text(given, name)
        if values[name] and not is_filter(values[name]):
            problems.append(Problem(name, "Write a filter in parentheses, such as (objectClass=person)."))
    problems += _about_attributes(given, values)
    problems += _about_others(work, given, values, row)
    return values, problems


def is_filter(text: str) -> bool:
    """Is it one filter, in parentheses that fit together?"""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth < 0 or (depth == 0 and at < len(text) - 1):
            return False
    return depth == 0 and text.startswith("(") and "=" in text and "\x00" not in text and "()" not in text


def _about_servers(values: Mapping[str, Any]) -> list[Problem]:
    urls, tls = values["urls"], values["tls"]
    if not urls:
        return [Problem("urls", "Give the address of at least one server, such as ldap://ldap.example.com.")]
    if len(urls) > MOST_SERVERS:
        return [Problem("urls", f"At most {MOST_SERVERS} servers.")]
    wrong = [url for url in urls if read_server(url) is None]
    if wrong:
        return [
            Problem("urls", f"“{url[:80]}” is no address of a server: write ldap://host or ldaps://host:636.")
            for url in wrong
        ]
    schemes = {urlsplit(url).scheme for url in urls}
    if tls == "ldaps" and schemes != {"ldaps"}:
        return [Problem("urls", "With TLS from the beginning every address begins with ldaps://.")]
    if tls == "starttls" and schemes != {"ldap"}:
        return [Problem("urls", "With StartTLS every address begins with ldap://.")]
    if tls == "none" and schemes != {"ldap"}:
        return [Problem("urls", "Without TLS every address begins with ldap://.")]
    if tls == "none" and not values["plain_ok"] and not all(map(is_loopback, urls)):
        said = "Passwords would go over the net in the clear. Choose TLS, or tick that you know."
        return [Problem("plain_ok", said)]
    return []


def _about_authority(ca: str) -> list[Problem]:
    if not ca:
        return []
    if len(ca) > 100_000:
        return [Problem("ca", "This is too long for a few certificates.")]
    try:
        x509.load_pem_x509_certificates(ca.encode())
    except ValueError:
        return [Problem("ca", "These are no certificates as PEM text (-----BEGIN CERTIFICATE-----).")]
    return []


def _about_attributes(given: Mapping[str, str], values: dict[str, Any]) -> list[Problem]:
    problems = []
    values["login_attributes"] = _words(given, "login_attributes")
    if not values["login_attributes"]:
        problems.append(Problem("login_attributes", "Name the attributes in which a login name may stand."))
    for name in ("unique_attribute", "group_name_attribute", "group_member_attribute", "manager_attribute"):
        values[name] = _text(given, name)
        if not values[name] and name != "manager_attribute":
            problems.append(Problem(name, "Name an attribute."))
    mapped = {field: _text(given, f"map_{field}") for field in FIELDS}
    values["attributes"] = {field: attribute for field, attribute in mapped.items() if attribute}
    typed = [("login_attributes", each) for each in values["login_attributes"][:20]]
    typed += [(f"map_{field}", each) for field, each in values["attributes"].items()]
    typed += [
        (name, values[name])
        for name in (
            "unique_attribute",
            "group_name_attribute",
            "group_member_attribute",
            "manager_attribute",
        )
    ]
    for name, attribute in typed:
        if attribute and not (_ATTRIBUTE.fullmatch(attribute) and len(attribute) <= 100):
            problems.append(Problem(name, f"“{attribute[:40]}” is no name of an attribute, such as mail."))
    return problems


def _about_others(
    work: Work, given: Mapping[str, str], values: dict[str, Any], row: UserDirectory | None
) -> list[Problem]:
    problems = []
    organization = _text(given, "organization_id")
    values["organization_id"] = (
        int(organization) if organization.isdecimal() and len(organization) < 18 else None
    )
    if organization and work.db.get(Organization, values["organization_id"] or 0) is None:
        problems.append(Problem("organization_id", "Choose a client of the list."))
    if values["organization_id"] and values["privileged"]:
        said = "People of a client's directory are never staff: take one of the two away."
        problems.append(Problem("privileged", said))
    field = _text(given, "manager_field_id")
    values["manager_field_id"] = int(field) if field.isdecimal() and len(field) < 18 else None
    if field and values["manager_field_id"] not in {found for found, _ in manager_fields(work)}:
        problems.append(Problem("manager_field_id", "Choose a field of the list."))
    twin = work.db.scalar(select(UserDirectory.id).where(UserDirectory.name == values["name"]))
    if twin is not None and (row is None or twin != row.id):
        problems.append(Problem("name", "There is a directory of this name: choose another one."))
    return problems


def manager_fields(work: Work) -> list[tuple[int, str]]:
    """Custom fields of people into which a manager's name can be written. One query."""
    rows = work.db.execute(
        select(CustomField.id, CustomField.name)
        .where(
            CustomField.lookup == Lookup.USER,
            CustomField.type == FieldType.FREEFORM,
            CustomField.max_values == 1,
            CustomField.disabled.is_(False),
        )
        .order_by(CustomField.name)
    )
    return [(row.id, row.name) for row in rows]


def _text(given: Mapping[str, str], name: str) -> str:
    return (
        given.get(name, "")
        .replace("\x00", "")
        .replace("\r\n", "\n")
        .strip()[: LONGEST if name != "ca" else None]
    )


def _words(given: Mapping[str, str], name: str) -> list[str]:
    return list(dict.fromkeys(_text(given, name).replace(",", " ").split()))


def _number(given: Mapping[str, str], name: str, low: int, high: int, problems: list[Problem]) -> int:
    typed = _text(given, name) or str(low)
    if typed.isascii() and typed.isdigit() and len(typed) < 9 and low <= int(typed) <= high:
        return int(typed)
    problems.append(Problem(name, f"Give a number from {low} to {high}."))
    return low
