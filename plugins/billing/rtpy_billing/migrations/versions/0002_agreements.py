"""Agreements, their lines, and what customers were asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_agreements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("renewal", sa.String(length=10), server_default="none", nullable=False),
        sa.Column("renewal_months", KEY, server_default="12", nullable=False),
        sa.Column("notice_days", KEY, server_default="0", nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=True),
        sa.Column("price_rises", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("every", sa.String(length=12), server_default="monthly", nullable=False),
        sa.Column("anchor", KEY, nullable=True),
        sa.Column("in_advance", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("calendar_id", KEY, nullable=True),
        sa.Column("approval", sa.String(length=10), server_default="both", nullable=False),
        sa.Column("approver_id", KEY, nullable=True),
        sa.Column("customer_approver_id", KEY, nullable=True),
        sa.Column("grouping", sa.String(length=12), server_default="", nullable=False),
        sa.Column("needs_clock_times", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("purchase_order", sa.String(length=255), server_default="", nullable=False),
        sa.Column("purchase_order_required", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("purchase_order_limit", KEY, nullable=True),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["users.id"], name=op.f("fk_billing_agreements_approver_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendars.id"],
            name=op.f("fk_billing_agreements_calendar_id_calendars"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_approver_id"],
            ["users.id"],
            name=op.f("fk_billing_agreements_customer_approver_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_agreements_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_agreements")),
        sa.UniqueConstraint("number", name=op.f("uq_billing_agreements_number")),
    )
    op.create_index(
        "ix_billing_agreements_organization_id", "billing_agreements", ["organization_id", "starts_on"]
    )
    op.create_table(
        "billing_agreement_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("charge_mode", sa.String(length=12), nullable=True),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("price", KEY, server_default="0", nullable=False),
        sa.Column("quantity", KEY, server_default="0", nullable=False),
        sa.Column("quantity_source", sa.String(length=20), server_default="manual", nullable=False),
        sa.Column("counted", KEY, nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("weight_in", KEY, server_default="1000", nullable=False),
        sa.Column("weight_out", KEY, server_default="1000", nullable=False),
        sa.Column("overflow_rate", KEY, nullable=True),
        sa.Column("cap", KEY, nullable=True),
        sa.Column("at_zero", sa.String(length=10), server_default="overflow", nullable=False),
        sa.Column("deficit_limit", KEY, nullable=True),
        sa.Column("draw_order", sa.String(length=15), server_default="expiry first", nullable=False),
        sa.Column("only_when_paid", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("rollover_limit", KEY, nullable=True),
        sa.Column("rollover_periods", KEY, server_default="1", nullable=False),
        sa.Column("expires_months", KEY, nullable=True),
        sa.Column("top_up_quantity", KEY, nullable=True),
        sa.Column("top_up_price", KEY, nullable=True),
        sa.Column("low_water", KEY, nullable=True),
        sa.Column("is_prorated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("tax_class", sa.String(length=40), server_default="standard", nullable=False),
        sa.Column("discount", KEY, server_default="0", nullable=False),
        sa.Column("cost", KEY, nullable=True),
        sa.Column("account", sa.String(length=255), server_default="", nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["billing_agreements.id"],
            name=op.f("fk_billing_agreement_lines_agreement_id_billing_agreements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_agreement_lines_role_id_billing_roles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_agreement_lines")),
    )
    op.create_index(
        op.f("ix_billing_agreement_lines_agreement_id"), "billing_agreement_lines", ["agreement_id"]
    )
    op.create_table(
        "billing_consents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("quantity", KEY, nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("asked_of", sa.String(length=255), server_default="", nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="asked", nullable=False),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=255), server_default="", nullable=False),
        sa.Column("usable_from", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_billing_consents_asked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["billing_agreement_lines.id"],
            name=op.f("fk_billing_consents_line_id_billing_agreement_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_billing_consents_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_consents")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_billing_consents_token_hash")),
    )
    op.create_index(op.f("ix_billing_consents_line_id"), "billing_consents", ["line_id"])
    op.create_table(
        "billing_warnings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["billing_agreements.id"],
            name=op.f("fk_billing_warnings_agreement_id_billing_agreements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_warnings")),
        sa.UniqueConstraint("agreement_id", "key", name=op.f("uq_billing_warnings_agreement_id_key")),
    )


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("billing_warnings")
    op.drop_table("billing_consents")
    op.drop_table("billing_agreement_lines")
    op.drop_table("billing_agreements")
