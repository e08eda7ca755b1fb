"""The first revision of billing, from which its tables grow."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing yet: what follows makes the tables."""


def downgrade() -> None:
    """Nothing to take away."""
