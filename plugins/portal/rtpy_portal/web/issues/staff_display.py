"""One known issue for staff: tell what is new, link tickets, see whom it affects."""

from collections.abc import Mapping
from datetime import date

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid, NotFound, Problem
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import User
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy.web.times import show_day
from rtpy_portal.issues.affected import Counts, counts_of, list_affected
from rtpy_portal.issues.closing import open_tickets
from rtpy_portal.issues.history import deeds_of
from rtpy_portal.issues.linking import count_tickets, link_tickets, tickets_of, unlink_ticket
from rtpy_portal.issues.stages import OF_KINDS, STAFF_WORDS, tone_of
from rtpy_portal.issues.updating import post_update, updates_of
from rtpy_portal.issues.writing import organizations_of
from rtpy_portal.models import Audience, Issue, IssueKind, IssueUpdate, Stage
from rtpy_portal.rights import MANAGE_ISSUES
from rtpy_portal.web.issues.staff_form import issue_crumbs, staff_issue
from rtpy_portal.web.issues.staff_list import AUDIENCES
from rtpy_portal.web.once import was_sent

MOST_TICKETS, MOST_AFFECTED, PER_PAGE = 100, 10, 50
Problems = Mapping[str, str]


@view_config(
    route_name="portal.known_issues.display",
    request_method="GET",
    renderer="portal/issues/staff_display.pt",
    permission=STAFF,
)
def display(resource: SystemResource, request: Request) -> dict[str, object]:
    """Nine queries, however much there is."""
    issue = staff_issue(request)
    return issue_values(request, issue, {"stage": issue.stage, **_days(issue), "mails": "1"}, {})


