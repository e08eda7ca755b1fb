"""The known issue behind a request, under its head: how far it is, and once it is done “Still broken for me”."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Refused
from rtpy.web.staff.forms import texts_of
from rtpy_portal.issues.affected import affects, join, leave_as
from rtpy_portal.issues.reading import has_any, issue_for
from rtpy_portal.issues.stages import days_words, stage_words, tone_of
from rtpy_portal.models import IssueKind
from rtpy_portal.requests.closing import reopen_request
from rtpy_portal.requests.stages import stages_of
from rtpy_portal.web.frame import language_of
from rtpy_portal.web.issues.reader import reader
from rtpy_portal.web.visitors import RequestResource


def show_issue(request: Request, resource: RequestResource) -> Mapping[str, object] | None:
    """None for a request without one, or whose issue this visitor may not read. Three queries, none without issues."""
    if not has_any(request.app, request.db):
        return None
    issue = issue_for(resource.work, resource.ticket.id, reader(request))
    if issue is None:
        return None
    say, ticket = request.portal_say, resource.ticket
    is_closed = not stages_of(request.app, request.db).of(ticket.queue.lifecycle, ticket.status).is_open
    is_done = issue.closed is not None
    return {
        "issue_title": issue.title,
        "url": request.route_path("portal.issues.display", id=issue.id),
        "stage": stage_words(say, issue.stage),
        "tone": tone_of(issue),
        "days": ""
        if is_done
        else days_words(say, language_of(request), issue.planned_from, issue.planned_until),
        "post_url": request.route_path("portal.issues.on_request", id=ticket.id),
        "still_broken": is_closed and is_done and issue.kind == IssueKind.KNOWN.value,
        "joined": affects(request.db, issue.id, resource.visitor.user_id),
        "is_done": is_done,
    }


@view_config(route_name="portal.issues.on_request", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def change_issue(resource: RequestResource, request: Request) -> Response:
    """Field `deed`: `join`, `leave`, or `broken`, which opens one's own request again, with `text` where given."""
    issue = issue_for(resource.work, resource.ticket.id, reader(request))
    if issue is None:
        raise HTTPNotFound()
    say, given, done = request.portal_say, texts_of(request), ""
    match given.get("deed"):
        case "join":
            join(resource.work, issue, resource.visitor.user_id)
        case "leave":
            leave_as(resource.work, issue, resource.visitor.user_id)
        case "broken":
            text = given.get("text", "").strip() or say("It is still broken for me.")
            try:
                reopen_request(resource.work, resource.visitor, resource.ticket, say, text)
                done = "reopened"
            except (
                Refused
            ):  # another click was faster, or it may not be opened again: the page shows how it is
                done = ""
    query = {"_query": {"done": done}} if done else {}
    return HTTPSeeOther(request.route_path("portal.requests.display", id=resource.ticket.id, **query))
