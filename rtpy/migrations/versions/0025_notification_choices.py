"""What people want to be told by mail, and addresses that get none."""

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
