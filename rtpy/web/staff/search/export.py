"""Results as files and on paper: CSV, TSV and XLSX streamed as they are read, and a plain page to print."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager

from pyramid.httpexceptions import HTTPMovedPermanently
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.search.columns.column import Column, Kind, Value
from rtpy.search.columns.format import Cell, columns_of, read_format, resolve
from rtpy.search.columns.kinds import showing_of
from rtpy.search.columns.rows import rows_of
from rtpy.search.fields.field import CannotSearch
from rtpy.search.out.cells import as_text
from rtpy.search.out.tables import CHUNK, TableKind, export_rows, rows_in_chunks
from rtpy.search.run import find_all, find_numbers
from rtpy.web.staff.search.asked import Asked, address, read_asked, zone_of
from rtpy.web.staff.search.kinds import KINDS
from rtpy.web.times import show_exact, show_minutes
from rtpy.work import Work

log = logging.getLogger("rtpy.exports")

LONGEST_NOTED = 1000
"""Characters of a query that a line of the log holds."""
MOST_PRINTED = 2000
"""Rows of the page for paper; more are for a file."""


@view_config(route_name="search.export", request_method="GET", permission=STAFF)
def export(resource: SystemResource, request: Request) -> Response:
    """All that is found, in the order of the search, with its columns; parameters as of the search page.

    The numbers are found in the request's own transaction; rows are read a chunk at a time while they are sent.
    """
    asked, kind = _asked(request), TableKind(request.matchdict["kind"])
    cells, zone = _cells(request, asked), zone_of(request)
    ids = find_numbers(request.work, asked.search)
    app, actor = request.app, request.actor
    _note(request, asked, kind, len(ids))

    def open_work() -> AbstractContextManager[Work]:
        return app.work(actor, reading=True, reports=True)

    response = Response(content_type=kind.media_type.partition(";")[0])
    response.headers["Content-Type"] = kind.media_type
    name = f"{asked.kind}-{request.work.now.astimezone(zone):%Y-%m-%d}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.app_iter = export_rows(
        kind, cells, rows_in_chunks(open_work, ids, cells, zone, asked.kind), zone
    )
    return response


@view_config(
    route_name="search.print", request_method="GET", renderer="staff/search/print.pt", permission=STAFF
)
def print_view(resource: SystemResource, request: Request) -> dict[str, object]:
    """The first MOST_PRINTED of what is found, as one plain table."""
    asked = _asked(request)
    cells = _cells(request, asked)
    ids = find_all(request.work, asked.search, most=MOST_PRINTED + 1)
    _note(request, asked, "print", min(len(ids), MOST_PRINTED))
    kind = KINDS[asked.kind]
    return {
        "title": asked.saved.name if asked.saved else kind.title,
        "kind": kind,
        "query": asked.content.query,
        "printed": show_exact(request.work.now, request.zone),
        "headings": [(cell.title, str(cell.align)) for cell in cells],
        "rows": list(_printed(request, asked, cells, ids[:MOST_PRINTED])),
        "has_more": len(ids) > MOST_PRINTED,
        "most": MOST_PRINTED,
        "back_url": address(request, asked),
    }


@view_config(route_name="rt.export", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def old_address(resource: SystemResource, request: Request) -> Response:
    """RT's /Search/Results.tsv, with the same parameters."""
    path = request.route_path("search.export", kind="tsv")
    asked = request.query_string
    return HTTPMovedPermanently(f"{path}?{asked}" if asked else path)


def _note(request: Request, asked: Asked, kind: str, number: int) -> None:
    """Who took what along, for the log of the process: looking at something writes nothing into the database."""
    log.info(
        "%s %s exported %d %s as %s: %r",
        request.request_id,
        request.actor.name,
        number,
        KINDS[asked.kind].many,
        kind,
        asked.content.query[:LONGEST_NOTED],
    )


def _asked(request: Request) -> Asked:
    """What the address asks; raises CannotSearch when it makes no sense."""
    asked = read_asked(request)
    if asked.problem:
        raise CannotSearch(asked.problem, asked.column)
    return asked


def _cells(request: Request, asked: Asked) -> tuple[Cell, ...]:
    """The columns in one line. Raises CannotShow: a file with other columns than were asked for would mislead."""
    cells = columns_of(resolve(request.work, read_format(asked.format), asked.kind))
    usual = read_format(showing_of(asked.kind).usual)
    return cells or columns_of(resolve(request.work, usual, asked.kind))


def _printed(
    request: Request, asked: Asked, cells: tuple[Cell, ...], ids: list[int]
) -> Iterator[list[tuple[str, str]]]:
    """Texts with where they stand."""
    columns = [cell.column for cell in cells if cell.column is not None]
    zone = zone_of(request)
    for start in range(0, len(ids), CHUNK):
        for row in rows_of(request.work, ids[start : start + CHUNK], columns, zone, asked.kind):
            texts = zip(cells, columns, row.values, strict=True)
            yield [(_text(request, column, value), str(cell.align)) for cell, column, value in texts]


def _text(request: Request, column: Column, value: Value) -> str:
    if column.kind is Kind.MINUTES and isinstance(value, int):
        return show_minutes(value) if value else ""
    return as_text(value, zone_of(request))
