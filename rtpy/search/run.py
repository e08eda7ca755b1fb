"""Running a search: what the reader may see of what fits, sorted, by pages, counted exactly, in bounded time."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, nulls_last, select

from rtpy.search.compile import field_named, names_in, where
from rtpy.search.fields.field import Asking, CannotSearch, Fields, Ranked
from rtpy.search.language.tree import Name, Node
from rtpy.search.patience import patient
from rtpy.search.ranking import page_by_rank
from rtpy.search.searched import SEARCHED, Searched, Target
from rtpy.work import Work

MOST_ROWS = 1000
"""Rows of one page."""
DEEPEST = 100_000
"""How far pages reach; what is beyond is found by a narrower search, or by `find_all`."""
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Order:
    """By what to sort: a field with what follows its dot."""

    name: Name
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What to find and how to sort it; nothing to sort by: by number, the lowest first.

    `zone` is the reader's: in it days are meant. `selected_user_id` stands for `__SelectedUser__`.
    """

    kind: Target = Target.TICKETS
    node: Node | None = None
    order: tuple[Order, ...] = ()
    zone: ZoneInfo = UTC
    selected_user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of what was found, in order; `has_more` says whether there is something behind them."""

    ids: tuple[int, ...]
    has_more: bool


def fields_of(work: Work, kind: Target) -> Fields:
    """All that can be asked, by name."""
    return SEARCHED[kind].fields(work)


def asking_of(work: Work, search: Search) -> Asking:
    """Who asks, as `where` and the fields want to know it."""
    return Asking(work, search.zone, selected_user_id=search.selected_user_id)


def clauses_of(work: Work, search: Search) -> list[ColumnElement[bool]]:
    """All clauses of a search over its table: what is asked, what the reader may see, the filters that always hold.

    For others who put them into queries of their own: counts by group, charts. Raises CannotSearch.
    """
    about = SEARCHED[search.kind]
    asked = where(about.fields(work), search.node, asking_of(work, search))
    return [asked, *about.always(work, names_in(search.node))]


def check(work: Work, search: Search) -> None:
    """Raises CannotSearch if it could not be run: a field, an operator, a value or an order makes no sense."""
    clauses_of(work, search)
    _order(work, search, SEARCHED[search.kind])


def find(work: Work, search: Search, *, limit: int = 50, offset: int = 0) -> Found:
    """One page: a query, up to three where another table has the order.

    One more for each name of a person, group or organisation that is asked for exactly. Raises CannotSearch,
    also when it takes too long (`search.seconds`) or lies too deep.
    """
    if not 0 <= offset <= DEEPEST:
        raise CannotSearch(
            f"Pages reach to row {DEEPEST:,}: narrow the search, or sort it the other way round."
        )
    limit = max(1, min(limit, MOST_ROWS))
    ranked = _ranked(work, search)
    if ranked is None:
        query = ids_query(work, search).limit(limit + 1).offset(offset)
        with patient(work):
            ids = list(work.db.connection().scalars(query).all())
    else:
        clauses, about = clauses_of(work, search), SEARCHED[search.kind]
        down = search.order[0].descending
        with patient(work):
            ids = page_by_rank(
                work.db.connection(),
                about.id,
                clauses,
                ranked,
                descending=down,
                limit=limit + 1,
                offset=offset,
            )
    return Found(tuple(ids[:limit]), len(ids) > limit)


def find_all(work: Work, search: Search, *, most: int | None = None) -> list[int]:
    """Every number, in order, at most so many; for bulk updates and exports. Raises CannotSearch."""
    query = ids_query(work, search)
    with patient(work):
        return list(work.db.connection().scalars(query if most is None else query.limit(most)).all())


def find_numbers(work: Work, search: Search) -> "array[int]":
    """The same for exports, in eight bytes each. Raises CannotSearch."""
    query = ids_query(work, search)
    with patient(work):
        return array("q", work.db.connection().scalars(query))


def count(work: Work, search: Search, *, most: int | None = None) -> int:
    """How many there are, exactly; with `most`, one more than that where there are more. Raises CannotSearch."""
    rows, counting = _begun(search.kind)
    clauses = clauses_of(work, search)
    if most is None:
        query = counting.where(*clauses)
    else:
        query = select(func.count()).select_from(rows.where(*clauses).limit(most + 1).subquery())
    with patient(work):
        return work.db.connection().scalar(query) or 0


def ids_query(work: Work, search: Search) -> Select[Any]:
    """The numbers of all that is found, in order, for use in other queries. Raises CannotSearch."""
    about = SEARCHED[search.kind]
    query, _ = _begun(search.kind)
    return query.where(*clauses_of(work, search)).order_by(*_order(work, search, about))


def _ranked(work: Work, search: Search) -> Ranked | None:
    """Where to read what is found in its order, when tickets are sorted by one field that is kept so."""
    if search.kind is not Target.TICKETS or len(search.order) != 1 or search.order[0].name.path:
        return None
    field = field_named(SEARCHED[search.kind].fields(work), search.order[0].name)
    return field.ranked(asking_of(work, search)) if field.ranked is not None else None


@lru_cache
def _begun(kind: Target) -> tuple[Select[Any], Select[Any]]:
    """The numbers, and how many they are, before anything is asked; put together once."""
    about = SEARCHED[kind]
    return about.rows(select(about.id)), about.rows(select(func.count()).select_from(about.id.table))


def _order(work: Work, search: Search, about: Searched) -> Sequence[ColumnElement[Any]]:
    """What to sort by; the number at the end, so that pages do not overlap. Nothing comes behind everything."""
    return tuple(_ordered(work, search, about))


def _ordered(work: Work, search: Search, about: Searched) -> Iterator[ColumnElement[Any]]:
    fields, asking = about.fields(work), asking_of(work, search)
    for each in search.order:
        field = field_named(fields, each.name)
        elements = field.order(asking, each.name.path) if field.order is not None else ()
        if not elements:
            written = ".".join((each.name.head, *each.name.path))[:60]
            raise CannotSearch(f"Nothing can be sorted by {written}.")
        for element in elements:
            by = element.desc() if each.descending else element.asc()
            yield by if getattr(element, "nullable", True) is False else nulls_last(by)
    descending = bool(search.order) and search.order[0].descending
    yield about.id.desc() if descending else about.id.asc()
