"""One's bookmarks: the tickets with a star, open and closed ones, as the search page shows them."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.search.saved import Content
from rtpy.web.shown import Link
from rtpy.web.staff.search.asked import settle
from rtpy.web.staff.search.results import page_values

BOOKMARKED = Content("id = '__Bookmarked__'", order=(("LastUpdated", "DESC"),))


@view_config(
    route_name="search.bookmarks", request_method="GET", renderer="staff/search/results.pt", permission=STAFF
)
def bookmarks(resource: SystemResource, request: Request) -> dict[str, object]:
    """What was changed last stands first; pages and headings lead on to the search page."""
    return {
        **page_values(request, settle(request, BOOKMARKED)),
        "title": "Bookmarks",
        "crumbs": (Link("Home", request.route_path("home")),),
        "kinds": (),
        "empty": ("No bookmarks yet", "The star beside the title of a ticket puts it here, for you alone."),
    }
