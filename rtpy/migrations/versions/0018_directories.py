"""Directories of people (LDAP, Active Directory), and who of us stands in which."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing is stored for it yet."""


def downgrade() -> None:
    """Nothing to take away."""
