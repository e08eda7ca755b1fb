"""Topics of requests, how requests came in, what was answered before, and files that wait."""

import sqlalchemy as sa
from alembic import op

from rtpy.db.types import Json, UtcDateTime

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "portal_topics",
        sa.Column("id", KEY, nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("hint", sa.String(length=255), server_default="", nullable=False),
        sa.Column("promise", sa.Text(), server_default="", nullable=False),
        sa.Column("icon", sa.String(length=40), server_default="comment", nullable=False),
        sa.Column("queue_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("person_role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("priority", KEY, nullable=True),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("questions", Json(), nullable=False),
        sa.Column("words", Json(), nullable=False),
        sa.Column("asks_site", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("for_organizations", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["queues.id"], name=op.f("fk_portal_topics_queue_id_queues"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_portal_topics_person_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_topics")),
        sa.UniqueConstraint("name", name=op.f("uq_portal_topics_name")),
    )
    op.create_table(
        "portal_topic_organizations",
        sa.Column("topic_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["portal_topics.id"],
            name=op.f("fk_portal_topic_organizations_topic_id_portal_topics"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_portal_topic_organizations_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("topic_id", "organization_id", name=op.f("pk_portal_topic_organizations")),
    )
    op.create_table(
        "portal_asked",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("topic_id", KEY, nullable=True),
        sa.Column("language", sa.String(length=10), server_default="en", nullable=False),
        sa.Column("page", sa.String(length=200), server_default="", nullable=False),
        sa.Column("is_proved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_portal_asked_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_portal_asked")),
        sa.UniqueConstraint("form", name=op.f("uq_portal_asked_form")),
    )
    op.create_index(op.f("ix_portal_asked_topic_id"), "portal_asked", ["topic_id"])
    op.create_table(
        "portal_deflections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", KEY, nullable=False),
        sa.Column("topic_id", KEY, nullable=True),
        sa.Column("words", sa.String(length=255), server_default="", nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("was_sent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_portal_deflections_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_deflections")),
    )
    op.create_index(op.f("ix_portal_deflections_at"), "portal_deflections", ["at"])
    op.create_table(
        "portal_held_files",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=127), nullable=False),
        sa.Column("size", KEY, server_default="0", nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_held_files")),
    )
    op.create_index(op.f("ix_portal_held_files_key"), "portal_held_files", ["key"])
    op.create_index(op.f("ix_portal_held_files_created"), "portal_held_files", ["created"])


def downgrade() -> None:
    """Take them away."""
    for name in (
        "portal_held_files",
        "portal_deflections",
        "portal_asked",
        "portal_topic_organizations",
        "portal_topics",
    ):
        op.drop_table(name)
