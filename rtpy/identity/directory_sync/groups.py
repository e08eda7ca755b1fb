"""The plan for groups: which to make or rename, and who is to be in them; and whom people report to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rtpy.identity.directories.person import Person
from rtpy.identity.directory_sync.known import KnownGroup, KnownPerson
from rtpy.identity.directory_sync.snapshot import SeenGroup, Snapshot
from rtpy.identity.directory_sync.steps import Deed, Step

LONGEST = 200


@dataclass(frozen=True, slots=True)
class GroupRules:
    """What decides about groups: `prefix` stands before the names of a client's groups."""

    directory_id: int
    prefix: str
    take_over: bool


def plan_groups(
    rules: GroupRules,
    seen: Snapshot,
    linked: Mapping[str, KnownGroup],
    named: Mapping[str, tuple[int, int | None]],
    people: Mapping[str, str],
    user_ids: Mapping[int, str],
    super_users: frozenset[int],
) -> Iterator[Step]:
    """Steps for groups and their members. Pure.

    `named`: groups of ours by name in lower case, with the directory that keeps each. `people`: the unique ids of
    those of `seen` who have an account here when the run is through, to their names; `user_ids` the linked accounts
    back to unique ids. A group that is gone loses the members that came from the directory; it stays itself.
    """
    names: dict[str, str] = {}
    used: set[str] = set()
    holders: dict[str, frozenset[int]] = {}
    for unique_id, group in seen.groups.items():
        wanted = f"{rules.prefix}{group.name}"[:LONGEST]
        known = linked.get(unique_id)
        why = _refusal(rules, group, wanted, known, used, named, super_users)
        if why and known is None:
            yield Step(Deed.REMARK, group.name or group.dn, unique_id, problem=why)
            continue
        names[unique_id] = known.name if known and why else wanted
        used.add(names[unique_id].lower())
        holders[unique_id] = known.members if known else frozenset()
        if known is None:
            yield from _new(unique_id, group, wanted, named)
        elif known.name != wanted:
            if why:
                yield Step(Deed.REMARK, known.name, unique_id, problem=why)
            else:
                yield Step(
                    Deed.RENAME_GROUP, known.name, unique_id, None, {"name": known.name}, {"name": wanted}
                )
    group_ids = {known.group_id: unique_id for unique_id, known in linked.items()}
    for unique_id, known in linked.items():
        if unique_id not in seen.groups:
            for member_id in sorted(known.members):
                if (member := user_ids.get(member_id, "")) in people:
                    yield _step(Deed.REMOVE_MEMBER, known.name, unique_id, member, "person", people[member])
                elif (member := group_ids.get(member_id, "")) in linked:
                    inner_name = linked[member].name
                    yield _step(Deed.REMOVE_MEMBER, known.name, unique_id, member, "group", inner_name)
    edges, cut = without_circles(
        {unique_id: seen.groups[unique_id].groups & names.keys() for unique_id in names}
    )
    for outer, inner in cut:
        why = f"Left out, since {names[inner]} contains {names[outer]}: a group cannot contain itself."
        yield Step(Deed.REMARK, f"{names[inner]} in {names[outer]}", outer, problem=why)
    for unique_id, name in names.items():
        group = seen.groups[unique_id]
        held = holders[unique_id]
        held_people = {user_ids[each] for each in held if each in user_ids}
        held_groups = {group_ids[each] for each in held if each in group_ids}
        wanted_people = {each for each in group.people if each in people}
        if group.is_whole:
            for each in sorted(held_people - wanted_people):
                if each in people:
                    yield _step(Deed.REMOVE_MEMBER, name, unique_id, each, "person", people[each])
            for each in sorted(held_groups - edges[unique_id]):
                inner_name = names.get(each) or linked[each].name
                yield _step(Deed.REMOVE_MEMBER, name, unique_id, each, "group", inner_name)
        for each in sorted(wanted_people - held_people):
            yield _step(Deed.ADD_MEMBER, name, unique_id, each, "person", people[each])
        for each in sorted(edges[unique_id] - held_groups):
            yield _step(Deed.ADD_MEMBER, name, unique_id, each, "group", names[each])


def without_circles(
    edges: Mapping[str, frozenset[str] | set[str]],
) -> tuple[dict[str, set[str]], list[tuple[str, str]]]:
    """The same edges without those that would close a circle, and these; the same ones each time."""
    kept: dict[str, set[str]] = {each: set() for each in edges}
    cut: list[tuple[str, str]] = []
    done: set[str] = set()
    for start in sorted(edges):
        if start in done:
            continue
        path, on_path = [(start, iter(sorted(edges[start])))], {start}
        while path:
            here, rest = path[-1]
            inner = next(rest, None)
            if inner is None:
                path.pop()
                on_path.discard(here)
                done.add(here)
            elif inner in on_path:
                cut.append((here, inner))
            else:
                kept[here].add(inner)
                if inner not in done:
                    path.append((inner, iter(sorted(edges[inner]))))
                    on_path.add(inner)
    return kept, cut


def plan_managers(
    managers: Mapping[str, str | None],
    wanted: Mapping[str, Person],
    linked: Mapping[str, KnownPerson],
    people: Mapping[str, str],
    present: Mapping[int, str],
) -> Iterator[Step]:
    """Steps for the custom field with the manager's login name; `present` are its values by user. Pure.

    Somebody who reports to a person that has no account here keeps what is there.
    """
    for unique_id, manager in managers.items():
        if unique_id not in people or manager is None or (manager and manager not in people):
            continue
        known = linked.get(unique_id)
        old = present.get(known.user_id, "") if known else ""
        new = (wanted[manager].name or people[manager]) if manager else ""
        if old != new:
            yield Step(
                Deed.MANAGER,
                people[unique_id],
                unique_id,
                known.user_id if known else None,
                {"manager": old},
                {"manager": new},
            )


def _refusal(
    rules: GroupRules,
    group: SeenGroup,
    wanted: str,
    known: KnownGroup | None,
    used: set[str],
    named: Mapping[str, tuple[int, int | None]],
    super_users: frozenset[int],
) -> str:
    """Why a group gets no group of ours, or not this name; empty when it does."""
    if not group.name:
        return "The group has no name in the directory."
    if wanted.lower() in used:
        return f"Another group of the directory is called {wanted} too."
    there = named.get(wanted.lower())
    if there is None or (known is not None and there[0] == known.group_id):
        return ""
    group_id, keeper = there
    if known is not None:
        return f"It is called {wanted} in the directory now, but there is another group of that name here."
    if keeper is not None:
        return f"The group {wanted} is kept by another entry or another directory already."
    if group_id in super_users:
        return f"The group {wanted} holds SuperUser: such groups are never taken over."
    if not rules.take_over:
        return f"There is a group {wanted} here already: tick that it may be taken over, or rename one of the two."
    return ""


def _new(
    unique_id: str, group: SeenGroup, wanted: str, named: Mapping[str, tuple[int, int | None]]
) -> Iterator[Step]:
    if wanted.lower() in named:
        yield Step(Deed.LINK_GROUP, wanted, unique_id, after={"name": wanted, "dn": group.dn})
    else:
        yield Step(Deed.CREATE_GROUP, wanted, unique_id, after={"name": wanted, "dn": group.dn})


def _step(deed: Deed, group: str, unique_id: str, member: str, kind: str, name: str) -> Step:
    return Step(deed, group, unique_id, after={kind: name, "member": member, "member_kind": kind})
