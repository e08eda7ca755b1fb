"""What we know about at this moment, above the questions: nobody needs to write what we have heard."""

from collections.abc import Mapping

from pyramid.request import Request

from rtpy_portal.issues.reading import open_for, open_issues
from rtpy_portal.issues.stages import stage_words
from rtpy_portal.models import IssueKind
from rtpy_portal.web.issues.reader import reader

MOST = 3


def show_banner(request: Request, _subject: object) -> Mapping[str, object] | None:
    """The newest open problems for whom reads; None without one. No query as a rule, one for an account."""
    if not open_issues(request.app, request.db):
        return None
    found = [
        each for each in open_for(request.app, request.db, reader(request)) if each.kind is IssueKind.KNOWN
    ]
    if not found:
        return None
    say, path = request.portal_say, request.route_path
    return {
        "issues": [
            (each.title, path("portal.issues.display", id=each.id), stage_words(say, each.stage))
            for each in found[:MOST]
        ],
        "all_url": path("portal.issues.list") if len(found) > MOST else None,
    }
