"""For staff: what readers look for in vain, and which pages help least. Nobody's reading is followed."""

from collections.abc import Mapping
from datetime import timedelta

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.resources import SystemResource
from rtpy.web.times import show_day
from rtpy_portal.knowledge.listing import due_for_review
from rtpy_portal.knowledge.moderating import waiting_count
from rtpy_portal.knowledge.statistics import least_helpful, searches_made, without_result
from rtpy_portal.knowledge.votes import Reason
from rtpy_portal.models import Deflection
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import knowledge_crumbs, today_of

DAYS = 90
MOST = 50
REASONS = {
    Reason.OLD.value: "out of date",
    Reason.UNCLEAR.value: "hard to understand",
    Reason.OTHER_CASE.value: "not their case",
    Reason.ELSE.value: "something else",
}


@view_config(
    route_name="portal.knowledge.report",
    request_method="GET",
    renderer="portal/knowledge/staff/report.pt",
    permission=WRITE_KNOWLEDGE,
)
def show_report(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """Of the last 90 days; votes of all time. Seven queries at most."""
    db, path, today = request.db, request.route_path, today_of(request)
    since = today - timedelta(days=DAYS)
    made, in_vain = searches_made(db, since)
    return {
        "crumbs": knowledge_crumbs(request),
        "days": DAYS,
        "made": made,
        "in_vain": in_vain,
        "answered": _deflections(request),
        "waiting": waiting_count(request.app, db),
        "words": [(each.words, each.times, show_day(each.last)) for each in without_result(db, since)[:MOST]],
        "pages": [
            (
                each.title,
                path("portal.books.display", id=each.page_id),
                each.tally,
                ", ".join(f"{REASONS.get(reason, reason)} ({times})" for reason, times in each.reasons),
                each.said,
            )
            for each in least_helpful(db, MOST)
        ],
        "due": [
            (each.title, path("portal.books.display", id=each.id), show_day(each.review_by))
            for each in due_for_review(db, today, limit=MOST)
            if each.review_by is not None
        ],
        "synonyms_url": path("portal.synonyms.modify"),
        "questions_url": path("portal.questions.list"),
    }


def _deflections(request: Request) -> int:
    """How often a page answered what somebody was about to ask, in these days."""
    since = request.work.now - timedelta(days=DAYS)
    wanted = select(func.count(Deflection.id)).where(
        Deflection.kind == "page", Deflection.at >= since, Deflection.was_sent.is_(False)
    )
    return request.db.scalar(wanted) or 0
