"""Loose ends that are none, and how many there were."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_loose_ends",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("thing_id", KEY, nullable=True),
        sa.Column("number", KEY, server_default="0", nullable=False),
        sa.Column("amount", KEY, nullable=True),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("detail", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_loose_ends_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_billing_loose_ends_owner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_billing_loose_ends_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_loose_ends")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_billing_loose_ends_kind_key")),
    )
    op.create_index("ix_billing_loose_ends_owner_id", "billing_loose_ends", ["owner_id", "kind"])
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
    op.create_table(
        "billing_sent_reports",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("mails", KEY, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("kind", "on", name=op.f("pk_billing_sent_reports")),
    )


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("billing_sent_reports")
    op.drop_table("billing_loose_end_counts")
    op.drop_table("billing_dismissals")
    op.drop_table("billing_loose_ends")
