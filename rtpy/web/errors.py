"""Pages for what went wrong: each says what it was and what to do now. They ask the database nothing."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken, PredicateMismatch
from pyramid.httpexceptions import HTTPClientError, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import exception_view_config, forbidden_view_config, notfound_view_config
from pyramid_retry import is_error_retryable

from rtpy.errors import Gone, RtpyError, Unavailable
from rtpy.http.csrf import check_origin
from rtpy.http.redirects import is_safe_path
from rtpy.http.security import LacksSecondFactor
from rtpy.http.statuses import status_of
from rtpy.http.transactions import SAFE_METHODS
from rtpy.web.customer_pages import Trouble, draw_alone, draw_for_customers, way_for_customers

log = logging.getLogger("rtpy.web")

WORTH_KEEPING = 20
SECRETS = ("password", "passphrase", "secret", "token", "code", "key")
"""Fields with such a word in their name are not shown again."""
NOT_TYPED = ("next", "return_to")
WIRE_PATHS = ("/REST/", "/health", "/ready", "/metrics")
"""Machines ask here: they get a line of text."""


@forbidden_view_config()
def not_allowed(error: Exception, request: Request) -> Response:
    """To the login, to a friendly word for customers, or to a page that names the missing right."""
    login = request.login
    if login is None and not _is_wire(request):
        if request.method not in SAFE_METHODS:
            sentence = "You are not logged in any more, so nothing was changed."
            return error_page(request, 403, "errors/logged_out.pt", sentence=sentence)
        return HTTPSeeOther(request.route_path("login", _query=_next(request)))
    if isinstance(getattr(error, "result", None), LacksSecondFactor) and not _is_wire(request):
        return HTTPSeeOther(request.route_path("second_factor.set_up", _query=_next(request)))
    if login is not None and not login.is_privileged:
        return customers_page(request, 403)
    sentence = str(getattr(getattr(error, "result", None), "msg", "") or "You may not open this page.")
    return error_page(request, 403, "errors/403.pt", sentence=sentence)


@notfound_view_config()
def nothing_here(error: Exception, request: Request) -> Response:
    """404, the same for what does not exist and what may not be seen; 405 for the wrong method."""
    methods = _methods(request) if isinstance(error, PredicateMismatch) else []
    if methods and request.method not in methods:
        response = error_page(request, 405, "errors/405.pt", sentence=_how(methods))
        response.headers["Allow"] = ", ".join(methods)
        return response
    if request.login is not None and not request.login.is_privileged:
        return customers_page(request, 404)
    if request.login is None and _misses_plugins(request):
        return _switched_off(request)
    return error_page(request, 404, "errors/404.pt", sentence="There is no such page, or you may not see it.")


@exception_view_config(BadCSRFToken)
@exception_view_config(BadCSRFOrigin)
def forged(error: Exception, request: Request) -> Response:
    """A form without its token: an old page, another login, or another site's doing."""
    log.warning("%s refused, possibly forged: %s", request.request_id, error)
    sentence = "This form is too old, or from another login."
    return error_page(request, 403, "errors/bad_csrf.pt", sentence=sentence)


@exception_view_config(HTTPClientError)
def bad_request(error: HTTPClientError, request: Request) -> Response:
    """Other answers in the 400s that views raise."""
    sentence = error.detail or error.explanation
    return error_page(request, error.status_int, "errors/refused.pt", sentence=str(sentence))


@exception_view_config(RtpyError)
def refused(error: RtpyError, request: Request) -> Response:
    """What the domain refused and the view did not show beside its form."""
    status = status_of(error)
    return error_page(request, status, "errors/refused.pt", sentence=str(error), error=error)


@exception_view_config(Gone)
def gone(error: Gone, request: Request) -> Response:
    """Deleted for good while a form about it was being sent."""
    return error_page(request, 404, "errors/gone.pt", sentence=str(error), error=error)


@exception_view_config(Unavailable)
def not_now(error: Unavailable, request: Request) -> Response:
    """What cannot be done just now."""
    return error_page(request, 503, "errors/unavailable.pt", sentence=str(error), error=error)


@exception_view_config(Exception)
def broken(error: Exception, request: Request) -> Response:
    """Our fault: the traceback goes to the log, the reader gets the number to find it by."""
    if not is_error_retryable(request, error):
        log.error("%s %s failed", request.request_id, request.method, exc_info=error)
    sentence = "Something went wrong on our side. Nothing was changed."
    return error_page(request, 500, "errors/500.pt", sentence=sentence)


