"""One known issue for customers: how far it is, what was told, whom it affects, and the button to join them."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Problem
from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy_portal.access.reader import Reader
from rtpy_portal.issues.affected import LONGEST_IMPACT, affects, counts_of
from rtpy_portal.issues.feed import write_feed
from rtpy_portal.issues.reading import find_issue
from rtpy_portal.issues.stages import days_words, stage_words, tone_of
from rtpy_portal.issues.updating import updates_of
from rtpy_portal.looks.theme import theme_of
from rtpy_portal.models import Audience, Issue, IssueKind, IssueUpdate
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.issues.list import feed_answer, read_news
from rtpy_portal.web.issues.reader import issue_here
from rtpy_portal.web.issues.said import say_counts

SAID = frozenset({"joined", "left", "asked"})


@view_config(
    route_name="portal.issues.display",
    request_method="GET",
    renderer="portal/issues/display.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def display(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """For whom may read it. Six queries at most."""
    return issue_page(request, issue_here(request))


@view_config(route_name="portal.issues.news", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def news(resource: SystemResource, request: Request) -> Response:
    """What was told of one that everybody may read, as a feed."""
    who = Reader(lang=language_of(request))
    issue = find_issue(request.db, who, int(request.matchdict["id"]))
    if issue is None:
        raise HTTPNotFound()
    config = request.app.config
    page = config.url(f"/portal/issues/{issue.id}")
    entries = read_news(request, who, IssueUpdate.issue_id == issue.id)
    name = theme_of(request.app, request.db).name
    return feed_answer(
        write_feed(issue.title, name, page, f"{page}/feed.atom", entries, request.app.clock.now())
    )


def issue_page(
    request: Request,
    issue: Issue,
    problems: Sequence[Problem] = (),
    given: Mapping[str, str] | None = None,
) -> Mapping[str, object]:
    """The page, also with what is wrong in its form and what was typed there."""
    say, path, lang = request.portal_say, request.route_path, language_of(request)
    account = request.portal_account
    is_idea = issue.kind == IssueKind.IDEA.value
    done = request.GET.get("done", "")
    return frame(
        request,
        issue.title,
        problems=problems,
        issue=issue,
        is_idea=is_idea,
        stage=stage_words(say, issue.stage),
        tone=tone_of(issue),
        days=days_words(say, lang, issue.planned_from, issue.planned_until),
        paragraphs=_paragraphs(issue.text),
        updates=[
            _shown(request, each)
            for each in _public(issue, updates_of(request.app.work_in(request.db), issue.id))
        ],
        after=_afterwards(request, issue),
        counts=say_counts(say, counts_of(request.db, [issue.id]).get(issue.id), is_idea=is_idea),
        joined=account is not None and affects(request.db, issue.id, account.user_id),
        account=account,
        given=given or {},
        most=LONGEST_IMPACT,
        join_url=path("portal.issues.join", id=issue.id),
        ask_url=path("portal.asking.form", _query={"page": f"/portal/issues/{issue.id}"}),
        list_url=path("portal.issues.list"),
        feed_url=path("portal.issues.news", id=issue.id)
        if issue.audience == Audience.EVERYONE.value
        else None,
        done=done if done in SAID else "",
    )


def _public(issue: Issue, updates: Sequence[IssueUpdate]) -> Sequence[IssueUpdate]:
    """What was noted before it was opened was for staff."""
    return [each for each in updates if issue.opened is not None and each.created >= issue.opened]


def _shown(request: Request, update: IssueUpdate) -> Mapping[str, object]:
    say, lang = request.portal_say, language_of(request)
    return {
        "id": update.id,
        "at": update.created,
        "stage": stage_words(say, update.stage),
        "stage_changed": update.stage_changed,
        "paragraphs": _paragraphs(update.text),
        "moved": update.moved,
        "days": days_words(say, lang, update.planned_from, update.planned_until),
        "before": days_words(say, lang, update.old_from, update.old_until),
    }


def _afterwards(request: Request, issue: Issue) -> Mapping[str, object] | None:
    """What staff wrote about it once it was done; None while it is open, or without a word."""
    if issue.closed is None:
        return None
    say = request.portal_say
    told = [
        (say("What went wrong"), _paragraphs(issue.went_wrong)),
        (say("How it was fixed"), _paragraphs(issue.how_fixed)),
        (say("What prevents it from now on"), _paragraphs(issue.prevents)),
    ]
    parts = [(label, paragraphs) for label, paragraphs in told if paragraphs]
    solver = ""
    if issue.shows_solver and issue.solver_id is not None:
        solver = request.db.scalars(select(User).where(User.id == issue.solver_id)).one().display_name
    return {"parts": parts, "solver": solver} if parts or solver else None


def _paragraphs(text: str) -> list[str]:
    return [each.strip() for each in text.replace("\r\n", "\n").split("\n\n") if each.strip()]
