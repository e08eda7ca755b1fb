"""The edge: what every request meets first and every answer passes last."""

import logging
import re
import time
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import INGRESS
from pyramid_retry import is_error_retryable
from sqlalchemy.exc import SQLAlchemyError

from rtpy.app import App
from rtpy.config.config import Config
from rtpy.http.durations import durations_of, route_of
from rtpy.http.session import keep_session
from rtpy.http.tracing import tell_answer, traced
from rtpy.jobs.certificates import keep_certificates
from rtpy.jobs.plugin_times import keep_times_when_due
from rtpy.logs.facts import log_about

log = logging.getLogger("rtpy.web")

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise itself."""
LONG_BODY = 2
"""Requests may be so many times as long as the largest mail: forms carry it encoded."""
BY_ANY_NAME = ("/REST/1.0/NoAuth/", "/health", "/ready")
"""Paths without cookies and secrets, which mail servers and watchers ask for under whatever name they know."""

SECRET_PATHS = re.compile(r"(/feeds?/|/key/).+|(/)[A-Za-z0-9_=-]{32,}(?=/|$)", re.IGNORECASE | re.DOTALL)
"""Paths that are secrets themselves, good without a login: keys of feeds, and whatever is long and without a dot."""

Handler = Callable[[Request], Response]


def includeme(config: Configurator) -> None:
    """The tween `edge`, around the transaction."""
    config.add_tween("rtpy.http.tweens.edge", under=INGRESS, over="pyramid_tm.tm_tween_factory")


def edge(handler: Handler, registry: Registry) -> Handler:
    """Refuses what cannot be meant for us, adds the headers, logs, and answers when even the error page fails."""
    app: App = registry["rtpy.app"]
    hosts = known_hosts(app.config)
    longest = LONG_BODY * app.config.mail.max_size
    headers = dict(HEADERS)
    if app.config.secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000"

    def answer(request: Request) -> Response:
        with log_about(request=request.request_id, keeps=True), traced(request) as told:
            response = answer_one(request)
            tell_answer(told, response)
            return response

    def answer_one(request: Request) -> Response:
        began = time.perf_counter()
        _drop_unreadable_cookies(request)
        if "%00" in request.environ.get("QUERY_STRING", ""):
            # No text has a NUL, and no database takes one.
            request.environ["QUERY_STRING"] = request.environ["QUERY_STRING"].replace("%00", "")
        response = _refuse(request, hosts, longest) or _handle(handler, request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = request.request_id
        took = time.perf_counter() - began
        durations_of(request.app).count(route_of(request), response.status_int, took)
        asked = (request.request_id, request.method[:20], _path(request))
        log.info("%s %s %s %d %.0f ms", *asked, response.status_int, took * 1000)
        keep_times_when_due(app)
        keep_certificates(app)
        return response

    return answer


def known_hosts(config: Config) -> frozenset[str]:
    """The names under which this site may be asked for, beside bare addresses, which nobody can forge a name with."""
    names = {"localhost", config.web.host, *config.web.hosts}
    base = urlsplit(config.base_url).hostname
    return frozenset(name.lower() for name in {*names, base or ""} if name)


def _refuse(request: Request, hosts: frozenset[str], longest: int) -> Response | None:
    """A plain answer to what no page is worth: another site's name, broken bytes, a body without end."""
    if not _is_known(request.headers.get("Host", "localhost"), hosts):
        return _plain(
            421, "This server does not answer for this host name. Add it to web.hosts in rtpy.toml."
        )
    try:
        _ = request.GET, request.path_info
    except UnicodeDecodeError:
        return _plain(400, "The address of this page is not valid UTF-8. Check the link you followed.")
    if (request.content_length or 0) > longest:
        return _plain(413, "This is more than the server takes at once. Send smaller files.")
    if not _is_readable_form(request):
        return _plain(400, "What was sent is no form that can be read. Go back and send it once more.")
    return None


def _is_readable_form(request: Request) -> bool:
    """False for a form whose parts or letters cannot be told; programs that speak REST have readers of their own."""
    if request.method != "POST" or request.path_info.startswith("/REST/"):
        return True
    try:
        _ = request.POST
    except (ValueError, LookupError, DeprecationWarning):  # the last is what WebOb raises for other encodings
        return False
    return True


def _handle(handler: Handler, request: Request) -> Response:
    try:
        response = handler(request)
    except Exception as error:
        if is_error_retryable(request, error):
            raise
        log.exception("%s failed beyond its error page", request.request_id)
        return _plain(500, f"Something went wrong. Tell your administrator the number {request.request_id}.")
    try:
        keep_session(request)
    except SQLAlchemyError:
        # the request itself is done and must neither fail now nor be repeated
        log.warning("%s could not note that its session was used", request.request_id, exc_info=True)
    return response


def _drop_unreadable_cookies(request: Request) -> None:
    """Other sites of our domain may set cookies of any bytes for us: what is not UTF-8 is none of ours."""
    try:
        request.cookies.get("")
    except UnicodeDecodeError:
        pieces = request.environ["HTTP_COOKIE"].split(";")
        request.environ["HTTP_COOKIE"] = ";".join(piece for piece in pieces if _is_readable(request, piece))


def _is_readable(request: Request, cookie: str) -> bool:
    request.environ["HTTP_COOKIE"] = cookie
    try:
        request.cookies.get("")
    except UnicodeDecodeError:
        return False
    return True


def _is_known(host: str, hosts: frozenset[str]) -> bool:
    name, colon, port = host.lower().rpartition(":") if not host.endswith("]") else (host.lower(), "", "")
    if colon and not (port.isascii() and port.isdigit()):
        return False
    name = (name if colon else host.lower()).rstrip(".")
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return name in hosts
    return True


def _path(request: Request) -> str:
    """The path for a log line: quoted, so that it is one line whatever the bytes are; the key of a feed is left out."""
    path = SECRET_PATHS.sub(r"\1\2***", request.environ.get("PATH_INFO", ""))
    return quote(path[:500].encode("latin-1", "replace"), safe="/*")


def _plain(status: int, text: str) -> Response:
    return Response(text + "\n", status=status, content_type="text/plain", charset="utf-8")
