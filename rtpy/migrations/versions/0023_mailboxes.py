"""Mailboxes that are fetched, what was taken from them, and the steps of each incoming mail."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=nullable, autoincrement=False if name != "id" else "auto")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _string(name: str, length: int = 255, *, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, server_default="0", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=name, ondelete="CASCADE" if cascade else None
    )


def upgrade() -> None:
    """Make the tables, and room for the steps."""
    op.create_table(
        "mailboxes",
        _key("id"),
        _string("name", 200, default=None),
        _string("host"),
        _key("port"),
        _string("tls", 10, default=None),
        _text("authority"),
        _string("login"),
        _string("method", 10, default=None),
        _text("sealed_password"),
        _text("token_url"),
        _string("client_id"),
        _string("scope"),
        _text("sealed_client_secret"),
        _text("sealed_refresh_token"),
        _string("folder"),
        _key("queue_id"),
        _string("action", 12, default=None),
        _string("after", 8, default=None),
        _string("move_to"),
        _key("seconds"),
        _flag("disabled"),
        _moment("created", nullable=False),
        _points("mailboxes", "queue_id", "queues"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("name", name=op.f("uq_mailboxes_name")),
    )
    op.create_table(
        "mailbox_states",
        _key("mailbox_id"),
        _moment("next_fetch", nullable=False),
        _moment("test_asked"),
        _moment("test_done"),
        _text("test_result"),
        _flag("test_failed"),
        _string("lease_owner"),
        _moment("lease_until"),
        _moment("last_tried"),
        _moment("last_good"),
        _text("problem"),
        _count("failures"),
        _count("login_refusals"),
        _string("place"),
        _key("uid_validity", nullable=True),
        _count("last_uid"),
        _count("taken"),
        _count("refused"),
        _points("mailbox_states", "mailbox_id", "mailboxes", cascade=True),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_mailbox_states")),
    )
    op.create_table(
        "mailbox_messages",
        _key("mailbox_id"),
        _string("place", 16, default=None),
        _key("uid_validity"),
        _key("uid"),
        _key("size"),
        _key("mail_id"),
        _moment("taken", nullable=False),
        _points("mailbox_messages", "mailbox_id", "mailboxes", cascade=True),
        _points("mailbox_messages", "mail_id", "incoming_mails", cascade=True),
        sa.PrimaryKeyConstraint(
            "mailbox_id", "place", "uid_validity", "uid", name=op.f("pk_mailbox_messages")
        ),
    )
    op.create_index(op.f("ix_mailbox_messages_mail_id"), "mailbox_messages", ["mail_id"])
    op.add_column("incoming_mails", sa.Column("steps", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("incoming_mails", "steps")
    op.drop_table("mailbox_messages")
    op.drop_table("mailbox_states")
    op.drop_table("mailboxes")
