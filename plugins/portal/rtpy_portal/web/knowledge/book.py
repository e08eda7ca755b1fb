"""A book: its chapters with their pages."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy_portal.knowledge.shelves import find_book
from rtpy_portal.web.frame import frame
from rtpy_portal.web.knowledge.reader import reader


@view_config(
    route_name="portal.knowledge.book",
    request_method="GET",
    renderer="portal/knowledge/book.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_book(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """For others than its readers there is no such book."""
    book = find_book(request.db, reader(request), request.matchdict["book"])
    if book is None:
        raise HTTPNotFound()
    return frame(request, book.name, book=book)
