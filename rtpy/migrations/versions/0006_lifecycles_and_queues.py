"""Lifecycles and queues"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "lifecycles",
        sa.Column("id", big, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sort_order", big, server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lifecycles")),
    )
    op.create_index("uq_lifecycles_name_folded", "lifecycles", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "lifecycle_maps",
        sa.Column("old_id", big, nullable=False),
        sa.Column("new_id", big, nullable=False),
        sa.Column("statuses", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["old_id"],
            ["lifecycles.id"],
            name=op.f("fk_lifecycle_maps_old_id_lifecycles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["new_id"],
            ["lifecycles.id"],
            name=op.f("fk_lifecycle_maps_new_id_lifecycles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("old_id", "new_id", name=op.f("pk_lifecycle_maps")),
    )
    for name in ("due_default", "starts_default"):
        op.add_column("queues", sa.Column(name, sa.String(length=255), server_default="", nullable=False))
    op.add_column("queues", sa.Column("priority_labels", sa.Text(), server_default="", nullable=False))
    op.drop_column("queues", "due_in_minutes")


def downgrade() -> None:
    op.add_column(
        "queues",
        sa.Column("due_in_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    for name in ("priority_labels", "starts_default", "due_default"):
        op.drop_column("queues", name)
    op.drop_table("lifecycle_maps")
    op.drop_table("lifecycles")
