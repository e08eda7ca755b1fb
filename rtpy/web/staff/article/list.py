"""Articles: found by words, class and topic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.rights.names import Right
from rtpy.search.articles import (
    PER_PAGE,
    ArticleFilter,
    ClassKnown,
    known_classes,
    list_articles,
    topics_for,
    with_all_below,
)
from rtpy.web.forms import Option
from rtpy.web.html import Html
from rtpy.web.paging import asked_page, show_numbers
from rtpy.web.shown import Link


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One article in the list."""

    id: int
    name: str
    url: str
    summary: str
    class_name: str
    disabled: bool
    updated: Html


@view_config(
    route_name="article.list", request_method="GET", renderer="staff/article/list.pt", permission=STAFF
)
def show_articles(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words in name, summary and content, `?class=`, `?topic=`, `?disabled=1`. Two queries beside the frame's."""
    path, number = request.route_path, asked_page(request)
    wanted = read_filter(request, request.GET)
    page = list_articles(request.db, request.work.rights.of(Right.SHOW_ARTICLE), wanted, number)
    classes = known_classes(request.app, request.db)
    kept = {name: request.GET[name] for name in ("q", "class", "topic", "disabled") if request.GET.get(name)}

    def url(to: int) -> str:
        found: str = path("article.list", _query={**kept, **({"page": to} if to > 1 else {})} or None)
        return found

    return {
        "crumbs": (Link("Home", path("home")),),
        "lines": [
            ArticleLine(
                row.id,
                row.name,
                path("article.display", id=row.id),
                row.summary,
                classes[row.class_id].name,
                row.disabled,
                request.when(row.updated),
            )
            for row in page.rows
        ],
        "words": wanted.words,
        "classes": class_options(classes_seen(request, classes_read(request)), wanted.class_id),
        "topics": topic_options(request, wanted.class_id, request.GET.get("topic", "")),
        "with_disabled": wanted.with_disabled,
        "pages": show_numbers(number, PER_PAGE, page.total, url),
        "create_url": path("article.create") if classes_writable(request) else None,
        "is_filtered": bool(kept),
    }


def read_filter(request: Request, given: Mapping[str, str]) -> ArticleFilter:
    """What these names and values ask for; what makes no sense is left out."""
    topic = _number(given.get("topic", ""))
    return ArticleFilter(
        words=" ".join(given.get("q", "").replace("\x00", "").split())[:200],
        class_id=_number(given.get("class", "")),
        topic_ids=with_all_below(request.app, request.db, topic) if topic is not None else (),
        with_disabled=given.get("disabled") == "1",
    )


def classes_read(request: Request) -> list[ClassKnown]:
    """The classes whose articles the reader may read; those that are switched off come last."""
    grants = request.work.rights.of(Right.SHOW_ARTICLE)
    found = [each for each in known_classes(request.app, request.db).values() if grants.on("class", each.id)]
    return sorted(found, key=lambda each: each.disabled)


def classes_seen(request: Request, classes: Iterable[ClassKnown]) -> list[ClassKnown]:
    """Those of the classes that the reader may know of, to choose by."""
    grants = request.work.rights.of(Right.SEE_CLASS)
    return [each for each in classes if grants.on("class", each.id)]


def classes_writable(request: Request) -> list[ClassKnown]:
    """The classes in which the reader may write new articles."""
    grants = request.work.rights.of(Right.CREATE_ARTICLE)
    known = known_classes(request.app, request.db).values()
    return [each for each in known if not each.disabled and grants.on("class", each.id)]


def class_options(classes: list[ClassKnown], chosen: int | None) -> tuple[Option, ...]:
    """The choices of a select."""
    return tuple(
        Option(str(each.id), f"{each.name} (switched off)" if each.disabled else each.name, each.id == chosen)
        for each in classes
    )


def topic_options(request: Request, class_id: int | None, chosen: str) -> tuple[Option, ...]:
    """The choices of a select: topics of all classes and of this one."""
    seen = {each.id for each in classes_read(request)} | {None}
    return tuple(
        Option(str(each.id), each.label, str(each.id) == chosen)
        for each in topics_for(request.app, request.db, class_id)
        if each.class_id in seen
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
