"""The search page: what was found, the builder and the query beside each other."""

from dataclasses import dataclass
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.search.building import Group, Row, as_group
from rtpy.search.columns.format import columns_of
from rtpy.search.columns.rows import rows_of
from rtpy.search.fields.field import CannotSearch
from rtpy.search.known_words import simple_query
from rtpy.search.language.error import QueryError
from rtpy.search.language.parser import Precedence, parse
from rtpy.search.language.printer import show
from rtpy.search.run import MOST_ROWS, count, fields_of, find
from rtpy.search.saved import BOARD, CHART, TABLE
from rtpy.search.searched import Target
from rtpy.search.simple import is_query, ticket_number
from rtpy.web.shown import Column, Link, Pages
from rtpy.web.staff.search.asked import Asked, address, is_number, parameters, read_asked, said, zone_of
from rtpy.web.staff.search.board import board_choices, read_board
from rtpy.web.staff.search.building import build_values
from rtpy.web.staff.search.charting import read_chart
from rtpy.web.staff.search.editing import Edited, edit_in_place
from rtpy.web.staff.search.facets import narrowing
from rtpy.web.staff.search.kinds import KINDS, kind_links
from rtpy.web.staff.search.showing import ShownRow, show_result

SORTED_BY = {
    "QueueName": "Queue",
    "Requestors": "Requestor.EmailAddress",
    "Requestor": "Requestor.EmailAddress",
    "Topics": "Topic",
}
"""Columns whose heading sorts by a field of another name."""
COUNTED = 10_000
"""More than these are counted only for who asks: of words that stand everywhere it takes seconds."""
COUNT_ALL = "count"
"""The parameter that asks for it."""
LATEST_FIRST = frozenset(("id", "Created", "LastUpdated", "Priority", "Resolved", "Told", "TimeTaken"))


@dataclass(frozen=True, slots=True)
class Result:
    """What the page shows of one search: rows, how many there are in all, and what went wrong.

    Not `is_counted`: there are more than `total`.
    """

    rows: tuple[ShownRow, ...] = ()
    ids: tuple[int, ...] = ()
    total: int = 0
    is_counted: bool = True
    has_more: bool = False
    problem: str = ""
    column: int = 0


@view_config(
    route_name="search.results", request_method="GET", renderer="staff/search/results.pt", permission=STAFF
)
def results(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """What fits the query; words of the search box become a query, a number leads to its ticket."""
    if "q" in request.GET and "Query" not in request.GET and "saved" not in request.GET:
        found = _from_box(request)
        if found is not None:
            return found
    asked = read_asked(request)
    return page_values(request, asked)


def page_values(request: Request, asked: Asked, group: Group | None = None) -> dict[str, object]:
    """The values of staff/search/results.pt; `group` is what stands in the builder in place of the query's rows."""
    result = run(request, asked) if asked.content.show_as == TABLE else Result()
    board = None
    if asked.content.show_as == BOARD and not asked.problem:
        try:
            board = read_board(request, asked)
        except CannotSearch as wrong:
            result = Result(problem=str(wrong), column=wrong.column)
    chart = None
    if asked.content.show_as == CHART and not asked.problem:
        try:
            chart = read_chart(request, asked)
        except CannotSearch as wrong:
            result = Result(problem=str(wrong), column=wrong.column)
    problem, column = asked.problem or result.problem, asked.column or result.column
    if problem or (chart is not None and chart.problem):
        request.response.status_int = 422
    is_tickets = asked.kind is Target.TICKETS
    title = asked.saved.name if asked.saved else "Search"
    rows = group if group is not None else as_group(asked.search.node)
    if not rows.parts and group is None:
        rows = Group((Row(),))
    return {
        "title": title,
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Search", request.route_path("search.results")),
        ),
        "asked": asked,
        "problem": problem,
        "marked": mark(asked.content.query, column),
        "tabs": _tabs(request, asked) if is_tickets else (),
        "kinds": kind_links(request, asked.kind),
        "kind": KINDS[asked.kind],
        "new_url": _new(request, asked),
        "board": board,
        "chart": chart,
        "board_choices": board_choices(asked),
        "edited": _edited(request, asked, result),
        "edit_url": address(request, asked, Page=asked.page if asked.page > 1 else None),
        "rows": result.rows,
        "lines": _headings(request, asked),
        "narrowing": narrowing(request, asked, result.total) if asked.content.show_as == TABLE else None,
        "total": _total(result),
        "count_url": None if result.is_counted else address(request, asked, **{COUNT_ALL: 1}),
        "pages": _pages(request, asked, result),
        "empty": ("Nothing fits", _what_to_do(asked)),
        "closed_too_url": _closed_too(request, asked),
        "out": _out(request, asked, result),
        "bulk_url": _bulk(request, asked, result),
        "other_rule": _other_rule(request, asked),
        "is_open": bool(problem or not asked.content.query or group is not None),
        **build_values(request, asked, rows),
    }


