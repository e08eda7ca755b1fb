"""What the database knows when somebody asks why a right is held: the groups above, the grants, who plays what."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.models import (
    Ace,
    Article,
    Asset,
    AssetWatcher,
    CustomRole,
    CustomRolePlace,
    GroupMember,
    Principal,
    Ticket,
    Watcher,
)
from rtpy.models.custom_role import PREFIX
from rtpy.models.watcher import OWNER
from rtpy.rights.holders import EVERYWHERE, Holder, Place, place_name
from rtpy.rights.names import CATALOG, CLASS, QUEUE, Right

Thing = Ticket | Asset | Article
"""What a question can be about inside of a queue, a catalog or a class."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A right given to a holder on a place."""

    holder: Holder
    right: str
    place: Place


def container_of(thing: Thing) -> Place:
    """The queue of a ticket, the catalog of an asset, the class of an article."""
    if isinstance(thing, Ticket):
        return Place(QUEUE, thing.queue_id)
    return Place(CATALOG, thing.catalog_id) if isinstance(thing, Asset) else Place(CLASS, thing.class_id)


def kind_of(thing: Thing) -> str:
    """`ticket`, `asset` or `article`."""
    return "ticket" if isinstance(thing, Ticket) else "asset" if isinstance(thing, Asset) else "article"


def read_memberships(db: Session, user_id: int) -> tuple[dict[int, list[int]], set[int]]:
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


def read_grants(db: Session, right: str, places: Collection[Place]) -> list[Grant]:
    """The right at these places and everywhere, and SuperUser. One query."""
    here = [(Ace.object_type == place.kind) & (Ace.object_id == place.id) for place in places]
    rows = db.execute(
        select(Ace.principal_id, Ace.role, Ace.right_name, Ace.object_type, Ace.object_id)
        .where(
            or_(
                (Ace.right_name == right) & or_(Ace.object_type == "system", *here),
                (Ace.right_name == Right.SUPER_USER) & (Ace.object_type == "system") & Ace.role.is_(None),
            )
        )
        .order_by(Ace.id)
    )
    found = [
        Grant(Holder(row[0], row[1]), row[2], EVERYWHERE if row[3] == "system" else Place(row[3], row[4]))
        for row in rows
    ]
    return list(dict.fromkeys(found))


def custom_roles_at(db: Session, place: Place) -> set[str]:
    """Those that are enabled and apply in the queue or catalog, as grants name them; elsewhere all that are enabled."""
    query = select(CustomRole.id).where(CustomRole.disabled.is_(False))
    if place.kind in (QUEUE, CATALOG):
        query = query.join(CustomRolePlace, CustomRolePlace.custom_role_id == CustomRole.id).where(
            CustomRolePlace.object_type == place.kind, CustomRolePlace.object_id == place.id
        )
    return {f"{PREFIX}{each}" for each in db.scalars(query)}


def read_players(db: Session, thing: Thing) -> dict[str, list[tuple[int, str]]]:
    """Who plays which role on a ticket or an asset, and of what: of itself, or of its queue or catalog. Two queries."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    if isinstance(thing, Ticket):
        own, whole = Watcher.ticket_id == thing.id, Watcher.queue_id == thing.queue_id
        query = select(Watcher.role, Watcher.principal_id, Watcher.queue_id).where(or_(own, whole))
    elif isinstance(thing, Asset):
        own, whole = AssetWatcher.asset_id == thing.id, AssetWatcher.catalog_id == thing.catalog_id
        query = select(AssetWatcher.role, AssetWatcher.principal_id, AssetWatcher.catalog_id)
        query = query.where(or_(own, whole))
    else:
        return found
    itself, container = f"{kind_of(thing)} #{thing.id}", f"the {place_name(db, container_of(thing))}"
    for role, principal_id, container_id in db.execute(query):
        found[role].append((principal_id, container if container_id is not None else itself))
    found[OWNER].append((thing.owner_id, itself))
    return found
