"""Saved searches, dashboards and keys of feeds."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
