"""Who reads knowledge in this request, and when its line stands in the menu."""

import hashlib
import secrets
from typing import cast

from pyramid.request import Request
from pyramid.response import Response

from rtpy_portal.access.reader import Reader, reader_of
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.knowledge.shelves import published
from rtpy_portal.knowledge.votes import Voter
from rtpy_portal.web.frame import language_of
from rtpy_portal.web.visitors import visitor_of

COOKIE = "rtpy_portal_reader"
YEAR = 365 * 24 * 3600


def reader(request: Request) -> Reader:
    """The reader, asked for once in a request. One query at most."""
    if "_portal_reader" not in request.__dict__:
        found = reader_of(visitor_of(request), language_of(request))
        request.__dict__["_portal_reader"] = found
    return cast(Reader, request.__dict__["_portal_reader"])


def has_knowledge(request: Request, visitor: Visitor | None) -> bool:
    """Is there a page for this visitor? No query as a rule, one where there are pages for organisations only."""
    what = published(request.app, request.db)
    if what.is_for_all or not what.is_any or visitor is None:
        return what.is_for_all
    return what.is_for(reader(request))


def voter(request: Request) -> Voter:
    """Who votes: the account, else the browser by its cookie, if it has one."""
    account = request.portal_account
    if account is not None:
        return Voter(account.user_id)
    cookie = request.cookies.get(COOKIE, "")
    return Voter(None, _hash(cookie) if 20 <= len(cookie) <= 100 else None)


def voter_with_cookie(request: Request, response: Response) -> Voter:
    """The same; a browser without one is given its cookie."""
    known = voter(request)
    if known.user_id is not None or known.browser_hash:
        return known
    cookie = secrets.token_urlsafe(24)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=YEAR,
        path=request.script_name + "/portal/knowledge",
        httponly=True,
        samesite="Lax",
        secure=request.app.config.secure_cookies,
    )
    return Voter(None, _hash(cookie))


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()
