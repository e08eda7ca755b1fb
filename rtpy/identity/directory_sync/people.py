"""The plan for people: whom to link, make, change, enable and disable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rtpy.content.photo import WANTED
from rtpy.identity.directories.person import Person
from rtpy.identity.directories.reach import EVERYBODY, UNCOVERED, Reach
from rtpy.identity.directory_sync.known import KnownPerson
from rtpy.identity.directory_sync.steps import Deed, Step
from rtpy.models.user import NOBODY, SYSTEM_USER

APART = ("name", "email_address")
"""Fields that may be taken by somebody else: each is a step of its own, so that it holds up none of the others."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked about accounts, by their ids."""

    super_users: frozenset[int]
    staff: frozenset[int]
    held: frozenset[int]
    """Disabled by the sync itself."""
    elsewhere: frozenset[int]
    """In another directory too."""
    members: frozenset[int]
    """Of the organisation whose directory it is …"""
    others: frozenset[int] = frozenset()
    """… and of other ones."""
    reach: Reach = EVERYBODY
    """For which addresses the directory speaks."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of a directory that decide about accounts."""

    directory_id: int
    makes_people: bool
    privileged: bool
    is_clients: bool
    take_over: bool
    takes_photos: bool = False


def plan_people(
    rules: Rules,
    wanted: Mapping[str, Person],
    linked: Mapping[str, KnownPerson],
    alike: Mapping[str, KnownPerson],
    facts: Facts,
) -> Iterator[Step]:
    """Steps for all people; `alike` are accounts by login name or address in lower case. Pure."""
    taken: dict[str, str] = {}
    for unique_id, said in wanted.items():
        person, why = within_reach(said, facts.reach)
        known = linked.get(unique_id)
        if why and (known is not None or rules.makes_people):
            yield _remark(said, why)
        if known is not None:
            yield from _known(rules, person, known, facts)
        elif rules.makes_people:
            yield from _new(rules, person, alike, facts, taken)
    for unique_id, known in linked.items():
        if unique_id not in wanted and not known.disabled:
            yield from _gone(rules, unique_id, known, facts)


def within_reach(person: Person, reach: Reach) -> tuple[Person, str]:
    """The person without a login name and an address for which the directory does not speak; and what was left out."""
    address = person.fields.get("email_address", "")
    uncovered = [each for each in (person.name, address) if not reach.covers(each)]
    if not uncovered:
        return person, ""
    fields = {key: value for key, value in person.fields.items() if value not in uncovered}
    name = "" if person.name in uncovered else person.name
    said = " and ".join(dict.fromkeys(uncovered))
    return replace(person, name=name, fields=fields), f"{said} {UNCOVERED}"


def refusal(rules: Rules, known: KnownPerson, facts: Facts) -> str:
    """Why an account may not become that of a person of the directory; empty when it may."""
    name = known.fields["name"]
    if name in (SYSTEM_USER, NOBODY):
        return f"{name} is part of rtpy itself."
    if known.linked is not None:
        return f"The account {name} belongs to another entry or another directory already."
    if known.user_id in facts.super_users:
        return f"The account {name} holds SuperUser: such accounts are never taken over."
    is_staff = known.user_id in facts.staff
    if rules.is_clients and is_staff:
        return f"The account {name} is one of your staff: a client's directory never takes it over."
    if rules.is_clients and known.user_id not in facts.members:
        is_of_another = known.user_id in facts.others
        if is_of_another or not facts.reach.covers(known.fields["email_address"] or "nobody@"):
            return f"The account {name} does not belong to this client: make them a member first."
    if (is_staff or known.has_password) and not rules.take_over:
        what = "has a password of its own" if known.has_password else "is staff"
        return (
            f"The account {name} {what}: tick that such accounts may be taken over, or rename one of the two."
        )
    if known.disabled:
        return f"The account {name} is switched off: switch it on first."
    return ""


def _known(rules: Rules, person: Person, known: KnownPerson, facts: Facts) -> Iterator[Step]:
    name = known.fields["name"]
    if untouchable(rules, known, facts):
        return
    yield from _changes(person, known)
    yield from _photo(rules, person, known.fields["name"], known)
    if rules.is_clients and known.user_id not in facts.members:
        yield Step(Deed.JOIN, name, person.unique_id, known.user_id)
    if known.disabled and known.user_id in facts.held:
        yield Step(Deed.ENABLE, name, person.unique_id, known.user_id)


