"""Collections: searched, sorted, by pages, in RT's frame."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from rtpy.rest2.call import FORM, Call, read_json, write_pairs
from rtpy.rest2.kind import Kind, listed
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Resource
from rtpy.rest2.searchable import Condition, Searchable, clause_of, read_conditions
from rtpy.rest2.values import Document

PER_PAGE, MOST_PER_PAGE = 20, 100
MOST_ORDERS = 10
"""Fields to sort by; further ones are not looked at."""
DEEPEST = 1_000_000
"""Pages beyond have nothing."""


class Collection(Resource):
    """Rows of one kind. A kind says from where (`rows`), the caller which (JSON search), how sorted, which page."""

    methods = ("GET", "POST")
    has_head = False
    searches = True
    document = None
    kind: ClassVar[Kind]
    joins_with: ClassVar[str] = "OR"
    """How two conditions on one field go together when they do not say; AND for queues, as in RT."""
    needs_condition: ClassVar[bool] = False
    """Without any condition it is empty, as most of RT's are."""

    def is_forbidden(self) -> bool:
        """Open to who is logged in: `rows` holds what they may see."""
        return False

    def fields(self) -> Mapping[str, Searchable]:
        """What this caller may search and sort by: only what they may read."""
        fields = self.kind.searchable
        if self.call.login.is_privileged:
            return fields
        hidden: frozenset[str] = getattr(self.kind, "for_staff", frozenset())
        return {name: field for name, field in fields.items() if name not in hidden}

    def rows(self) -> Select[Any]:
        """The ids of what the caller may see here, without order; conditions are added to it."""
        raise NotImplementedError

    def load(self, ids: Sequence[int]) -> Mapping[int, Any]:
        """The rows of a page by their numbers; some may be missing."""
        return self.kind.load(self.call, ids)

    def default_order(self) -> Sequence[Any]:
        """What it is sorted by when nobody says."""
        return (self.id_column(),)

    def id_column(self) -> Any:
        """The column of the numbers."""
        return self.kind.searchable["id"].column

    def sees_total(self) -> bool:
        """May the caller know how many there are: do they see every row of the kind?"""
        return True

    def conditions(self) -> list[Condition]:
        """What the caller searches for."""
        call = self.call
        text = call.body if call.method == "POST" and call.content_type != FORM else b""
        if not text.strip():
            query = call.param("query") or dict(call.form() if call.content_type == FORM else ()).get(
                "query", ""
            )
            text = query.encode() if query.lstrip().startswith("[") else b""
        if not text.strip():
            return []
        found = read_json(text)
        if not isinstance(found, list):
            raise Problem(400, "JSON object must be a ARRAY")
        return read_conditions(found)

    def clause(self, condition: Condition) -> ColumnElement[bool] | None:
        """The clause of one condition; None when the kind has no such field: it is skipped, as in RT."""
        folded = {name.lower(): field for name, field in self.fields().items()}
        field = folded.get(condition.field.lower())
        return clause_of(self.call, field, condition) if field else None

    def get(self) -> Document:
        """One page."""
        call = self.call
        clauses = self._clauses(self.conditions())
        if self.needs_condition and not clauses:
            return frame(call, [], total=0, page=1, per_page=asked_per_page(call))
        query = self.rows().where(*clauses)
        db, per_page, page = self.work.db.connection(), asked_per_page(call), asked_page(call)
        sees_total, total = self.sees_total(), None
        if sees_total and page > 1:
            total = _count(db, query)
            page = max(1, min(page, -(-total // per_page)))
        offset = (page - 1) * per_page
        ids: list[int] = []
        if offset <= DEEPEST:
            ordered = query.order_by(*self._order()).limit(per_page + 1).offset(offset)
            ids = list(db.scalars(ordered))
        more = len(ids) > per_page
        if sees_total and total is None:  # a first page that is the only one counts itself
            total = _count(db, query) if more else len(ids)
        loaded = self.load(ids[:per_page])
        rows = [loaded[number] for number in ids[:per_page] if number in loaded]
        items = listed(call, self.kind, rows)
        return frame(call, items, total=total, page=page, per_page=per_page, has_more=more)

    post = get

    def _clauses(self, conditions: Iterable[Condition]) -> list[ColumnElement[bool]]:
        return self.joined(conditions, self.clause)

    def joined(
        self, conditions: Iterable[Condition], clause_for: Callable[[Condition], ColumnElement[bool] | None]
    ) -> list[ColumnElement[bool]]:
        """Different fields go together with AND, the same field twice with OR, unless an entry says otherwise."""
        by_field: dict[str, ColumnElement[bool]] = {}
        for condition in conditions:
            clause = clause_for(condition)
            if clause is None:
                continue
            name = condition.field.lower()
            if name in by_field:
                join = and_ if (condition.aggregator or self.joins_with) == "AND" else or_
                by_field[name] = join(by_field[name], clause)
            else:
                by_field[name] = clause
        return list(by_field.values())

    def _order(self) -> list[Any]:
        call = self.call
        folded = {name.lower(): field.column for name, field in self.fields().items()}
        directions = call.all("order")
        found = []
        for at, name in enumerate(call.all("orderby")[:MOST_ORDERS]):
            column = folded.get(name.strip().lower())
            if column is None:
                raise Problem(400, f"There is no column '{name[:60]}' to sort by")
            descending = at < len(directions) and directions[at].upper() == "DESC"
            found.append(column.desc() if descending else column.asc())
        return [*found, self.id_column()] if found else list(self.default_order())


def _count(db: Connection, query: Select[Any]) -> int:
    return db.scalar(select(func.count()).select_from(query.subquery())) or 0


def frame(
    call: Call,
    items: list[Document],
    *,
    total: int | None,
    page: int,
    per_page: int,
    has_more: bool = False,
) -> Document:
    """The frame of a page. A total of None is one that the caller may not know."""
    pages = None if total is None else -(-total // per_page)
    body: Document = {
        "count": len(items),
        "total": total,
        "page": page,
        "pages": pages,
        "per_page": per_page,
        "items": items,
    }
    if has_more or (pages is not None and page < pages):
        body["next_page"] = _page_url(call, page + 1)
    if page > 1:
        body["prev_page"] = _page_url(call, page - 1)
    return body


def _page_url(call: Call, page: int) -> str:
    """Where the client asked, with every other parameter, the page last; a token is not repeated."""
    pairs = [(name, value) for name, value in call.params if name not in ("page", "token")]
    return f"{call.request.path_url}?{write_pairs([*pairs, ('page', str(page))])}"


def asked_per_page(call: Call) -> int:
    """How many rows a page has."""
    given = call.param("per_page")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    return min(number, MOST_PER_PAGE) if number else PER_PAGE


def with_disabled(call: Call) -> bool:
    """Does the caller ask for what is switched off as well?"""
    return call.param("find_disabled_rows") not in ("", "0")


def asked_page(call: Call) -> int:
    """Which page, from 1."""
    given = call.param("page")
    return (int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0) or 1
