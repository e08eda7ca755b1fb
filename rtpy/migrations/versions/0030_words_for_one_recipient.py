"""What a mail says to one of its recipients alone."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column."""
    op.add_column("outgoing_recipients", sa.Column("own_words", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("outgoing_recipients", "own_words")
