"""Rules by which new mail is sorted, and what of it waits for somebody's word."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    """Make the tables, and say of each queue whether a word of thanks opens a ticket again."""
    op.create_table(
        "mail_rules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        _flag("disabled"),
        _flag("goes_on"),
        sa.Column("from_queue_id", KEY, nullable=True),
        sa.Column("from_organization_id", KEY, nullable=True),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("queue_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("priority", KEY, nullable=True),
        sa.Column("status", sa.String(length=64), server_default="", nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        _flag("junk"),
        _flag("silent"),
        _moment("created"),
        _points("mail_rules", "from_queue_id", "queues"),
        _points("mail_rules", "from_organization_id", "organizations"),
        _points("mail_rules", "queue_id", "queues"),
        _points("mail_rules", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_rules")),
        sa.UniqueConstraint("name", name=op.f("uq_mail_rules_name")),
    )
    op.create_table(
        "mail_hints",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("transaction_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("original_id", KEY, nullable=True),
        sa.Column("sender_id", KEY, nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        _moment("created"),
        _moment("settled", nullable=True),
        _points("mail_hints", "ticket_id", "tickets", cascade=True),
        _points("mail_hints", "transaction_id", "transactions", cascade=True),
        _points("mail_hints", "original_id", "users"),
        _points("mail_hints", "sender_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_hints")),
    )
    op.create_index("ix_mail_hints_ticket_id", "mail_hints", ["ticket_id"])
    op.add_column("queues", _flag("thanks_reopen"))


def downgrade() -> None:
    """Take away the tables and the column."""
    op.drop_column("queues", "thanks_reopen")
    op.drop_table("mail_hints")
    op.drop_table("mail_rules")
