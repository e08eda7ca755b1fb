"""Ratings and whom we asked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "portal_rating_asks",
        _id(),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        _moment("resolved"),
        _moment("created"),
        _moment("not_before"),
        _moment("asked", nullable=True),
        _moment("cancelled", nullable=True),
        _moment("answered", nullable=True),
        _ref("portal_rating_asks", "ticket_id", "tickets", cascade=True),
        _ref("portal_rating_asks", "user_id", "users", cascade=True),
        _ref("portal_rating_asks", "owner_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_rating_asks")),
        sa.UniqueConstraint(
            "ticket_id", "user_id", "resolved", name=op.f("uq_portal_rating_asks_ticket_id_user_id_resolved")
        ),
    )
    op.create_index("ix_portal_rating_asks_user_id_created", "portal_rating_asks", ["user_id", "created"])
    op.create_index("ix_portal_rating_asks_asked", "portal_rating_asks", ["asked"])
    op.create_index(
        "ix_portal_rating_asks_not_before",
        "portal_rating_asks",
        ["not_before"],
        sqlite_where=sa.text("asked IS NULL AND cancelled IS NULL"),
        postgresql_where=sa.text("asked IS NULL AND cancelled IS NULL"),
    )
    op.create_table(
        "portal_ratings",
        _id(),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        _moment("resolved"),
        sa.Column("score", KEY, nullable=False),
        sa.Column("lowest", KEY, nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=12), server_default="", nullable=False),
        sa.Column("may_quote", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("via", sa.String(length=4), nullable=False),
        _moment("created"),
        _moment("changed", nullable=True),
        sa.Column("follow_up_id", KEY, nullable=True),
        _moment("recovered", nullable=True),
        sa.Column("recovered_by_id", KEY, nullable=True),
        _ref("portal_ratings", "ticket_id", "tickets", cascade=True),
        _ref("portal_ratings", "user_id", "users"),
        _ref("portal_ratings", "owner_id", "users"),
        _ref("portal_ratings", "recovered_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_ratings")),
        sa.UniqueConstraint(
            "ticket_id", "user_id", "resolved", name=op.f("uq_portal_ratings_ticket_id_user_id_resolved")
        ),
    )
    op.create_index("ix_portal_ratings_created", "portal_ratings", ["created"])
    op.create_table(
        "portal_rating_values",
        _id(),
        sa.Column("rating_id", KEY, nullable=False),
        sa.Column("score", KEY, nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=12), server_default="", nullable=False),
        _moment("replaced"),
        _ref("portal_rating_values", "rating_id", "portal_ratings", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_rating_values")),
    )
    op.create_index(op.f("ix_portal_rating_values_rating_id"), "portal_rating_values", ["rating_id"])
    op.create_table(
        "portal_helpful",
        _id(),
        sa.Column("transaction_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        _moment("created"),
        _ref("portal_helpful", "transaction_id", "transactions", cascade=True),
        _ref("portal_helpful", "ticket_id", "tickets", cascade=True),
        _ref("portal_helpful", "user_id", "users", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_helpful")),
        sa.UniqueConstraint(
            "transaction_id", "user_id", name=op.f("uq_portal_helpful_transaction_id_user_id")
        ),
    )
    op.create_index(op.f("ix_portal_helpful_ticket_id"), "portal_helpful", ["ticket_id"])
    op.create_table(
        "portal_rating_refusals",
        _id(),
        sa.Column("user_id", KEY, nullable=False),
        _moment("created"),
        _ref("portal_rating_refusals", "user_id", "users", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_rating_refusals")),
    )
    op.create_index(op.f("ix_portal_rating_refusals_user_id"), "portal_rating_refusals", ["user_id"])
    op.create_table(
        "portal_rating_shares",
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("percent", KEY, nullable=False),
        _ref("portal_rating_shares", "organization_id", "organizations", cascade=True),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_portal_rating_shares")),
    )


def downgrade() -> None:
    """Take them away."""
    for table in (
        "portal_rating_shares",
        "portal_rating_refusals",
        "portal_helpful",
        "portal_rating_values",
        "portal_ratings",
        "portal_rating_asks",
    ):
        op.drop_table(table)


def _id() -> sa.Column[int]:
    return sa.Column("id", KEY, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ref(table: str, column: str, other: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    rule = "CASCADE" if cascade else None
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete=rule
    )
