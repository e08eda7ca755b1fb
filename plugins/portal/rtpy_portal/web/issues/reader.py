"""Who reads known issues in this request, and when their line stands in the menu."""

from typing import cast

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy_portal.access.reader import Reader, reader_of
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.issues.reading import find_issue, open_issues
from rtpy_portal.models import Issue
from rtpy_portal.web.frame import language_of
from rtpy_portal.web.visitors import visitor_of


def reader(request: Request) -> Reader:
    """The reader, asked for once in a request. One query at most."""
    if "_portal_reader" not in request.__dict__:
        found = reader_of(visitor_of(request), language_of(request))
        request.__dict__["_portal_reader"] = found
    return cast(Reader, request.__dict__["_portal_reader"])


def has_issues(request: Request, visitor: Visitor | None) -> bool:
    """Is there an open one for this visitor? No query as a rule, one where all are for organisations."""
    found = open_issues(request.app, request.db)
    if not found or any(each.organization_ids is None for each in found):
        return bool(found)
    if visitor is None:
        return False
    who = reader(request)
    return who.is_staff or any(
        each.organization_ids & who.organization_ids for each in found if each.organization_ids
    )


def issue_here(request: Request) -> Issue:
    """The issue of the address, for whom may read it; to others the same 404 whether it is there or not."""
    found = find_issue(request.db, reader(request), int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found
