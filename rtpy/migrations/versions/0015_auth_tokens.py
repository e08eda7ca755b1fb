"""Tokens of people for programs, and sessions that programs begin."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, and tell the two kinds of sessions apart."""
    op.create_table(
        "auth_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False, server_default=""),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("queues", sa.Text()),
        sa.Column("creator_id", KEY, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("expires", TIME),
        sa.Column("last_used", TIME),
        sa.Column("last_peer", sa.String(255), nullable=False, server_default=""),
        sa.Column("revoked", TIME),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_auth_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["users.id"], name=op.f("fk_auth_tokens_creator_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_tokens")),
    )
    op.create_index("ix_auth_tokens_user_id", "auth_tokens", ["user_id"])
    op.add_column("web_sessions", sa.Column("kind", sa.String(8), nullable=False, server_default="web"))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("web_sessions", "kind")
    op.drop_table("auth_tokens")
