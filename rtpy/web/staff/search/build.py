"""What the builder sends: rows come and go, the query is written anew; searching leads to its address."""

from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.search.building import (
    MOST_PARTS,
    ROOT,
    Group,
    Row,
    added,
    as_group,
    as_query,
    count_parts,
    read_form,
    removed,
)
from rtpy.search.columns.column import CannotShow
from rtpy.search.columns.format import ColumnChoice, Line, read_format, show_format
from rtpy.search.columns.kinds import showing_of
from rtpy.search.language.tree import Operator
from rtpy.search.saved import open_search, target_of
from rtpy.search.searched import Target
from rtpy.web.staff.search.asked import (
    NOTHING,
    address,
    is_number,
    posted,
    read_content,
    settle,
)
from rtpy.web.staff.search.building import NEW_LINE
from rtpy.web.staff.search.kinds import kind_in
from rtpy.web.staff.search.results import page_values

FIRST = Row("Status", Operator.EQUALS.value, "__Active__")
"""What a new group begins with."""


@view_config(
    route_name="search.build", request_method="POST", renderer="staff/search/results.pt", permission=STAFF
)
def build(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`do`: `search` runs what the rows say; `add:r.1`, `group:r`, `remove:r.1.0` change the rows; `read` reads the
    text into rows. The rows are shown again with the text that they mean."""
    given = posted(request)
    deed, _, place = given.get("do", "search").partition(":")
    content = read_content(given, NOTHING)
    number = given.get("saved", "")
    saved = open_search(request.work, int(number)) if is_number(number) else None
    group = read_form(given)
    kind = kind_in(given)
    if deed == "read":
        asked = settle(request, content, kind, saved=saved)
        return page_values(request, asked, as_group(asked.search.node) if not asked.problem else group)
    if deed == "add" and count_parts(group) < MOST_PARTS:
        group = added(group, place or ROOT, Row())
    elif deed == "group" and count_parts(group) < MOST_PARTS:
        first = FIRST if kind in (Target.TICKETS, Target.ASSETS) else Row()
        group = added(group, place or ROOT, Group((first,), any_of=not group.any_of))
    elif deed == "remove":
        group = removed(group, place)
    asked = settle(request, replace(content, query=as_query(group)), kind, saved=saved)
    if deed == "search" and not asked.problem:
        return HTTPSeeOther(address(request, asked))
    return page_values(request, asked, group)


@view_config(route_name="search.columns", request_method="GET", permission=STAFF)
def choose_columns(resource: SystemResource, request: Request) -> Response:
    """The chosen columns and order become the address of the same search."""
    content = read_content(request.GET, NOTHING)
    number = request.GET.get("saved", "")
    saved = open_search(request.work, int(number)) if is_number(number) else None
    kind = target_of(saved.kind) if saved else kind_in(request.GET)
    columns = _format(request, content.columns, kind)
    pairs = zip(request.GET.getall("by_field"), request.GET.getall("by_way"), strict=False)
    order = tuple((name[:200], "DESC" if way == "DESC" else "ASC") for name, way in pairs if name)[:10]
    asked = settle(request, replace(content, columns=columns, order=order), kind, saved=saved)
    return HTTPSeeOther(address(request, asked))


def _format(request: Request, present: str, kind: Target) -> str:
    """The format of the chosen names; what stays keeps its title and its link."""
    before: dict[str, ColumnChoice] = {}
    try:
        for line in read_format(present or showing_of(kind).usual):
            before.update((cell.name.lower(), cell) for cell in line.cells)
    except CannotShow:
        pass  # an unreadable format is replaced as a whole
    lines: list[list[ColumnChoice]] = [[]]
    for name in request.GET.getall("column")[:60]:
        if name == NEW_LINE:
            lines.append([])
        elif name:
            plain = "" if name == "NBSP" else name[:200]
            lines[-1].append(before.get(plain.lower(), ColumnChoice(plain)))
    return show_format([Line(tuple(line)) for line in lines if line], kind)
