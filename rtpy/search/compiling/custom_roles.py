"""Custom roles that searches may name: those of the queues and catalogs that the asker sees."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.db.base import table_of
from rtpy.models import CustomRole, CustomRolePlace
from rtpy.remembered import remembered, watch
from rtpy.rights.names import Right
from rtpy.work import Work

watch(CustomRole, CustomRolePlace)

_custom = table_of(CustomRole)


def roles_seen(work: Work, lookup: str = "ticket", *, by_role: bool = False) -> list[tuple[int, str]]:
    """Number and name of each role of tickets (or assets) that is on and that the actor may know of, by name.

    Those are the roles of the queues (catalogs) that they see, or whose things they see; with `by_role` of those, too,
    in which a role would let them see things: what can be asked for, but is offered to nobody. Who sees all of them may
    know of the others. No query as long as nobody changes one.
    """
    is_asset = lookup == "asset"
    kind = "catalog" if is_asset else "queue"
    rights = (Right.SHOW_CATALOG, Right.SHOW_ASSET) if is_asset else (Right.SEE_QUEUE, Right.SHOW_TICKET)
    grants = [work.rights.of(right) for right in rights]
    sees_all = any(each.everywhere or (by_role and each.roles_everywhere) for each in grants)
    places = {place for each in grants for place in (each.ids(kind) if is_asset else each.queues)}
    if by_role:
        places |= {place for each in grants for _, on, place in each.roles_on if on == kind}
        places |= {place for each in grants for _, place in each.roles_in if not is_asset}
    known: tuple[_Known, ...] = remembered(work.app, work.db, "search.custom_roles", _read)
    mine = (each for each in known if each.lookup == lookup and (sees_all or each.places & places))
    return [(each.id, each.name) for each in mine]


@dataclass(frozen=True, slots=True)
class _Known:
    """A custom role that is on; `places` are the queues or catalogs in which it applies."""

    id: int
    name: str
    lookup: str
    places: frozenset[int]


def _read(db: Session) -> tuple[_Known, ...]:
    places: dict[int, set[int]] = defaultdict(set)
    for number, place in db.connection().execute(_PLACES):
        places[number].add(place)
    rows = db.connection().execute(_CUSTOM_ROLES)
    return tuple(_Known(row[0], row[1], row[2], frozenset(places[row[0]])) for row in rows)


_CUSTOM_ROLES = (
    select(_custom.c.id, _custom.c.name, _custom.c.lookup)
    .where(_custom.c.disabled.is_(False))
    .order_by(func.lower(_custom.c.name))
)
_PLACES = select(CustomRolePlace.custom_role_id, CustomRolePlace.object_id)
