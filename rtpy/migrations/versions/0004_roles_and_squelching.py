"""Roles and squelching"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "custom_roles",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=255), server_default="", nullable=False),
        sa.Column("max_values", KEY, server_default="0", nullable=False),
        sa.Column("entry_hint", sa.String(length=255), server_default="", nullable=False),
        sa.Column("lookup", sa.String(length=16), server_default="ticket", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_roles")),
    )
    op.create_index("uq_custom_roles_name_folded", "custom_roles", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "custom_role_places",
        sa.Column("id", KEY, nullable=False),
        sa.Column("custom_role_id", KEY, nullable=False),
        sa.Column("object_type", sa.String(length=16), server_default="queue", nullable=False),
        sa.Column("object_id", KEY, nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["custom_role_id"],
            ["custom_roles.id"],
            name=op.f("fk_custom_role_places_custom_role_id_custom_roles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_role_places")),
        sa.UniqueConstraint(
            "custom_role_id",
            "object_type",
            "object_id",
            name=op.f("uq_custom_role_places_custom_role_id_object_type_object_id"),
        ),
    )
    op.create_table(
        "squelches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_squelches_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squelches")),
        sa.UniqueConstraint("ticket_id", "address", name=op.f("uq_squelches_ticket_id_address")),
    )
    op.add_column("attachments", sa.Column("send_cc", sa.Text(), server_default="", nullable=False))
    op.add_column("attachments", sa.Column("send_bcc", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("attachments", "send_bcc")
    op.drop_column("attachments", "send_cc")
    op.drop_table("squelches")
    op.drop_table("custom_role_places")
    op.drop_table("custom_roles")
