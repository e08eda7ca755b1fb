"""Known issues for customers: what is open, what is done, and ideas; and all that is public as a feed."""

from collections.abc import Mapping, Sequence

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import ColumnElement, select

from rtpy.http.resources import SystemResource
from rtpy_portal.access.reader import Reader
from rtpy_portal.issues.affected import counts_of
from rtpy_portal.issues.feed import News, write_feed
from rtpy_portal.issues.reading import readable
from rtpy_portal.issues.stages import days_words, stage_words, tone_of
from rtpy_portal.looks.theme import theme_of
from rtpy_portal.models import Issue, IssueKind, IssueUpdate
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.issues.reader import reader
from rtpy_portal.web.issues.said import say_counts

MOST, MOST_NEWS = 100, 50
OPEN, DONE, IDEAS = "", "done", "ideas"
SAID = frozenset({"joined", "left"})


@view_config(
    route_name="portal.issues.list",
    request_method="GET",
    renderer="portal/issues/list.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def list_issues(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """`?show=done` or `ideas`. Three queries."""
    say, path, lang = request.portal_say, request.route_path, language_of(request)
    show = request.GET.get("show", "")
    show = show if show in (DONE, IDEAS) else OPEN
    rows = request.db.scalars(
        select(Issue)
        .where(readable(reader(request)), *_kind(show))
        .order_by(Issue.closed.is_(None).desc(), Issue.updated.desc(), Issue.id.desc())
        .limit(MOST)
    ).all()
    counts = counts_of(request.db, [row.id for row in rows])
    done = request.GET.get("done", "")
    return frame(
        request,
        say("Known issues"),
        tabs=[
            (say("Open"), path("portal.issues.list"), show == OPEN),
            (say("Ideas"), path("portal.issues.list", _query={"show": IDEAS}), show == IDEAS),
            (say("Done"), path("portal.issues.list", _query={"show": DONE}), show == DONE),
        ],
        issues=[
            {
                "title": row.title,
                "url": path("portal.issues.display", id=row.id),
                "stage": stage_words(say, row.stage),
                "tone": tone_of(row),
                "updated": row.updated,
                "days": days_words(say, lang, row.planned_from, row.planned_until),
                "counts": say_counts(say, counts.get(row.id), is_idea=row.kind == IssueKind.IDEA.value),
            }
            for row in rows
        ],
        show=show,
        feed_url=path("portal.issues.feed"),
        done=done if done in SAID else "",
    )


@view_config(route_name="portal.issues.feed", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def feed(resource: SystemResource, request: Request) -> Response:
    """What was told of issues that everybody may read, whoever asks. One query."""
    say, config = request.portal_say, request.app.config
    news = read_news(request, Reader(lang=language_of(request)))
    name = theme_of(request.app, request.db).name
    title = f"{name}: {say('Known issues')}"
    return feed_answer(
        write_feed(
            title,
            name,
            config.url("/portal/issues"),
            config.url("/portal/issues/feed.atom"),
            news,
            request.app.clock.now(),
        )
    )


def read_news(request: Request, who: Reader, *clauses: ColumnElement[bool]) -> Sequence[News]:
    """The newest updates of issues that `who` may read. One query."""
    say, config = request.portal_say, request.app.config
    rows = request.db.execute(
        select(IssueUpdate, Issue.title)
        .join(Issue, Issue.id == IssueUpdate.issue_id)
        .where(readable(who), IssueUpdate.created >= Issue.opened, *clauses)
        .order_by(IssueUpdate.id.desc())
        .limit(MOST_NEWS)
    )
    return [
        News(
            f"{title}: {stage_words(say, update.stage)}",
            config.url(f"/portal/issues/{update.issue_id}"),
            update.id,
            update.created,
            update.text or stage_words(say, update.stage),
        )
        for update, title in rows
    ]


def feed_answer(body: bytes) -> Response:
    """As programs read it; nobody keeps it for long."""
    answer = Response(body, content_type="application/atom+xml", charset="utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _kind(show: str) -> tuple[ColumnElement[bool], ...]:
    if show == IDEAS:
        return (Issue.kind == IssueKind.IDEA.value,)
    closed = Issue.closed.is_not(None) if show == DONE else Issue.closed.is_(None)
    return (Issue.kind == IssueKind.KNOWN.value, closed)
