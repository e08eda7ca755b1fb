"""A pane of dashboards: what customers said last."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pyramid.request import Request

from rtpy.search.portlet import BroughtPortlet, PortletRow, PortletTable
from rtpy.work import Work
from rtpy_portal.ratings.reporting import Wanted, list_ratings
from rtpy_portal.ratings.words import FACES, LABELS, Score
from rtpy_portal.rights import SEE_RATINGS

DAYS = 90


def _latest(work: Work, rows: int) -> list[Any]:
    if not work.rights.system(SEE_RATINGS):
        return []
    today = work.now.date()
    wanted = Wanted(today - timedelta(days=DAYS), today, ZoneInfo("UTC"))
    return list(list_ratings(work, wanted, 1)[:rows])


def read_latest(request: Request, rows: int) -> Mapping[str, Any] | None:
    """The last ones that the reader may see. One query."""
    found = _latest(request.work, rows)
    path = request.route_path
    lines = [
        {
            "face": FACES[Score(row.Rating.score)],
            "label": LABELS[Score(row.Rating.score)],
            "comment": row.Rating.comment,
            "ticket": f"#{row.Rating.ticket_id} {row.subject}",
            "url": path("ticket.display", id=row.Rating.ticket_id),
            "at": row.Rating.changed or row.Rating.created,
        }
        for row in found
    ]
    return {"lines": lines} if lines else None


def mail_latest(work: Work, rows: int) -> PortletTable:
    """The same for dashboards by mail. One query."""
    found = (
        PortletRow(
            (
                f"#{row.Rating.ticket_id} {row.subject}",
                LABELS[Score(row.Rating.score)],
                " ".join(row.Rating.comment.split())[:200],
            ),
            f"/ticket/{row.Rating.ticket_id}",
        )
        for row in _latest(work, rows)
    )
    return PortletTable(("Ticket", "Rating", "Words"), tuple(found))


PORTLETS = {
    "PortalRatings": BroughtPortlet(
        "Latest ratings",
        "portal/ratings/pane.pt",
        read_latest,
        ("No ratings", "What customers say of solved requests will stand here."),
        mail_latest,
    )
}
