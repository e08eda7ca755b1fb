"""Mailboxes that are fetched, and what was taken from them."""

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