def run(request: Request, asked: Asked) -> Result:
    """The page of a search and its total; a problem instead of them when it cannot be run."""
    if asked.problem:
        return Result()
    try:
        found = find(
            request.work, asked.search, limit=min(asked.content.rows, MOST_ROWS), offset=asked.offset
        )
        is_all = asked.page == 1 and not found.has_more
        most = None if COUNT_ALL in request.GET else COUNTED
        total = len(found.ids) if is_all else count(request.work, asked.search, most=most)
    except CannotSearch as wrong:
        problem, column = said(wrong)
        return Result(problem=problem, column=column)
    columns = [cell.column for cell in columns_of(asked.cells) if cell.column is not None]
    rows = rows_of(request.work, found.ids, columns, zone_of(request), asked.kind)
    is_counted = most is None or total <= most
    return Result(
        tuple(show_result(request, asked.cells, rows, asked.kind)),
        found.ids,
        total if is_counted else COUNTED,
        is_counted,
        found.has_more,
    )


def mark(query: str, column: int) -> tuple[str, str, str] | None:
    """The query in three pieces, the middle one where something is wrong; None when no place is known."""
    if not column:
        return None
    at = min(column - 1, len(query))
    end = at
    while end < len(query) and not query[end].isspace():
        end += 1
    return query[max(0, at - 60) : at], query[at : max(end, at + 1)][:60], query[max(end, at + 1) :][:60]


def _from_box(request: Request) -> Response | None:
    """Where the words of the box lead; None when they are no search at all: then the page says why."""
    words = " ".join(request.GET["q"].replace("\x00", "").split())[:1000]
    if not words:
        return HTTPFound(request.route_path("search.results"))
    number = ticket_number(words)
    if number is not None and _sees(request, number):
        return HTTPFound(request.route_path("ticket.display", id=number))
    if is_query(words):
        query = words
    else:
        try:
            node = simple_query(request.work, words)
        except QueryError as wrong:
            request.flash(f"This cannot be searched for: {wrong}", "bad")
            return HTTPFound(request.route_path("search.results"))
        query = show(node) if node is not None else ""
    return HTTPFound(request.route_path("search.results") + "?" + urlencode({"Query": query, "q": words}))


def _sees(request: Request, number: int) -> bool:
    visible = request.work.rights.of(Right.SHOW_TICKET).visible()
    return request.db.scalar(select(Ticket.id).where(Ticket.id == number, visible)) is not None


def _headings(request: Request, asked: Asked) -> list[list[Column]]:
    """The headings of each line, those that can be sorted by with an address."""
    fields = fields_of(request.work, asked.kind)
    present = {name.lower(): way for name, way in asked.content.order}
    lines = []
    for line in asked.cells:
        headings = []
        for cell in line:
            name = cell.column.name.removesuffix("Relative") if cell.column else ""
            by = SORTED_BY.get(name, name)
            field = fields.get(by.partition(".")[0].lower().replace("customfield", "cf"))
            if not by or field is None or field.order is None:
                headings.append(Column(cell.title, "", None))
                continue
            way = present.get(by.lower())
            down = way == "ASC" if way else by in LATEST_FIRST
            url = address(request, asked, OrderBy=by, Order="DESC" if down else "ASC", Page=None)
            sort = None if way is None else "descending" if way == "DESC" else "ascending"
            headings.append(Column(cell.title, url, sort))
        lines.append(headings)
    return lines


def _new(request: Request, asked: Asked) -> str:
    """Where a search of the same kind begins anew."""
    path: str = request.route_path("search.results")
    return path if asked.kind is Target.TICKETS else f"{path}?Class={asked.kind}"