@view_config(
    route_name="portal.known_issues.update",
    request_method="POST",
    renderer="portal/issues/staff_display.pt",
    permission=MANAGE_ISSUES,
)
def update(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Fields `text`, `stage`, `planned_from`, `planned_until`, `mails`. A closed one offers to close its tickets."""
    issue, given = staff_issue(request), texts_of(request)
    was_closed = issue.closed is not None
    try:
        first, last = read_day(given, "planned_from"), read_day(given, "planned_until")
        with request.db.begin_nested():
            if was_sent(request):
                request.flash("This update was posted already.", "info")
                return HTTPSeeOther(request.route_path("portal.known_issues.display", id=issue.id))
            post_update(
                request.work,
                issue,
                given.get("text", ""),
                given.get("stage", ""),
                first,
                last,
                mails=given.get("mails") == "1",
            )
    except Invalid as invalid:
        return issue_values(request, issue, given, problems_of(invalid))
    request.flash("The update is posted.")
    if issue.closed is not None and not was_closed and open_tickets(request.work, issue):
        return HTTPSeeOther(request.route_path("portal.known_issues.close", id=issue.id))
    return HTTPSeeOther(request.route_path("portal.known_issues.display", id=issue.id))


@view_config(
    route_name="portal.known_issues.tickets",
    request_method="POST",
    renderer="portal/issues/staff_display.pt",
    permission=MANAGE_ISSUES,
)
def change_tickets(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Fields `tickets`, numbers between blanks or commas; or `unlink`, one number."""
    issue, given = staff_issue(request), texts_of(request)
    try:
        gone = number_in(given.get("unlink", ""))
        if gone is not None:
            unlink_ticket(request.work, gone)
            request.flash(f"Ticket #{gone} is not linked any more.")
        else:
            number = link_tickets(request.work, issue, _numbers(given.get("tickets", "")))
            request.flash("1 ticket is linked." if number == 1 else f"{number} tickets are linked.")
    except Invalid as invalid:
        given = {**given, "stage": issue.stage, **_days(issue), "mails": "1"}
        return issue_values(request, issue, given, problems_of(invalid))
    except NotFound as problem:
        request.flash(str(problem), "warn")
    return HTTPSeeOther(request.route_path("portal.known_issues.display", id=issue.id))


@view_config(
    route_name="portal.known_issues.history",
    request_method="GET",
    renderer="portal/issues/staff_history.pt",
    permission=STAFF,
)
def history(resource: SystemResource, request: Request) -> dict[str, object]:
    """Who changed what."""
    issue = staff_issue(request)
    return {
        "title": f"History: {issue.title}",
        "crumbs": issue_crumbs(request, issue),
        "deeds": deeds_of(request.work, issue.id),
    }


@view_config(
    route_name="portal.known_issues.affected",
    request_method="GET",
    renderer="portal/issues/staff_affected.pt",
    permission=MANAGE_ISSUES,
)
def affected(resource: SystemResource, request: Request) -> dict[str, object]:
    """Who is affected, a page at a time."""
    issue, path = staff_issue(request), request.route_path
    page = min(max(number_in(request.GET.get("page", "")) or 1, 1), 10_000)
    rows = list_affected(request.db, issue.id, (page - 1) * PER_PAGE, PER_PAGE + 1)

    def url(number: int) -> str:
        found: str = path("portal.known_issues.affected", id=issue.id, _query={"page": number})
        return found

    return {
        "title": f"Affected: {issue.title}",
        "crumbs": issue_crumbs(request, issue),
        "affected": rows[:PER_PAGE],
        "previous_url": url(page - 1) if page > 1 else None,
        "next_url": url(page + 1) if len(rows) > PER_PAGE else None,
    }


def issue_values(
    request: Request, issue: Issue, given: Mapping[str, str], problems: Problems
) -> dict[str, object]:
    """The page, also with what is wrong in one of its forms."""
    if problems:
        request.response.status_int = 422
    work, path = request.work, request.route_path
    may_manage = work.rights.system(MANAGE_ISSUES)
    tickets = tickets_of(work, issue.id, MOST_TICKETS)
    linked = count_tickets(work, [issue.id]).get(issue.id, 0)
    solver = request.db.scalar(select(User).where(User.id == issue.solver_id)) if issue.solver_id else None
    active = request.app.lifecycles.active_statuses()

    def url(deed: str) -> str:
        found: str = path(f"portal.known_issues.{deed}", id=issue.id)
        return found

    return {
        "title": issue.title,
        "crumbs": issue_crumbs(request),
        "issue": issue,
        "problems": [(f"field-{name}", sentence) for name, sentence in problems.items()],
        "wrong": problems,
        "given": given,
        "stage": STAFF_WORDS[Stage(issue.stage)],
        "tone": tone_of(issue),
        "stages": [(each.value, STAFF_WORDS[each]) for each in OF_KINDS[IssueKind(issue.kind)]],
        "readers": ", ".join(organizations_of(work, issue).values())
        if issue.audience == Audience.ORGANIZATIONS.value
        else AUDIENCES[issue.audience],
        "is_draft": issue.audience == Audience.STAFF.value,
        "solver": solver.display_name if solver is not None else "",
        "counts": counts_of(request.db, [issue.id]).get(issue.id, Counts()),
        "affected": list_affected(request.db, issue.id, 0, MOST_AFFECTED) if may_manage else (),
        "tickets": [
            (each.id, each.subject or "No subject", each.status, path("ticket.display", id=each.id))
            for each in tickets
        ],
        "hidden": max(linked - len(tickets), 0),
        "open_tickets": sum(1 for each in tickets if each.status in active),
        "updates": [_shown(each) for each in updates_of(work, issue.id)],
        "may_manage": may_manage and issue.merged_into_id is None,
        "merged_url": path("portal.known_issues.display", id=issue.merged_into_id)
        if issue.merged_into_id is not None
        else None,
        "public_url": None
        if issue.audience == Audience.STAFF.value
        else path("portal.issues.display", id=issue.id),
        "url": url,
    }


def read_day(given: Mapping[str, str], name: str) -> date | None:
    """A day as browsers send it. Raises Invalid."""
    typed = given.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid(Problem(name, "Write the day like 2026-11-30.")) from None


def _days(issue: Issue) -> dict[str, str]:
    return {
        "planned_from": issue.planned_from.isoformat() if issue.planned_from else "",
        "planned_until": issue.planned_until.isoformat() if issue.planned_until else "",
    }


def _numbers(typed: str) -> list[int]:
    words = typed.replace(",", " ").replace("#", " ").split()
    found = [number_in(word) for word in words]
    if not words or None in found:
        raise Invalid(Problem("tickets", "Write numbers of tickets, such as 17, 23."))
    return [each for each in found if each is not None]


def _shown(update: IssueUpdate) -> dict[str, object]:
    return {
        "at": update.created,
        "stage": STAFF_WORDS[Stage(update.stage)],
        "text": update.text,
        "moved": update.moved,
        "days": [show_day(day) for day in (update.planned_from, update.planned_until) if day],
        "before": [show_day(day) for day in (update.old_from, update.old_until) if day],
        "mails": "told by mail"
        if update.mails and update.mailed
        else "mails are being written"
        if update.mails
        else "",
    }
