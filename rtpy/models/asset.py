"""Assets: things that clients have and that tickets are about; their catalogs, and who holds them."""

from sqlalchemy import CheckConstraint, Index, String, func
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc

HELD_BY = "HeldBy"
CONTACT = "Contact"


class Catalog(Base):
    """A kind of assets with one lifecycle, as a queue is of tickets."""

    __tablename__ = "catalogs"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    lifecycle: Mapped[str] = mapped_column(String(32))
    sort_order: Mapped[count]
    disabled: Mapped[flag]
    created: Mapped[utc]


class Asset(Base):
    """One thing. Only `rtpy.changes.assets` writes one."""

    __tablename__ = "assets"
    __table_args__ = (
        Index("ix_assets_catalog_id_status", "catalog_id", "status"),
        Index("ix_assets_owner_id", "owner_id"),
        # Partial: an index of NULLs lures the planner away from the useful ones.
        Index(
            "ix_assets_organization_id",
            "organization_id",
            sqlite_where=text_("organization_id IS NOT NULL"),
            postgresql_where=text_("organization_id IS NOT NULL"),
        ),
        Index("ix_assets_last_updated", "last_updated"),
    )

    id: Mapped[id_]
    catalog_id: Mapped[int] = ref("catalogs.id")
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[text]
    status: Mapped[str] = mapped_column(String(64))
    owner_id: Mapped[int] = ref("users.id")
    organization_id: Mapped[int | None] = ref("organizations.id")
    site_id: Mapped[int | None] = ref("organization_sites.id")
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]
    last_updated_by_id: Mapped[int] = ref("users.id")
    last_updated: Mapped[utc]


class AssetWatcher(Base):
    """One principal in one role on one asset, or on all of a catalog. The owner is a column of the asset.

    Beside the watchers of tickets, not among them: those are asked on every page of a ticket, and their indexes are
    made for that.
    """

    __tablename__ = "asset_watchers"
    __table_args__ = (
        CheckConstraint("(asset_id IS NULL) <> (catalog_id IS NULL)", name="one_object"),
        Index(
            "uq_asset_watchers_asset_id_role_principal_id", "asset_id", "role", "principal_id", unique=True
        ),
        Index(
            "uq_asset_watchers_catalog_id_role_principal_id",
            "catalog_id",
            "role",
            "principal_id",
            unique=True,
            sqlite_where=text_("catalog_id IS NOT NULL"),
            postgresql_where=text_("catalog_id IS NOT NULL"),
        ),
        Index("ix_asset_watchers_principal_id_role", "principal_id", "role"),
    )

    id: Mapped[id_]
    asset_id: Mapped[int | None] = ref("assets.id", cascade=True)
    catalog_id: Mapped[int | None] = ref("catalogs.id", cascade=True)
    role: Mapped[str] = mapped_column(String(64))
    principal_id: Mapped[int] = ref("principals.id")


class AssetLink(Base):
    """`base_id` TYPE another asset, or an address elsewhere; links between tickets and assets are links of tickets."""

    __tablename__ = "asset_links"
    __table_args__ = (
        Index("ix_asset_links_base_id", "base_id"),
        Index("ix_asset_links_target_id", "target_id"),
    )

    id: Mapped[id_]
    type: Mapped[str] = mapped_column(String(20))
    base_id: Mapped[int] = ref("assets.id", cascade=True)
    target_id: Mapped[int | None] = ref("assets.id", cascade=True)
    uri: Mapped[text]


Index("uq_catalogs_name_folded", func.lower(Catalog.name), unique=True)
