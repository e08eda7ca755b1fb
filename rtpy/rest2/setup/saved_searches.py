"""Saved searches: `/search/4`, `/search/My tickets`, `/searches`. Read only, as in RT."""

from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, func, select

from rtpy.models import SavedSearch
from rtpy.rest.naming import read_number
from rtpy.rest2.call import Call
from rtpy.rest2.collection import Collection, with_disabled
from rtpy.rest2.field_kind import FieldKind, Reader, column, filled_column, person
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.nothing import Nothing
from rtpy.rest2.record import Record
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document, Number
from rtpy.rights.sharing import SAVED_SEARCHES
from rtpy.search.saved import content_of


def _type(_call: Call, rows: Sequence[Any]) -> Sequence[str]:
    return [row.kind.capitalize() for row in rows]


def _content(_call: Call, rows: Sequence[Any]) -> Sequence[Document]:
    """In RT's names; fields to sort by and their directions stand between bars."""
    contents = [content_of(row.content) for row in rows]
    return [
        {
            "Query": each.query,
            "Format": each.columns,
            "OrderBy": "|".join(name for name, _ in each.order),
            "Order": "|".join(way for _, way in each.order),
            "RowsPerPage": each.rows,
        }
        for each in contents
    ]


def _hyperlinks(call: Call, rows: Sequence[Any]) -> Sequence[list[Document]]:
    links = [SAVED_SEARCH.hyperlinks(call, row) for row in rows]
    for each, row in zip(links, rows, strict=True):
        each[0] = {**each[0], "id": Number(row.id)}
    return links


class SavedSearchKind(FieldKind):
    """A query that somebody keeps, with how its result is shown."""

    name = "search"
    only_asked = frozenset({"_hyperlinks"})
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(SavedSearch.id, Holds.NUMBER),
        "Name": Searchable(SavedSearch.name),
        "Description": Searchable(SavedSearch.description),
        "Type": Searchable(SavedSearch.kind),
        "PrincipalId": Searchable(SavedSearch.owner_id, Holds.NUMBER),
        "Disabled": Searchable(SavedSearch.disabled, Holds.FLAG),
        "Creator": Searchable(SavedSearch.creator_id, Holds.NUMBER),
        "Created": Searchable(SavedSearch.created, Holds.MOMENT),
        "LastUpdated": Searchable(SavedSearch.last_updated, Holds.MOMENT),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": filled_column("description"),
        "Type": _type,
        "PrincipalId": filled_column("owner_id"),
        "Content": _content,
        "Disabled": column("disabled"),
        "Creator": person("creator_id"),
        "Created": column("created"),
        "LastUpdated": column("last_updated"),
        "_hyperlinks": _hyperlinks,
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, SavedSearch]:
        """One query."""
        rows = call.work.db.scalars(select(SavedSearch).where(SavedSearch.id.in_(ids), _visible(call)))
        return {row.id: row for row in rows}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Where what it finds is listed."""
        links = [self_link(call, "search", row.id)]
        if row.kind == "ticket":
            results = f"{call.base}/tickets?search={row.id}"
            links.append({"ref": "tickets", "type": "results", "_url": results})
        return links


SAVED_SEARCH = add_kind(SavedSearchKind())


def _visible(call: Call) -> ColumnElement[bool]:
    work = call.work
    return SAVED_SEARCHES.visible(work.rights, work.actor.user_id, SavedSearch.owner_id)


class SearchRecord(Record):
    """`/search/4`, `/search/My tickets`. What is not shared with the caller is not there for them."""

    methods = ("GET",)
    kind = SAVED_SEARCH

    def find(self) -> SavedSearch | None:
        """By number, else by name: one's own first, then the one that was made first."""
        name = self.call.args["search"]
        number = read_number(name)
        fits = (
            SavedSearch.id == number if number is not None else func.lower(SavedSearch.name) == _folded(name)
        )
        rows = self.work.db.scalars(
            select(SavedSearch).where(fits, _visible(self.call), SavedSearch.disabled.is_(False))
        ).all()
        me = self.work.actor.user_id
        return min(rows, key=lambda row: (row.owner_id != me, row.id), default=None)

    def is_forbidden(self) -> bool:
        """Nobody: see `find`."""
        return False


class Searches(Collection):
    """`/searches`: those that the caller may open."""

    kind = SAVED_SEARCH
    has_head = True

    def rows(self) -> Select[Any]:
        """Switched off ones only when asked for."""
        seen = _visible(self.call)
        off = SavedSearch.disabled.is_(False)
        return select(SavedSearch.id).where(seen if with_disabled(self.call) else and_(seen, off))

    def sees_total(self) -> bool:
        """SuperUser."""
        return bool(self.work.rights.super_user)


ROUTES = (
    Route("search", Nothing),
    Route("search/{search*}", SearchRecord, "One saved search, by number or name"),
    Route("searches", Searches, "Saved searches that the caller may open"),
)


def _folded(name: str) -> str:
    return name.replace("\x00", "").strip().lower()
