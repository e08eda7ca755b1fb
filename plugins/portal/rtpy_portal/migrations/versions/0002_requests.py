"""What customers are told of a request beside its history."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "portal_requests",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("went_wrong", sa.Text(), server_default="", nullable=False),
        sa.Column("how_fixed", sa.Text(), server_default="", nullable=False),
        sa.Column("escalated", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_portal_requests_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_portal_requests")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("portal_requests")
