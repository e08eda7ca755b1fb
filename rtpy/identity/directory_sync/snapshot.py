"""What a directory says at one moment, read whole before anything is compared; no transaction is open meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rtpy.identity.directories.directory import Directory, DirectoryRefused, Entry, folded_dn
from rtpy.identity.directories.person import Person, read_person
from rtpy.identity.directories.settings import Settings

LONGEST_ID = 200
BY_NAME = "memberuid"
"""The member attribute whose values are login names, not DNs."""


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """A group of the directory; its members by their unique ids."""

    unique_id: str
    dn: str
    name: str
    people: frozenset[str]
    groups: frozenset[str]
    is_whole: bool
    """Whether the server said all members; otherwise nobody is taken out."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """People and groups by unique id."""

    people: Mapping[str, Person]
    groups: Mapping[str, SeenGroup]
    managers: Mapping[str, str | None]
    """Unique id of a person to that of whom they report to; None when the entry names somebody who is not here."""


def read_snapshot(settings: Settings, directory: Directory, *, groups: bool) -> Snapshot:
    """Everything, or an error: DirectoryUnreachable, DirectoryRefused. With `groups` those too."""
    return snapshot_of(settings, directory.people(photos=True), directory.groups() if groups else ())


def snapshot_of(settings: Settings, people: Iterable[Entry], groups: Iterable[Entry]) -> Snapshot:
    """The same of entries."""
    found = {_unique(entry): read_person(settings, entry) for entry in people}
    by_dn = {folded_dn(person.dn): unique_id for unique_id, person in found.items()}
    by_name = {person.name.casefold(): unique_id for unique_id, person in found.items() if person.name}
    # Without a filter for groups a server answers with everything.
    entries = {_unique(entry): entry for entry in groups if entry.unique_id not in found}
    group_dns = {folded_dn(entry.dn): unique_id for unique_id, entry in entries.items()}
    told: dict[str, set[str]] = {}
    for unique_id, person in found.items() if entries else ():
        for dn in person.groups:
            told.setdefault(folded_dn(dn), set()).add(unique_id)
    folded = _Folded()
    managers: dict[str, str | None] = {}
    if settings.manager_attribute:
        for unique_id, person in found.items():
            managers[unique_id] = by_dn.get(folded(person.manager_dn)) if person.manager_dn else ""
    seen = {}
    for unique_id, entry in entries.items():
        members, is_whole = _members(settings, entry)
        if settings.group_member_attribute.lower() == BY_NAME:
            inside = {by_name[each.casefold()] for each in members if each.casefold() in by_name}
            nested: set[str] = set()
        else:
            dns = {folded(each) for each in members}
            inside = {by_dn[dn] for dn in dns if dn in by_dn}
            nested = {group_dns[dn] for dn in dns if dn in group_dns}
        inside |= told.get(folded_dn(entry.dn), set())
        name = " ".join(entry.text(settings.group_name_attribute).split())[:200]
        seen[unique_id] = SeenGroup(
            unique_id, entry.dn, name, frozenset(inside), frozenset(nested - {unique_id}), is_whole
        )
    return Snapshot(found, seen, managers)


def _unique(entry: Entry) -> str:
    if not 0 < len(entry.unique_id) <= LONGEST_ID:
        raise DirectoryRefused(
            f"The unique id of {entry.dn} is empty or longer than {LONGEST_ID} letters: choose another attribute."
        )
    return entry.unique_id


def _members(settings: Settings, entry: Entry) -> tuple[tuple[str, ...], bool]:
    """The values of the member attribute, and whether they are all: Active Directory cuts at 1,500."""
    name = settings.group_member_attribute.lower()
    cut = [each for each in entry.attributes if each.startswith(f"{name};range=") and not each.endswith("-*")]
    rest = [value for each in cut for value in entry.texts(each)]
    return (*entry.texts(name), *rest), not cut


class _Folded:
    """Folds DNs, each text once: members stand in many groups."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, dn: str) -> str:
        found = self._known.get(dn)
        if found is None:
            found = self._known[dn] = folded_dn(dn)
        return found
