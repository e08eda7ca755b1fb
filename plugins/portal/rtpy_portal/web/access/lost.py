"""Asking for a link to one's request: the answer is the same whoever asks, and for whatever."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Problem
from rtpy.http.redirects import is_safe_path
from rtpy.http.resources import SystemResource
from rtpy.mail.header_lines import is_sendable
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_portal.access.wanted import Wanted, WantedKind, want
from rtpy_portal.web.frame import frame


@view_config(
    route_name="portal.access.lost",
    request_method="GET",
    renderer="portal/access/lost.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def lost_form(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The form; whoever wanted a page without being known may log in beside it."""
    typed = {"number": request.GET.get("request", "")[:18]}
    return lost_values(request, typed=typed, is_sent=request.GET.get("done") == "sent")


@view_config(
    route_name="portal.access.lost",
    request_method="POST",
    renderer="portal/access/lost.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def lost_post(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """Fields `number` and `address`; the worker looks who is meant."""
    say, given = request.portal_say, texts_of(request)
    number, address = number_in(given.get("number", "").strip().lstrip("#")), given.get("address", "").strip()
    problems = []
    if not number:
        problems.append(
            Problem(
                "number", say("Please give the number of the request: it is in the subject of our mails.")
            )
        )
    if not is_sendable(address):
        problems.append(Problem("address", say("Please give your mail address, such as ann@example.com.")))
    if problems:
        return lost_values(request, typed=given, problems=problems)
    work = request.app.work_in(request.db)
    if not want(work, Wanted(WantedKind.KEY, address, number or 0), request.peer):
        page = lost_values(request, typed=given, problems=[too_often(request)])
        request.response.status_int = 429
        return page
    return HTTPSeeOther(request.route_path("portal.access.lost", _query={"done": "sent"}))


def too_often(request: Request) -> Problem:
    """What is said after too many tries."""
    return Problem(
        "address", request.portal_say("That was too often. Please try again in an hour, or write to us.")
    )


def lost_values(
    request: Request,
    *,
    typed: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
    is_sent: bool = False,
    is_dead: bool = False,
) -> Mapping[str, object]:
    """The values of portal/access/lost.pt; `is_dead`: somebody came by a link that opens nothing."""
    say = request.portal_say
    status, wanted = request.response.status_int, request.GET.get("next", "")
    title = say("We have sent it") if is_sent else say("Get your link")
    if is_dead:
        title = say("This link does not open anything any more")
    page = frame(
        request,
        title,
        problems=problems or (),
        typed={"number": "", "address": "", **(typed or {})},
        is_sent=is_sent,
        is_dead=is_dead,
        post_url=request.route_path("portal.access.lost"),
    )
    if is_dead:
        request.response.status_int = status
    # never back to here: in the address of a key stands the key itself
    target = wanted if is_safe_path(wanted) else request.route_path("portal.start")
    return {**page, "login_url": request.route_path("portal.access.login", _query={"next": target})}
