"""Assets by words, catalog, status, organisation and holder, a page at a time, only those that the reader may see."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from rtpy.app import App
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.models import Asset, AssetWatcher, Catalog, CustomFieldContent, Group, Organization, User
from rtpy.models.asset import HELD_BY
from rtpy.models.watcher import OWNER
from rtpy.remembered import remembered, watch
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.work import Work

watch(Catalog)

PER_PAGE = 25
MOST_WORDS = 8
LONGEST_IN_LIST = 120
"""So many letters of a description."""


@dataclass(frozen=True, slots=True)
class CatalogKnown:
    """A catalog as every page needs it."""

    id: int
    name: str
    description: str
    lifecycle: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """Which assets; what is None or empty does not filter. `person_id`: who owns, holds or answers for it."""

    words: str = ""
    catalog_id: int | None = None
    statuses: tuple[str, ...] = ()
    organization_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """One asset in a list; `description` is its beginning, `holders` are names."""

    id: int
    name: str
    status: str
    catalog_id: int
    organization: str
    updated: datetime
    description: str = ""
    holders: str = ""


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A page of a list: `number` from 1."""

    rows: tuple[AssetRow, ...]
    number: int
    total: int


def list_assets(
    work: Work, wanted: AssetFilter, number: int = 1, *, per_page: int = PER_PAGE, counted: bool = True
) -> AssetPage:
    """One page by name, in three queries: the rows, who holds them, the total (unless `counted` is False)."""
    db = work.db
    clauses = [visible_assets(work.rights.of(Right.SHOW_ASSET)), *_clauses(work, wanted)]
    found = db.execute(
        select(
            Asset.id,
            Asset.name,
            Asset.status,
            Asset.catalog_id,
            func.coalesce(Organization.name, ""),
            Asset.last_updated,
            func.substr(Asset.description, 1, LONGEST_IN_LIST + 1),
        )
        .outerjoin(Organization, Organization.id == Asset.organization_id)
        .where(*clauses)
        .order_by(func.lower(Asset.name), Asset.id)
        .limit(per_page)
        .offset((number - 1) * per_page)
    )
    rows = [AssetRow(*row) for row in found]
    holders = names_in_role(db, HELD_BY, [row.id for row in rows])
    total = db.scalar(select(func.count()).select_from(Asset).where(*clauses)) or 0 if counted else 0
    return AssetPage(
        tuple(replace(row, holders=", ".join(holders.get(row.id, ()))) for row in rows), number, total
    )


def known_catalogs(app: App, db: Session) -> dict[int, CatalogKnown]:
    """Every catalog by its id, in their order. No query as long as nobody changes one."""
    return remembered(app, db, "catalogs", _read_catalogs)


def visible_assets(show_asset: Grants) -> ColumnElement[bool]:
    """The second reading of `asset_roles` and `Grants.on`: a clause over assets, true where the right is held."""
    if show_asset.everywhere:
        return true()
    clauses: list[ColumnElement[bool]] = [Asset.catalog_id.in_(show_asset.ids("catalog"))]
    if show_asset.roles_everywhere:
        clauses.append(_plays(show_asset.roles_everywhere, show_asset.principals))
    by_catalog: dict[int, set[str]] = defaultdict(set)
    for role, kind, catalog_id in show_asset.roles_on:
        if kind == "catalog":
            by_catalog[catalog_id].add(role)
    clauses += [
        and_(Asset.catalog_id == catalog_id, _plays(roles, show_asset.principals))
        for catalog_id, roles in by_catalog.items()
    ]
    return or_(*clauses)


def names_in_role(db: Session, role: str, asset_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of people and groups in a role of the assets themselves. One query, none for no assets."""
    if not asset_ids:
        return {}
    rows = db.execute(
        select(AssetWatcher.asset_id, User.real_name, User.name, Group.name.label("group_name"))
        .outerjoin(User, User.id == AssetWatcher.principal_id)
        .outerjoin(Group, Group.id == AssetWatcher.principal_id)
        .where(AssetWatcher.asset_id.in_(asset_ids), AssetWatcher.role == role)
        .order_by(AssetWatcher.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row.asset_id].append(row.group_name or row.real_name or row.name or "?")
    return found


def _plays(roles: Collection[str], principals: Collection[int]) -> ColumnElement[bool]:
    watcher = aliased(AssetWatcher)
    plays = exists().where(
        or_(watcher.asset_id == Asset.id, watcher.catalog_id == Asset.catalog_id),
        watcher.role.in_(roles),
        watcher.principal_id.in_(principals),
    )
    return or_(plays, Asset.owner_id.in_(principals)) if OWNER in roles else plays


def _clauses(work: Work, wanted: AssetFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    fields = _fields_seen(work) if wanted.words else []
    for word in wanted.words.split()[:MOST_WORDS]:
        number = word.removeprefix("#").removeprefix("asset:")
        alike = [column.icontains(word, autoescape=True) for column in (Asset.name, Asset.description)]
        if number.isascii() and number.isdigit() and len(number) < 19:
            alike.append(Asset.id == int(number))
        if fields:
            held = aliased(CustomFieldContent)
            alike.append(
                exists().where(
                    held.object_type == Lookup.ASSET.value,
                    held.object_id == Asset.id,
                    held.disabled.is_(False),
                    held.custom_field_id.in_(fields),
                    held.content.icontains(word, autoescape=True),
                )
            )
        clauses.append(or_(*alike))
    if wanted.catalog_id is not None:
        clauses.append(Asset.catalog_id == wanted.catalog_id)
    clauses.append(Asset.status.in_(wanted.statuses) if wanted.statuses else Asset.status != "deleted")
    if wanted.organization_id is not None:
        clauses.append(Asset.organization_id == wanted.organization_id)
    if wanted.person_id is not None:
        plays = exists().where(
            AssetWatcher.asset_id == Asset.id, AssetWatcher.principal_id == wanted.person_id
        )
        clauses.append(or_(plays, Asset.owner_id == wanted.person_id))
    return clauses


def _fields_seen(work: Work) -> list[int]:
    """The fields of assets that the reader sees wherever they apply: what is found must not tell what is hidden."""
    catalogs = known_catalogs(work.app, work.db)
    return [
        each.id
        for each in all_fields(work.app, work.db).values()
        if each.lookup == Lookup.ASSET
        and not each.disabled
        and all(sees(work, each, catalog) for catalog in catalogs if each.applies(catalog))
    ]


def _read_catalogs(db: Session) -> dict[int, CatalogKnown]:
    rows = db.scalars(select(Catalog).order_by(Catalog.sort_order, func.lower(Catalog.name)))
    return {
        row.id: CatalogKnown(row.id, row.name, row.description, row.lifecycle, row.disabled) for row in rows
    }
