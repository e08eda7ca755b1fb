"""Loose ends that are none, and how many there were."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_dismissals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_billing_dismissals_actor_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_dismissals")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_billing_dismissals_kind_key")),
    )
    op.create_index("ix_billing_dismissals_at", "billing_dismissals", ["at"])
    op.create_table(
        "billing_loose_end_counts",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.PrimaryKeyConstraint("on", "kind", name=op.f("pk_billing_loose_end_counts")),
    )


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("billing_loose_end_counts")
    op.drop_table("billing_dismissals")
