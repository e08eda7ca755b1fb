"""Which revisions the database has had, and how far one has come that is under way."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
kind = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "schema_revisions",
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("release", sa.String(length=40), nullable=False),
        sa.Column("applied", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("line", "revision", name=op.f("pk_schema_revisions")),
    )
    op.create_table(
        "schema_steps",
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("line", "revision", "name", name=op.f("pk_schema_steps")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("schema_steps")
    op.drop_table("schema_revisions")
