"""Webhooks, and what is to be sent to them."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
