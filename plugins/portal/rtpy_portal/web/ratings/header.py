"""The figure of the last 30 days in the bar at the top of staff's pages: everybody's, and one's own."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy_portal.ratings.figures import ALL, Figure, kept_figures
from rtpy_portal.rights import SEE_RATINGS


def show_figure(request: Request, _: object) -> Mapping[str, Any] | None:
    """Who may not see ratings sees only their own figure. No query as a rule."""
    figures = kept_figures(request.app, request.db, request.work.now)
    own = figures.get(request.login.user_id, Figure())
    sees_all = request.work.rights.system(SEE_RATINGS)
    everybody = figures.get(ALL, Figure()) if sees_all else None
    if not sees_all and not own.ratings and not own.asked:
        return None
    return {
        "everybody": everybody,
        "own": own if own.ratings or own.asked else None,
        "url": request.route_path("portal.ratings.list") if sees_all else None,
    }
