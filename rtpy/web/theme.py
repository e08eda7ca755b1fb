"""Light, dark or as the system says: kept in a cookie, so that a page never flashes in the wrong colours."""

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from rtpy.http.redirects import safe_path

THEMES = ("auto", "light", "dark")
COOKIE = "theme"
YEAR = 365 * 24 * 3600


def chosen_theme(request: Request) -> str:
    """`light`, `dark` or `auto` (no choice, or one that we do not know)."""
    chosen = request.cookies.get(COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def choose_theme(request: Request) -> Response:
    """Keep the choice in the browser and go back to the page it was made on."""
    theme = request.POST.get("theme", "auto")
    answer = HTTPSeeOther(location=safe_path(request, request.POST.get("return_to")))
    if theme == "auto" or theme not in THEMES:
        answer.delete_cookie(COOKIE, path=request.script_name + "/")
    else:
        answer.set_cookie(
            COOKIE,
            theme,
            max_age=YEAR,
            path=request.script_name + "/",
            samesite="Lax",
            secure=request.scheme == "https",
        )
    return answer


def includeme(config: Configurator) -> None:
    """The route `theme`: POST /theme with `theme` and `return_to`."""
    config.add_route("theme", "/theme", request_method="POST")
    config.add_view(choose_theme, route_name="theme", permission=NO_PERMISSION_REQUIRED)
