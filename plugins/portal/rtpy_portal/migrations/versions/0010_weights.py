"""Words of pages by their weight."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_portal_page_words_weight", "portal_page_words", ["stem", "weight", "page_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_portal_page_words_weight", "portal_page_words")
