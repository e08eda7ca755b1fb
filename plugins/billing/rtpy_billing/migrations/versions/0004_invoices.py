"""Invoices, what they bill, how they were delivered, exported and paid."""

import sqlalchemy as sa
from alembic import op

from rtpy_billing.migrations.triggers import forget_what_is_issued, keep_what_is_issued

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_invoices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), server_default="invoice", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("seller_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=True),
        sa.Column("credits_id", KEY, nullable=True),
        sa.Column("credit_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("series_id", KEY, nullable=True),
        sa.Column("sequence", KEY, nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("net", KEY, server_default="0", nullable=False),
        sa.Column("tax", KEY, server_default="0", nullable=False),
        sa.Column("total", KEY, server_default="0", nullable=False),
        sa.Column("paid", KEY, server_default="0", nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("purchase_order", sa.String(length=255), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", KEY, nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by_id", KEY, nullable=True),
        sa.Column("delivery", sa.String(length=10), server_default="", nullable=False),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["billing_agreements.id"],
            name=op.f("fk_billing_invoices_agreement_id_billing_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_billing_invoices_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["credits_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_invoices_credits_id_billing_invoices"),
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["users.id"], name=op.f("fk_billing_invoices_issued_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_invoices_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["billing_sellers.id"], name=op.f("fk_billing_invoices_seller_id_billing_sellers")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["billing_series.id"], name=op.f("fk_billing_invoices_series_id_billing_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_invoices")),
        sa.UniqueConstraint(
            "seller_id", "kind", "number", name=op.f("uq_billing_invoices_seller_id_kind_number")
        ),
    )
    op.create_index(op.f("ix_billing_invoices_credits_id"), "billing_invoices", ["credits_id"])
    op.create_index(
        "ix_billing_invoices_organization_id", "billing_invoices", ["organization_id", "issued_on"]
    )
    op.create_index("ix_billing_invoices_state", "billing_invoices", ["state", "due_on"])
    op.create_table(
        "billing_expenses",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("note_internal", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", KEY, server_default="1000", nullable=False),
        sa.Column("unit", sa.String(length=3), server_default="C62", nullable=False),
        sa.Column("cost", KEY, nullable=True),
        sa.Column("price", KEY, server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_class", sa.String(length=40), server_default="standard", nullable=False),
        sa.Column("charge_mode", sa.String(length=12), server_default="billable", nullable=False),
        sa.Column("serial", sa.String(length=255), server_default="", nullable=False),
        sa.Column("reimburse_to_id", KEY, nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("receipt_type", sa.String(length=255), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("approved_by_id", KEY, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_billing_expenses_approved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_expenses_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["reimburse_to_id"], ["users.id"], name=op.f("fk_billing_expenses_reimburse_to_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_billing_expenses_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_billing_expenses_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_expenses")),
    )
    op.create_index(
        "ix_billing_expenses_organization_id_state", "billing_expenses", ["organization_id", "state"]
    )
    op.create_index("ix_billing_expenses_ticket_id", "billing_expenses", ["ticket_id"])
    op.create_table(
        "billing_invoice_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("agreement_line_id", KEY, nullable=True),
        sa.Column("expense_id", KEY, nullable=True),
        sa.Column("credits_line_id", KEY, nullable=True),
        sa.Column("credited", KEY, server_default="0", nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("heading", sa.String(length=255), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("seconds", KEY, nullable=True),
        sa.Column("quantity", KEY, nullable=False),
        sa.Column("quantity_base", KEY, server_default="1", nullable=False),
        sa.Column("unit", sa.String(length=3), server_default="C62", nullable=False),
        sa.Column("unit_price", KEY, nullable=False),
        sa.Column("price_base", KEY, server_default="1", nullable=False),
        sa.Column("discount", KEY, server_default="0", nullable=False),
        sa.Column("discount_reason", sa.String(length=255), server_default="", nullable=False),
        sa.Column("net", KEY, nullable=False),
        sa.Column("tax_class", sa.String(length=40), server_default="standard", nullable=False),
        sa.Column("account", sa.String(length=255), server_default="", nullable=False),
        sa.Column("requests", sa.Text(), nullable=True),
        sa.Column("released", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("bills", sa.String(length=255), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_line_id"],
            ["billing_agreement_lines.id"],
            name=op.f("fk_billing_invoice_lines_agreement_line_id_billing_agreement_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["credits_line_id"],
            ["billing_invoice_lines.id"],
            name=op.f("fk_billing_invoice_lines_credits_line_id_billing_invoice_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["expense_id"],
            ["billing_expenses.id"],
            name=op.f("fk_billing_invoice_lines_expense_id_billing_expenses"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_invoice_lines_invoice_id_billing_invoices"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_invoice_lines")),
    )
    op.create_index(
        op.f("ix_billing_invoice_lines_agreement_line_id"), "billing_invoice_lines", ["agreement_line_id"]
    )
    op.create_index(op.f("ix_billing_invoice_lines_expense_id"), "billing_invoice_lines", ["expense_id"])
    op.create_index(op.f("ix_billing_invoice_lines_invoice_id"), "billing_invoice_lines", ["invoice_id"])
    op.create_table(
        "billing_deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=255), server_default="", nullable=False),
        sa.Column("outgoing_mail_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_billing_deliveries_actor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_deliveries_invoice_id_billing_invoices"),
        ),
        sa.ForeignKeyConstraint(
            ["outgoing_mail_id"],
            ["outgoing_mails.id"],
            name=op.f("fk_billing_deliveries_outgoing_mail_id_outgoing_mails"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_deliveries")),
    )
    op.create_index(op.f("ix_billing_deliveries_invoice_id"), "billing_deliveries", ["invoice_id"])
    op.create_index(
        op.f("ix_billing_deliveries_outgoing_mail_id"), "billing_deliveries", ["outgoing_mail_id"]
    )
    op.create_table(
        "billing_exports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_billing_exports_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_exports")),
    )
    op.create_table(
        "billing_exported_invoices",
        sa.Column("export_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["billing_exports.id"],
            name=op.f("fk_billing_exported_invoices_export_id_billing_exports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_exported_invoices_invoice_id_billing_invoices"),
        ),
        sa.PrimaryKeyConstraint("export_id", "invoice_id", name=op.f("pk_billing_exported_invoices")),
    )
    op.create_table(
        "billing_payments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=255), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_billing_payments_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_payments_invoice_id_billing_invoices"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_payments")),
    )
    op.create_index(op.f("ix_billing_payments_invoice_id"), "billing_payments", ["invoice_id"])
    op.create_table(
        "billing_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("total", KEY, server_default="0", nullable=False),
        sa.Column("done", KEY, server_default="0", nullable=False),
        sa.Column("drafts", KEY, server_default="0", nullable=False),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_billing_runs_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_runs")),
    )
    keep_what_is_issued()


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("billing_runs")
    op.drop_table("billing_payments")
    op.drop_table("billing_exported_invoices")
    op.drop_table("billing_exports")
    op.drop_table("billing_deliveries")
    op.drop_table("billing_invoice_lines")
    op.drop_table("billing_expenses")
    op.drop_table("billing_invoices")
    forget_what_is_issued()
