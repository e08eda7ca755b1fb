"""Allowances."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "budget_allowances",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("minutes", KEY, server_default="0", nullable=False),
        sa.Column("given_by_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_budget_allowances_user_id_users")),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["users.id"], name=op.f("fk_budget_allowances_given_by_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_budget_allowances")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("budget_allowances")
