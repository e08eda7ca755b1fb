"""How it goes with chores, and when the certificates of servers end."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
kind = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "chore_runs",
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("pace", sa.Float(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("began", "ended", "last_good", "last_failed")
        ),
        *(sa.Column(name, KEY, server_default="0", nullable=False) for name in ("did", "failures")),
        sa.Column("last_problem", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("node", "name", name=op.f("pk_chore_runs")),
    )
    op.create_table(
        "server_certificates",
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_server_certificates")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("server_certificates")
    op.drop_table("chore_runs")
