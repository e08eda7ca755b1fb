"""People and groups"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("gecos", sa.String(length=255), server_default="", nullable=False))
    op.add_column(
        "users", sa.Column("organization", sa.String(length=255), server_default="", nullable=False)
    )
    # In words of its own: SQLite takes a reference with a new column, and none for one that is there.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE users ADD COLUMN merged_into_id {kind}"
        " CONSTRAINT fk_users_merged_into_id_users REFERENCES users (id)"
    )
    op.create_index(
        "ix_users_merged_into_id",
        "users",
        ["merged_into_id"],
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_table(
        "user_addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_addresses_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_addresses")),
        sa.UniqueConstraint("address", name=op.f("uq_user_addresses_address")),
    )
    op.create_index(op.f("ix_user_addresses_user_id"), "user_addresses", ["user_id"])


def downgrade() -> None:
    op.drop_table("user_addresses")
    op.drop_index("ix_users_merged_into_id", "users")
    op.drop_column("users", "merged_into_id")
    op.drop_column("users", "organization")
    op.drop_column("users", "gecos")
