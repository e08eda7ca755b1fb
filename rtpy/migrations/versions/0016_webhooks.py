"""Webhooks, and what is to be sent to them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _string(name: str, length: int, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, server_default="0", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhooks",
        sa.Column("id", KEY, nullable=False),
        _string("name", 200),
        _text("url"),
        sa.Column("events", sa.Text(), nullable=False),
        _text("query"),
        sa.Column("user_id", KEY, nullable=False),
        _flag("comments"),
        _flag("skip_own"),
        _flag("disabled"),
        _text("disabled_reason"),
        _string("nonce", 64),
        _string("old_nonce", 64, default=""),
        _moment("old_until"),
        _string("secret_mark", 16),
        _moment("created", nullable=False),
        _points("webhooks", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("name", name=op.f("uq_webhooks_name")),
    )
    op.create_table(
        "webhook_states",
        sa.Column("webhook_id", KEY, nullable=False),
        _count("consecutive_failures"),
        _moment("failing_since"),
        _moment("paused_until"),
        _moment("last_tried", nullable=False),
        _moment("last_success"),
        _text("problem"),
        _points("webhook_states", "webhook_id", "webhooks", cascade=True),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook_states")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("webhook_id", KEY, nullable=False),
        _string("event_id", 36),
        _string("event", 40),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("transaction_id", KEY, nullable=True),
        _text("body"),
        _moment("created", nullable=False),
        _string("state", 10),
        _moment("not_before", nullable=False),
        _count("attempts"),
        _string("lease_owner", 255, default=""),
        _moment("lease_until"),
        _moment("tried"),
        _count("duration"),
        _string("address", 64, default=""),
        sa.Column("status_code", KEY, nullable=True),
        _text("problem"),
        _text("answer"),
        _points("webhook_deliveries", "webhook_id", "webhooks", cascade=True),
        _points("webhook_deliveries", "ticket_id", "tickets"),
        _points("webhook_deliveries", "transaction_id", "transactions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    for name, columns in (
        ("state", ["state"]),
        ("turn", ["webhook_id", "state", "not_before", "transaction_id"]),
        ("webhook_id_id", ["webhook_id", "id"]),
        ("event_id", ["event_id"]),
        ("created", ["created"]),
    ):
        op.create_index(f"ix_webhook_deliveries_{name}", "webhook_deliveries", columns)


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_states")
    op.drop_table("webhooks")
