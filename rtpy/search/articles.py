"""Articles by words, class and topic, a page at a time, only those that the reader may read; and their classes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Article, ArticleClass, ArticleTopic, ClassPlace, Topic
from rtpy.remembered import remembered, watch
from rtpy.rights.grants import Grants

watch(ArticleClass, ClassPlace, Topic)

PER_PAGE = 25
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ClassKnown:
    """A class as every page needs it."""

    id: int
    name: str
    description: str
    disabled: bool
    takes: frozenset[str]
    """Of title, summary, content and fields."""
    links: bool
    sets_subject: bool
    queues: frozenset[int]

    def is_offered_in(self, queue_id: int) -> bool:
        """Are its articles offered for tickets of this queue?"""
        return not self.disabled and (0 in self.queues or queue_id in self.queues)


@dataclass(frozen=True, slots=True)
class TopicKnown:
    """A topic in its tree; `path` are the names from the root to it."""

    id: int
    parent_id: int | None
    class_id: int | None
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last of its path."""
        return self.path[-1]

    @property
    def label(self) -> str:
        """The whole path in words."""
        return " / ".join(self.path)


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Which articles; what is None or empty does not filter. `class_ids`: only of these classes."""

    words: str = ""
    class_id: int | None = None
    class_ids: frozenset[int] | None = None
    topic_ids: Collection[int] = ()
    with_disabled: bool = False


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article in a list."""

    id: int
    name: str
    summary: str
    class_id: int
    disabled: bool
    updated: datetime


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A page of a list: `number` from 1."""

    rows: tuple[ArticleRow, ...]
    number: int
    total: int

    @property
    def has_next(self) -> bool:
        """Is there a page after this one?"""
        return self.number * PER_PAGE < self.total


def list_articles(db: Session, show_article: Grants, wanted: ArticleFilter, number: int = 1) -> ArticlePage:
    """One page by name, in two queries; `show_article` are the reader's grants of ShowArticle."""
    clauses = [visible_articles(show_article), *_clauses(wanted)]
    rows = db.execute(
        select(
            Article.id,
            Article.name,
            Article.summary,
            Article.class_id,
            Article.disabled,
            Article.last_updated,
        )
        .where(*clauses)
        .order_by(func.lower(Article.name))
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    found = tuple(ArticleRow(*row) for row in rows)
    total = db.scalar(select(func.count()).select_from(Article).where(*clauses)) or 0
    return ArticlePage(found, number, total)


def known_classes(app: App, db: Session) -> dict[int, ClassKnown]:
    """Every class by its id, in their order. No query as long as nobody changes one."""
    return remembered(app, db, "article_classes", _read_classes)


def known_topics(app: App, db: Session) -> dict[int, TopicKnown]:
    """Every topic by its id, in the order of the tree. No query as long as nobody changes one."""
    return remembered(app, db, "article_topics", _read_topics)


def topics_for(app: App, db: Session, class_id: int | None) -> list[TopicKnown]:
    """The topics of all classes and of this one, in the order of the tree; of every class for None."""
    topics = known_topics(app, db).values()
    return [each for each in topics if class_id is None or each.class_id in (None, class_id)]


def with_all_below(app: App, db: Session, topic_id: int) -> frozenset[int]:
    """The topic and all that stand below it."""
    found = {topic_id}
    for topic in known_topics(app, db).values():  # parents come first
        if topic.parent_id in found:
            found.add(topic.id)
    return frozenset(found)


def topics_of(db: Session, article_id: int) -> list[int]:
    """The ids of the topics under which an article stands. One query."""
    return list(db.scalars(select(ArticleTopic.topic_id).where(ArticleTopic.article_id == article_id)))


def visible_articles(show_article: Grants) -> ColumnElement[bool]:
    """A clause over articles, true where the right is held."""
    return true() if show_article.everywhere else Article.class_id.in_(show_article.ids("class"))


def _clauses(wanted: ArticleFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    for word in wanted.words.split()[:MOST_WORDS]:
        columns = (Article.name, Article.summary, Article.content)
        clauses.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if wanted.class_id is not None:
        clauses.append(Article.class_id == wanted.class_id)
    if wanted.class_ids is not None:
        clauses.append(Article.class_id.in_(wanted.class_ids))
    if wanted.topic_ids:
        under = select(ArticleTopic.article_id).where(ArticleTopic.topic_id.in_(wanted.topic_ids))
        clauses.append(Article.id.in_(under))
    if not wanted.with_disabled:
        clauses.append(Article.disabled.is_(False))
    return clauses


def _read_classes(db: Session) -> dict[int, ClassKnown]:
    queues: dict[int, set[int]] = {}
    for class_id, queue_id in db.execute(select(ClassPlace.class_id, ClassPlace.queue_id)):
        queues.setdefault(class_id, set()).add(queue_id)
    rows = db.scalars(select(ArticleClass).order_by(ArticleClass.sort_order, func.lower(ArticleClass.name)))
    parts = ("title", "summary", "content", "fields")
    return {
        row.id: ClassKnown(
            row.id,
            row.name,
            row.description,
            row.disabled,
            frozenset(part for part in parts if getattr(row, f"takes_{part}")),
            row.links,
            row.sets_subject,
            frozenset(queues.get(row.id, ())),
        )
        for row in rows
    }


def _read_topics(db: Session) -> dict[int, TopicKnown]:
    rows = db.scalars(select(Topic).order_by(Topic.sort_order, func.lower(Topic.name))).all()
    below: dict[int | None, list[Topic]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: dict[int, TopicKnown] = {}

    def add(parent_id: int | None, path: tuple[str, ...]) -> None:
        for row in below.get(parent_id, ()):
            found[row.id] = TopicKnown(row.id, row.parent_id, row.class_id, (*path, row.name))
            add(row.id, found[row.id].path)

    add(None, ())
    return found
