"""Articles: texts that staff keep for answers, their classes, where these apply, and the tree of topics."""

from sqlalchemy import Index, String, UniqueConstraint, func, true
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc


class ArticleClass(Base):
    """A kind of articles, and what of them gets into a reply."""

    __tablename__ = "classes"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    sort_order: Mapped[count]
    disabled: Mapped[flag]
    takes_title: Mapped[flag]
    takes_summary: Mapped[flag]
    takes_content: Mapped[bool] = mapped_column(default=True, server_default=true())
    takes_fields: Mapped[flag]
    links: Mapped[bool] = mapped_column(default=True, server_default=true())
    """The ticket refers to what was inserted into a message."""
    sets_subject: Mapped[flag]
    """The article's summary, or its name, becomes the subject of the message."""
    created: Mapped[utc]


class ClassPlace(Base):
    """Where articles of a class are offered: the id of a queue; 0 is everywhere."""

    __tablename__ = "class_places"
    __table_args__ = (UniqueConstraint("class_id", "queue_id"),)

    id: Mapped[id_]
    class_id: Mapped[int] = ref("classes.id", cascade=True)
    queue_id: Mapped[count]


class Topic(Base):
    """A node of the tree of topics; of one class, or (None) of all."""

    __tablename__ = "topics"

    id: Mapped[id_]
    parent_id: Mapped[int | None] = ref("topics.id", index=True)
    class_id: Mapped[int | None] = ref("classes.id", cascade=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    sort_order: Mapped[count]


class Article(Base):
    """One article: its present state; how it came about is in its transactions."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_class_id_name", "class_id", "name"),
        Index("ix_articles_last_updated", "last_updated"),
    )

    id: Mapped[id_]
    class_id: Mapped[int] = ref("classes.id")
    name: Mapped[str] = mapped_column(String(200))
    summary: Mapped[short]
    content: Mapped[text]
    format: Mapped[str] = mapped_column(String(8), default="text", server_default="text")
    """text or html; HTML is kept sanitised."""
    disabled: Mapped[flag]
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]
    last_updated_by_id: Mapped[int] = ref("users.id")
    last_updated: Mapped[utc]


class ArticleTopic(Base):
    """An article's place under a topic."""

    __tablename__ = "article_topics"

    article_id: Mapped[int] = ref("articles.id", primary_key=True, cascade=True)
    topic_id: Mapped[int] = ref("topics.id", primary_key=True, index=True, cascade=True)


Index("uq_classes_name_folded", func.lower(ArticleClass.name), unique=True)
Index("uq_articles_name_folded", func.lower(Article.name), unique=True)
