"""What people of an organisation may see and do."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAGS = ("may_raise", "may_copy", "sees_money", "sees_names", "manages", "is_off")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "portal_members",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("grade", sa.String(length=12), server_default="", nullable=False),
        *(sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False) for name in FLAGS),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_portal_members_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_portal_members_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_members")),
        sa.UniqueConstraint(
            "organization_id", "user_id", name=op.f("uq_portal_members_organization_id_user_id")
        ),
    )
    op.create_index(op.f("ix_portal_members_user_id"), "portal_members", ["user_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("portal_members")
