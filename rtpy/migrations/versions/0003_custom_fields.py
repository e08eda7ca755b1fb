"""Custom fields"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lookup", sa.String(length=16), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("render_type", sa.String(length=16), server_default="", nullable=False),
        sa.Column("max_values", KEY, nullable=False),
        sa.Column("based_on_id", KEY, nullable=True),
        sa.Column("pattern", sa.Text(), server_default="", nullable=False),
        sa.Column("entry_hint", sa.String(length=255), server_default="", nullable=False),
        sa.Column("validation_hint", sa.String(length=255), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("grouping", sa.String(length=100), server_default="", nullable=False),
        sa.Column("unique_values", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("canonicalizer", sa.String(length=64), server_default="", nullable=False),
        sa.Column("link_template", sa.Text(), server_default="", nullable=False),
        sa.Column("include_template", sa.Text(), server_default="", nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["based_on_id"], ["custom_fields.id"], name=op.f("fk_custom_fields_based_on_id_custom_fields")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
    )
    op.create_index("ix_custom_fields_lookup_name", "custom_fields", ["lookup", "name"])
    op.create_table(
        "custom_field_values",
        sa.Column("id", KEY, nullable=False),
        sa.Column("custom_field_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=255), server_default="", nullable=False),
        sa.Column("category", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        _of_field("custom_field_values"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field_values")),
    )
    op.create_index(
        "ix_custom_field_values_custom_field_id_sort_order",
        "custom_field_values",
        ["custom_field_id", "sort_order"],
    )
    op.create_table(
        "custom_field_places",
        sa.Column("id", KEY, nullable=False),
        sa.Column("custom_field_id", KEY, nullable=False),
        sa.Column("object_id", KEY, server_default="0", nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        _of_field("custom_field_places"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field_places")),
        sa.UniqueConstraint(
            "custom_field_id", "object_id", name=op.f("uq_custom_field_places_custom_field_id_object_id")
        ),
    )
    op.create_table(
        "custom_field_defaults",
        sa.Column("id", KEY, nullable=False),
        sa.Column("custom_field_id", KEY, nullable=False),
        sa.Column("object_id", KEY, server_default="0", nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        _of_field("custom_field_defaults"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field_defaults")),
        sa.UniqueConstraint(
            "custom_field_id", "object_id", name=op.f("uq_custom_field_defaults_custom_field_id_object_id")
        ),
    )
    op.create_table(
        "custom_field_contents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("custom_field_id", KEY, nullable=False),
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("object_id", KEY, nullable=False),
        sa.Column("content", sa.String(length=255), server_default="", nullable=False),
        sa.Column("large_content", sa.Text(), server_default="", nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=True),
        sa.Column("content_type", sa.String(length=255), server_default="", nullable=False),
        sa.Column("size", KEY, server_default="0", nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("creator_id", KEY, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["custom_field_id"],
            ["custom_fields.id"],
            name=op.f("fk_custom_field_contents_custom_field_id_custom_fields"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("fk_custom_field_contents_creator_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field_contents")),
    )
    op.create_index(
        "ix_custom_field_contents_object_type_object_id",
        "custom_field_contents",
        ["object_type", "object_id"],
    )
    op.create_index(
        "ix_custom_field_contents_custom_field_id_content",
        "custom_field_contents",
        ["custom_field_id", "content"],
    )
    op.create_index(
        "ix_custom_field_contents_blob_sha256",
        "custom_field_contents",
        ["blob_sha256"],
        sqlite_where=sa.text("blob_sha256 IS NOT NULL"),
        postgresql_where=sa.text("blob_sha256 IS NOT NULL"),
    )
    # Rows of custom_field_contents; no foreign key, history outlives what it speaks of.
    op.add_column("transactions", sa.Column("old_reference", KEY, nullable=True))
    op.add_column("transactions", sa.Column("new_reference", KEY, nullable=True))


def downgrade() -> None:
    op.drop_column("transactions", "new_reference")
    op.drop_column("transactions", "old_reference")
    for table in ("contents", "defaults", "places", "values"):
        op.drop_table(f"custom_field_{table}")
    op.drop_table("custom_fields")


def _of_field(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["custom_field_id"],
        ["custom_fields.id"],
        name=op.f(f"fk_{table}_custom_field_id_custom_fields"),
        ondelete="CASCADE",
    )
