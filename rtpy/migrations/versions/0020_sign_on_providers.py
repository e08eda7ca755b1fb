"""Providers of single sign-on, and who of us is known to which."""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
