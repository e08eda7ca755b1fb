"""Why somebody holds a right, with every chain that leads to it, or what would give it to them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.models import Ace, CustomRole, CustomRolePlace, GroupMember, Principal, Ticket, Watcher
from rtpy.models.custom_role import PREFIX
from rtpy.models.watcher import OWNER
from rtpy.rights.holders import EVERYWHERE, Holder, Named, Place, name_holders, place_name
from rtpy.rights.names import Right

MOST_CHAINS = 50
MOST_STEPS = 5_000
"""Of a search for ways: groups that contain each other in very many ways are not followed to the end."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer. Each chain is a row of steps in words, from the person to the grant; `hints` say what is missing."""

    is_held: bool
    chains: tuple[tuple[str, ...], ...]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Grant:
    holder: Holder
    right: str
    place: Place


class _Facts:
    """What the database knows about the question: the groups above the person, the grants, and their names."""

    def __init__(self, db: Session, user_id: int, right: str, place: Place) -> None:
        self.user_id = user_id
        self.above, self.disabled = _memberships(db, user_id)
        self.grants = _grants(db, right, place)
        holders = {each.holder for each in self.grants}
        holders |= {Holder(each) for each in (user_id, *self.above, *self.disabled)}
        holders |= {Holder(group) for groups in self.above.values() for group in groups}
        self.names = name_holders(db, holders)
        places = {place, EVERYWHERE}
        self.places = {each: place_name(db, each) for each in places}

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

    def steps(self, way: tuple[int, ...]) -> tuple[str, ...]:
        """The way in words."""
        return (self.name(way[0]).shown, *(f"is in the {self.name(each).words}" for each in way[1:]))

    def granted(self, grant: _Grant) -> str:
        """The last step."""
        holder = self.names[grant.holder].words
        end = ", and so may do anything" if grant.right == Right.SUPER_USER else ""
        return f"{grant.right} is granted to the {holder} on {_the(self.places[grant.place])}{end}"


def explain(db: Session, user_id: int, right: str, place: Place, ticket: Ticket | None = None) -> Explanation:
    """Does the person hold `right` on `place`, or on `ticket` (whose queue is the place then), and why?

    The same answer as `Grants` gives, worked out by another way. About ten queries. Raises NotFound for a place that
    does not exist.
    """
    facts = _Facts(db, user_id, right, place)
    if user_id in facts.disabled:
        return Explanation(
            False, (), (f"{facts.name(user_id).shown} is switched off, and so holds nothing.",)
        )
    chains = [*_direct(facts), *_by_role(db, facts, place, ticket)]
    if chains:
        return Explanation(True, tuple(chains[:MOST_CHAINS]))
    return Explanation(False, (), tuple(_hints(db, facts, right, place, ticket)))


def _direct(facts: _Facts) -> Iterator[tuple[str, ...]]:
    for grant in facts.grants:
        if grant.holder.principal_id is not None:
            for way in facts.ways_up(grant.holder.principal_id):
                yield (*facts.steps(way), facts.granted(grant))


def _by_role(db: Session, facts: _Facts, place: Place, ticket: Ticket | None) -> Iterator[tuple[str, ...]]:
    by_role = [grant for grant in facts.grants if grant.holder.role is not None]
    if ticket is None or not by_role:
        return
    applying = _custom_roles_at(db, place)
    players = _players(db, ticket)
    for grant in by_role:
        role = str(grant.holder.role)
        if role.startswith(PREFIX) and role not in applying:
            continue
        for principal_id, where in players[role]:
            for way in facts.ways_up(principal_id) if principal_id in _reached(facts) else ():
                plays = f"{'is' if len(way) == 1 else 'which is'} {facts.names[grant.holder].name} of {where}"
                yield (*facts.steps(way), plays, facts.granted(grant))


