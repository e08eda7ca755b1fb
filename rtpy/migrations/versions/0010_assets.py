"""Assets"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def _partial(column: str) -> dict[str, Any]:
    where = sa.text(f"{column} IS NOT NULL")
    return {"sqlite_where": where, "postgresql_where": where}


def upgrade() -> None:
    op.create_table(
        "catalogs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=255), server_default="", nullable=False),
        sa.Column("lifecycle", sa.String(length=32), nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogs")),
    )
    op.create_index("uq_catalogs_name_folded", "catalogs", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "assets",
        sa.Column("id", KEY, nullable=False),
        sa.Column("catalog_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("site_id", KEY, nullable=True),
        sa.Column("creator_id", KEY, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_updated_by_id", KEY, nullable=False),
        sa.Column("last_updated", sa.DateTime(timezone=True), nullable=False),
        _points("assets", "catalog_id", "catalogs"),
        _points("assets", "owner_id", "users"),
        _points("assets", "organization_id", "organizations"),
        _points("assets", "site_id", "organization_sites"),
        _points("assets", "creator_id", "users"),
        _points("assets", "last_updated_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
    )
    op.create_index("ix_assets_catalog_id_status", "assets", ["catalog_id", "status"])
    op.create_index("ix_assets_owner_id", "assets", ["owner_id"])
    op.create_index("ix_assets_organization_id", "assets", ["organization_id"], **_partial("organization_id"))
    op.create_index("ix_assets_last_updated", "assets", ["last_updated"])
    op.create_table(
        "asset_watchers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("asset_id", KEY, nullable=True),
        sa.Column("catalog_id", KEY, nullable=True),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("principal_id", KEY, nullable=False),
        sa.CheckConstraint(
            "(asset_id IS NULL) <> (catalog_id IS NULL)", name=op.f("ck_asset_watchers_one_object")
        ),
        _points("asset_watchers", "asset_id", "assets", cascade=True),
        _points("asset_watchers", "catalog_id", "catalogs", cascade=True),
        _points("asset_watchers", "principal_id", "principals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_watchers")),
    )
    op.create_index(
        "uq_asset_watchers_asset_id_role_principal_id",
        "asset_watchers",
        ["asset_id", "role", "principal_id"],
        unique=True,
    )
    op.create_index(
        "uq_asset_watchers_catalog_id_role_principal_id",
        "asset_watchers",
        ["catalog_id", "role", "principal_id"],
        unique=True,
        **_partial("catalog_id"),
    )
    op.create_index("ix_asset_watchers_principal_id_role", "asset_watchers", ["principal_id", "role"])
    op.create_table(
        "asset_links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("base_id", KEY, nullable=False),
        sa.Column("target_id", KEY, nullable=True),
        sa.Column("uri", sa.Text(), server_default="", nullable=False),
        _points("asset_links", "base_id", "assets", cascade=True),
        _points("asset_links", "target_id", "assets", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_links")),
    )
    op.create_index("ix_asset_links_base_id", "asset_links", ["base_id"])
    op.create_index("ix_asset_links_target_id", "asset_links", ["target_id"])
    for end in ("target", "base"):
        where = sa.text(f"local_{end}_id IS NULL")
        op.create_index(
            f"ix_links_{end}",
            "links",
            [end],
            sqlite_where=where,
            postgresql_where=where,
            postgresql_using="hash",
        )


def downgrade() -> None:
    for end in ("target", "base"):
        op.drop_index(f"ix_links_{end}", "links")
    for table in ("asset_links", "asset_watchers", "assets", "catalogs"):
        op.drop_table(table)
