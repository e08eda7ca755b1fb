"""Known issues, their updates, and whom they affect."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("updates", "tickets", "audiences", "affected")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "portal_issues",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=255), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("planned_from", sa.Date(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("went_wrong", sa.Text(), server_default="", nullable=False),
        sa.Column("how_fixed", sa.Text(), server_default="", nullable=False),
        sa.Column("prevents", sa.Text(), server_default="", nullable=False),
        sa.Column("solver_id", KEY, nullable=True),
        sa.Column("shows_solver", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_id", KEY, nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["creator_id"], ["users.id"], name=op.f("fk_portal_issues_creator_id_users")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["portal_issues.id"],
            name=op.f("fk_portal_issues_merged_into_id_portal_issues"),
        ),
        sa.ForeignKeyConstraint(["solver_id"], ["users.id"], name=op.f("fk_portal_issues_solver_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_issues")),
    )
    op.create_index("ix_portal_issues_closed_id", "portal_issues", ["closed", "id"])
    op.create_index(op.f("ix_portal_issues_merged_into_id"), "portal_issues", ["merged_into_id"])
    op.create_table(
        "portal_issue_affected",
        sa.Column("id", KEY, nullable=False),
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("impact", sa.Text(), server_default="", nullable=False),
        sa.Column("from_request", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("subscribed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=20), server_default="", nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["portal_issues.id"],
            name=op.f("fk_portal_issue_affected_issue_id_portal_issues"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_portal_issue_affected_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_portal_issue_affected_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_issue_affected")),
        sa.UniqueConstraint("issue_id", "address", name=op.f("uq_portal_issue_affected_issue_id_address")),
        sa.UniqueConstraint("issue_id", "user_id", name=op.f("uq_portal_issue_affected_issue_id_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_issue_affected_token_hash")),
    )
    op.create_index(
        op.f("ix_portal_issue_affected_organization_id"), "portal_issue_affected", ["organization_id"]
    )
    op.create_index(op.f("ix_portal_issue_affected_user_id"), "portal_issue_affected", ["user_id"])
    op.create_table(
        "portal_issue_audiences",
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["portal_issues.id"],
            name=op.f("fk_portal_issue_audiences_issue_id_portal_issues"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_portal_issue_audiences_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("issue_id", "organization_id", name=op.f("pk_portal_issue_audiences")),
    )
    op.create_index(
        op.f("ix_portal_issue_audiences_organization_id"), "portal_issue_audiences", ["organization_id"]
    )
    op.create_table(
        "portal_issue_tickets",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("linked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["portal_issues.id"],
            name=op.f("fk_portal_issue_tickets_issue_id_portal_issues"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["linked_by_id"], ["users.id"], name=op.f("fk_portal_issue_tickets_linked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_portal_issue_tickets_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_portal_issue_tickets")),
    )
    op.create_index(op.f("ix_portal_issue_tickets_issue_id"), "portal_issue_tickets", ["issue_id"])
    op.create_table(
        "portal_issue_updates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("stage_changed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("planned_from", sa.Date(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("old_from", sa.Date(), nullable=True),
        sa.Column("old_until", sa.Date(), nullable=True),
        sa.Column("moved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_id", KEY, nullable=False),
        sa.Column("mails", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mailed_to", KEY, server_default="0", nullable=False),
        sa.Column("mailed", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("fk_portal_issue_updates_creator_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["portal_issues.id"],
            name=op.f("fk_portal_issue_updates_issue_id_portal_issues"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_issue_updates")),
    )
    op.create_index(op.f("ix_portal_issue_updates_issue_id"), "portal_issue_updates", ["issue_id"])
    op.create_index("ix_portal_issue_updates_mailed_id", "portal_issue_updates", ["mailed", "id"])


def downgrade() -> None:
    """Take them away."""
    for name in TABLES:
        op.drop_table(f"portal_issue_{name}")
    op.drop_table("portal_issues")
