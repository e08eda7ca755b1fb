"""Articles"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _flag(name: str, *, on: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.true() if on else sa.false(), nullable=False)


def _short(name: str, length: int = 255) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), server_default="", nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        _short("description"),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        _flag("disabled"),
        _flag("takes_title"),
        _flag("takes_summary"),
        _flag("takes_content", on=True),
        _flag("takes_fields"),
        _flag("links", on=True),
        _flag("sets_subject"),
        _moment("created"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classes")),
    )
    op.create_index("uq_classes_name_folded", "classes", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "class_places",
        sa.Column("id", KEY, nullable=False),
        sa.Column("class_id", KEY, nullable=False),
        sa.Column("queue_id", KEY, server_default="0", nullable=False),
        _points("class_places", "class_id", "classes", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_places")),
        sa.UniqueConstraint("class_id", "queue_id", name=op.f("uq_class_places_class_id_queue_id")),
    )
    op.create_table(
        "topics",
        sa.Column("id", KEY, nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("class_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        _short("description"),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        _points("topics", "parent_id", "topics"),
        _points("topics", "class_id", "classes", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
    )
    op.create_index("ix_topics_parent_id", "topics", ["parent_id"])
    op.create_table(
        "articles",
        sa.Column("id", KEY, nullable=False),
        sa.Column("class_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        _short("summary"),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("format", sa.String(length=8), server_default="text", nullable=False),
        _flag("disabled"),
        sa.Column("creator_id", KEY, nullable=False),
        _moment("created"),
        sa.Column("last_updated_by_id", KEY, nullable=False),
        _moment("last_updated"),
        _points("articles", "class_id", "classes"),
        _points("articles", "creator_id", "users"),
        _points("articles", "last_updated_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_class_id_name", "articles", ["class_id", "name"])
    op.create_index("ix_articles_last_updated", "articles", ["last_updated"])
    op.create_index("uq_articles_name_folded", "articles", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "article_topics",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("topic_id", KEY, nullable=False),
        _points("article_topics", "article_id", "articles", cascade=True),
        _points("article_topics", "topic_id", "topics", cascade=True),
        sa.PrimaryKeyConstraint("article_id", "topic_id", name=op.f("pk_article_topics")),
    )
    op.create_index("ix_article_topics_topic_id", "article_topics", ["topic_id"])


def downgrade() -> None:
    for table in ("article_topics", "articles", "topics", "class_places", "classes"):
        op.drop_table(table)