def customers_page(request: Request, status: int) -> Response:
    """For customers who came to the pages of staff: on to theirs, or where to turn to."""
    if request.method in SAFE_METHODS and (path := way_for_customers(request)):
        return HTTPSeeOther(path)
    if _misses_plugins(request):
        return _switched_off(request)
    address = request.app.config.mail.correspond_address
    return error_page(
        request, status, "errors/customer.pt", sentence="These pages are for staff.", address=address
    )


def error_page(
    request: Request, status: int, template: str, *, error: Exception | None = None, **values: Any
) -> Response:
    """A page that stands alone: no frame, no session, no query, so that it shows whatever is broken.

    Whoever wrote something finds it there. The header X-Trouble tells our script what went wrong.
    """
    if _is_wire(request):
        return Response(f"{values['sentence']}\n", status=status, content_type="text/plain", charset="utf-8")
    kind = "404" if status == 404 else PurePath(template).stem
    typed = _typed(request)
    trouble = Trouble(kind, status, str(values["sentence"]), request.request_id, typed, error)
    if (drawn := draw_for_customers(request, trouble)) is not None:
        return drawn
    more = {
        "request_id": request.request_id,
        "status": status,
        "site_name": request.app.config.rtname,
        "logged_in": request.__dict__.get("login") is not None,
        "csrf_token": getattr(request.__dict__.get("login"), "csrf_token", ""),
        "seeing_as": request.seeing_as if request.__dict__.get("login") is not None else None,
        "typed": typed,
    }
    page = draw_alone(request, template, {**more, **values}, status)
    page.headers["X-Trouble"] = kind
    return page


def _misses_plugins(request: Request) -> bool:
    """Is this safe mode, in which what plugins have for customers is away for a while?"""
    return bool(request.app.config.set_aside) and not _is_wire(request)


def _switched_off(request: Request) -> Response:
    """Links in mails stay good: nobody shall think that theirs is dead."""
    sentence = "Some pages are switched off for maintenance. Links stay good: please try again in a while."
    response = error_page(request, 503, "errors/unavailable.pt", sentence=sentence)
    response.headers["Retry-After"] = "600"
    return response


def _is_wire(request: Request) -> bool:
    return request.path_info.startswith(WIRE_PATHS)


def _next(request: Request) -> dict[str, str]:
    """Where to go after the login: to this page, if it is one."""
    wanted = request.path_qs
    is_page = request.method in SAFE_METHODS and wanted != request.script_name + "/" and is_safe_path(wanted)
    return {"next": wanted} if is_page else {}


def _typed(request: Request) -> tuple[tuple[int, str], ...]:
    """The longer texts of a form that was not taken, numbered, for its writer to copy; no passwords.

    Nothing of what another site made the browser send, and nothing of a form that cannot be read.
    """
    try:
        check_origin(request)
        given = [(name, text) for name, text in request.POST.items() if isinstance(text, str)]
    except (BadCSRFOrigin, ValueError, OSError):
        return ()
    texts = [text for name, text in given if len(text) >= WORTH_KEEPING and _may_be_shown(name.lower())]
    return tuple(enumerate(texts[:5], 1))


def _may_be_shown(name: str) -> bool:
    return name not in NOT_TYPED and not any(word in name for word in SECRETS)


def _methods(request: Request) -> list[str]:
    """The methods that the views of this address answer to."""
    route = getattr(request, "matched_route", None)
    registry = request.registry
    if "rtpy.methods" not in registry:  # robots ask for many pages that are not there
        registry["rtpy.methods"] = _methods_of_routes(registry.introspector.get_category("views") or ())
    found: set[str] = registry["rtpy.methods"].get(route.name if route else None, set())
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _methods_of_routes(views: Iterable[Mapping[str, Any]]) -> Mapping[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for entry in views:
        view = entry["introspectable"]
        if name := view.get("route_name"):
            asked: Iterable[str] | str | None = view.get("request_methods")
            found[name].update([asked] if isinstance(asked, str) else asked or ())
    return found


def _how(methods: list[str]) -> str:
    return f"This address only answers to {' and '.join(methods)}."
