"""Why somebody holds a right, with every chain that leads to it, or what would give it to them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from rtpy.models.custom_role import PREFIX
from rtpy.rights.facts import (
    Grant,
    Thing,
    container_of,
    custom_roles_at,
    kind_of,
    read_grants,
    read_memberships,
    read_players,
)
from rtpy.rights.holders import (
    ASSET_ROLES,
    EVERYWHERE,
    TICKET_ROLES,
    Holder,
    Named,
    Place,
    lookups_at,
    lookups_of,
    name_holders,
    place_name,
)
from rtpy.rights.names import CATALOG, QUEUE, RIGHTS, Right

MOST_CHAINS = 50
MOST_STEPS = 5_000
"""Of a search for ways: groups that contain each other in very many ways are not followed to the end."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer. Each chain is a row of steps in words, from the person to the grant; `hints` say what is missing."""

    is_held: bool
    chains: tuple[tuple[str, ...], ...]
    hints: tuple[str, ...] = ()


class _Facts:
    """What is known about the question: the groups above the person, the grants, and their names."""

    def __init__(self, db: Session, user_id: int, right: str, place: Place, thing: Thing | None) -> None:
        self.db, self.user_id, self.right, self.thing = db, user_id, right, thing
        self.container = container_of(thing) if thing is not None else place
        self.asked = tuple(dict.fromkeys((place, self.container)))
        self.above, self.disabled = read_memberships(db, user_id)
        self.grants = read_grants(db, right, self.asked)
        holders = {each.holder for each in self.grants}
        holders |= {Holder(each) for each in (user_id, *self.above, *self.disabled)}
        holders |= {Holder(group) for groups in self.above.values() for group in groups}
        self.names = name_holders(db, holders)
        self.places = {each: _the(place_name(db, each)) for each in {*self.asked, EVERYWHERE}}

    def name(self, principal_id: int) -> Named:
        """Who that is."""
        return self.names[Holder(principal_id)]

    def ways_up(self, to: int, *, with_disabled: bool = False) -> Iterator[tuple[int, ...]]:
        """Every way by memberships from the person to `to`, without circles, the shortest first."""
        open_ways: list[tuple[int, ...]] = [(self.user_id,)]
        for _ in range(MOST_STEPS):
            if not open_ways:
                return
            way = open_ways.pop(0)
            if way[-1] == to:
                yield way
                continue
            for group in self.above.get(way[-1], ()):
                if group not in way and (with_disabled or group not in self.disabled):
                    open_ways.append((*way, group))

    def reached(self) -> set[int]:
        """The person and all groups above through enabled ones only."""
        reached, waiting = {self.user_id}, [self.user_id]
        while waiting:
            for group in self.above.get(waiting.pop(), ()):
                if group not in self.disabled and group not in reached:
                    reached.add(group)
                    waiting.append(group)
        return reached

    def steps(self, way: tuple[int, ...]) -> tuple[str, ...]:
        """The way in words."""
        return (self.name(way[0]).shown, *(f"is in the {self.name(each).words}" for each in way[1:]))

    def granted(self, grant: Grant) -> str:
        """The last step."""
        holder = self.names[grant.holder].words
        end = ", and so may do anything" if grant.right == Right.SUPER_USER else ""
        return f"{grant.right} is granted to the {holder} on {self.places[grant.place]}{end}"


def explain(db: Session, user_id: int, right: str, place: Place, thing: Thing | None = None) -> Explanation:
    """Does the person hold `right` on `place`, or on `thing` there, and why?

    Of a thing `place` is its queue, catalog or class, or one custom field of it. The same answer as `Grants` gives,
    worked out by another way. About ten queries. Raises NotFound for a place that does not exist.
    """
    facts = _Facts(db, user_id, right, place, thing)
    if user_id in facts.disabled:
        return Explanation(
            False, (), (f"{facts.name(user_id).shown} is switched off, and so holds nothing.",)
        )
    chains = [*_direct(facts), *_by_role(facts)]
    if chains:
        return Explanation(True, tuple(chains[:MOST_CHAINS]))
    return Explanation(False, (), tuple(dict.fromkeys(_hints(facts))))


