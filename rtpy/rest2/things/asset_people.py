"""Who has to do with assets: people and groups by role, and what the caller plays on each; for many at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select

from rtpy.changes.roles import roles_of
from rtpy.db.base import table_of
from rtpy.models import Asset, AssetWatcher
from rtpy.models.watcher import OWNER
from rtpy.rest2.call import Call
from rtpy.rest2.field_kind import Reader
from rtpy.rest2.principals import principal_refs
from rtpy.rest2.values import Ref

NONE: frozenset[str] = frozenset()


def asset_people(call: Call, assets: Sequence[Asset]) -> Mapping[int, Mapping[str, list[Ref]]]:
    """Who has which role on these assets themselves. Three queries at most, once for a call."""
    kept: dict[int, dict[str, list[Ref]]] = call.cache.setdefault("asset_people", {})
    unknown = [each.id for each in assets if each.id not in kept]
    if unknown:
        rows = call.work.db.connection().execute(_PEOPLE, {"ids": unknown}).all()
        refs = principal_refs(call, {row.principal_id for row in rows})
        kept.update({each: defaultdict(list) for each in unknown})
        for row in rows:
            if row.principal_id in refs:
                kept[row.asset_id][row.role].append(refs[row.principal_id])
    return kept


def forget_people(call: Call) -> None:
    """Somebody was added or taken away in this very call."""
    call.cache.pop("asset_people", None)


def roles_played(call: Call, assets: Sequence[Asset]) -> Mapping[int, frozenset[str]]:
    """The roles of the caller on each asset, by itself or its catalog: `asset_roles` for many.

    One query, once for a call; none when no right is held by a role.
    """
    rights = call.work.rights
    if rights.super_user or not any(held.by_role for held in rights.by_right.values()):
        return {}
    kept: dict[int, frozenset[str]] = call.cache.setdefault("asset_roles", {})
    unknown = [each for each in assets if each.id not in kept]
    if unknown:
        kept.update(_read_roles(call, unknown))
    return kept


def _read_roles(call: Call, assets: Sequence[Asset]) -> Mapping[int, frozenset[str]]:
    rights = call.work.rights
    mine = list(rights.principals)
    values = {
        "ids": [each.id for each in assets],
        "catalogs": list({each.catalog_id for each in assets}),
        "mine": mine,
    }
    of_asset: dict[int, set[str]] = defaultdict(set)
    of_catalog: dict[int, set[str]] = defaultdict(set)
    for row in call.work.db.connection().execute(_PLAYED, values):
        if row.asset_id is not None:
            of_asset[row.asset_id].add(row.role)
        else:
            of_catalog[row.catalog_id].add(row.role)
    return {
        each.id: frozenset(
            of_asset[each.id]
            | of_catalog[each.catalog_id]
            | ({OWNER} if each.owner_id in rights.principals else set())
        )
        for each in assets
    }


def role(name: str) -> Reader:
    """The people of one role."""

    def read(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        people = asset_people(call, rows)
        return [list(people[row.id].get(name, ())) for row in rows]

    return read


def custom_roles(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    """By name: one person (Nobody where there is none) or a list; None where no role applies."""
    work = call.work
    people, roles = asset_people(call, rows), roles_of(work.app, work.db)
    nobody = Ref("user", work.app.nobody_id(work.db), "Nobody")
    found = []
    for row in rows:
        played = people[row.id]
        shown: dict[str, Any] = {}
        for each in roles.in_catalog(row.catalog_id):
            players = list(played.get(each.role, ()))
            shown[each.name] = (players or [nobody])[0] if each.is_single else players
        found.append(shown or None)
    return found


_watchers = table_of(AssetWatcher).c
_PEOPLE = (
    select(_watchers.asset_id, _watchers.role, _watchers.principal_id)
    .where(_watchers.asset_id.in_(bindparam("ids", expanding=True)))
    .order_by(_watchers.id)
)
_PLAYED = (
    select(_watchers.asset_id, _watchers.catalog_id, _watchers.role)
    .where(
        or_(
            _watchers.asset_id.in_(bindparam("ids", expanding=True)),
            _watchers.catalog_id.in_(bindparam("catalogs", expanding=True)),
        ),
        _watchers.principal_id.in_(bindparam("mine", expanding=True)),
    )
    .distinct()
)
