"""Who gets service reports, and when one was sent; running clocks by what is due next."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "sla_report_readers",
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("addresses", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.String(length=5), server_default="en", nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_sla_report_readers_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_sla_report_readers")),
    )
    op.add_column("sla_service_reports", sa.Column("sent", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sla_service_reports", sa.Column("sent_to", sa.Text(), server_default="", nullable=False))
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_sla_clocks_due", "sla_clocks", ["due"], sqlite_where=running, postgresql_where=running
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_sla_clocks_due", table_name="sla_clocks")
    op.drop_column("sla_service_reports", "sent_to")
    op.drop_column("sla_service_reports", "sent")
    op.drop_table("sla_report_readers")
