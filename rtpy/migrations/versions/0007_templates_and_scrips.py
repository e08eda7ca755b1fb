"""Templates and scrips"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("templates", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("lang", sa.String(length=16), server_default="", nullable=False))
        batch.add_column(sa.Column("version", KEY, server_default="1", nullable=False))
        batch.add_column(sa.Column("updated", sa.DateTime(timezone=True), nullable=True))
        batch.drop_constraint("uq_templates_queue_id_name", type_="unique")
        batch.create_unique_constraint("uq_templates_queue_id_name_lang", ["queue_id", "name", "lang"])
    op.create_table(
        "template_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("template_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("description", sa.String(length=255), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("creator_id", KEY, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_template_versions_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("fk_template_versions_creator_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_versions")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_template_versions_template_id_number")),
    )
    with op.batch_alter_table("scrips", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("condition_argument", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("action_argument", sa.Text(), server_default="", nullable=False))
        batch.add_column(
            sa.Column("transaction_types", sa.String(length=255), server_default="", nullable=False)
        )
    op.create_table(
        "scrip_counts",
        sa.Column("scrip_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("done", KEY, server_default="0", nullable=False),
        sa.Column("skipped", KEY, server_default="0", nullable=False),
        sa.Column("failed", KEY, server_default="0", nullable=False),
        sa.Column("micros", KEY, server_default="0", nullable=False),
        sa.Column("slowest", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["scrip_id"],
            ["scrips.id"],
            name=op.f("fk_scrip_counts_scrip_id_scrips"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scrip_id", "day", name=op.f("pk_scrip_counts")),
    )


def downgrade() -> None:
    op.drop_table("scrip_counts")
    with op.batch_alter_table("scrips", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_column("transaction_types")
        batch.drop_column("action_argument")
        batch.drop_column("condition_argument")
    op.drop_table("template_versions")
    op.execute("DELETE FROM templates WHERE lang <> ''")
    with op.batch_alter_table("templates", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint("uq_templates_queue_id_name_lang", type_="unique")
        batch.create_unique_constraint("uq_templates_queue_id_name", ["queue_id", "name"])
        batch.drop_column("updated")
        batch.drop_column("version")
        batch.drop_column("lang")
