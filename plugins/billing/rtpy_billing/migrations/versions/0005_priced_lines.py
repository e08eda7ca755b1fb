"""The priced lines of entries, and movements of balances."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_entry_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("segment", KEY, nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("customer_on", sa.Date(), nullable=False),
        sa.Column("in_hours", sa.Boolean(), nullable=False),
        sa.Column("is_exception", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("worked_seconds", KEY, nullable=False),
        sa.Column("billed_seconds", KEY, nullable=False),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("work_type_id", KEY, nullable=True),
        sa.Column("line_id", KEY, nullable=True),
        sa.Column("rung", sa.String(length=10), nullable=True),
        sa.Column("rate_id", KEY, nullable=True),
        sa.Column("rate", KEY, nullable=True),
        sa.Column("charged_rate", KEY, nullable=True),
        sa.Column("fee_id", KEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("is_lump", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("taken", KEY, server_default="0", nullable=False),
        sa.Column("sources", sa.Text(), nullable=True),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("invoice_line_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["billing_entries.id"],
            name=op.f("fk_billing_entry_lines_entry_id_billing_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"],
            ["billing_invoice_lines.id"],
            name=op.f("fk_billing_entry_lines_invoice_line_id_billing_invoice_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["billing_agreement_lines.id"],
            name=op.f("fk_billing_entry_lines_line_id_billing_agreement_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_entry_lines_role_id_billing_roles")
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["billing_work_types.id"],
            name=op.f("fk_billing_entry_lines_work_type_id_billing_work_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_entry_lines")),
    )
    op.create_index("ix_billing_entry_lines_entry_id", "billing_entry_lines", ["entry_id", "segment", "part"])
    op.create_index(
        op.f("ix_billing_entry_lines_invoice_line_id"), "billing_entry_lines", ["invoice_line_id"]
    )
    op.create_index("ix_billing_entry_lines_line_id", "billing_entry_lines", ["line_id", "customer_on"])
    op.create_table(
        "billing_movements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("posted", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quantity", KEY, nullable=False),
        sa.Column("lot", sa.String(length=60), nullable=True),
        sa.Column("usable_from", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("rolls", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("entry_id", KEY, nullable=True),
        sa.Column("invoice_id", KEY, nullable=True),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_billing_movements_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["billing_entries.id"], name=op.f("fk_billing_movements_entry_id_billing_entries")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_movements_invoice_id_billing_invoices"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["billing_agreement_lines.id"],
            name=op.f("fk_billing_movements_line_id_billing_agreement_lines"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_movements")),
    )
    op.create_index(op.f("ix_billing_movements_entry_id"), "billing_movements", ["entry_id"])
    op.create_index(op.f("ix_billing_movements_invoice_id"), "billing_movements", ["invoice_id"])
    op.create_index("ix_billing_movements_line_id_worked_on", "billing_movements", ["line_id", "worked_on"])


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("billing_movements")
    op.drop_table("billing_entry_lines")
