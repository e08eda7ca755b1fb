"""What an address asks of the search page, in the names of RT, and addresses for the same with a difference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pyramid.request import Request
from webob.multidict import MultiDict

from rtpy.errors import NotFound, RtpyError
from rtpy.search.columns.column import CannotShow
from rtpy.search.columns.format import Cell, read_format, resolve
from rtpy.search.columns.kinds import showing_of
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.lexer import name_segments
from rtpy.search.language.parser import Precedence, QueryError, parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search
from rtpy.search.saved import BOARD, CHART, TABLE, ChartChoice, Content, Saved, open_search, target_of
from rtpy.search.searched import Target
from rtpy.web.staff.search.kinds import KINDS, kind_in

ROWS = (25, 50, 100)
USUAL_ROWS = 50
MOST_ROWS = 1000
DEEPEST = 2000
"""Pages beyond this are not shown; nobody reads so far."""
NOTHING = Content()
"""A search for everything, in no order of its own."""
SHOWN_AS = (TABLE, BOARD, CHART)
LONGEST_LIST = 2000
"""Characters of a parameter that names several things."""
USUAL_SUBJECT = "Created-Resolved"
"""What is measured of tickets where nothing is said."""
_BAR = re.compile(r"\|(?![^{]*\})")
"""Between names; those in braces may hold one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One search as an address asks for it. `problem` says what is wrong with the query, `column` where (0: unknown).

    `saved` is the saved search that it began with, None without one; `words` is what stood in the search box.
    `format_problem` says what is wrong with the columns; the usual ones are shown then.
    """

    content: Content
    search: Search
    cells: tuple[tuple[Cell, ...], ...]
    page: int = 1
    words: str = ""
    saved: Saved | None = None
    is_mixed: bool = False
    problem: str = ""
    column: int = 0
    format_problem: str = ""

    @property
    def kind(self) -> Target:
        """What is searched."""
        return self.search.kind

    @property
    def format(self) -> str:
        """Its columns, those that were chosen or the usual ones."""
        return self.content.columns or showing_of(self.kind).usual

    @property
    def is_changed(self) -> bool:
        """Does it differ from the saved search that it began with?"""
        return self.saved is not None and self.saved.content != self.content

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.content.rows


def read_asked(request: Request) -> Asked:
    """What the address asks; raises NotFound for a saved search that is not there. What makes no sense is said."""
    given = request.GET
    number = given.get("saved", given.get("SavedSearchId", ""))
    saved = open_search(request.work, int(number)) if is_number(number) else None
    if number and saved is None:
        raise NotFound("There is no such saved search, or it is not shared with you.")
    kind = KINDS[target_of(saved.kind) if saved else kind_in(given)]
    content = read_content(given, saved.content if saved else Content(query=kind.query, order=kind.order))
    page = int(given["Page"]) if is_number(given.get("Page", "")) else 1
    words = " ".join(given.get("q", "").split())[:1000]
    return settle(request, content, kind.kind, saved=saved, page=min(max(page, 1), DEEPEST), words=words)


def posted(request: Request) -> "MultiDict[str, str]":
    """What a form of ours sent: texts only, no files, without NUL, which no database keeps."""
    texts = ((name, value) for name, value in request.POST.items() if isinstance(value, str))
    return MultiDict((name, value.replace("\x00", "")) for name, value in texts)


def read_content(given: Mapping[str, str], usual: Content) -> Content:
    """A search and how it is shown from parameters; what is not given stays as in `usual`."""
    changes: dict[str, object] = {}
    if "Query" in given:
        changes["query"] = given["Query"].replace("\x00", "").strip()
    if "Precedence" in given:
        changes["precedence"] = Precedence.SQL.value if given["Precedence"] == "sql" else Precedence.RT.value
    if given.get("Format"):
        changes["columns"] = given["Format"]
    if "OrderBy" in given:
        changes["order"] = _order(given["OrderBy"], given.get("Order", ""))
    rows = given.get("Rows", given.get("RowsPerPage", ""))
    if is_number(rows):
        changes["rows"] = min(int(rows) or MOST_ROWS, MOST_ROWS)
    if given.get("show") in SHOWN_AS:
        changes["show_as"] = given["show"]
    if given.get("by"):
        changes["board_by"] = given["by"][:100]
    changes["chart"] = _chart(given, usual.chart)
    return replace(usual, **changes)  # type: ignore[arg-type]


def settle(
    request: Request,
    content: Content,
    kind: Target = Target.TICKETS,
    *,
    saved: Saved | None = None,
    page: int = 1,
    words: str = "",
) -> Asked:
    """The search that this content means, with sentences for what it cannot mean.

    A saved search says itself what it looks for. Only tickets are shown as boards and charts.
    """
    if saved is not None:
        kind = target_of(saved.kind)
    if kind is not Target.TICKETS and content.show_as != TABLE:
        content = replace(content, show_as=TABLE)
    cells, format_problem = _cells(request, content.columns, kind)
    search = Search(kind, order=_orders(content.order), zone=zone_of(request))
    asked = Asked(content, search, cells, page, words, saved, format_problem=format_problem)
    try:
        parsed = parse(content.query, precedence=Precedence(content.precedence))
    except QueryError as wrong:
        return replace(asked, problem=str(wrong), column=wrong.column)
    return replace(asked, search=replace(search, node=parsed.node), is_mixed=parsed.is_mixed)


def parameters(asked: Asked, **changes: object) -> list[tuple[str, str]]:
    """The parameters of an address that asks the same but for `changes` (`Page=2`, `Rows=None` for none)."""
    content = asked.content
    values: dict[str, object] = {
        "saved": asked.saved.id if asked.saved else None,
        "Class": asked.kind if asked.kind is not Target.TICKETS else None,
        "Query": content.query,
        "Precedence": content.precedence if content.precedence != Precedence.RT else None,
        "Format": content.columns or None,
        "OrderBy": "|".join(name for name, _ in content.order) or None,
        "Order": "|".join(way for _, way in content.order) or None,
        "Rows": content.rows if content.rows != USUAL_ROWS else None,
        "show": content.show_as if content.show_as != TABLE else None,
        "by": content.board_by if content.show_as == BOARD else None,
        "GroupBy": "|".join(content.chart.group_by) if content.chart != ChartChoice() else None,
        "ChartFunction": "|".join(content.chart.measures) if content.chart != ChartChoice() else None,
        "ChartStyle": content.chart.shape or None,
        "q": asked.words or None,
        **changes,
    }
    return [(name, str(value)) for name, value in values.items() if value is not None]


def address(request: Request, asked: Asked, **changes: object) -> str:
    """The address of the search page for it; see `parameters`."""
    return f"{request.route_path('search.results')}?{urlencode(parameters(asked, **changes))}"


def zone_of(request: Request) -> ZoneInfo:
    """The reader's, in which days are meant."""
    zone: tzinfo = request.zone
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def said(error: RtpyError) -> tuple[str, int]:
    """A problem of a search and the column that it points at, 0 when it is about no place."""
    return str(error), error.column if isinstance(error, CannotSearch | QueryError) else 0


