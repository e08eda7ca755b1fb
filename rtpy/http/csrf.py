"""Against forged requests: a token in every form, tied to the session, and a look at where the request comes from."""

import hmac
import secrets
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.exceptions import BadCSRFOrigin
from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.request import Request
from pyramid.response import Response
from zope.interface import implementer

from rtpy.http.session import BEFORE_LOGIN_COOKIE, set_cookie
from rtpy.identity.login import sign

OWN_SITES = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site that are not forged: from our own pages, or typed by the user."""


@implementer(ICSRFStoragePolicy)
class SessionTokens:
    """The token of a login lies in its session. Before a login it is signed from a random cookie: no row is needed,
    and a form that somebody else opened is worth nothing here."""

    def new_csrf_token(self, request: Request) -> str:
        """The token: it changes with the session, at login and logout."""
        return self.get_csrf_token(request)

    def get_csrf_token(self, request: Request) -> str:
        """The token for the forms of this page."""
        if request.login is not None:
            return str(request.login.csrf_token)
        cookie = request.cookies.get(BEFORE_LOGIN_COOKIE, "")
        if not 20 <= len(cookie) <= 100:
            cookie = request.__dict__.get("_before_login") or secrets.token_urlsafe(32)
            if "_before_login" not in request.__dict__:
                request.__dict__["_before_login"] = cookie
                request.add_response_callback(_give_cookie)
        return _sign(request, cookie)

    def check_csrf_token(self, request: Request, supplied: str) -> bool:
        """Is it the right token, from one of our own pages? Raises BadCSRFOrigin for a page of somebody else."""
        check_origin(request)
        if request.login is None and not request.cookies.get(BEFORE_LOGIN_COOKIE):
            return False
        expected = self.get_csrf_token(request)
        if not expected:  # a login without a session has none: nothing fits
            return False
        return hmac.compare_digest(expected.encode(), str(supplied).encode("utf-8", "replace"))


def includeme(config: Configurator) -> None:
    """Every unsafe method needs a token, in the field `csrf_token` or the header X-CSRF-Token."""
    config.set_csrf_storage_policy(SessionTokens())
    # Pyramid's own look at the origin works on HTTPS only
    config.set_default_csrf_options(require_csrf=True, check_origin=False)


def check_origin(request: Request) -> None:
    """Raises BadCSRFOrigin when the browser says that another site made this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in OWN_SITES:
        raise BadCSRFOrigin(f"Sec-Fetch-Site is {site!r}")
    origin = request.headers.get("Origin")
    if origin is not None and origin not in own_origins(request):
        raise BadCSRFOrigin(f"Origin {origin[:200]!r} is not this site")


def is_from_own_page(request: Request, csrf_token: str) -> bool:
    """Does anything prove that one of our own pages made this request: the browser's own word, or the right header?"""
    try:
        check_origin(request)
    except BadCSRFOrigin:
        return False
    if request.headers.get("Sec-Fetch-Site") == "same-origin" or "Origin" in request.headers:
        return True  # the origin is ours, or it was refused above
    given = request.headers.get("X-CSRF-Token", "")
    return bool(csrf_token) and hmac.compare_digest(csrf_token.encode(), given.encode("utf-8", "replace"))


def own_origins(request: Request) -> set[str]:
    """Scheme, host and port under which this site is reached, as browsers write them in Origin."""
    base = urlsplit(request.app.config.base_url)
    return {request.host_url, f"{base.scheme}://{base.netloc}"}


def _sign(request: Request, cookie: str) -> str:
    return sign(request.app, f"before login {cookie}")


def _give_cookie(request: Request, response: Response) -> None:
    set_cookie(request, response, BEFORE_LOGIN_COOKIE, request.__dict__["_before_login"], max_age=None)
