"""What people want to be told by mail, addresses that get none, and the signatures of queues."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    """Make the tables, and let queues have a signature."""
    op.create_table(
        "notification_choices",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hour", KEY, server_default="8", nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        _moment("updated"),
        _points("notification_choices", "user_id", "users", cascade=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_choices")),
    )
    op.create_table(
        "digest_items",
        sa.Column("mail_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        _points("digest_items", "mail_id", "outgoing_mails", cascade=True),
        _points("digest_items", "user_id", "users", cascade=True),
        sa.PrimaryKeyConstraint("mail_id", "user_id", name=op.f("pk_digest_items")),
    )
    op.create_index("ix_digest_items_user_id", "digest_items", ["user_id"])
    op.create_table(
        "suppressed_addresses",
        sa.Column("id", KEY, nullable=False),
        sa.Column("pattern", sa.String(length=320), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        _text("note"),
        sa.Column("creator_id", KEY, nullable=False),
        _moment("created"),
        _points("suppressed_addresses", "creator_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressed_addresses")),
        sa.UniqueConstraint("pattern", name=op.f("uq_suppressed_addresses_pattern")),
    )
    op.add_column("queues", _text("signature"))


def downgrade() -> None:
    """Take away the tables and the column."""
    op.drop_column("queues", "signature")
    op.drop_table("suppressed_addresses")
    op.drop_table("digest_items")
    op.drop_table("notification_choices")
