"""Links as programs write them: the names that a link has in a body, and which links an update adds and removes."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rtpy.errors import Invalid, Problem
from rtpy.links.things import thing_of, thing_uri
from rtpy.links.uris import ticket_id_of, ticket_uri

LINK_FIELDS: Mapping[str, str] = {
    "DependsOn": "DependsOn",
    "DependedOnBy": "DependedOnBy",
    "RefersTo": "RefersTo",
    "ReferredToBy": "ReferredToBy",
    "MemberOf": "MemberOf",
    "Parent": "MemberOf",
    "Parents": "MemberOf",
    "Members": "HasMember",
    "HasMember": "HasMember",
    "Child": "HasMember",
    "Children": "HasMember",
}
"""RT's names of links in bodies, synonyms too, to the names by which we change links."""
HYPERLINKS: Mapping[str, str] = {
    "DependsOn": "depends-on",
    "DependedOnBy": "depended-on-by",
    "MemberOf": "parent",
    "HasMember": "child",
    "RefersTo": "refers-to",
    "ReferredToBy": "referred-to-by",
}
"""What `_hyperlinks` calls them."""
LINK_KEYS = frozenset(f"{verb}{name}" for verb in ("", "Add", "Delete") for name in LINK_FIELDS)
"""Every key of an update that is about links."""
MOST_LINKS = 200


@dataclass(frozen=True, slots=True)
class LinkDeed:
    """One link to be added or removed; `name` is one of ours, `target` as the client wrote it."""

    adds: bool
    name: str
    target: str


def read_targets(value: Any) -> list[str]:
    """The targets in a value: a number, a text, a reference, or a list of these. Nothing for null, 0, false and "".

    Raises Invalid for other JSON types.
    """
    values = value if isinstance(value, list) else [value] if value else []
    found = []
    for each in values:
        if isinstance(each, Mapping):
            kind = each.get("type")
            number = each.get("id")
            each = each.get("_url") if kind == "external" else f"{_PREFIX.get(str(kind), '')}{number}"
        if not isinstance(each, str | int) or isinstance(each, bool):
            raise Invalid(Problem("link", "A link is written as a number or an address"))
        text = str(each).replace("\x00", "").strip()
        if text:
            found.append(text)
    if len(found) > MOST_LINKS:
        raise Invalid(Problem("link", f"At most {MOST_LINKS} links can be given at once"))
    return list(dict.fromkeys(found))


def read_new_links(document: Mapping[str, Any]) -> list[LinkDeed]:
    """The links that a new thing begins with. Raises Invalid."""
    return [
        LinkDeed(True, LINK_FIELDS[field], target)
        for field in sorted(LINK_FIELDS)
        if field in document
        for target in read_targets(document[field])
    ]


def read_link_deeds(
    document: Mapping[str, Any], present: Callable[[str], Collection[str]], organization: str
) -> list[LinkDeed]:
    """What an update does to links, in RT's order: by the name of the link, each Add before each Delete.

    The bare name replaces all links of its kind (a list, or something that is not empty), and then its Add and Delete
    are not looked at. `present(name)` gives the stored URIs of the present links of that kind. Raises Invalid.
    """
    deeds: list[LinkDeed] = []
    for field in sorted(LINK_FIELDS):
        name = LINK_FIELDS[field]
        if isinstance(document.get(field), list) or document.get(field):
            wanted = {comparable(each, organization): each for each in read_targets(document[field])}
            held = {comparable(each, organization): each for each in present(name)}
            deeds += [LinkDeed(True, name, wanted[each]) for each in wanted if each not in held]
            deeds += [LinkDeed(False, name, held[each]) for each in _by_target(held) if each not in wanted]
            continue
        deeds += [LinkDeed(True, name, each) for each in read_targets(document.get(f"Add{field}"))]
        deeds += [LinkDeed(False, name, each) for each in read_targets(document.get(f"Delete{field}"))]
    return deeds


def comparable(target: str, organization: str) -> str:
    """One spelling for each thing, whichever of the ways to write it was used."""
    number = ticket_id_of(target, organization)
    if number is not None:
        return ticket_uri(organization, number)
    thing = thing_of(target, organization)
    return thing_uri(thing, organization) if thing else target.strip()


def not_resolved(target: str) -> str:
    """RT's sentence for a target that is not there; python-rt reads its beginning."""
    return f"Couldn't resolve '{target[:200]}' into a link."


def _by_target(targets: Iterable[str]) -> list[str]:
    """In the order of numbers where there are some."""
    return sorted(targets, key=lambda each: (each.rstrip("0123456789"), len(each), each))


_PREFIX = {"asset": "asset:", "article": "a:"}
