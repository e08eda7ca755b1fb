"""What people are to be told of steps that were taken, until it is sent; since when a policy has its ladder."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and the column."""
    op.add_column("sla_policies", sa.Column("ladder_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "sla_waiting_mails",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("cycle", KEY, server_default="0", nullable=False),
        sa.Column("ladder", sa.String(length=100), nullable=False),
        sa.Column("level", KEY, server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_sla_waiting_mails_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sla_waiting_mails_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_waiting_mails")),
    )
    op.create_index("ix_sla_waiting_mails_not_before", "sla_waiting_mails", ["not_before"])
    op.create_index("ix_sla_waiting_mails_ticket_id", "sla_waiting_mails", ["ticket_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("sla_waiting_mails")
    op.drop_column("sla_policies", "ladder_since")
