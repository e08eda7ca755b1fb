"""Columns of assets, and what is known of the assets of a page."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.models import Asset, AssetWatcher, Catalog, Group, Organization, OrganizationSite, User
from rtpy.models.asset import CONTACT, HELD_BY
from rtpy.models.custom_role import PREFIX
from rtpy.rights.names import Right
from rtpy.search.assets import visible_assets
from rtpy.search.columns.column import Column, Kind
from rtpy.search.columns.things import ThingPage, among_ids, by_name, dated, own, person, text
from rtpy.search.compiling.field_names import grants_on

USUAL = (
    """'<b><a href="__WebPath__/Asset/Display.html?id=__id__">__id__</a></b>', """
    """'<b><a href="__WebPath__/Asset/Display.html?id=__id__">__Name__</a></b>', """
    "Status, Catalog, Organization, HeldBy, LastUpdatedRelative"
)
"""What a search for assets shows that says nothing else."""


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """One asset as its own row tells it, with the names of its catalog and company."""

    id: int
    subject: str
    description: str
    status: str
    catalog_id: int
    catalog: str
    lifecycle: str
    owner_id: int
    creator_id: int
    last_updated_by_id: int
    organization: str
    site: str
    created: datetime
    last_updated: datetime


class AssetPage(ThingPage):
    """The assets of a page."""

    lookup = Lookup.ASSET
    people_in = ("owner_id", "creator_id", "last_updated_by_id")

    def read(self, ids: list[int]) -> Iterable[AssetFacts]:
        """As far as ShowAsset goes."""
        seen = visible_assets(self.work.rights.of(Right.SHOW_ASSET))
        rows = self.work.db.connection().execute(_BASE.where(Asset.id.in_(ids), seen))
        return [AssetFacts(*row) for row in rows]

    def readable(self, definition: FieldDefinition) -> Select[Any]:
        """By SeeCustomField in all its ways."""
        return select(Asset.id).where(
            among_ids(Asset.id, self), visible_assets(grants_on(self.work, definition))
        )

    @cached_property
    def watchers(self) -> Mapping[int, Mapping[str, Sequence[str]]]:
        """Names of who plays which role, by asset and role; the owner is not among them."""
        return _names_by_role(self.work.db, self.ids)

    def players(self, asset: AssetFacts, role: str) -> tuple[str, ...]:
        """Who plays this role (`HeldBy`, `CustomRole-7`) on the asset."""
        return tuple(self.watchers.get(asset.id, {}).get(role, ()))


def asset_role_column(name: str, title: str, role: str) -> Column:
    """Who plays a role."""
    return Column(name, title, Kind.PERSON, lambda page, asset: page.players(asset, role))


def custom_role_column(name: str, title: str, number: int) -> Column:
    """Who plays a custom role."""
    return asset_role_column(name, title, f"{PREFIX}{number}")


def _names_by_role(db: Session, ids: Collection[int]) -> dict[int, dict[str, list[str]]]:
    """One query."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = db.connection().execute(_PLAYERS.where(AssetWatcher.asset_id.in_(ids))) if ids else ()
    for row in rows:
        found[row.asset_id][row.role].append(row.group_name or row.real_name or row.name or "?")
    return found


_BASE: Any = (  # Any: a Select of many columns
    select(
        Asset.id,
        Asset.name,
        Asset.description,
        Asset.status,
        Asset.catalog_id,
        Catalog.name,
        Catalog.lifecycle,
        Asset.owner_id,
        Asset.creator_id,
        Asset.last_updated_by_id,
        func.coalesce(Organization.name, ""),
        func.coalesce(OrganizationSite.name, ""),
        Asset.created,
        Asset.last_updated,
    )
    .join(Catalog, Catalog.id == Asset.catalog_id)
    .outerjoin(Organization, Organization.id == Asset.organization_id)
    .outerjoin(OrganizationSite, OrganizationSite.id == Asset.site_id)
)
_PLAYERS = (
    select(
        AssetWatcher.asset_id, AssetWatcher.role, User.real_name, User.name, Group.name.label("group_name")
    )
    .outerjoin(User, User.id == AssetWatcher.principal_id)
    .outerjoin(Group, Group.id == AssetWatcher.principal_id)
    .order_by(AssetWatcher.id)
)
ALIASES = {"catalogname": "Catalog", "createdby": "Creator", "contact": "Contacts"}
COLUMNS = by_name(
    (
        own("id", "#", Kind.NUMBER, "id"),
        own("Name", "Name", Kind.TEXT, "subject"),
        text("Description", "Description", lambda _, asset: " ".join(asset.description.split())),
        own("Status", "Status", Kind.TEXT, "status"),
        own("Catalog", "Catalog", Kind.TEXT, "catalog"),
        own("Lifecycle", "Lifecycle", Kind.TEXT, "lifecycle"),
        person("Owner", "Owner", "owner_id"),
        asset_role_column("HeldBy", "Held by", HELD_BY),
        asset_role_column("Contacts", "Contacts", CONTACT),
        own("Organization", "Organisation", Kind.TEXT, "organization"),
        own("Site", "Site", Kind.TEXT, "site"),
        person("Creator", "Created by", "creator_id"),
        person("LastUpdatedBy", "Last updated by", "last_updated_by_id"),
        *dated("Created", "Created", "created"),
        *dated("LastUpdated", "Updated", "last_updated"),
    )
)
