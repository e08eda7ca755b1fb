"""Answers that are kept for requests sent again, and what lets a reader of changes know that none is missing."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

LOCKS = 0x7274
"""The upper 16 bits of the numbers of our advisory locks; the lower 48 are the number of a transaction."""


def upgrade() -> None:
    """Make the table; on PostgreSQL also let writers of transactions say from which number on they write."""
    op.create_table(
        "repeated_requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("location", sa.String(length=255), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_repeated_requests_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeated_requests")),
    )
    op.create_index(
        "uq_repeated_requests_user_id_key_hash", "repeated_requests", ["user_id", "key_hash"], unique=True
    )
    op.create_index("ix_repeated_requests_created", "repeated_requests", ["created"])
    if op.get_bind().dialect.name == "postgresql":
        _note_writers()


def _note_writers() -> None:
    """One shared lock for each database transaction that writes history: `last_value` when it began to.

    Numbers are given out before they are committed, so a reader must not go beyond the lowest that may still come.
    The setting lives as long as the lock does: until the end of the transaction, or the savepoint that is undone.
    """
    op.execute(
        "CREATE FUNCTION rtpy_note_writer() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN "
        "IF coalesce(current_setting('rtpy.writes_from', true), '') = '' THEN "
        f" PERFORM pg_advisory_xact_lock_shared(({LOCKS}::bigint << 48) | "
        "  CASE WHEN is_called THEN last_value ELSE 0 END) FROM transactions_id_seq; "
        " PERFORM set_config('rtpy.writes_from', 'noted', true); "
        "END IF; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER transactions_note_writer BEFORE INSERT ON transactions "
        "FOR EACH STATEMENT EXECUTE FUNCTION rtpy_note_writer()"
    )


def downgrade() -> None:
    """Take them away again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER transactions_note_writer ON transactions")
        op.execute("DROP FUNCTION rtpy_note_writer()")
    op.drop_table("repeated_requests")