def _direct(facts: _Facts) -> Iterator[tuple[str, ...]]:
    for grant in facts.grants:
        if grant.holder.principal_id is not None:
            for way in facts.ways_up(grant.holder.principal_id):
                yield (*facts.steps(way), facts.granted(grant))


def _by_role(facts: _Facts) -> Iterator[tuple[str, ...]]:
    by_role = [grant for grant in facts.grants if grant.holder.role is not None]
    if facts.thing is None or not by_role:
        return
    applying = custom_roles_at(facts.db, facts.container)
    players, reached = read_players(facts.db, facts.thing), facts.reached()
    for grant in by_role:
        role = str(grant.holder.role)
        if role.startswith(PREFIX) and role not in applying:
            continue
        for principal_id, where in players[role]:
            for way in facts.ways_up(principal_id) if principal_id in reached else ():
                plays = f"{'is' if len(way) == 1 else 'which is'} {facts.names[grant.holder].name} of {where}"
                yield (*facts.steps(way), plays, facts.granted(grant))


def _hints(facts: _Facts) -> Iterator[str]:
    """What is in the way, and what would give the right."""
    who, right = facts.name(facts.user_id).shown, facts.right
    applying, lookups = custom_roles_at(facts.db, facts.container), lookups_of(facts.db)
    holders: list[str] = []
    for grant in facts.grants:
        named = facts.names[grant.holder]
        if named.kind == "role":
            role = str(grant.holder.role)
            of = _played_on(facts, role, lookups)
            if role.startswith(PREFIX) and role not in applying and of:
                where, at = facts.places[facts.container], facts.places[grant.place]
                yield f"The role {named.name} holds {right} on {at}, but does not apply in {where}."
            elif facts.thing is not None:
                holders += [f"make {who} {named.name} of this {each}" for each in of]
            else:
                holders += [f"make {who} {named.name} of {_a(each)}, for that {each}" for each in of]
            continue
        lost = list(facts.ways_up(named.holder.principal_id or 0, with_disabled=True))
        off = [each for way in lost for each in way if each in facts.disabled]
        if off:
            yield f"{who} would hold it through the {facts.name(off[0]).words}, which is switched off."
        elif named.kind == "group" and grant.right != Right.SUPER_USER:
            holders.append(f"put {who} into the group {named.name}")
    for way in dict.fromkeys(holders):
        yield f"{way[0].upper()}{way[1:]}: who is there holds {right} already."
    groups = [facts.name(each).name for each in sorted(facts.reached() - {facts.user_id})]
    to = f"{who}, or to one of the groups {', '.join(groups)}" if groups else who
    where = " or on ".join(facts.places[each] for each in dict.fromkeys((*facts.asked, EVERYWHERE)))
    yield f"Grant {right} on {where} to {to}."


def _played_on(facts: _Facts, role: str, lookups: dict[str, str]) -> list[str]:
    """Of `ticket` and `asset` those on which the role is played, and that the question is about."""
    help = RIGHTS.get(facts.right)
    kinds = help.kinds if help is not None else (QUEUE,)  # what lifecycles ask for is held on queues
    known = {"ticket": (TICKET_ROLES, QUEUE), "asset": (ASSET_ROLES, CATALOG)}
    found = [
        each
        for each, (roles, kind) in known.items()
        if kind in kinds and (role in roles or lookups.get(role) == each)
    ]
    asked = lookups_at(facts.db, facts.asked[0]) if facts.thing is None else (kind_of(facts.thing),)
    return [each for each in found if each in asked]


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _the(words: str) -> str:
    return words if words.startswith("the ") else f"the {words}"
