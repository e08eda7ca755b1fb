"""Second factors, and the history of logins."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and let groups ask for a second factor."""
    op.create_table(
        "second_factors",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False, server_default=""),
        sa.Column("new_secret", sa.Text(), nullable=False, server_default=""),
        sa.Column("created", TIME, nullable=False),
        sa.Column("confirmed", TIME),
        sa.Column("last_step", KEY, nullable=False, server_default="0"),
        _user("second_factors"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used", TIME),
        _user("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(
        "uq_recovery_codes_user_id_code_hash", "recovery_codes", ["user_id", "code_hash"], unique=True
    )
    op.create_table(
        "pending_logins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("expires", TIME, nullable=False),
        _user("pending_logins"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_logins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_pending_logins_token_hash")),
    )
    op.create_index(op.f("ix_pending_logins_user_id"), "pending_logins", ["user_id"])
    op.create_table(
        "login_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY),
        sa.Column("at", TIME, nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("peer", sa.String(255), nullable=False, server_default=""),
        sa.Column("user_agent", sa.String(255), nullable=False, server_default=""),
        _user("login_events"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_events")),
    )
    op.create_index("ix_login_events_user_id_id", "login_events", ["user_id", "id"])
    op.create_index(op.f("ix_login_events_at"), "login_events", ["at"])
    op.add_column(
        "groups", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("groups", "second_factor")
    for table in ("login_events", "pending_logins", "recovery_codes", "second_factors"):
        op.drop_table(table)


def _user(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id_users")
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=name, ondelete="CASCADE")
