"""Tokens of people for programs."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
