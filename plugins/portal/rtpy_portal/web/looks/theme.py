"""The style sheet of the firm's colours, and its logo: the same for everybody, kept by browsers."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.orm import undefer

from rtpy.http.resources import SystemResource
from rtpy_portal.looks.theme import theme_css, theme_of
from rtpy_portal.models import Logo

KEPT = "public, max-age=31536000, immutable"
LOOK_AGAIN = "no-cache"


@view_config(route_name="portal.looks.css", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def show_css(resource: SystemResource, request: Request) -> Response:
    """`?v=` is its digest: with the right one it never changes."""
    digest = theme_of(request.app, request.db).css_digest
    answer = Response(text=theme_css(request.app, request.db), content_type="text/css", charset="utf-8")
    answer.headers["Cache-Control"] = _kept(request, digest)
    return answer


@view_config(route_name="portal.looks.logo", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def show_logo(resource: SystemResource, request: Request) -> Response:
    """`?v=` as above."""
    logo = request.db.scalar(select(Logo).options(undefer(Logo.data)).order_by(Logo.id.desc()).limit(1))
    if logo is None:
        raise HTTPNotFound()
    answer = Response(body=logo.data, content_type=logo.content_type)
    answer.headers["Cache-Control"] = _kept(request, logo.digest)
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _kept(request: Request, digest: str) -> str:
    return KEPT if digest and request.GET.get("v") == digest else LOOK_AGAIN
