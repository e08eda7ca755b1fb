"""A known issue as staff write it: for whom, in which words, and what is said about it afterwards."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.people import find_person
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.models import Organization, User
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_named, texts_of
from rtpy_portal.issues.writing import IssueValues, organizations_of, save_issue
from rtpy_portal.models import Audience, Issue, IssueKind
from rtpy_portal.rights import MANAGE_ISSUES
from rtpy_portal.web.once import was_sent

KINDS = {IssueKind.KNOWN: "Something does not work", IssueKind.IDEA: "An idea, for which customers can vote"}
READERS = {
    Audience.STAFF: "Staff only, until it is ready",
    Audience.EVERYONE: "Everyone, without an account too",
    Audience.ORGANIZATIONS: "People of these organisations",
}
Chosen = frozenset[int]


@view_config(
    route_name="portal.known_issues.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=MANAGE_ISSUES,
)
@view_config(
    route_name="portal.known_issues.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=MANAGE_ISSUES,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present words, or an empty form."""
    if "id" not in request.matchdict:
        return _form(
            request, None, {"kind": IssueKind.KNOWN.value, "audience": Audience.STAFF.value}, frozenset()
        )
    issue = staff_issue(request)
    return _form(request, issue, _typed(request, issue), frozenset(organizations_of(request.work, issue)))


@view_config(
    route_name="portal.known_issues.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=MANAGE_ISSUES,
)
@view_config(
    route_name="portal.known_issues.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=MANAGE_ISSUES,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it."""
    issue = staff_issue(request) if "id" in request.matchdict else None
    given = texts_of(request)
    numbers = (number_in(each) for each in texts_named(request, "organizations"))
    chosen = frozenset(each for each in numbers if each is not None)
    try:
        with request.db.begin_nested():
            if issue is None and given.get("title", "").strip() and was_sent(request):
                request.flash("This issue was made already: it stands in the list.", "info")
                return HTTPSeeOther(request.route_path("portal.known_issues.list"))
            saved = save_issue(
                request.work,
                issue,
                IssueValues(
                    given.get("title", ""),
                    given.get("text", ""),
                    given.get("kind", ""),
                    given.get("audience", ""),
                    chosen,
                    given.get("went_wrong", ""),
                    given.get("how_fixed", ""),
                    given.get("prevents", ""),
                    _solver(request, given.get("solver", "")),
                    given.get("shows_solver") == "1",
                ),
            )
    except Invalid as invalid:
        return _form(request, issue, given, chosen, problems_of(invalid))
    request.flash("The issue is saved.")
    return HTTPSeeOther(request.route_path("portal.known_issues.display", id=saved.id))


def staff_issue(request: Request) -> Issue:
    """The issue of the address, also one that is being written or was merged."""
    found: Issue | None = request.db.get(Issue, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def issue_crumbs(request: Request, issue: Issue | None = None) -> tuple[Link, ...]:
    """The way to a page about known issues."""
    path = request.route_path
    crumbs = (Link("Home", path("home")), Link("Known issues", path("portal.known_issues.list")))
    if issue is None:
        return crumbs
    return (*crumbs, Link(issue.title, path("portal.known_issues.display", id=issue.id)))


def _solver(request: Request, typed: str) -> int | None:
    if not typed.strip():
        return None
    found = find_person(request.db, typed)
    if found is None:
        raise Invalid(Problem("solver", "We know nobody of that name or address."))
    return found.id


def _typed(request: Request, issue: Issue) -> dict[str, str]:
    solver = request.db.get(User, issue.solver_id) if issue.solver_id is not None else None
    return {
        "title": issue.title,
        "text": issue.text,
        "kind": issue.kind,
        "audience": issue.audience,
        "went_wrong": issue.went_wrong,
        "how_fixed": issue.how_fixed,
        "prevents": issue.prevents,
        "solver": solver.name if solver is not None else "",
        "shows_solver": "1" if issue.shows_solver else "",
    }


def _form(
    request: Request,
    issue: Issue | None,
    given: Mapping[str, str],
    chosen: Chosen,
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path = request.route_path

    def choice(name: str, label: str, options: Mapping[IssueKind, str] | Mapping[Audience, str]) -> Field:
        present = given.get(name, "")
        shown = tuple(Option(value.value, said, value.value == present) for value, said in options.items())
        return Field(name, label, present, "select", options=shown, required=True)

    def area(name: str, label: str, hint: str = "", rows: int = 4) -> Field:
        return Field(name, label, given.get(name, ""), "textarea", hint, rows=rows)

    names = request.db.execute(
        select(Organization.id, Organization.name)
        .where(Organization.disabled.is_(False) | Organization.id.in_(chosen))
        .order_by(Organization.name)
    )
    organizations = Field(
        "organizations",
        "Organisations",
        kind="select",
        hint="Only for “People of these organisations”.",
        options=tuple(Option(str(row.id), row.name, row.id in chosen) for row in names),
        multiple=True,
    )
    words = Section(
        "What customers read",
        (
            Field(
                "title",
                "Title",
                given.get("title", ""),
                hint="A few words that customers recognise, such as: Mail arrives late.",
                required=True,
            ),
            area("text", "What is known", "What it is like for them, and what they can do meanwhile.", 8),
            choice("kind", "What it is", KINDS),
        ),
        "Never name a customer here, and copy nothing from a ticket.",
    )
    readers = Section("Who reads it", (choice("audience", "Readers", READERS), organizations))
    after = Section(
        "Afterwards",
        (
            area("went_wrong", "What went wrong"),
            area("how_fixed", "How it was fixed"),
            area("prevents", "What prevents it from now on"),
            Field(
                "solver", "Who solved it", given.get("solver", ""), hint="Their login name or mail address."
            ),
            Field(
                "shows_solver",
                "Name them to customers",
                "1",
                "checkbox",
                checked=given.get("shows_solver") == "1",
            ),
        ),
        "Customers read this once the issue is done. Edits stay in its history.",
    )
    values = form_values(
        request,
        title="New known issue" if issue is None else f"Edit: {issue.title}",
        post_url=path("portal.known_issues.create")
        if issue is None
        else path("portal.known_issues.modify", id=issue.id),
        sections=(words, readers, after),
        problems=problems,
    )
    return {**values, "crumbs": issue_crumbs(request, issue)}
