"""Books, chapters, pages and their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_books()
    _make_pages()
    op.create_table(
        "portal_page_audiences",
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["portal_pages.id"],
            name=op.f("fk_portal_page_audiences_page_id_portal_pages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_portal_page_audiences_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("page_id", "organization_id", name=op.f("pk_portal_page_audiences")),
    )
    op.create_index(
        op.f("ix_portal_page_audiences_organization_id"), "portal_page_audiences", ["organization_id"]
    )
    op.create_table(
        "portal_page_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=255), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=255), server_default="", nullable=False),
        sa.Column("is_minor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("creator_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["portal_pages.id"],
            name=op.f("fk_portal_page_versions_page_id_portal_pages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("fk_portal_page_versions_creator_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_page_versions")),
        sa.UniqueConstraint("page_id", "number", name=op.f("uq_portal_page_versions_page_id_number")),
    )


def downgrade() -> None:
    """Take them away."""
    for table in (
        "portal_page_versions",
        "portal_page_audiences",
        "portal_pages",
        "portal_chapters",
        "portal_books",
    ):
        op.drop_table(table)


def _make_books() -> None:
    op.create_table(
        "portal_books",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_books")),
        sa.UniqueConstraint("slug", name=op.f("uq_portal_books_slug")),
    )
    op.create_table(
        "portal_chapters",
        sa.Column("id", KEY, nullable=False),
        sa.Column("book_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["book_id"],
            ["portal_books.id"],
            name=op.f("fk_portal_chapters_book_id_portal_books"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_chapters")),
        sa.UniqueConstraint("book_id", "slug", name=op.f("uq_portal_chapters_book_id_slug")),
    )


def _make_pages() -> None:
    op.create_table(
        "portal_pages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("chapter_id", KEY, nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("audience", sa.String(length=13), server_default="everyone", nullable=False),
        sa.Column("state", sa.String(length=9), server_default="draft", nullable=False),
        sa.Column("review_note", sa.Text(), server_default="", nullable=False),
        sa.Column("published_version", KEY, nullable=True),
        sa.Column("first_published", MOMENT, nullable=True),
        sa.Column("published", MOMENT, nullable=True),
        sa.Column("scheduled_version", KEY, nullable=True),
        sa.Column("publish_at", MOMENT, nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("lang", sa.String(length=16), server_default="en", nullable=False),
        sa.Column("original_id", KEY, nullable=True),
        sa.Column("original_version", KEY, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_portal_pages_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id"], ["portal_chapters.id"], name=op.f("fk_portal_pages_chapter_id_portal_chapters")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_portal_pages_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["original_id"], ["portal_pages.id"], name=op.f("fk_portal_pages_original_id_portal_pages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_pages")),
        sa.UniqueConstraint("article_id", name=op.f("uq_portal_pages_article_id")),
    )
    op.create_index("ix_portal_pages_chapter_id_position", "portal_pages", ["chapter_id", "position"])
    for column in ("owner_id", "published", "publish_at", "review_by", "original_id"):
        op.create_index(op.f(f"ix_portal_pages_{column}"), "portal_pages", [column])
