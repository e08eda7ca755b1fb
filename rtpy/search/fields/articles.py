"""What can be asked of articles: their columns, class, topics, words and custom fields."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from rtpy.db.base import table_of
from rtpy.models import Article, ArticleClass, ArticleTopic
from rtpy.rights.names import Right
from rtpy.search.articles import known_classes, known_topics, visible_articles, with_all_below
from rtpy.search.compiling.dates import date_field
from rtpy.search.compiling.people import user_field
from rtpy.search.compiling.plain import number_field, text_field
from rtpy.search.compiling.text import EMPTINESS, EQUALITY, LIKES
from rtpy.search.compiling.values import id_of, need_no_part, values_of
from rtpy.search.fields.custom_fields import article_custom_field_fields
from rtpy.search.fields.field import Asking, CannotSearch, Fields, Kind, SearchField
from rtpy.search.fields.tickets import by_name
from rtpy.search.language.tree import Operator, Term
from rtpy.search.text.matching import article_matches
from rtpy.work import Work

_columns = table_of(Article).c


def always_of_articles(work: Work, names: frozenset[str]) -> list[ColumnElement[bool]]:
    """What the reader may read; what is switched off only where the query asks for it."""
    clauses = [visible_articles(work.rights.of(Right.SHOW_ARTICLE))]
    if "disabled" not in names:
        clauses.append(Article.disabled.is_(False))
    return clauses


def article_fields(work: Work) -> Fields:
    """All fields of articles, by name and alias; put together once for a process."""
    found: Fields | None = work.app.caches.get("search.article_fields")
    if found is None:
        found = work.app.caches["search.article_fields"] = by_name(article_search_fields())
    return found


def article_search_fields() -> tuple[SearchField, ...]:
    """The same in the order of the builder."""
    return (*_OWN, *article_custom_field_fields())


def _is_one(names: tuple[str, ...], number: int, term: Term) -> bool:
    """Does one of the names, or the number, fit one of the values of a term, its negation aside?"""
    called = [name.lower() for name in names]
    wanted = [str(each).lower() for each in values_of(term)]
    match term.operator.positive:
        case Operator.LIKE:
            return any(wanted[0] in each for each in called)
        case Operator.STARTS_WITH:
            return any(each.startswith(wanted[0]) for each in called)
        case Operator.ENDS_WITH:
            return any(each.endswith(wanted[0]) for each in called)
    return any(each in wanted for each in called) or number in {id_of(each) for each in wanted}


def _class(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    ids = [each.id for each in _seen_classes(asking) if _is_one((each.name,), each.id, term)]
    return Article.class_id.not_in(ids) if term.operator.is_negative else Article.class_id.in_(ids)


def _seen_classes(asking: Asking) -> list[Any]:
    """Those that the asker may know of: others cannot be asked for."""
    rights = asking.work.rights
    return [
        each
        for each in known_classes(asking.work.app, asking.work.db).values()
        if any(rights.of(right).on("class", each.id) for right in (Right.SEE_CLASS, Right.SHOW_ARTICLE))
    ]


def _topic(asking: Asking, term: Term) -> ColumnElement[bool]:
    """A topic by its name, its path (`Network / VPN`) or number; what stands below it counts too."""
    need_no_part(term)
    app, db = asking.work.app, asking.work.db
    placed = exists().where(ArticleTopic.article_id == Article.id)
    if term.operator in EMPTINESS:
        return ~placed if term.operator is Operator.IS else placed
    found: set[int] = set()
    for topic in known_topics(app, db).values():
        if _is_one((topic.name, topic.label), topic.id, term):
            found |= with_all_below(app, db, topic.id)
    under = exists().where(ArticleTopic.article_id == Article.id, ArticleTopic.topic_id.in_(found))
    return ~under if term.operator.is_negative else under


def _content(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    fits = article_matches(asking.work, str(term.value))
    return ~fits if term.operator.is_negative else fits


def _disabled(_asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    value = str(term.value).lower()
    if value not in ("0", "1"):
        raise CannotSearch("Disabled is 1 or 0.", term.column)
    wanted = (value == "1") != term.operator.is_negative
    return Article.disabled.is_(wanted)


def _by_class(_asking: Asking, path: tuple[str, ...]) -> Any:
    name = select(func.lower(ArticleClass.name)).where(ArticleClass.id == Article.class_id).correlate(Article)
    return () if path else (name.scalar_subquery(),)


_OWN: tuple[SearchField, ...] = (
    number_field("id", _columns.id, "The number of the article."),
    text_field("Name", _columns.name, "Its name."),
    text_field("Summary", _columns.summary, "Its summary."),
    SearchField(
        "Class",
        Kind.QUEUE,
        (*EQUALITY, *LIKES),
        _class,
        "The class, by its name or number.",
        choices=lambda asking: [each.name for each in _seen_classes(asking) if not each.disabled],
        order=_by_class,
        column=_columns.class_id,
    ),
    SearchField(
        "Topic",
        Kind.CHOICE,
        (*EQUALITY, *LIKES, *EMPTINESS),
        _topic,
        "A topic, and all that stands below it.",
    ),
    SearchField(
        "Content",
        Kind.MESSAGE,
        (Operator.LIKE, Operator.NOT_LIKE),
        _content,
        "Words of its name, summary and text.",
    ),
    date_field("Created", _columns.created, "When it was written."),
    date_field("LastUpdated", _columns.last_updated, "When it was changed last."),
    user_field("Creator", _columns.creator_id, "Who wrote it."),
    user_field("LastUpdatedBy", _columns.last_updated_by_id, "Who changed it last."),
    SearchField(
        "Disabled", Kind.CHOICE, (Operator.EQUALS, Operator.DIFFERS), _disabled, "1: what is switched off."
    ),
)
