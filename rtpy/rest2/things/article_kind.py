"""Articles as a kind. What RT keeps in a custom field named Content is their own text here, and shown as both."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import select

from rtpy.customfields.kinds import Lookup
from rtpy.links.things import article_uri
from rtpy.models import Article, ArticleTopic
from rtpy.rest.naming import find_class, find_user
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import field_links, field_refs, seen_fields
from rtpy.rest2.field_kind import FieldKind, Reader, always, column, person
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.things.links import link_hyperlinks, read_links
from rtpy.rest2.values import Document, Ref, url
from rtpy.rights.names import Right
from rtpy.search.articles import known_topics, visible_articles

CONTENT = "Content"


def has_own_content(call: Call, class_id: int) -> bool:
    """Has the class a custom field named Content? Then that is meant by the name, as in RT."""
    return any(each.name.lower() == CONTENT.lower() for each in seen_fields(call, Lookup.ARTICLE, class_id))


def _classes(_call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    return [Ref("class", row.class_id) for row in rows]


def _uris(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    return [article_uri(call.work.app.config.organization, row.id) for row in rows]


def _custom_fields(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    """The fields of its class; and the text as RT has it, which is no field of ours: its address is the article's."""
    refs = field_refs(call, Lookup.ARTICLE, {row.id: row.class_id for row in rows})
    return [
        refs[row.id] if has_own_content(call, row.class_id) else [_content(call, row), *refs[row.id]]
        for row in rows
    ]


def _content(call: Call, row: Article) -> Document:
    values = [row.content] if row.content else []
    where = url(call, "article", row.id)
    return {"type": "customfield", "id": CONTENT, "_url": where, "name": CONTENT, "values": values}


def _topics(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    """Paths of topics, such as `Network / VPN`. One query."""
    known = known_topics(call.work.app, call.work.db)
    found: dict[int, list[str]] = defaultdict(list)
    if known:
        ids = [row.id for row in rows]
        for row in call.work.db.execute(
            select(ArticleTopic.article_id, ArticleTopic.topic_id).where(ArticleTopic.article_id.in_(ids))
        ):
            found[row.article_id].append(known[row.topic_id].label)
    return [sorted(found[row.id]) for row in rows]


def _user_number(call: Call, text: str) -> int | None:
    found = find_user(call.work.db, text, by_address=True)
    return found.id if found else None


def _class_number(call: Call, text: str) -> int | None:
    found = find_class(call.work.db, text)
    return found.id if found else None


class ArticleKind(FieldKind):
    """An article."""

    name = "article"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Article.id, Holds.NUMBER),
        "Name": Searchable(Article.name),
        "Summary": Searchable(Article.summary),
        "Class": Searchable(Article.class_id, Holds.NUMBER, _class_number),
        CONTENT: Searchable(Article.content),
        "Disabled": Searchable(Article.disabled, Holds.FLAG),
        "Creator": Searchable(Article.creator_id, Holds.NUMBER, _user_number),
        "LastUpdatedBy": Searchable(Article.last_updated_by_id, Holds.NUMBER, _user_number),
        "Created": Searchable(Article.created, Holds.MOMENT),
        "LastUpdated": Searchable(Article.last_updated, Holds.MOMENT),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Summary": column("summary"),
        "Class": _classes,
        "SortOrder": always(0),
        "Parent": always("0"),
        "URI": _uris,
        "Disabled": column("disabled"),
        CONTENT: column("content"),
        "Format": column("format"),
        "Topics": _topics,
        "CustomFields": _custom_fields,
        "Creator": person("creator_id"),
        "Created": column("created"),
        "LastUpdatedBy": person("last_updated_by_id"),
        "LastUpdated": column("last_updated"),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """One query."""
        seen = visible_articles(call.work.rights.of(Right.SHOW_ARTICLE))
        return {row.id: row for row in call.work.db.scalars(select(Article).where(Article.id.in_(ids), seen))}

    def hyperlinks_of(self, call: Call, rows: Sequence[Any]) -> list[list[Document]]:
        """Those of each row; the links of all are read together."""
        read_links(call, self.name, [row.id for row in rows])
        return super().hyperlinks_of(call, rows)

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Links, custom fields, history."""
        return [
            self_link(call, self.name, row.id),
            *link_hyperlinks(call, self.name, row.id),
            *field_links(call, Lookup.ARTICLE, row.class_id),
            {"ref": "history", "_url": url(call, self.name, row.id, "history")},
        ]


ARTICLE_KIND = add_kind(ArticleKind())
