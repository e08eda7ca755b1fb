"""What stands before the application on every WSGI server: the trusted proxy's headers, and the path we live below."""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from waitress.proxy_headers import proxy_headers_middleware

from rtpy.config import Config
from rtpy.identity.trusted_header import Application, keep_trusted_header

HANDED_ON = "rtpy.handed_on"
"""In the environment of a request: whether a proxy sent it, be it one that nobody told us to trust."""
PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def behind_proxy(application: Any, config: Config) -> Any:
    """The application (of WSGI, so Any) behind what reads the headers of a trusted proxy and drops everybody else's.

    The login header is read outermost: further in the proxy's address is replaced by that of its client.
    """
    translating = proxy_headers_middleware(
        below_prefix(application, config),
        trusted_proxy=config.web.trusted_proxy or None,
        trusted_proxy_count=1,
        trusted_proxy_headers={"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
        clear_untrusted=True,
    )
    return _note_proxy(keep_trusted_header(translating, config))


def is_handed_on(environ: Mapping[str, Any]) -> bool:
    """Did a proxy send this request? It may stand on this machine, and so seem to be a caller of this machine."""
    return bool(environ.get(HANDED_ON)) or any(name in environ for name in PROXY_HEADERS)


def _note_proxy(application: Application) -> Application:
    """Keeps in mind what `is_handed_on` asks: headers of a proxy that is not trusted are dropped further in."""

    def pass_on(environ: MutableMapping[str, Any], start_response: Any) -> Iterable[bytes]:
        environ[HANDED_ON] = is_handed_on(environ)
        return application(environ, start_response)

    return pass_on


def below_prefix(application: Application, config: Config) -> Application:
    """The application at the path of `web.base_url`, such as /support; itself when that has none.

    A path that does not begin with it is taken as what follows it, so that mail servers and watchers of this machine
    need not know it. The bare prefix leads to the start page: cookies are for what lies below it.
    """
    # WSGI has paths unquoted, as bytes in the clothes of Latin-1.
    prefix = unquote_to_bytes(urlsplit(config.base_url).path.rstrip("/")).decode("latin-1")
    if not prefix:
        return application

    def pass_on(environ: MutableMapping[str, Any], start_response: Any) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path == prefix:
            return _lead_to(f"{config.base_url}/", environ, start_response)
        environ["SCRIPT_NAME"] = prefix
        if path.startswith(prefix + "/"):
            environ["PATH_INFO"] = path[len(prefix) :]
        return application(environ, start_response)

    return pass_on


def _lead_to(address: str, environ: MutableMapping[str, Any], start_response: Any) -> Iterable[bytes]:
    asked = environ.get("QUERY_STRING", "")
    where = f"{address}?{asked}" if asked else address
    start_response("308 Permanent Redirect", [("Location", where), ("Content-Length", "0")])
    return []
