"""Policies, ladders, clocks, pauses, steps taken, levels, service reports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sla_ladders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("quiet", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_ladders")),
        sa.UniqueConstraint("name", name=op.f("uq_sla_ladders_name")),
    )
    op.create_table(
        "sla_levels",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("calendar_id", KEY, nullable=True),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_levels")),
        sa.UniqueConstraint("name", name=op.f("uq_sla_levels_name")),
    )
    op.create_table(
        "sla_policies",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.Column("ladder_id", KEY, nullable=True),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["sla_ladders.id"], name=op.f("fk_sla_policies_ladder_id_sla_ladders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policies")),
        sa.UniqueConstraint("name", name=op.f("uq_sla_policies_name")),
    )
    op.create_table(
        "sla_queue_levels",
        sa.Column("queue_id", KEY, nullable=False),
        sa.Column("level_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["level_id"], ["sla_levels.id"], name=op.f("fk_sla_queue_levels_level_id_sla_levels")
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["queues.id"], name=op.f("fk_sla_queue_levels_queue_id_queues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("queue_id", name=op.f("pk_sla_queue_levels")),
    )
    op.create_table(
        "sla_policy_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("policy_id", KEY, nullable=False),
        sa.Column("number", KEY, server_default="0", nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("bands", sa.Text(), nullable=False),
        sa.Column("reopening", sa.String(length=10), nullable=False),
        sa.Column("confirm_seconds", KEY, server_default="0", nullable=False),
        sa.Column("on_priority", sa.String(length=10), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("fk_sla_policy_versions_creator_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["sla_policies.id"], name=op.f("fk_sla_policy_versions_policy_id_sla_policies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policy_versions")),
        sa.UniqueConstraint("policy_id", "number", name=op.f("uq_sla_policy_versions_policy_id_number")),
    )
    op.create_table(
        "sla_service_reports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("fk_sla_service_reports_creator_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_sla_service_reports_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_service_reports")),
        sa.UniqueConstraint(
            "organization_id", "month", name=op.f("uq_sla_service_reports_organization_id_month")
        ),
    )
    op.create_table(
        "sla_clocks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("cycle", KEY, server_default="0", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", KEY, server_default="0", nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount", KEY, nullable=True),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("used", KEY, server_default="0", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left", KEY, nullable=True),
        sa.Column("paused", KEY, server_default="0", nullable=False),
        sa.Column("closed", KEY, server_default="0", nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", KEY, nullable=True),
        sa.Column("missed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", KEY, nullable=True),
        sa.Column("calendar_id", KEY, nullable=True),
        sa.Column("calendar_versions", sa.Text(), nullable=False),
        sa.Column("excuse", sa.Text(), server_default="", nullable=False),
        sa.Column("excused_by_id", KEY, nullable=True),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(length=200), server_default="", nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("next_step", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["excused_by_id"], ["users.id"], name=op.f("fk_sla_clocks_excused_by_id_users")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_sla_clocks_person_id_users")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_sla_clocks_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["sla_policy_versions.id"],
            name=op.f("fk_sla_clocks_version_id_sla_policy_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clocks")),
        sa.UniqueConstraint(
            "ticket_id", "target", "cycle", name=op.f("uq_sla_clocks_ticket_id_target_cycle")
        ),
    )
    op.create_index(
        "ix_sla_clocks_next_step",
        "sla_clocks",
        ["next_step"],
        sqlite_where=sa.text("next_step IS NOT NULL"),
        postgresql_where=sa.text("next_step IS NOT NULL"),
    )
    op.create_index("ix_sla_clocks_settled_target", "sla_clocks", ["settled", "target"])
    op.create_index("ix_sla_clocks_version_id", "sla_clocks", ["version_id"])
    op.create_table(
        "sla_firings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("cycle", KEY, server_default="0", nullable=False),
        sa.Column("ladder_id", KEY, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["sla_ladders.id"], name=op.f("fk_sla_firings_ladder_id_sla_ladders")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_sla_firings_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_firings")),
        sa.UniqueConstraint(
            "ticket_id",
            "target",
            "cycle",
            "ladder_id",
            "step",
            name=op.f("uq_sla_firings_ticket_id_target_cycle_ladder_id_step"),
        ),
    )
    op.create_index("ix_sla_firings_fired", "sla_firings", ["fired"])
    op.create_table(
        "sla_pauses",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("ball", sa.String(length=10), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_by", KEY, server_default="0", nullable=False),
        sa.Column("by_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("is_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended_by", KEY, nullable=True),
        sa.Column("ended_why", sa.String(length=10), server_default="", nullable=False),
        sa.Column("customer_wrote", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_sla_pauses_by_id_users")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_sla_pauses_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_pauses")),
    )
    op.create_index(
        "ix_sla_pauses_customer_wrote",
        "sla_pauses",
        ["customer_wrote"],
        sqlite_where=sa.text("customer_wrote IS NOT NULL"),
        postgresql_where=sa.text("customer_wrote IS NOT NULL"),
    )
    op.create_index("ix_sla_pauses_ticket_id", "sla_pauses", ["ticket_id"])
    op.create_table(
        "sla_tickets",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("policy_id", KEY, nullable=True),
        sa.Column("version_id", KEY, nullable=True),
        sa.Column("offered_version_id", KEY, nullable=True),
        sa.Column("ball", sa.String(length=10), server_default="us", nullable=False),
        sa.Column("wakes", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_target", sa.String(length=20), server_default="", nullable=False),
        sa.Column("is_missed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("played", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["offered_version_id"],
            ["sla_policy_versions.id"],
            name=op.f("fk_sla_tickets_offered_version_id_sla_policy_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["sla_policies.id"], name=op.f("fk_sla_tickets_policy_id_sla_policies")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_sla_tickets_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["sla_policy_versions.id"],
            name=op.f("fk_sla_tickets_version_id_sla_policy_versions"),
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_sla_tickets")),
    )
    op.create_index("ix_sla_tickets_next_due", "sla_tickets", ["next_due", "ticket_id"])
    op.create_index("ix_sla_tickets_policy_id", "sla_tickets", ["policy_id"])
    op.create_index(
        "ix_sla_tickets_wakes",
        "sla_tickets",
        ["wakes"],
        sqlite_where=sa.text("wakes IS NOT NULL"),
        postgresql_where=sa.text("wakes IS NOT NULL"),
    )


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("sla_tickets")
    op.drop_table("sla_pauses")
    op.drop_table("sla_firings")
    op.drop_table("sla_clocks")
    op.drop_table("sla_service_reports")
    op.drop_table("sla_policy_versions")
    op.drop_table("sla_queue_levels")
    op.drop_table("sla_policies")
    op.drop_table("sla_levels")
    op.drop_table("sla_ladders")
