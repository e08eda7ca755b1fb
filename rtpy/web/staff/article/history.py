"""What became of an article: every change, with the lines that went and came."""

from dataclasses import dataclass

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.content.difference import DiffLine, difference
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.history.things import PER_PAGE, ThingEntry, read_thing_history
from rtpy.http.things import ArticleResource
from rtpy.rights.names import Right
from rtpy.web.html import Html
from rtpy.web.paging import asked_page
from rtpy.web.shown import Link
from rtpy.web.staff.article.display import article_crumbs


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change, in words, with the lines that went and came."""

    id: int
    who: str
    at: Html
    said: str
    lines: tuple[DiffLine, ...] = ()


@view_config(
    route_name="article.history",
    request_method="GET",
    renderer="staff/article/history.pt",
    permission=Right.SHOW_ARTICLE_HISTORY,
)
def show_history(resource: ArticleResource, request: Request) -> dict[str, object]:
    """Newest first, a page at a time. One query beside the frame's and the article's."""
    article, path, number = resource.article, request.route_path, asked_page(request)
    known = all_fields(request.app, request.db)
    seen = frozenset(
        each.id
        for each in known.values()
        if each.lookup == Lookup.ARTICLE and sees(resource.work, each, article.class_id)
    )
    entries = read_thing_history(request.db, "article", article.id, number, fields=seen)
    names = {str(each): known[each].name for each in seen}
    here = path("article.display", id=article.id)
    return {
        "crumbs": article_crumbs(request, Link(article.name, here)),
        "name": article.name,
        "entries": [
            HistoryLine(
                entry.id,
                entry.who,
                request.when(entry.created),
                _said(entry, names),
                difference(entry.old, entry.new) if entry.field == "Content" else (),
            )
            for entry in entries[:PER_PAGE]
        ],
        "previous_url": path("article.history", id=article.id, _query={"page": number - 1})
        if number > 1
        else None,
        "next_url": path("article.history", id=article.id, _query={"page": number + 1})
        if len(entries) > PER_PAGE
        else None,
    }


def _said(entry: ThingEntry, names: dict[str, str]) -> str:
    if entry.type == "Set" and entry.field == "Content":
        return "changed the text"
    if entry.type in ("Set", "CustomField"):
        what = names.get(entry.field, "a field") if entry.type == "CustomField" else entry.field.lower()
        if not entry.new:
            return f"cleared {what} (was {entry.old})"
        return (
            f"changed {what} from {entry.old} to {entry.new}" if entry.old else f"set {what} to {entry.new}"
        )
    say = {
        "Create": "wrote the article",
        "AddTopic": f"put it under {entry.new}",
        "DeleteTopic": f"took it away from {entry.old}",
        "Disabled": "switched it off",
        "Enabled": "switched it on",
    }
    return say.get(entry.type, f"did: {entry.type}")
