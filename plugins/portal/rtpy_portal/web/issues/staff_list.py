"""Known issues for staff: open, done, ideas, found by words of their titles."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import ColumnElement, select

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.shown import Link
from rtpy_portal.issues.affected import Counts, counts_of
from rtpy_portal.issues.linking import count_tickets
from rtpy_portal.issues.stages import STAFF_WORDS
from rtpy_portal.models import Audience, Issue, IssueKind, Stage
from rtpy_portal.rights import MANAGE_ISSUES

OPEN, IDEAS, DONE = "", "ideas", "done"
AUDIENCES = {
    Audience.STAFF.value: "staff only",
    Audience.EVERYONE.value: "everyone",
    Audience.ORGANIZATIONS.value: "some organisations",
}


@view_config(
    route_name="portal.known_issues.list", request_method="GET", renderer="admin/list.pt", permission=STAFF
)
def list_known_issues(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?show=ideas` or `done`, `?q=` words of the title. Three queries."""
    asked, path = read_asked(request), request.route_path
    show = request.GET.get("show", "")
    show = show if show in (IDEAS, DONE) else OPEN
    rows = request.db.scalars(
        select(Issue)
        .where(Issue.merged_into_id.is_(None), *_kind(show), *(_has(word) for word in asked.words.split()))
        .order_by(Issue.updated.desc(), Issue.id.desc())
        .offset(asked.offset)
        .limit(PER_PAGE + 1)
    ).all()
    ids = [row.id for row in rows]
    counts, tickets = counts_of(request.db, ids), count_tickets(request.work, ids)

    def line(row: Issue) -> Line:
        affected = counts.get(row.id, Counts())
        people = (
            f"{affected.people} people, {affected.organizations} organisations" if affected.people else "–"
        )
        return Line(
            f"{row.id}: {row.title}",
            path("portal.known_issues.display", id=row.id),
            (
                STAFF_WORDS[Stage(row.stage)],
                AUDIENCES[row.audience],
                people,
                str(tickets.get(row.id, 0)),
                request.when(row.updated),
            ),
        )

    values = list_values(
        request,
        asked,
        route="portal.known_issues.list",
        title="Known issues",
        intro="What affects several customers, written for them to read: they say that it affects them too, and are "
        "told what is new. Nothing of a ticket is ever shown there.",
        columns=("Issue", "Stage", "Read by", "Affected", "Tickets", "Last news"),
        lines=[line(row) for row in rows],
        create_url=path("portal.known_issues.create") if request.work.rights.system(MANAGE_ISSUES) else None,
        create_label="New issue",
        empty="Nothing is known to be broken. Make an issue when the second customer asks about the same.",
        can_be_disabled=False,
        tabs=[
            Link(
                label,
                path("portal.known_issues.list", _query={"show": value} if value else None),
                show == value,
            )
            for label, value in (("Open", OPEN), ("Ideas", IDEAS), ("Done", DONE))
        ],
        kept={"show": show} if show else None,
    )
    return {**values, "crumbs": (Link("Home", path("home")),)}


def _kind(show: str) -> tuple[ColumnElement[bool], ...]:
    if show == IDEAS:
        return (Issue.kind == IssueKind.IDEA.value,)
    closed = Issue.closed.is_not(None) if show == DONE else Issue.closed.is_(None)
    return (Issue.kind == IssueKind.KNOWN.value, closed)


def _has(word: str) -> ColumnElement[bool]:
    return Issue.title.icontains(word, autoescape=True)
