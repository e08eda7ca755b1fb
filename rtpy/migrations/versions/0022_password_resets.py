"""Addresses by mail at which a new password can be chosen, once."""

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
