"""Articles: written, changed, put under topics, switched off; each change a transaction that keeps old and new."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from rtpy.changes.change import Record
from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields
from rtpy.changes.customfields.creating import check_first, store_first
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.recording import record
from rtpy.changes.topics import topic_path
from rtpy.content.sanitize import clean_html
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Article, ArticleClass, ArticleTopic, Topic, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST_NAME = 200
LONGEST_SUMMARY = 255
LONGEST_CONTENT = 1_000_000
TEXT, HTML = "text", "html"
FIELDS = (("name", "Name"), ("summary", "Summary"), ("format", "Format"), ("content", "Content"))
"""Columns with the fields of their transactions."""


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What an article says; `format` is text or html. HTML is sanitised when it is stored."""

    name: str
    summary: str = ""
    content: str = ""
    format: str = TEXT


def make_article(
    work: Work,
    article_class: ArticleClass,
    text: ArticleText,
    *,
    topics: Collection[int] = (),
    fields: GivenFields = NO_FIELDS,
    vouched: bool = False,
) -> Article:
    """Write an article. Needs CreateArticle in the class, and ModifyArticleTopics for topics; raises Invalid.

    `vouched`: the caller has asked by a rule of its own whether the actor may, such as a plugin with rights of its own.
    """
    if not vouched:
        _need(work, article_class.id, Right.CREATE_ARTICLE)
    if article_class.disabled:
        raise Refused(f"The class {article_class.name} is switched off: choose another one.")
    text = _checked(work, text, None)
    first = check_first(work, Lookup.ARTICLE, article_class.id, fields)
    article = Article(
        class_id=article_class.id,
        name=text.name,
        summary=text.summary,
        content=text.content,
        format=text.format,
        creator_id=work.actor.user_id,
        created=work.now,
        last_updated_by_id=work.actor.user_id,
        last_updated=work.now,
    )
    work.db.add(article)
    work.db.flush()  # its history points at it
    record(work, "article", article.id, Record(Transaction(type="Create", data=text.name)))
    store_first(work, first, article.id)
    if topics:
        set_article_topics(work, article, topics)
    return article


def change_article(
    work: Work,
    article: Article,
    text: ArticleText,
    article_class: ArticleClass | None = None,
    *,
    vouched: bool = False,
) -> None:
    """Let it say this, and stand in this class. Needs ModifyArticle, for another class CreateArticle there too.

    `vouched`: the caller has asked by a rule of its own whether the actor may change what it says.
    """
    if not vouched:
        _need(work, article.class_id, Right.MODIFY_ARTICLE)
    text = _checked(work, text, article.id)
    if article_class is not None and article_class.id != article.class_id:
        _move(work, article, article_class)
    for column, field in FIELDS:
        _set(work, article, column, field, getattr(text, column))


def set_article_topics(work: Work, article: Article, topic_ids: Collection[int]) -> None:
    """The topics under which it stands: global ones and those of its class. Needs ModifyArticleTopics."""
    rows = {
        row.topic_id: row
        for row in work.db.scalars(select(ArticleTopic).where(ArticleTopic.article_id == article.id))
    }
    wanted = set(topic_ids)
    if wanted == rows.keys():
        return
    _need(work, article.class_id, Right.MODIFY_ARTICLE_TOPICS)
    topics = {
        each.id: each for each in work.db.scalars(select(Topic).where(Topic.id.in_(wanted | rows.keys())))
    }
    strange = [each for each in wanted - rows.keys() if not _fits(topics.get(each), article.class_id)]
    if strange:
        raise Invalid(Problem("topics", "Choose topics of the list: those of all classes or of this one."))
    for topic_id in sorted(rows.keys() - wanted):
        work.db.delete(rows[topic_id])
        gone = Transaction(type="DeleteTopic", old_value=" / ".join(topic_path(work, topics[topic_id])))
        _note(work, article, gone)
    for topic_id in sorted(wanted - rows.keys()):
        work.db.add(ArticleTopic(article_id=article.id, topic_id=topic_id))
        came = Transaction(type="AddTopic", new_value=" / ".join(topic_path(work, topics[topic_id])))
        _note(work, article, came)


