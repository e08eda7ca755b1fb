"""Long lists of mails: a page at a time, by number, without counting what is on other pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyramid.request import Request

PER_PAGE = 50


def read_page(request: Request, query: Any, number: Any) -> tuple[Sequence[Any], bool]:
    """The newest rows of `query`, or those before `?before=ID`; and whether there are older ones.

    `number` is the column of the id; Any: queries, rows and columns of any model.
    """
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        query = query.where(number < int(before))
    rows = request.db.execute(query.order_by(number.desc()).limit(PER_PAGE + 1)).all()
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def older_url(request: Request, route: str, kept: Mapping[str, str], last: int) -> str:
    """The address of the next page; what stands in the path stays as it is."""
    url: str = request.route_path(route, _query={**kept, "before": str(last)}, **request.matchdict)
    return url
