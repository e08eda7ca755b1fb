"""After a known issue is done: its tickets closed with one message; and two issues that are one."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import number_in, problems_of, texts_named, texts_of
from rtpy_portal.issues.closing import MOST, Closed, close_tickets, open_tickets
from rtpy_portal.issues.merging import merge_issues
from rtpy_portal.issues.reading import all_open
from rtpy_portal.models import Issue
from rtpy_portal.rights import MANAGE_ISSUES
from rtpy_portal.web.issues.staff_form import issue_crumbs, staff_issue


@view_config(
    route_name="portal.known_issues.close",
    request_method="GET",
    renderer="portal/issues/staff_close.pt",
    permission=MANAGE_ISSUES,
)
def show_close(resource: SystemResource, request: Request) -> dict[str, object]:
    """All open tickets that are linked, ticked."""
    issue = staff_issue(request)
    return _page(request, issue, {"message": issue.how_fixed}, None)


@view_config(
    route_name="portal.known_issues.close",
    request_method="POST",
    renderer="portal/issues/staff_close.pt",
    permission=MANAGE_ISSUES,
)
def close(resource: SystemResource, request: Request) -> dict[str, object]:
    """Fields `message`, and `ticket` for each that is ticked; the answer lists what became of each."""
    issue, given = staff_issue(request), texts_of(request)
    numbers = [number_in(each) for each in texts_named(request, "ticket")]
    chosen = [each for each in numbers if each is not None]
    try:
        done = close_tickets(request.work, issue, chosen, given.get("message", ""))
    except Invalid as invalid:
        return _page(request, issue, given, frozenset(chosen), problems_of(invalid))
    return _page(request, issue, given, frozenset(), done=done)


@view_config(
    route_name="portal.known_issues.merge",
    request_method="GET",
    renderer="portal/issues/staff_merge.pt",
    permission=MANAGE_ISSUES,
)
def show_merge(resource: SystemResource, request: Request) -> dict[str, object]:
    """Which other one it is."""
    return _merge_page(request, staff_issue(request), "")


@view_config(
    route_name="portal.known_issues.merge",
    request_method="POST",
    renderer="portal/issues/staff_merge.pt",
    permission=MANAGE_ISSUES,
)
def merge(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Field `into`, the number of the one that stays."""
    issue = staff_issue(request)
    number = number_in(texts_of(request).get("into", ""))
    kept: Issue | None = request.db.get(Issue, number) if number is not None else None
    if kept is None:
        return _merge_page(request, issue, "Choose the issue that stays.")
    try:
        merge_issues(request.work, issue, kept)
    except Refused as problem:
        return _merge_page(request, issue, str(problem))
    request.flash("The two issues are one now.")
    return HTTPSeeOther(request.route_path("portal.known_issues.display", id=kept.id))


def _page(
    request: Request,
    issue: Issue,
    given: Mapping[str, str],
    chosen: frozenset[int] | None,
    problems: Mapping[str, str] | None = None,
    done: Sequence[Closed] = (),
) -> dict[str, object]:
    wrong = dict(problems or {})
    if wrong:
        request.response.status_int = 422
    path = request.route_path
    tickets = list(open_tickets(request.work, issue))[:MOST]
    return {
        "title": f"Close its tickets: {issue.title}",
        "crumbs": issue_crumbs(request, issue),
        "problems": [(f"field-{name}", sentence) for name, sentence in wrong.items()],
        "wrong": wrong,
        "message": "" if done else given.get("message", ""),
        "done": [(each, path("ticket.display", id=each.ticket_id)) for each in done],
        "tickets": [
            (
                each.id,
                each.subject or "No subject",
                path("ticket.display", id=each.id),
                chosen is None or each.id in chosen,
            )
            for each in tickets
        ],
        "post_url": path("portal.known_issues.close", id=issue.id),
        "back_url": path("portal.known_issues.display", id=issue.id),
    }


def _merge_page(request: Request, issue: Issue, problem: str) -> dict[str, object]:
    if problem:
        request.response.status_int = 422
    others = [
        (each.issue_id, each.title) for each in all_open(request.app, request.db) if each.issue_id != issue.id
    ]
    return {
        "title": f"Merge: {issue.title}",
        "crumbs": issue_crumbs(request, issue),
        "problems": [("field-into", problem)] if problem else [],
        "others": others,
        "post_url": request.route_path("portal.known_issues.merge", id=issue.id),
    }
