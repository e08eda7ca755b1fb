"""Addresses of RT's searches and of its other pages lead to what we have in their place."""

from pyramid.httpexceptions import HTTPMovedPermanently, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.web.rt_urls import number_in

ABOUT_ONE = {
    "Asset/Display": "asset.display",
    "Asset/History": "asset.display",
    "Asset/Modify": "asset.modify",
    "Articles/Article/Display": "article.display",
    "Articles/Article/Edit": "article.modify",
    "Articles/Article/History": "article.history",
    "User/Summary": "people.display",
    "User/History": "people.display",
    "m/ticket/show": "ticket.display",
    "m/ticket/reply": "ticket.reply",
    "m/ticket/history": "ticket.history",
}
"""Pages about the thing whose number is `id`."""

PLACES = {
    "Search": "search.results",
    "Search/Article": "article.list",
    "Search/Assets": "asset.list",
    "Asset": "asset.list",
    "Asset/Create": "asset.create",
    "Articles": "article.list",
    "User/Search": "people.list",
    "User/Prefs": "people.account",
    "Prefs": "people.account",
    "Prefs/AuthTokens": "people.tokens",
    "Dashboards": "dashboard.list",
    "Admin": "admin.home",
    "Admin/Queues": "admin.queue.list",
    "Admin/Users": "admin.users.list",
    "Admin/Groups": "admin.groups.list",
    "Admin/CustomFields": "admin.custom_field.list",
    "Admin/CustomRoles": "admin.custom_role.list",
    "Admin/Lifecycles": "admin.lifecycle.list",
    "Admin/Scrips": "admin.scrips.list",
    "Admin/Global/Scrips": "admin.scrips.list",
    "Admin/Global/Templates": "admin.templates.list",
    "Admin/Global/GroupRights": "admin.rights.list",
    "Admin/Global/UserRights": "admin.rights.list",
    "Admin/Articles/Classes": "admin.class.list",
    "Admin/Assets/Catalogs": "admin.catalog.list",
    "NoAuth/Login": "login",
    "NoAuth/Logout": "home",
    "m": "home",
}
"""All others; what lies below a place and is not named leads to the place."""

KEPT = frozenset(
    "Query Format OrderBy Order Rows RowsPerPage Page Class q GroupBy ChartFunction ChartStyle".split()
)
"""What of a search's address has the same meaning here. RT's numbers of saved searches have not."""


@view_config(route_name="rt.search", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def search(resource: SystemResource, request: Request) -> Response:
    """Results.html?Query=... and the pages beside it; without a search they lead to the list of tickets."""
    page = request.matchdict["page"]
    kept = [(name, value) for name, value in request.GET.items() if name in KEPT and value]
    asks = any(name in ("Query", "q") for name, _ in kept)
    if page == "Results" and not asks:
        return HTTPMovedPermanently(request.route_path("ticket.list"))
    if page == "Chart" and asks:
        old = [
            ("GroupBy", request.GET[name])
            for name in ("PrimaryGroupBy", "SecondaryGroupBy")
            if request.GET.get(name)
        ]
        kept += [*old, ("show", "chart")]
    name = "search.bulk" if page == "Bulk" and asks else "search.results"
    return HTTPMovedPermanently(request.route_path(name, _query=kept or None))


@view_config(route_name="rt.page", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def page(resource: SystemResource, request: Request) -> Response:
    """One of the tables above; whether it may be seen is asked there."""
    page = request.matchdict["page"].strip("/").removesuffix(".html").removesuffix("index").strip("/")
    if page in ABOUT_ONE:
        return HTTPMovedPermanently(request.route_path(ABOUT_ONE[page], id=number_in(request)))
    while page and page not in PLACES:
        page = page.rpartition("/")[0]
    if not page:
        raise HTTPNotFound()
    return HTTPMovedPermanently(request.route_path(PLACES[page]))
