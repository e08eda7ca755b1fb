"""Work entries, who shares them, timers, suggestions and what was decided for tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("transaction_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("site_id", KEY, nullable=True),
        sa.Column("worked_by_id", KEY, nullable=False),
        sa.Column("entered_by_id", KEY, nullable=False),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("work_type_id", KEY, nullable=True),
        sa.Column("line_id", KEY, nullable=True),
        sa.Column("rate", KEY, nullable=True),
        sa.Column("charge_mode", sa.String(length=12), nullable=True),
        sa.Column("charge_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("write_off_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("returned_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("zone", sa.String(length=60), server_default="UTC", nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("worked_seconds", KEY, nullable=False),
        sa.Column("note_internal", sa.Text(), server_default="", nullable=False),
        sa.Column("note_customer", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("source", sa.String(length=12), server_default="reply", nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("corrects_id", KEY, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", KEY, nullable=True),
        sa.Column("checked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", KEY, nullable=True),
        sa.Column("approved", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked_organization_id", KEY, nullable=True),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.Column("billed_seconds", KEY, server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("value", KEY, server_default="0", nullable=False),
        sa.Column("amount", KEY, server_default="0", nullable=False),
        sa.Column("covered_seconds", KEY, server_default="0", nullable=False),
        sa.Column("agreement_id", KEY, nullable=True),
        sa.Column("blocker", sa.String(length=20), server_default="", nullable=False),
        sa.Column("cost", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["billing_agreements.id"],
            name=op.f("fk_billing_entries_agreement_id_billing_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_billing_entries_approved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["asked_organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_entries_asked_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["users.id"], name=op.f("fk_billing_entries_checked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["billing_entries.id"],
            name=op.f("fk_billing_entries_corrects_id_billing_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_billing_entries_entered_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["billing_agreement_lines.id"],
            name=op.f("fk_billing_entries_line_id_billing_agreement_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_entries_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_entries_role_id_billing_roles")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["organization_sites.id"], name=op.f("fk_billing_entries_site_id_organization_sites")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_billing_entries_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_billing_entries_transaction_id_transactions"),
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["billing_work_types.id"],
            name=op.f("fk_billing_entries_work_type_id_billing_work_types"),
        ),
        sa.ForeignKeyConstraint(
            ["worked_by_id"], ["users.id"], name=op.f("fk_billing_entries_worked_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_entries")),
    )
    op.create_index(
        "ix_billing_entries_organization_id_state",
        "billing_entries",
        ["organization_id", "state", "worked_on"],
    )
    op.create_index("ix_billing_entries_state_worked_on", "billing_entries", ["state", "worked_on"])
    op.create_index(
        "ix_billing_entries_open",
        "billing_entries",
        ["organization_id", "currency", "state", "blocker", "worked_on", "amount"],
        sqlite_where=sa.text("state != 'invoiced'"),
        postgresql_where=sa.text("state != 'invoiced'"),
    )
    op.create_index("ix_billing_entries_ticket_id", "billing_entries", ["ticket_id"])
    op.create_index("ix_billing_entries_transaction_id", "billing_entries", ["transaction_id"])
    op.create_index(
        "ix_billing_entries_worked_by_id_worked_on", "billing_entries", ["worked_by_id", "worked_on"]
    )
    op.create_table(
        "billing_entry_shares",
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("share", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), server_default="share", nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["billing_entries.id"],
            name=op.f("fk_billing_entry_shares_entry_id_billing_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_billing_entry_shares_user_id_users")
        ),
        sa.PrimaryKeyConstraint("entry_id", "user_id", name=op.f("pk_billing_entry_shares")),
    )
    op.create_table(
        "billing_suggestions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("transaction_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("seconds", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("entry_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["billing_entries.id"], name=op.f("fk_billing_suggestions_entry_id_billing_entries")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_billing_suggestions_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_billing_suggestions_transaction_id_transactions"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_billing_suggestions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_suggestions")),
    )
    op.create_index(op.f("ix_billing_suggestions_transaction_id"), "billing_suggestions", ["transaction_id"])
    op.create_index("ix_billing_suggestions_user_id", "billing_suggestions", ["user_id", "state", "at"])
    op.create_table(
        "billing_ticket_terms",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("work_type_id", KEY, nullable=True),
        sa.Column("line_id", KEY, nullable=True),
        sa.Column("charge_mode", sa.String(length=12), nullable=True),
        sa.Column("incident", sa.String(length=40), nullable=True),
        sa.Column("estimate_seconds", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["billing_agreement_lines.id"],
            name=op.f("fk_billing_ticket_terms_line_id_billing_agreement_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_ticket_terms_role_id_billing_roles")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_billing_ticket_terms_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["billing_work_types.id"],
            name=op.f("fk_billing_ticket_terms_work_type_id_billing_work_types"),
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_billing_ticket_terms")),
    )
    op.create_table(
        "billing_timers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("label", sa.String(length=200), server_default="", nullable=False),
        sa.Column("work_type_id", KEY, nullable=True),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", KEY, server_default="0", nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_billing_timers_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_billing_timers_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["billing_work_types.id"],
            name=op.f("fk_billing_timers_work_type_id_billing_work_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_timers")),
    )
    op.create_index("ix_billing_timers_user_id", "billing_timers", ["user_id"])
    op.create_index(
        "uq_billing_timers_running",
        "billing_timers",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("started IS NOT NULL"),
        postgresql_where=sa.text("started IS NOT NULL"),
    )


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("billing_timers")
    op.drop_table("billing_ticket_terms")
    op.drop_table("billing_suggestions")
    op.drop_table("billing_entry_shares")
    op.drop_table("billing_entries")
