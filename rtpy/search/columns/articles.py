"""Columns of articles, and what is known of the articles of a page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.models import Article, ArticleClass, ArticleTopic
from rtpy.rights.names import Right
from rtpy.search.articles import known_topics, visible_articles
from rtpy.search.columns.column import Kind
from rtpy.search.columns.things import ThingPage, among_ids, by_name, dated, own, person, text
from rtpy.search.compiling.field_names import grants_on

USUAL = (
    """'<b><a href="__WebPath__/Articles/Article/Display.html?id=__id__">__id__</a></b>', """
    """'<b><a href="__WebPath__/Articles/Article/Display.html?id=__id__">__Name__</a></b>', """
    "Summary, Class, Topics, LastUpdatedRelative"
)
"""What a search for articles shows that says nothing else."""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """One article as its own row tells it, with the name of its class."""

    id: int
    subject: str
    summary: str
    class_id: int
    class_name: str
    is_off: bool
    creator_id: int
    last_updated_by_id: int
    created: datetime
    last_updated: datetime


class ArticlePage(ThingPage):
    """The articles of a page."""

    lookup = Lookup.ARTICLE
    people_in = ("creator_id", "last_updated_by_id")

    def read(self, ids: list[int]) -> Iterable[ArticleFacts]:
        """As far as ShowArticle goes."""
        seen = visible_articles(self.work.rights.of(Right.SHOW_ARTICLE))
        rows = self.work.db.connection().execute(_BASE.where(Article.id.in_(ids), seen))
        return [ArticleFacts(*row) for row in rows]

    def readable(self, definition: FieldDefinition) -> Select[Any]:
        """By SeeCustomField in all its ways."""
        seen = visible_articles(grants_on(self.work, definition))
        return select(Article.id).where(among_ids(Article.id, self), seen)

    @cached_property
    def topics(self) -> Mapping[int, Sequence[str]]:
        """The paths of the topics under which each stands. One query."""
        known = known_topics(self.work.app, self.work.db)
        rows = self.work.db.connection().execute(
            select(ArticleTopic.article_id, ArticleTopic.topic_id).where(
                ArticleTopic.article_id.in_(self.ids)
            )
        )
        found: dict[int, list[str]] = defaultdict(list)
        for article_id, topic_id in rows:
            if topic_id in known:
                found[article_id].append(known[topic_id].label)
        return {number: sorted(labels) for number, labels in found.items()}


_BASE: Any = select(  # Any: a Select of many columns
    Article.id,
    Article.name,
    Article.summary,
    Article.class_id,
    ArticleClass.name,
    Article.disabled,
    Article.creator_id,
    Article.last_updated_by_id,
    Article.created,
    Article.last_updated,
).join(ArticleClass, ArticleClass.id == Article.class_id)
ALIASES = {"classname": "Class", "createdby": "Creator", "topic": "Topics"}
COLUMNS = by_name(
    (
        own("id", "#", Kind.NUMBER, "id"),
        own("Name", "Name", Kind.TEXT, "subject"),
        own("Summary", "Summary", Kind.TEXT, "summary"),
        own("Class", "Class", Kind.TEXT, "class_name"),
        text("Topics", "Topics", lambda page, article: tuple(page.topics.get(article.id, ()))),
        text("Disabled", "Switched off", lambda _, article: "yes" if article.is_off else ""),
        person("Creator", "Written by", "creator_id"),
        person("LastUpdatedBy", "Last updated by", "last_updated_by_id"),
        *dated("Created", "Written", "created"),
        *dated("LastUpdated", "Updated", "last_updated"),
    )
)
