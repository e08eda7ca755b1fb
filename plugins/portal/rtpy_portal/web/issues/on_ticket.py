"""On a ticket: which known issue is behind it, and the form that links one or makes one."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, NotFound
from rtpy.http.resources import TicketResource
from rtpy.http.security import STAFF
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_portal.access.reader import Reader
from rtpy_portal.issues.linking import link_tickets, unlink_ticket
from rtpy_portal.issues.reading import all_open, suggest
from rtpy_portal.issues.stages import STAFF_WORDS, tone_of
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.models import Issue, Stage
from rtpy_portal.rights import MANAGE_ISSUES
from rtpy_portal.web.ticket_facts import ticket_facts

MOST = 50
"""Issues to choose from; others are linked by their number."""
UNNAMED = "New issue"


def show_strip(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """The issue behind a ticket; None without one, and then no query of its own, else one."""
    issue = _issue(request, resource)
    if issue is None:
        return None
    return {
        "issue_title": issue.title,
        "url": request.route_path("portal.known_issues.display", id=issue.id),
        "stage": STAFF_WORDS[Stage(issue.stage)],
        "tone": tone_of(issue),
    }


def show_aside(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """The form, for who may manage issues. No query of its own."""
    if not resource.work.rights.system(MANAGE_ISSUES) or resource.ticket.type != "ticket":
        return None
    path, issue = request.route_path, _issue(request, resource)
    likely = suggest(resource.work, Reader(is_staff=True), resource.ticket.subject) if issue is None else []
    first = {each.issue_id for each in likely}
    others = [each for each in all_open(request.app, request.db) if each.issue_id not in first]
    return {
        "post_url": path("portal.known_issues.on_ticket", id=resource.ticket.id),
        "issue_title": issue.title if issue is not None else "",
        "url": path("portal.known_issues.display", id=issue.id) if issue is not None else None,
        "choices": [(each.issue_id, each.title) for each in (*likely, *others)[:MOST]],
        "likely": likely[0].issue_id if likely else 0,
    }


@view_config(route_name="portal.known_issues.on_ticket", request_method="POST", permission=STAFF)
def change(resource: TicketResource, request: Request) -> Response:
    """Field `deed`: `link` with `issue` or `number`, `make`, `unlink`. Needs ManageIssues."""
    given, number = texts_of(request), resource.ticket.id
    back = HTTPSeeOther(request.route_path("ticket.display", id=number))
    try:
        match given.get("deed"):
            case "make" if (known := _issue(request, resource)) is not None:
                return HTTPSeeOther(request.route_path("portal.known_issues.modify", id=known.id))
            case "make":
                # Nothing of the ticket goes into it: the words are for others to read.
                made = save_issue(request.work, None, IssueValues(UNNAMED))
                link_tickets(request.work, made, [number])
                return HTTPSeeOther(request.route_path("portal.known_issues.modify", id=made.id))
            case "unlink":
                unlink_ticket(request.work, number)
                request.flash("The ticket is linked to no known issue any more.")
            case _:
                chosen = number_in(given.get("number", "").strip() or given.get("issue", ""))
                issue = request.db.get(Issue, chosen) if chosen is not None else None
                if issue is None:
                    request.flash("Choose a known issue, or give its number.", "warn")
                    return back
                link_tickets(request.work, issue, [number])
                request.flash(f"The ticket is linked to “{issue.title}”.")
    except (Invalid, NotFound) as problem:
        request.flash(str(problem), "warn")
    return back


def _issue(request: Request, resource: TicketResource) -> Issue | None:
    """One query where there is one; the session keeps it."""
    number = ticket_facts(request, resource.ticket.id).issue_id
    return request.db.get(Issue, number) if number is not None else None
