"""Saved searches as values: what one holds, and which ones somebody may open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.errors import NotFound
from rtpy.models import Group, QueueSearch, SavedSearch, SearchPin, User
from rtpy.remembered import remembered, watch
from rtpy.rights.sharing import SAVED_SEARCHES
from rtpy.search.searched import Target
from rtpy.work import Work

watch(SavedSearch, SearchPin, QueueSearch)

KINDS = ("ticket", "transaction", "asset", "article")
TABLE, BOARD, CHART = "table", "board", "chart"
ONLY_TICKETS = "There are charts of tickets only."


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """How a search is drawn: what is measured (`count`, `sum:TimeWorked` …), by what, and in which shape.

    Names are those of `rtpy.search.charting`; an empty shape is the one that fits.
    """

    measures: tuple[str, ...] = ("count",)
    group_by: tuple[str, ...] = ("Status",)
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A search and how its result is shown. `order` are pairs of field and ASC or DESC; `columns` is a format string.

    `precedence` is that of `rtpy.search.language.parser`; `board_by` is the field whose values are a board's columns.
    """

    query: str = ""
    precedence: str = "rt"
    columns: str = ""
    order: tuple[tuple[str, str], ...] = ()
    rows: int = 50
    show_as: str = TABLE
    board_by: str = "Status"
    chart: ChartChoice = field(default_factory=ChartChoice)


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search as a reader sees it; `owner` is empty for the system's, `may_change` is the reader's."""

    id: int
    kind: str
    name: str
    description: str
    owner_id: int | None
    owner: str
    is_group: bool
    content: Content
    may_change: bool


def target_of(kind: str) -> Target:
    """What a saved search of this kind finds; `kind` is one of KINDS."""
    return Target(f"{kind}s")


def plain_content(content: Content) -> dict[str, Any]:
    """For the database: only what differs from the usual."""
    usual, plain = asdict(Content()), asdict(content)
    return {name: value for name, value in plain.items() if value != usual[name]}


def content_of(plain: Mapping[str, Any]) -> Content:
    """The opposite; what is not known or makes no sense is as usual."""
    usual, chart = Content(), plain.get("chart")
    rows, show_as, precedence = plain.get("rows"), plain.get("show_as"), plain.get("precedence")
    return Content(
        str(plain.get("query", "")),
        precedence if precedence in ("rt", "sql") else usual.precedence,
        str(plain.get("columns", "")),
        tuple(
            (str(each[0]), str(each[1])) for each in _listed(plain.get("order")) if len(_listed(each)) == 2
        ),
        rows if isinstance(rows, int) and rows >= 0 else usual.rows,
        show_as if show_as in (TABLE, BOARD, CHART) else usual.show_as,
        str(plain.get("board_by", usual.board_by)),
        _chart_of(chart) if isinstance(chart, Mapping) else usual.chart,
    )


def _chart_of(plain: Mapping[str, Any]) -> ChartChoice:
    usual = ChartChoice()
    measures, group_by = (
        tuple(map(str, plain[name])) if isinstance(plain.get(name), list | tuple) else getattr(usual, name)
        for name in ("measures", "group_by")
    )
    return ChartChoice(measures, group_by, str(plain.get("shape", "")))


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def saved_searches(work: Work, kind: str | None = "ticket") -> list[Saved]:
    """What the actor may open, their own first, then those of groups, then the system's. One query.

    `kind` is one of KINDS; None: of all kinds.
    """
    rights, user_id = work.rights, work.actor.user_id
    visible = SAVED_SEARCHES.visible(rights, user_id, SavedSearch.owner_id)
    rows = work.db.execute(
        _SAVED.where(visible, *(() if kind is None else (SavedSearch.kind == kind,))).order_by(
            SavedSearch.name, SavedSearch.id
        )
    )
    found = [_saved(work, row) for row in rows]
    return sorted(
        found, key=lambda each: (each.owner_id != user_id, each.owner_id is None, each.owner.lower())
    )


def open_search(work: Work, search_id: int) -> Saved:
    """One of them. Raises NotFound when there is none that the actor may see. One query."""
    row = work.db.execute(_SAVED.where(SavedSearch.id == search_id)).one_or_none()
    if row is None or not SAVED_SEARCHES.sees(work.rights, work.actor.user_id, row.owner_id):
        raise NotFound("There is no such saved search, or it is not shared with you.")
    return _saved(work, row)


def pinned(work: Work) -> list[tuple[int, str]]:
    """Id and name of the searches in the actor's menu that they may still see, in their order. No query as a rule."""
    known: dict[int, list[tuple[int, str, int | None]]] = remembered(
        work.app, work.db, "search_pins", _read_pins
    )
    rights, user_id = work.rights, work.actor.user_id
    mine = known.get(user_id, ())
    return [(each, name) for each, name, owner in mine if SAVED_SEARCHES.sees(rights, user_id, owner)]


def search_of_queue(work: Work, queue_id: int) -> int | None:
    """The saved search that is a queue's list. No query as a rule."""
    known: dict[int, int] = remembered(work.app, work.db, "queue_searches", _read_queues)
    return known.get(queue_id)


def _read_pins(db: Session) -> dict[int, list[tuple[int, str, int | None]]]:
    rows = db.execute(
        select(SearchPin.user_id, SavedSearch.id, SavedSearch.name, SavedSearch.owner_id)
        .join(SearchPin, SearchPin.saved_search_id == SavedSearch.id)
        .where(SavedSearch.disabled.is_(False))
        .order_by(SearchPin.position, SavedSearch.name)
    )
    found: dict[int, list[tuple[int, str, int | None]]] = defaultdict(list)
    for user_id, search_id, name, owner_id in rows:
        found[user_id].append((search_id, name, owner_id))
    return dict(found)


def _read_queues(db: Session) -> dict[int, int]:
    rows = db.execute(
        select(QueueSearch.queue_id, QueueSearch.saved_search_id)
        .join(SavedSearch, SavedSearch.id == QueueSearch.saved_search_id)
        .where(SavedSearch.disabled.is_(False))
    )
    return {row.queue_id: row.saved_search_id for row in rows}


def _saved(work: Work, row: Any) -> Saved:  # Any: a row of a select
    return Saved(
        row.id,
        row.kind,
        row.name,
        row.description,
        row.owner_id,
        row.group_name or row.real_name or row.user_name or "",
        row.group_name is not None,
        content_of(row.content),
        SAVED_SEARCHES.changes(work.rights, work.actor.user_id, row.owner_id),
    )


_SAVED = (
    select(
        SavedSearch.id,
        SavedSearch.kind,
        SavedSearch.name,
        SavedSearch.description,
        SavedSearch.owner_id,
        SavedSearch.content,
        Group.name.label("group_name"),
        User.name.label("user_name"),
        User.real_name,
    )
    .outerjoin(Group, Group.id == SavedSearch.owner_id)
    .outerjoin(User, User.id == SavedSearch.owner_id)
    .where(SavedSearch.disabled.is_(False))
)