def set_article_disabled(work: Work, article: Article, *, disabled: bool, vouched: bool = False) -> None:
    """Switch it off, so that it is in no list and goes into no message, or on again. Needs DisableArticle.

    `vouched`: the caller has asked by a rule of its own whether the actor may.
    """
    if not vouched:
        _need(work, article.class_id, Right.DISABLE_ARTICLE)
    if article.disabled is not disabled:
        article.disabled = disabled
        _note(work, article, Transaction(type="Disabled" if disabled else "Enabled"))


def set_article_fields(
    work: Work, article: Article, given: GivenFields, *, removed: frozenset[int] = frozenset()
) -> list[Transaction]:
    """Its custom fields; what was recorded.

    Needs ModifyArticle, and ModifyCustomField on each; raises Refused or Invalid.
    """
    if not given.values and not removed:
        return []
    _need(work, article.class_id, Right.MODIFY_ARTICLE)
    done = set_fields(work, Lookup.ARTICLE, article.id, given, container_id=article.class_id, removed=removed)
    if done:
        _touch(work, article)
    return done


def _move(work: Work, article: Article, article_class: ArticleClass) -> None:
    _need(work, article_class.id, Right.CREATE_ARTICLE)
    if article_class.disabled:
        raise Invalid(
            Problem("class", f"The class {article_class.name} is switched off: choose another one.")
        )
    old = work.db.get_one(ArticleClass, article.class_id).name
    article.class_id = article_class.id
    _note(work, article, Transaction(type="Set", field="Class", old_value=old, new_value=article_class.name))
    standing = work.db.execute(
        select(ArticleTopic, Topic)
        .join(Topic, Topic.id == ArticleTopic.topic_id)
        .where(ArticleTopic.article_id == article.id)
    ).all()
    for row, topic in standing:
        if not _fits(topic, article_class.id):
            work.db.delete(row)
            gone = Transaction(type="DeleteTopic", old_value=" / ".join(topic_path(work, topic)))
            _note(work, article, gone)


def _set(work: Work, article: Article, column: str, field: str, value: str) -> None:
    old = getattr(article, column)
    if old != value:
        setattr(article, column, value)
        _note(work, article, Transaction(type="Set", field=field, old_value=old, new_value=value))


def _note(work: Work, article: Article, transaction: Transaction) -> None:
    _touch(work, article)
    record(work, "article", article.id, Record(transaction))


def _touch(work: Work, article: Article) -> None:
    article.last_updated, article.last_updated_by_id = work.now, work.actor.user_id


def _checked(work: Work, text: ArticleText, own_id: int | None) -> ArticleText:
    name = " ".join(text.name.replace("\x00", "").split())
    summary = " ".join(text.summary.replace("\x00", "").split())
    content = text.content.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    problems: list[Problem] = []
    if not name or len(name) > LONGEST_NAME:
        problems.append(Problem("name", f"Give the article a name of up to {LONGEST_NAME} letters."))
    taken = select(Article.id).where(func.lower(Article.name) == name.lower())
    if name and work.db.scalar(taken.where(Article.id != own_id) if own_id else taken) is not None:
        problems.append(Problem("name", f"There is an article {name} already: each needs a name of its own."))
    if len(summary) > LONGEST_SUMMARY:
        problems.append(Problem("summary", f"The summary may have up to {LONGEST_SUMMARY} letters."))
    if len(content) > LONGEST_CONTENT:
        problems.append(Problem("content", "The text is too long: divide it into several articles."))
    if text.format not in (TEXT, HTML):
        problems.append(Problem("format", "The text is plain text or HTML."))
    if problems:
        raise Invalid(*problems)
    if text.format == HTML:
        content = clean_html(content, images=lambda _: None)
    return replace(text, name=name, summary=summary, content=content)


def _fits(topic: Topic | None, class_id: int) -> bool:
    return topic is not None and topic.class_id in (None, class_id)


def _need(work: Work, class_id: int, right: str) -> None:
    if not work.rights.of(right).on("class", class_id):
        name = work.db.get_one(ArticleClass, class_id).name
        raise Refused(f"You may not do that with articles of the class {name}: the right {right} is needed.")
