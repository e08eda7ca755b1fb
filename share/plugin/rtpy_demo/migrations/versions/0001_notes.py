"""The table of notes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    """Make the table."""
    op.create_table(
        "demo_notes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_demo_notes_author_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_notes")),
    )
    op.create_index("ix_demo_notes_author_id", "demo_notes", ["author_id"])


def downgrade():
    """Take it away."""
    op.drop_table("demo_notes")
