"""What all deeds on the page of a request share: done once, then back; or refused, with all that was typed."""

from collections.abc import Callable, Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response

from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.web.staff.drafts import send_once
from rtpy.web.staff.forms import texts_of
from rtpy_portal.requests.deeds import NotNow
from rtpy_portal.web.requests.page import address_of, request_page
from rtpy_portal.web.visitors import RequestResource

TWICE = "twice"


def do_deed(
    resource: RequestResource, request: Request, deed: str, act: Callable[[Mapping[str, str]], str]
) -> Mapping[str, object] | Response:
    """Do it in one piece, at most once for each form; `act` gets the texts and answers with a word of `done_words`."""
    given, work = texts_of(request), resource.work
    try:
        with work.db.begin_nested():
            if send_once(work, given.get("token", ""), {}) is not None:
                return back(request, resource, TWICE)
            done = act(given)
    except Invalid as invalid:
        return _again(resource, request, deed, invalid.problems, given)
    except NotNow as refused:
        return _again(resource, request, deed, (Problem("problem", str(refused)),), given)
    except (Refused, Conflict):
        # What the core refuses is said in words for staff, and may name what no customer knows of.
        sentence = request.portal_say("That could not be done now. Please write us an answer instead.")
        return _again(resource, request, deed, (Problem("problem", sentence),), given)
    return back(request, resource, done)


def back(request: Request, resource: RequestResource, done: str) -> Response:
    """To the page, which says what was done."""
    return HTTPSeeOther(f"{address_of(request, resource)}?done={done}")


def _again(
    resource: RequestResource,
    request: Request,
    deed: str,
    problems: tuple[Problem, ...],
    given: Mapping[str, str],
) -> Mapping[str, object]:
    """The ticket is read anew: an undone change leaves it unread."""
    resource.work.db.refresh(resource.ticket)
    resource.work.db.refresh(resource.ticket, ["queue", "owner"])
    return request_page(request, resource, deed=deed, problems=problems, typed=given)
