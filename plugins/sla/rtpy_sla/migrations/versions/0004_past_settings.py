"""What was set about counting before somebody changed it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sla_past_settings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_past_settings")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("sla_past_settings")
