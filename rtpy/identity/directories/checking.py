"""Trying a directory's settings: does it answer, whom do we find there, and what would one of them become here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import select

from rtpy.app import App
from rtpy.changes.people import find_by_address, find_by_name
from rtpy.content.photo import WANTED, photo_type
from rtpy.identity.directories.directory import (
    DirectoryRefused,
    DirectoryUnreachable,
    Entry,
    Fact,
    TellingDirectory,
    open_directory,
)
from rtpy.identity.directories.keeping import refusal
from rtpy.identity.directories.person import Person, photo_of, read_person
from rtpy.identity.directories.presets import FIELDS, PHOTO
from rtpy.identity.directories.reach import UNCOVERED, reach_of
from rtpy.identity.directories.settings import Settings
from rtpy.models import DirectoryPerson, Principal, User
from rtpy.work import Work

MOST = 1000
"""People and groups are counted so far."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field of ours, the attribute that it is read from, and what that says of the sample person."""

    label: str
    attribute: str
    value: str


@dataclass(slots=True)
class Checked:
    """What was found, as far as it went; `problem` says where it ended."""

    facts: list[Fact] = field(default_factory=list)
    problem: str = ""
    remark: str = ""
    person: Person | None = None
    mapped: tuple[Mapped, ...] = ()


def check_directory(app: App, settings: Settings, login: str = "") -> Checked:
    """Ask everything that a login and the sync ask; `login` is whom to show, otherwise anybody.

    Nobody calls it while a transaction is open.
    """
    checked = Checked()
    try:
        directory = open_directory(app, settings)
        try:
            for step in _steps(checked, directory, settings, login):
                checked.facts += step
        finally:
            directory.close()
    except (DirectoryUnreachable, DirectoryRefused) as problem:
        checked.problem = str(problem)
    return checked


def becomes(work: Work, settings: Settings, person: Person) -> str:
    """What a login of this person would do here, in a sentence. A handful of queries."""
    link = work.db.scalar(
        select(DirectoryPerson.user_id).where(
            DirectoryPerson.directory_id == settings.id, DirectoryPerson.unique_id == person.unique_id
        )
    )
    if link is not None:
        user = work.db.get_one(User, link)
        off = work.db.get_one(Principal, link).disabled
        said = "is switched off, so cannot log in" if off else "logs in"
        return f"This is the account {user.name}, which {said}."
    reach = reach_of(work, settings)
    if not reach.covers(person.name):
        return f"Cannot log in: the name {person.name} {UNCOVERED}"
    if not person.name:
        return "Cannot log in: the entry has no login name that can be one here."
    address = person.fields.get("email_address", "")
    found = find_by_address(work.db, address) if address and reach.covers(address) else None
    found = found or find_by_name(work.db, person.name)
    if found is None:
        return f"The first login makes the account {person.name}."
    why = refusal(work, settings, found)
    return (
        f"Cannot log in: {why}"
        if why
        else f"The first login links the account {found.name}, which is here already."
    )


def _steps(
    checked: Checked, directory: TellingDirectory, settings: Settings, login: str
) -> Iterator[list[Fact]]:
    yield list(directory.facts())
    people = list(islice(directory.people(), MOST + 1))
    yield [Fact("People who may log in", _counted(people))]
    yield [Fact("Groups", _counted(list(islice(directory.groups(), MOST + 1))))]
    entry = directory.find_person(login) if login.strip() else _sample(settings, people)
    if entry is not None and not login.strip():
        entry = next(iter(directory.people_with([entry.unique_id], photos=True)), entry)
    if entry is None:
        checked.remark = (
            "Nobody who may log in has this login name, or more than one entry has."
            if login.strip()
            else "Nobody fits. Look at the base, at both filters of people, and at the required group."
        )
        return
    checked.person = read_person(settings, entry)
    checked.mapped = tuple(_mapped(settings, entry, checked.person))


def _sample(settings: Settings, people: list[Entry]) -> Entry | None:
    """Somebody who looks like a person: with a mail address, and not the account that we search with."""
    address = settings.attributes.get("email_address", "mail")
    likely = (each for each in people if each.text(address) and each.dn != settings.bind_dn)
    return next(likely, next(iter(people), None))


def _mapped(settings: Settings, entry: Entry, person: Person) -> Iterator[Mapped]:
    yield Mapped("Login name", settings.login_attributes[0], person.name)
    for name, attribute in settings.attributes.items():
        value = _about_photo(settings, entry) if name == PHOTO else person.fields.get(name, "")
        yield Mapped(FIELDS.get(name, name), attribute, value)
    if settings.manager_attribute:
        yield Mapped("Manager", settings.manager_attribute, person.manager_dn)
    yield Mapped("Known again by", settings.unique_attribute, entry.unique_id)
    yield Mapped("DN", "", entry.dn)


def _about_photo(settings: Settings, entry: Entry) -> str:
    photo = photo_of(settings, entry)
    if not photo:
        return ""
    kind = photo_type(photo).rpartition("/")[2].upper()
    return f"{kind}, {-(-len(photo) // 1024)} KB" if kind else f"left out. {WANTED}"


def _counted(found: list[Entry]) -> str:
    return f"more than {MOST:,}" if len(found) > MOST else f"{len(found):,}"
