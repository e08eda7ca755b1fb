"""Articles: `/article`, `/articles`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, false, func, select

from rtpy.changes.articles import ArticleText, make_article, set_article_disabled
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.models import Article, ArticleClass
from rtpy.rest.link_targets import LINK_KEYS
from rtpy.rest.naming import find_class
from rtpy.rest2.collection import with_disabled
from rtpy.rest2.custom_field_cells import seen_fields
from rtpy.rest2.documents import read_document
from rtpy.rest2.field_conditions import SearchesFields, field_name
from rtpy.rest2.field_values_of_things import first_fields
from rtpy.rest2.plain_values import read_flag, read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.record import Record
from rtpy.rest2.resource import Created
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Condition
from rtpy.rest2.things.article_kind import ARTICLE_KIND, CONTENT
from rtpy.rest2.things.article_update import ArticleUpdate, find_topics, read_text_of, take_content
from rtpy.rest2.things.links import first_links
from rtpy.rest2.things.things import thing_etag
from rtpy.rest2.unknown import refuse_unknown, say_unknown
from rtpy.rest2.values import stub
from rtpy.rights.names import CLASS, Right
from rtpy.search.articles import known_classes, visible_articles

KNOWN = frozenset(
    {"Class", "Name", "Summary", CONTENT, "Format", "Topics", "CustomFields", "Disabled"} | LINK_KEYS
)
TOLERATED = frozenset({"URI", "Parent", "SortOrder"})
"""RT has columns for these that lead nowhere: Parent is never set, and articles are listed by name."""


class ArticleRecord(Record):
    """`/article/8`. What is missing is a 404 for everybody, what is hidden a 403 (RT)."""

    kind = ARTICLE_KIND

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """All that a body may have."""
        return KNOWN

    def find(self) -> Article | None:
        """By number."""
        if "id" not in self.call.args:
            return None
        return cast("Article | None", self.work.db.get(Article, self.call.number("id")))

    @property
    def article(self) -> Article:
        """One that exists."""
        return cast(Article, self.row)

    def is_forbidden(self) -> bool:
        """It is there, and ShowArticle is not held."""
        if self.row is None:
            return False
        return not self.work.rights.of(Right.SHOW_ARTICLE).on(CLASS, self.article.class_id)

    def etag(self) -> str | None:
        """The newest transaction that the caller may see."""
        fields = [each.id for each in seen_fields(self.call, Lookup.ARTICLE, self.article.class_id)]
        return thing_etag(self.work.db, "article", self.article.id, fields)

    def last_modified(self) -> datetime | None:
        """Its last update."""
        return self.article.last_updated

    def post(self) -> Created:
        """A new one. A class that is not there is refused as one where nothing may be written (RT)."""
        document = read_document(self.call)
        refuse_unknown(document, KNOWN, tolerated=TOLERATED)
        article_class = self._class(document.get("Class"))
        text, fields = take_content(self.call, article_class.id, document)
        made = make_article(
            self.work,
            article_class,
            read_text_of(ArticleText(""), {**document, **text}),
            topics=find_topics(self.work, document.get("Topics")),
            fields=first_fields(self.call, Lookup.ARTICLE, article_class.id, fields),
        )
        first_links(self.call, "article", made, document)
        if read_flag("Disabled", document.get("Disabled")):
            set_article_disabled(self.work, made, disabled=True)
        return Created(f"article/{made.id}", stub(self.call, self.kind.ref(made)))

    def put(self) -> list[str]:
        """Columns by name, custom fields, links; then what nobody knows."""
        document = read_document(self.call)
        said = ArticleUpdate(self.call, self.article).do(document)
        return said + say_unknown(f"Article {self.article.id}", document, KNOWN, tolerated=TOLERATED)

    def delete(self) -> None:
        """Switched off, not taken away; nothing when it is off."""
        if not self.article.disabled:
            set_article_disabled(self.work, self.article, disabled=True)

    def _class(self, given: Any) -> ArticleClass:
        text = read_text("Class", given.get("id") if isinstance(given, dict) else given).strip()
        if not text:
            raise Problem(400, "Invalid Class")
        found = find_class(self.work.db, text)
        if (
            found is None
            or found.disabled
            or not self.work.rights.of(Right.CREATE_ARTICLE).on(CLASS, found.id)
        ):
            raise Problem(403, "Permission Denied")
        return found


class NewArticle(ArticleRecord):
    """`/article`."""

    methods = ("POST",)


class Articles(SearchesFields):
    """`/articles`."""

    kind = ARTICLE_KIND
    lookup = Lookup.ARTICLE
    needs_condition = True

    def rows(self) -> Select[Any]:
        """Those that the caller may read; disabled ones only when asked for."""
        query = select(Article.id).where(visible_articles(self.work.rights.of(Right.SHOW_ARTICLE)))
        asked = with_disabled(self.call) or any(
            each.field.lower() == "disabled" for each in self.conditions()
        )
        return query if asked else query.where(Article.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(Article.name), Article.id)

    def clause(self, condition: Condition) -> ColumnElement[bool] | None:
        """`CF.{Content}` is the text, where no custom field has that name."""
        found = super().clause(condition)
        if found is None and (field_name(condition) or "").lower() == CONTENT.lower():
            return super().clause(replace(condition, field=CONTENT))
        return found

    def seen_where(self, definition: FieldDefinition) -> ColumnElement[bool]:
        """In the classes in which the field is seen."""
        known = known_classes(self.work.app, self.work.db)
        ids = [each for each in known if sees(self.work, definition, each)]
        return Article.class_id.in_(ids) if ids else false()

    def sees_total(self) -> bool:
        """With ShowArticle everywhere."""
        return bool(self.work.rights.of(Right.SHOW_ARTICLE).everywhere)


ROUTES = (
    Route("article", NewArticle, "Write an article"),
    Route("article/{id}", ArticleRecord, "One article"),
    Route("articles", Articles, "Articles that fit"),
)