def _cells(request: Request, text: str, kind: Target) -> tuple[tuple[tuple[Cell, ...], ...], str]:
    usual = showing_of(kind).usual
    try:
        lines = resolve(request.work, read_format(text or usual), kind)
        if any(line for line in lines):
            return lines, ""
        problem = "No columns are chosen; these are the usual ones."
    except CannotShow as wrong:
        problem = f"{wrong} These are the usual columns."
    return resolve(request.work, read_format(usual), kind), problem


def _order(names: str, ways: str) -> tuple[tuple[str, str], ...]:
    """RT's `Priority|id` and `DESC|ASC`."""
    down = ways.upper().split("|")
    pairs = []
    for at, name in enumerate(names.split("|")[:10]):
        if name.strip():
            is_down = at < len(down) and down[at].strip() == "DESC"
            pairs.append((name.strip()[:200], "DESC" if is_down else "ASC"))
    return tuple(pairs)


def _chart(given: Mapping[str, str], usual: ChartChoice) -> ChartChoice:
    """RT's `GroupBy`, `ChartFunction` and `ChartStyle`, each several times or joined by |; those of our form, too."""
    groups, measures = _listed(given, "GroupBy"), _listed(given, "ChartFunction")
    statistic, of = given.get("Statistic", ""), given.get("Of", "")
    if statistic:
        measures = (statistic if statistic == "count" else f"{statistic}:{of or USUAL_SUBJECT}",)
    shape = given["ChartStyle"].partition("+")[0][:20] if "ChartStyle" in given else usual.shape
    return ChartChoice(measures or usual.measures, groups or usual.group_by, shape)


def _listed(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    values = given.getall(name) if hasattr(given, "getall") else [given.get(name, "")]
    parts = (part.strip()[:200] for value in values for part in _BAR.split(value[:LONGEST_LIST]))
    return tuple(part.replace("\x00", "") for part in parts if part)[:8]


def _orders(pairs: Sequence[tuple[str, str]]) -> tuple[Order, ...]:
    named = ((name_segments(name), way) for name, way in pairs)
    return tuple(Order(Name(parts[0], parts[1:]), way == "DESC") for parts, way in named if parts)


def is_number(text: str) -> bool:
    """Is it a number of ours, such as that of a saved search?"""
    return text.isascii() and text.isdigit() and len(text) < 10
