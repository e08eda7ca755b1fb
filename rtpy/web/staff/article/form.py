"""The form of an article: the same for a new one, a present one and one that is made from a ticket."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.changes.articles import HTML, TEXT, ArticleText
from rtpy.errors import Invalid, Problem
from rtpy.models import ArticleClass
from rtpy.search.articles import ClassKnown, topics_for
from rtpy.web.custom_fields.inputs import FieldInput, problem_links
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.article.list import class_options, classes_writable

FORMATS = ((TEXT, "Plain text"), (HTML, "HTML"))


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: taken from an article, from a ticket, or as it was typed."""

    name: str = ""
    summary: str = ""
    content: str = ""
    format: str = TEXT
    class_id: int | None = None
    topics: frozenset[int] = frozenset()


def read_typed(request: Request) -> Typed:
    """What was posted, or what the address says."""
    given = request.POST if request.method == "POST" else request.GET
    numbers = [each for each in given.getall("topics") if isinstance(each, str)]
    class_id = given.get("class", "")

    def text(name: str) -> str:
        value = given.get(name, "")
        return value.replace("\x00", "") if isinstance(value, str) else ""

    return Typed(
        text("name"),
        text("summary"),
        text("content").replace("\r\n", "\n"),
        HTML if given.get("format") == HTML else TEXT,
        _number(class_id) if isinstance(class_id, str) else None,
        frozenset(number for each in numbers if (number := _number(each)) is not None),
    )


def text_of(typed: Typed) -> ArticleText:
    """What the article is to say."""
    return ArticleText(typed.name, typed.summary, typed.content, typed.format)


def chosen_class(request: Request, typed: Typed, own_id: int | None = None) -> ArticleClass:
    """The class that is typed: one of the list, or the article's own. Raises Invalid.

    One that the reader may not know is answered like one that is not there (A27).
    """
    known = {each.id for each in classes_writable(request)} | {own_id}
    if typed.class_id is None or typed.class_id not in known:
        raise Invalid(Problem("class", "Choose a class of the list."))
    found: ArticleClass = request.db.get_one(ArticleClass, typed.class_id)
    return found


def article_form(
    request: Request,
    typed: Typed,
    *,
    title: str,
    crumbs: tuple[Link, ...],
    post_url: str,
    classes: list[ClassKnown],
    inputs: Collection[FieldInput] = (),
    wrong: Mapping[str, str] | None = None,
    may_change: bool = True,
    may_topics: bool = True,
    hidden: Mapping[str, str] | None = None,
    note: str = "",
) -> dict[str, object]:
    """The values of staff/article/form.pt; `wrong` are problems by field, then the answer is 422."""
    wrong = wrong or {}
    if wrong:
        request.response.status_int = 422
    if typed.class_id not in {each.id for each in classes}:  # topics of others are not the reader's to know
        typed = replace(typed, class_id=classes[0].id)
    fields = _fields(typed, classes) if may_change else ()
    fields = tuple(_with_error(each, wrong.get(each.name, "")) for each in fields)
    topics = topics_for(request.app, request.db, typed.class_id) if may_topics else []
    ids = {each.name: each.id for each in fields}
    named = {each.name for each in inputs}
    return {
        "crumbs": crumbs,
        "title": title,
        "note": note,
        "post_url": post_url,
        "fields": fields,
        "topics": tuple(Option(str(each.id), each.label, each.id in typed.topics) for each in topics),
        "topics_error": wrong.get("topics", ""),
        "field_inputs": list(inputs),
        "hidden": tuple((hidden or {}).items()),
        "problems": [(ids.get(name), said) for name, said in wrong.items() if name not in named]
        + problem_links(inputs, wrong),
    }


def _fields(typed: Typed, classes: list[ClassKnown]) -> tuple[Field, ...]:
    return (
        Field(
            "name",
            "Name",
            typed.name,
            required=True,
            autocomplete="off",
            hint="Each article has a name of its own, such as “How to reset a password”.",
        ),
        Field(
            "summary", "Summary", typed.summary, autocomplete="off", hint="One line for lists and searches."
        ),
        Field(
            "class",
            "Class",
            kind="select",
            required=True,
            options=class_options(classes, typed.class_id),
            hint="Who may read it, and where it is offered, is said by its class.",
        ),
        Field(
            "format",
            "Written in",
            kind="select",
            required=True,
            options=tuple(Option(value, label, value == typed.format) for value, label in FORMATS),
            hint="In a message HTML becomes plain text. Scripts and pictures from elsewhere are taken out.",
        ),
        Field("content", "Text", typed.content, "textarea", rows=16),
    )


def _with_error(field: Field, error: str) -> Field:
    return Field(
        field.name,
        field.label,
        field.value,
        field.kind,
        field.hint,
        error,
        field.required,
        field.options,
        field.autocomplete,
        rows=field.rows,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
