"""Runs of the synchronisation with directories, and what each was to do."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
