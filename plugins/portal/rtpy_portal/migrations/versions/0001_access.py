"""Keys of participants, and links that were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=nullable, autoincrement=False if name != "id" else "auto")


def _string(name: str, length: int, *, default: str | None = "", nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=name, ondelete="CASCADE" if cascade else None
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "portal_keys",
        _key("id"),
        _key("ticket_id"),
        _key("user_id"),
        _key("organization_id", nullable=True),
        _string("seed", 43, default=None),
        _string("token_hash", 64, default=None),
        _moment("made"),
        _moment("withdrawn", nullable=True),
        _points("portal_keys", "ticket_id", "tickets", cascade=True),
        _points("portal_keys", "user_id", "users", cascade=True),
        _points("portal_keys", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_keys")),
        sa.UniqueConstraint("ticket_id", "user_id", name=op.f("uq_portal_keys_ticket_id_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_keys_token_hash")),
    )
    op.create_index(op.f("ix_portal_keys_user_id"), "portal_keys", ["user_id"])
    op.create_table(
        "portal_wanted_links",
        _key("id"),
        _moment("created"),
        _string("peer", 255),
        sa.Column("asked", sa.Text(), server_default="", nullable=False),
        _key("user_id", nullable=True),
        _string("token_hash", 64, default=None, nullable=True),
        _string("fingerprint", 64),
        _string("leads_to", 255),
        _moment("expires", nullable=True),
        _points("portal_wanted_links", "user_id", "users", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_wanted_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_wanted_links_token_hash")),
    )
    op.create_index(op.f("ix_portal_wanted_links_user_id"), "portal_wanted_links", ["user_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("portal_wanted_links")
    op.drop_table("portal_keys")
