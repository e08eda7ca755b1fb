"""How long plugins took, and what failed in them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "hook_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("hook", sa.String(length=64), nullable=False),
        *(
            sa.Column(name, KEY, server_default="0", nullable=False)
            for name in ("calls", "failures", "microseconds", "slowest")
        ),
        sa.Column("buckets", sa.Text(), nullable=False),
        sa.Column("failed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "plugin", "hook", name=op.f("pk_hook_days")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("hook_days")
