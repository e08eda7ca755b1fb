"""Rules by which mail is sorted, and what is known of whether it can be believed."""

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
