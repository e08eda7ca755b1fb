"""Second factors, and the history of logins."""

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
