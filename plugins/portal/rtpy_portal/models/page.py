"""Pages of knowledge: where they stand, for whom they are, and what readers see of them."""

from datetime import date, datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc


class Page(Base):
    """A page. Its article of the core is the working copy; readers see the version `published_version`, or nothing."""

    __tablename__ = "portal_pages"
    __table_args__ = (
        UniqueConstraint("article_id"),
        Index("ix_portal_pages_chapter_id_position", "chapter_id", "position"),
    )

    id: Mapped[id_]
    article_id: Mapped[int] = ref("articles.id", cascade=True)
    chapter_id: Mapped[int] = ref("portal_chapters.id")
    position: Mapped[count]
    title: Mapped[str] = mapped_column(String(200))
    """Of the working copy. The article has a name of its own, since no two articles may share one."""
    slug: Mapped[str] = mapped_column(String(80))
    """The words in its address; its number alone finds it."""
    owner_id: Mapped[int | None] = ref("users.id", index=True)
    """Who looks at it again when `review_by` comes."""
    audience: Mapped[str] = mapped_column(String(13), default="everyone", server_default="everyone")
    """`knowledge.values.Audience`; of organizations: those of PageAudience."""
    state: Mapped[str] = mapped_column(String(9), default="draft", server_default="draft")
    """`knowledge.values.State`: of the working copy. What readers see is said by `published_version` alone."""
    review_note: Mapped[text]
    """What who asked for the review wrote, or who sent it back."""
    published_version: Mapped[int | None]
    """The number of the version that readers see."""
    first_published: Mapped[datetime | None]
    published: Mapped[datetime | None] = mapped_column(index=True)
    """When readers got the version that they see."""
    scheduled_version: Mapped[int | None]
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    """When `scheduled_version` takes its place."""
    review_by: Mapped[date | None] = mapped_column(index=True)
    lang: Mapped[str] = mapped_column(String(16), default="en", server_default="en")
    original_id: Mapped[int | None] = ref("portal_pages.id", index=True)
    """The page that this one says in another language; always one that is no translation itself."""
    original_version: Mapped[int | None]
    """The version of the original that this translation says."""
    created: Mapped[utc]


class PageAudience(Base):
    """A page for certain organisations: one of them."""

    __tablename__ = "portal_page_audiences"

    page_id: Mapped[int] = ref("portal_pages.id", primary_key=True, cascade=True)
    organization_id: Mapped[int] = ref("organizations.id", primary_key=True, index=True, cascade=True)


class PageVersion(Base):
    """A page as it was given to readers: written once, never changed."""

    __tablename__ = "portal_page_versions"
    __table_args__ = (UniqueConstraint("page_id", "number"),)

    id: Mapped[id_]
    page_id: Mapped[int] = ref("portal_pages.id", cascade=True)
    number: Mapped[int]
    """From 1."""
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[short]
    content: Mapped[text]
    """HTML, sanitised."""
    source: Mapped[text]
    """What the article said, in its `format`."""
    format: Mapped[str] = mapped_column(String(8))
    note: Mapped[short]
    """What is new in it; for staff."""
    is_minor: Mapped[flag]
    """Not told as news."""
    created: Mapped[utc]
    creator_id: Mapped[int] = ref("users.id")
