"""Links by which customers read their statement, and what they asked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_statement_links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("sent_to", sa.String(length=255), server_default="", nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_statement_links_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["users.id"], name=op.f("fk_billing_statement_links_withdrawn_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_statement_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_billing_statement_links_token_hash")),
    )
    op.create_index(
        op.f("ix_billing_statement_links_organization_id"), "billing_statement_links", ["organization_id"]
    )
    op.create_table(
        "billing_statement_questions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("link_id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=True),
        sa.Column("about_ticket_id", KEY, nullable=True),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["billing_statement_links.id"],
            name=op.f("fk_billing_statement_questions_link_id_billing_statement_links"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["billing_entries.id"],
            name=op.f("fk_billing_statement_questions_entry_id_billing_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["about_ticket_id"],
            ["tickets.id"],
            name=op.f("fk_billing_statement_questions_about_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_billing_statement_questions_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_statement_questions")),
    )
    for column in ("link_id", "entry_id", "about_ticket_id", "ticket_id"):
        op.create_index(
            op.f(f"ix_billing_statement_questions_{column}"), "billing_statement_questions", [column]
        )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("billing_statement_questions")
    op.drop_table("billing_statement_links")
