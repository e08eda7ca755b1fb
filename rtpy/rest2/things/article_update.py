"""An update of an article: what a PUT asks for, tried one by one, with RT's sentence for each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rtpy.changes.articles import (
    HTML,
    TEXT,
    ArticleText,
    change_article,
    set_article_disabled,
    set_article_fields,
    set_article_topics,
)
from rtpy.changes.customfields.checking import GivenFields
from rtpy.content.plain import html_to_text
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, Refused, RtpyError
from rtpy.models import Article, ArticleClass, Transaction
from rtpy.rest.naming import find_class
from rtpy.rest2.call import Call
from rtpy.rest2.changed_words import say_changed, say_disabled, say_refused
from rtpy.rest2.field_values_of_things import Holder, put_fields
from rtpy.rest2.plain_values import read_flag, read_text
from rtpy.rest2.problem import Problem as Refusal
from rtpy.rest2.things.article_kind import CONTENT, has_own_content
from rtpy.rest2.things.links import put_links
from rtpy.rest2.values import Document
from rtpy.rights.names import CLASS, Right
from rtpy.search.articles import known_topics, topics_of
from rtpy.work import Work

TEXTS = (("Format", "format"), ("Name", "name"), ("Summary", "summary"), (CONTENT, "content"))
"""Fields of a document, and what of an article's text they are."""
SAID = 255
"""Characters of a text that a sentence repeats."""


class ArticleUpdate:
    """One update."""

    def __init__(self, call: Call, article: Article) -> None:
        self.call, self.article = call, article
        self.work: Work = call.work
        self.label = f"Article {article.id}"

    def do(self, document: Document) -> list[str]:
        """All of it: columns, text, custom fields, topics, links."""
        said: list[str] = []
        if "Class" in document:
            said += self._class(document["Class"])
        if "Disabled" in document:
            said += self._disabled(document["Disabled"])
        text, fields = take_content(self.call, self.article.class_id, document)
        for name, attribute in TEXTS:
            if name in document:
                said += self._text(name, attribute, document[name])
        if CONTENT in text:
            said += self._content(text[CONTENT])
        if fields is not None:
            holder = Holder(Lookup.ARTICLE, self.article.id, self.article.class_id)
            said += put_fields(self.call, self.label, holder, fields, self._fields)
        if "Topics" in document:
            said += self._topics(document["Topics"])
        try:
            return said + put_links(self.call, "article", self.article, document)
        except Invalid as invalid:
            return [*said, say_refused(self.label, invalid)]

    def _class(self, value: Any) -> list[str]:
        work, article = self.work, self.article
        old = work.db.get_one(ArticleClass, article.class_id)
        try:
            text = read_text("Class", value.get("id") if isinstance(value, dict) else value).strip()
            new = find_class(work.db, text) if text else None
            if new is None or not work.rights.of(Right.SEE_CLASS).on(CLASS, new.id):
                raise Refused("Invalid Class")
            with work.db.begin_nested():
                change_article(work, article, text_of(article), new)
        except RtpyError as problem:
            return [say_refused(self.label, problem)]
        return [] if new.id == old.id else [say_changed(self.label, "Class", old.name, new.name, '"')]

    def _disabled(self, value: Any) -> list[str]:
        old = self.article.disabled
        try:
            with self.work.db.begin_nested():
                set_article_disabled(self.work, self.article, disabled=read_flag("Disabled", value))
        except RtpyError as problem:
            return [say_refused(self.label, problem)]
        new = self.article.disabled
        return [say_disabled("Article", disabled=new, is_news=old != new)]

    def _text(self, name: str, attribute: str, value: Any) -> list[str]:
        old = getattr(self.article, attribute)
        problem = self._write({name: value})
        if problem is not None:
            return [say_refused(self.label, problem)]
        new = getattr(self.article, attribute)
        return [] if old == new else [say_changed(self.label, name, _short(old), _short(new), '"')]

    def _content(self, value: Any) -> list[str]:
        """The text as RT has it, in a custom field: its sentences are those of fields."""
        old = self.article.content
        problem = self._write({CONTENT: value})
        if problem is not None:
            return [say_refused(self.label, problem)]
        new = self.article.content
        if old == new:
            return []
        if old and new:
            return [f"{CONTENT} {_short(old)} changed to {_short(new)}"]
        return [
            f"{CONTENT} {_short(new)} added"
            if new
            else f"{_short(old)} is no longer a value for custom field {CONTENT}"
        ]

    def _write(self, given: Mapping[str, Any]) -> RtpyError | None:
        try:
            text = read_text_of(text_of(self.article), given)
            with self.work.db.begin_nested():
                change_article(self.work, self.article, text)
        except RtpyError as problem:
            return problem
        return None

    def _fields(self, given: GivenFields, removed: frozenset[int]) -> Sequence[Transaction]:
        return set_article_fields(self.work, self.article, given, removed=removed)

    def _topics(self, value: Any) -> list[str]:
        db, number = self.work.db, self.article.id
        before = set(topics_of(db, number))
        try:
            wanted = find_topics(self.work, value)
            with db.begin_nested():
                set_article_topics(self.work, self.article, wanted)
                db.flush()
        except RtpyError as problem:
            return [say_refused(self.label, problem)]
        return [f"{self.label}: Topics changed"] if before != set(wanted) else []


def text_of(article: Article) -> ArticleText:
    """What the article says."""
    return ArticleText(article.name, article.summary, article.content, article.format)


def read_text_of(text: ArticleText, document: Mapping[str, Any]) -> ArticleText:
    """The text with what a document says of it. Raises Invalid.

    What was HTML stays readable as plain text when the format becomes that.
    """
    given = {attribute: read_text(name, document[name]) for name, attribute in TEXTS if name in document}
    if "format" in given:
        given["format"] = given["format"].strip().lower()
        if given["format"] == TEXT and text.format == HTML and "content" not in given:
            given["content"] = html_to_text(text.content)
    return replace(text, **given)


def take_content(call: Call, class_id: int, document: Document) -> tuple[Document, Any]:
    """What `CustomFields` says of the text (a document with `Content`, or none), and the rest of it.

    Raises Problem 400 for a text that is none.
    """
    fields = document.get("CustomFields")
    if not isinstance(fields, dict) or has_own_content(call, class_id):
        return {}, fields
    rest = {name: value for name, value in fields.items() if name.lower() != CONTENT.lower()}
    given = [value for name, value in fields.items() if name.lower() == CONTENT.lower()]
    if not given:
        return {}, rest
    value = given[-1]
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict | list):
        raise Refusal(400, f"The value of {CONTENT} must be a text")
    return {CONTENT: value}, rest


def find_topics(work: Work, value: Any) -> list[int]:
    """Topics given by number, name or path (`Network / VPN`). Raises Invalid."""
    known = known_topics(work.app, work.db)
    found = []
    for each in value if isinstance(value, list) else [value] if value not in (None, "") else []:
        text = read_text("Topics", each).strip().lower()
        fitting = [
            topic.id
            for topic in known.values()
            if text in (str(topic.id), topic.name.lower(), topic.label.lower())
        ]
        if not fitting:
            raise Invalid(Problem("Topics", f"There is no topic {text[:60]}"))
        found.append(fitting[0])
    return found


def _short(text: str) -> str:
    return text if len(text) <= SAID else f"{text[: SAID - 1]}…"
