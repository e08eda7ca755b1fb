"""Bookmarks, and what people have read."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Make the tables, and indexes: values of custom fields whatever their case, parts of messages with a name."""
    op.create_table(
        "bookmarks",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        _points("bookmarks", "user_id", "users"),
        _points("bookmarks", "ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("user_id", "ticket_id", name=op.f("pk_bookmarks")),
    )
    op.create_index("ix_bookmarks_ticket_id", "bookmarks", ["ticket_id"])
    op.create_table(
        "read_marks",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("transaction_id", KEY, nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        _points("read_marks", "user_id", "users"),
        _points("read_marks", "ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("user_id", "ticket_id", name=op.f("pk_read_marks")),
    )
    op.create_index("ix_read_marks_ticket_id", "read_marks", ["ticket_id"])
    op.create_index(
        "ix_custom_field_contents_folded",
        "custom_field_contents",
        ["custom_field_id", sa.text("lower(content)")],
    )
    named = sa.text("filename <> ''")
    op.create_index(
        "ix_attachments_files", "attachments", ["transaction_id"], sqlite_where=named, postgresql_where=named
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_attachments_files", "attachments")
    op.drop_index("ix_custom_field_contents_folded", "custom_field_contents")
    op.drop_table("read_marks")
    op.drop_table("bookmarks")