def _hints(db: Session, facts: _Facts, right: str, place: Place, ticket: Ticket | None) -> Iterator[str]:
    """What is in the way, and what would give the right."""
    who, where = facts.name(facts.user_id).shown, _the(facts.places[place])
    holders: list[str] = []
    applying = _custom_roles_at(db, place)
    for grant in facts.grants:
        named = facts.names[grant.holder]
        at = _the(facts.places[grant.place])
        if named.kind == "role":
            if str(grant.holder.role).startswith(PREFIX) and grant.holder.role not in applying:
                yield f"The role {named.name} holds {grant.right} on {at}, but does not apply in {where}."
            else:
                whose = "this ticket" if ticket is not None else "a ticket, for that ticket"
                holders.append(f"make {who} {named.name} of {whose}")
            continue
        lost = list(facts.ways_up(named.holder.principal_id or 0, with_disabled=True))
        off = [each for way in lost for each in way if each in facts.disabled]
        if off:
            yield f"{who} would hold it through the {facts.name(off[0]).words}, which is switched off."
        elif named.kind == "group" and grant.right != Right.SUPER_USER:
            holders.append(f"put {who} into the group {named.name}")
    for way in dict.fromkeys(holders):
        yield f"{way[0].upper()}{way[1:]}: who is there holds {right} already."
    groups = [facts.name(each).name for each in sorted(_reached(facts) - {facts.user_id})]
    to = f"{who}, or to one of the groups {', '.join(groups)}" if groups else who
    everywhere = "" if place == EVERYWHERE else " or on the whole system"
    yield f"Grant {right} on {where}{everywhere} to {to}."


def _memberships(db: Session, user_id: int) -> tuple[dict[int, list[int]], set[int]]:
    """The groups directly above each principal on the way up, and who of them all is switched off. Two queries."""
    up = select(GroupMember.group_id, GroupMember.member_id).where(GroupMember.member_id == user_id)
    edges = up.cte("edges", recursive=True)
    edges = edges.union(
        select(GroupMember.group_id, GroupMember.member_id).join(
            edges, edges.c.group_id == GroupMember.member_id
        )
    )
    above: dict[int, list[int]] = defaultdict(list)
    everybody = {user_id}
    for group_id, member_id in db.execute(select(edges.c.group_id, edges.c.member_id)):
        above[member_id].append(group_id)
        everybody.add(group_id)
    disabled = select(Principal.id).where(Principal.id.in_(everybody), Principal.disabled.is_(True))
    return above, set(db.scalars(disabled))


def _grants(db: Session, right: str, place: Place) -> list[_Grant]:
    """The right here and everywhere, and SuperUser."""
    here = (Ace.object_type == place.kind) & (Ace.object_id == place.id)
    rows = db.execute(
        select(Ace.principal_id, Ace.role, Ace.right_name, Ace.object_type, Ace.object_id)
        .where(
            or_(
                (Ace.right_name == right) & or_(here, Ace.object_type == "system"),
                (Ace.right_name == Right.SUPER_USER) & (Ace.object_type == "system") & Ace.role.is_(None),
            )
        )
        .order_by(Ace.id)
    )
    found = [
        _Grant(Holder(row[0], row[1]), row[2], EVERYWHERE if row[3] == "system" else Place(row[3], row[4]))
        for row in rows
    ]
    return list(dict.fromkeys(found))


def _custom_roles_at(db: Session, place: Place) -> set[str]:
    """Those that are enabled and apply there, as grants name them."""
    rows = db.scalars(
        select(CustomRole.id)
        .join(CustomRolePlace, CustomRolePlace.custom_role_id == CustomRole.id)
        .where(
            CustomRole.disabled.is_(False),
            CustomRolePlace.object_type == place.kind,
            CustomRolePlace.object_id == place.id,
        )
    )
    return {f"{PREFIX}{each}" for each in rows}


def _players(db: Session, ticket: Ticket) -> dict[str, list[tuple[int, str]]]:
    """Who plays which role on the ticket, and of what: of the ticket itself, or of its queue."""
    rows = db.execute(
        select(Watcher.role, Watcher.principal_id, Watcher.queue_id).where(
            or_(Watcher.ticket_id == ticket.id, Watcher.queue_id == ticket.queue_id)
        )
    )
    queue = place_name(db, Place("queue", ticket.queue_id))
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for role, principal_id, queue_id in rows:
        found[role].append((principal_id, _the(queue) if queue_id is not None else f"ticket #{ticket.id}"))
    found[OWNER].append((ticket.owner_id, f"ticket #{ticket.id}"))
    return found


def _reached(facts: _Facts) -> set[int]:
    """The person and all groups above through enabled ones only."""
    reached, waiting = {facts.user_id}, [facts.user_id]
    while waiting:
        for group in facts.above.get(waiting.pop(), ()):
            if group not in facts.disabled and group not in reached:
                reached.add(group)
                waiting.append(group)
    return reached


def _the(words: str) -> str:
    return words if words.startswith("the ") else f"the {words}"