def _what_to_do(asked: Asked) -> str:
    if asked.words and "__Active__" in asked.content.query:
        return "Only open tickets were looked at."
    return "Take a condition away, or search for something else."


def _closed_too(request: Request, asked: Asked) -> str | None:
    """The same words among closed tickets too; None where these were looked at."""
    if not asked.words or "__Active__" not in asked.content.query:
        return None
    return request.route_path("search.results") + "?" + urlencode({"q": f"{asked.words} any"})


def _tabs(request: Request, asked: Asked) -> tuple[Link, ...]:
    """The ways in which a result is shown."""
    now = asked.content.show_as
    ways = ((TABLE, "Table", None), (BOARD, "Board", BOARD), (CHART, "Chart", CHART))
    return tuple(
        Link(label, address(request, asked, show=show, Page=None), way == now) for way, label, show in ways
    )


def _edited(request: Request, asked: Asked, result: Result) -> Edited | None:
    """The form of the row that is being edited in place (`edit` in the address); None when there is none."""
    number = request.GET.get("edit", "")
    if asked.kind is not Target.TICKETS or not is_number(number) or int(number) not in result.ids:
        return None
    return edit_in_place(
        request, int(number), address(request, asked, Page=asked.page if asked.page > 1 else None)
    )


def _out(request: Request, asked: Asked, result: Result) -> tuple[Link, ...]:
    """The result as files, on paper and as feeds; nothing where there is none."""
    if not result.total:
        return ()
    path, query = request.route_path, parameters(asked, Page=None, show=None, by=None)
    files = tuple(
        Link(kind.upper(), path("search.export", kind=kind, _query=query)) for kind in ("csv", "tsv", "xlsx")
    )
    printed = Link("Print", path("search.print", _query=query))
    if asked.kind is not Target.TICKETS:
        return (*files, printed)
    feed = path("search.feeds", _query={"Query": asked.content.query, "Precedence": asked.content.precedence})
    return (*files, printed, Link("Feeds", feed))


def _bulk(request: Request, asked: Asked, result: Result) -> str | None:
    """Where all that was found is changed in one step; None without the right or without tickets."""
    if asked.kind is not Target.TICKETS or not result.total:
        return None
    if not request.work.rights.system(Right.SHOW_SEARCH_BULK_UPDATE):
        return None
    return f"{request.route_path('search.bulk')}?{urlencode(parameters(asked, Page=None))}"


def _pages(request: Request, asked: Asked, result: Result) -> Pages:
    """The pager."""
    rows, number = max(asked.content.rows, 1), asked.page
    last = max(1, -(-result.total // rows)) if result.is_counted else number + result.has_more
    near = sorted(each for each in {1, number - 1, number, number + 1, last} if 1 <= each <= last)
    links: list[Link | None] = []
    before = 0
    for each in near:
        if each > before + 1:
            links.append(None)
        links.append(Link(str(each), _page(request, asked, each), current=each == number))
        before = each
    first = asked.offset + 1 if result.rows else 0
    return Pages(
        first,
        asked.offset + len(result.rows) if result.rows else 0,
        _total(result),
        tuple(links),
        previous_url=_page(request, asked, number - 1) if number > 1 else None,
        next_url=_page(request, asked, number + 1) if result.has_more else None,
    )


def _total(result: Result) -> int | str:
    return result.total if result.is_counted else f"more than {result.total:,}"


def _page(request: Request, asked: Asked, number: int) -> str:
    counting = {COUNT_ALL: 1} if COUNT_ALL in request.GET else {}
    return address(request, asked, Page=number if number > 1 else None, **counting)


def _other_rule(request: Request, asked: Asked) -> Link | None:
    """Where AND and OR stand beside each other: how the query is read now, and the address of the other reading."""
    if not asked.is_mixed:
        return None
    if asked.content.precedence == Precedence.SQL:
        return Link(
            "AND goes before OR here. RT would read it otherwise: the last of them holds for the whole level.",
            address(request, asked, Precedence=Precedence.RT),
        )
    read = parse(asked.content.query).node
    return Link(
        f"AND and OR stand beside each other. As in RT the last of them holds for all: {show(read) if read else ''}",
        address(request, asked, Precedence=Precedence.SQL),
    )
