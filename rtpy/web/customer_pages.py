"""Pages for customers, which a plugin brings: their way there from pages of staff, and what they read on errors."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from rtpy.app import App
from rtpy.http.redirects import is_safe_path
from rtpy.web.shown import Link
from rtpy.web.templating import Templates, page_values

log = logging.getLogger("rtpy.web")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong: `kind` is 403, 404, 405, 500, bad_csrf, customer, logged_out, refused or unavailable.

    `sentence` is the core's own, in English and for staff. `typed` are the longer texts of a form that was not taken,
    numbered, for their writer to copy. `error` is what was raised, when the domain refused.
    """

    kind: str
    status: int
    sentence: str
    request_id: str
    typed: tuple[tuple[int, str], ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class CustomerPages:
    """The pages of a plugin for customers (hook `rtpy_customer_pages`), all under the path `root`, such as `/portal`.

    `way` gets the request of a customer for a page of staff, and answers with the path that they want instead, None
    when there is none. `error` draws a page for somebody under `root`, and for customers anywhere; it must ask the
    database nothing, and answers None where the core's own page will do.
    """

    root: str
    way: Callable[[Any], str | None]
    error: Callable[[Any, Trouble], Response | None]
    login: Callable[[Any, str], Link | None] | None = None


def customer_pages(app: App) -> CustomerPages | None:
    """What a plugin brings; of several the first that is listed."""
    if "web.customer_pages" not in app.caches:
        brought = app.hooks.rtpy_customer_pages()
        app.caches["web.customer_pages"] = brought[-1] if brought else None
    found: CustomerPages | None = app.caches["web.customer_pages"]
    return found


def way_for_customers(request: Request) -> str | None:
    """Where a customer who came to a page of staff is sent; None when no plugin knows."""
    pages = customer_pages(request.app)
    found = pages.way(request) if pages else None
    return found if found and is_safe_path(found) and found != request.path_qs else None


def way_in_for_customers(request: Request, wanted: str) -> Link | None:
    """What a plugin offers customers below the login, and then on to the path `wanted`; None for nothing.

    The login works whatever becomes of it: what raises is logged.
    """
    pages = customer_pages(request.app)
    if pages is None or pages.login is None:
        return None
    try:
        return pages.login(request, wanted)
    except Exception:
        log.exception("%s: a plugin failed to say how customers log in", request.request_id)
        return None


def draw_alone(request: Request, template: str, values: Mapping[str, object], status: int) -> Response:
    """A page that stands alone: no frame, no session, no query, so that it shows whatever is broken.

    It has `root`, `static`, `icon` and `theme` like every page.
    """
    templates: Templates = request.registry["rtpy.templates"]
    frame = page_values(request.registry["rtpy.static_files"], request.script_name)
    chosen = request.cookies.get("theme")
    frame["theme"] = chosen if chosen in ("light", "dark") else "auto"
    return Response(templates.render(template, {**frame, **values}), status=status)


def draw_for_customers(request: Request, trouble: Trouble) -> Response | None:
    """The page of the plugin for what went wrong, if its reader is a customer; None for all others."""
    pages = customer_pages(request.app)
    if pages is None:
        return None
    login = request.__dict__.get("login")  # asked before, or not at all
    is_under = request.path_info == pages.root or request.path_info.startswith(pages.root + "/")
    if not is_under and (login is None or login.is_privileged):
        return None
    try:
        return pages.error(request, trouble)
    except Exception:
        log.exception("%s: the page of a plugin for %s failed", request.request_id, trouble.kind)
        return None
