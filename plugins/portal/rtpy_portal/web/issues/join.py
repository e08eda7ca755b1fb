"""“This affects me too”: by one click for an account, by a mail that is answered by a button for everybody else."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import texts_of
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.issues.affected import LONGEST_IMPACT, join, leave, leave_as
from rtpy_portal.issues.joining import ask_to_join, confirm, find_asked
from rtpy_portal.issues.mailing import find_leaving
from rtpy_portal.issues.reading import find_issue
from rtpy_portal.models import Issue, IssueAffected
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.issues.display import issue_page
from rtpy_portal.web.issues.reader import issue_here


@view_config(
    route_name="portal.issues.join",
    request_method="POST",
    renderer="portal/issues/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def join_issue(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """Fields `impact`; `deed`=`leave` for an account, `address` for everybody else."""
    issue, given, account = issue_here(request), texts_of(request), request.portal_account
    work: Work = request.app.work_in(request.db)
    try:
        if account is None:
            return _ask(request, work, issue, given)
        if given.get("deed") == "leave":
            leave_as(account.acting(work), issue, account.user_id)
            return _go(request, issue, "left")
        join(account.acting(work), issue, account.user_id, given.get("impact", ""))
        return _go(request, issue, "joined")
    except Invalid:
        problem = Problem(
            "impact",
            request.portal_say("Please shorten this to ${number} characters.", number=LONGEST_IMPACT),
        )
        return issue_page(request, issue, [problem], given)


@view_config(
    route_name="portal.issues.confirm",
    request_method="GET",
    renderer="portal/issues/confirm.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_confirm(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """A button; opening the link changes nothing, since programs open links too."""
    work: Work = request.app.work_in(request.db)
    row = find_asked(work, request.matchdict["token"])
    if row is None:
        return _gone(request)
    return _page(request, row, "confirm")


@view_config(
    route_name="portal.issues.confirm",
    request_method="POST",
    renderer="portal/issues/confirm.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def confirm_post(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """It was them."""
    work: Work = request.app.work_in(request.db)
    row = find_asked(work, request.matchdict["token"])
    if row is None:
        return _gone(request)
    number = row.issue_id
    confirm(work, row)
    issue = find_issue(request.db, Reader(), number)
    if issue is not None:
        return _go(request, issue, "joined")
    return HTTPSeeOther(request.route_path("portal.issues.list", _query={"done": "joined"}))


@view_config(
    route_name="portal.issues.leave",
    request_method="GET",
    renderer="portal/issues/confirm.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_leave(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """A button, as programs open links too."""
    row = find_leaving(request.app.work_in(request.db), request.matchdict["token"])
    if row is None:
        raise HTTPNotFound()
    return _page(request, row, "left" if row.left is not None else "leave")


# The button of mail programs (RFC 8058) sends no token of ours; what it does is to leave, and nothing else.
@view_config(
    route_name="portal.issues.leave",
    request_method="POST",
    renderer="portal/issues/confirm.pt",
    permission=NO_PERMISSION_REQUIRED,
    require_csrf=False,
)
def leave_post(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """They leave; a second time changes nothing."""
    work: Work = request.app.work_in(request.db)
    row = find_leaving(work, request.matchdict["token"])
    if row is None:
        raise HTTPNotFound()
    leave(work, row)
    return _page(request, row, "left")


def _ask(
    request: Request, work: Work, issue: Issue, given: Mapping[str, str]
) -> Mapping[str, object] | Response:
    say = request.portal_say
    if given.get("website"):  # no person sees this field
        return _go(request, issue, "asked")
    is_sent = ask_to_join(
        work,
        issue,
        given.get("address", ""),
        given.get("impact", ""),
        language_of(request),
        place=request.peer,
    )
    if not is_sent:
        problem = Problem("address", say("Please give a mail address such as name@example.com."))
        return issue_page(request, issue, [problem], given)
    return _go(request, issue, "asked")


def _go(request: Request, issue: Issue, done: str) -> Response:
    return HTTPSeeOther(request.route_path("portal.issues.display", id=issue.id, _query={"done": done}))


def _page(request: Request, row: IssueAffected, what: str) -> Mapping[str, object]:
    """The title stands there when everybody may read it: a mail can be forwarded."""
    say = request.portal_say
    issue = find_issue(request.db, Reader(), row.issue_id)
    titles = {
        "confirm": say("Does this affect you?"),
        "leave": say("No more mails about this?"),
        "left": say("You get no more mails about it"),
    }
    return frame(
        request,
        titles[what],
        what=what,
        issue_title=issue.title if issue is not None else "",
        list_url=request.route_path("portal.issues.list"),
        post_url=request.path,
    )


def _gone(request: Request) -> Mapping[str, object]:
    request.response.status_int = 404
    return frame(
        request,
        request.portal_say("This link cannot be used any more"),
        what="gone",
        issue_title="",
        list_url=request.route_path("portal.issues.list"),
        post_url="",
    )
