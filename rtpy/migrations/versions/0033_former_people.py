"""When somebody was made a former person: no directory brings them back."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
kind = "expand"


def upgrade() -> None:
    """Make the column."""
    op.add_column("users", sa.Column("anonymised", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("users", "anonymised")