def _changes(person: Person, known: KnownPerson) -> Iterator[Step]:
    name = known.fields["name"]
    wanted = dict(person.fields)
    if person.name:
        wanted["name"] = person.name
    differing = {key: value for key, value in wanted.items() if known.fields[key] != value}
    plain = {key: value for key, value in differing.items() if key not in APART}
    alone = [{key: differing[key]} for key in APART if key in differing]
    for after in ([plain] if plain else []) + alone:
        before = {key: known.fields[key] for key in after}
        yield Step(Deed.CHANGE, name, person.unique_id, known.user_id, before, after)


def _new(
    rules: Rules, person: Person, alike: Mapping[str, KnownPerson], facts: Facts, taken: dict[str, str]
) -> Iterator[Step]:
    address = person.fields.get("email_address", "")
    if not person.name:
        yield _remark(person, "The entry has no login name that can be one here.")
        return
    for word in filter(None, (person.name.lower(), address.lower())):
        if taken.setdefault(word, person.dn) != person.dn:
            yield _remark(person, f"Another entry of the directory has “{word}” too: {taken[word]}.")
            return
    known = alike.get(address.lower()) if address else None
    known = known or alike.get(person.name.lower())
    if known is None:
        after = {"name": person.name, **{key: value for key, value in person.fields.items() if value}}
        if rules.privileged and not rules.is_clients:
            after["privileged"] = "1"
        yield Step(Deed.CREATE, person.name, person.unique_id, after={**after, "dn": person.dn})
        yield from _photo(rules, person, person.name)
        return
    why = refusal(rules, known, facts)
    if why:
        yield _remark(person, why)
        return
    account = known.fields["name"]
    after = {"account": account, "dn": person.dn}
    if rules.privileged and not rules.is_clients and known.user_id not in facts.staff:
        after["privileged"] = "1"
    yield Step(Deed.LINK, account, person.unique_id, known.user_id, after=after)
    yield from _changes(person, known)
    yield from _photo(rules, person, account, known)
    if rules.is_clients and known.user_id not in facts.members:
        yield Step(Deed.JOIN, account, person.unique_id, known.user_id)


def _photo(rules: Rules, person: Person, name: str, known: KnownPerson | None = None) -> Iterator[Step]:
    user_id = known.user_id if known else None
    present = known.photo if known else ""
    if not rules.takes_photos or (known is not None and known.has_own_photo):
        return
    if person.has_bad_photo:
        yield Step(Deed.REMARK, name, person.unique_id, user_id, problem=f"The photo is left out. {WANTED}")
    elif person.photo != present:
        yield Step(Deed.PHOTO, name, person.unique_id, user_id, after={"photo": person.photo})


def untouchable(rules: Rules, known: KnownPerson, facts: Facts) -> str:
    """Why the sync leaves a linked account as it is; empty when it does not."""
    if known.fields["name"] in (SYSTEM_USER, NOBODY):
        return "is part of rtpy itself"
    if known.anonymised:
        return "was made a former person"
    if known.user_id in facts.super_users and known.has_password:
        return "holds SuperUser and has a password of its own"
    if rules.is_clients and known.user_id in facts.staff:
        return "is one of your staff, which a client's directory never touches"
    return ""


def _gone(rules: Rules, unique_id: str, known: KnownPerson, facts: Facts) -> Iterator[Step]:
    name = known.fields["name"]
    why = untouchable(rules, known, facts)
    if not why and known.user_id in facts.elsewhere:
        why = "stands in another directory"
    if why:
        said = f"Gone from the directory, but {why}: stays as it is."
        yield Step(Deed.REMARK, name, unique_id, known.user_id, problem=said)
    else:
        yield Step(Deed.DISABLE, name, unique_id, known.user_id)


def _remark(person: Person, why: str) -> Step:
    return Step(Deed.REMARK, person.name or person.dn, person.unique_id, problem=why)
