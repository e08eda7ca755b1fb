"""News of knowledge as a feed (Atom, RFC 4287): pages for everybody, nothing else."""

from xml.etree import ElementTree

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.search.out.cells import clean
from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.content import page_path
from rtpy_portal.knowledge.shelves import newest
from rtpy_portal.looks.theme import theme_of
from rtpy_portal.web.frame import language_of

MOST = 30
ATOM = "http://www.w3.org/2005/Atom"


@view_config(route_name="portal.knowledge.feed", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def feed(resource: SystemResource, request: Request) -> Response:
    """The same for everybody who is asked in that language, whoever is logged in. One query."""
    app, lang = request.app, language_of(request)
    url = app.config.url
    name = theme_of(app, request.db).name
    pages = newest(request.db, Reader(lang=lang), MOST)
    ElementTree.register_namespace("", ATOM)
    top = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": lang})
    _add(top, "title", f"{name}: {request.portal_say('Knowledge')}")
    _add(top, "id", url("/portal/knowledge"))
    _add(top, "updated", max((each.published for each in pages), default=app.clock.now()).isoformat())
    _link(top, url("/portal/knowledge/feed.atom"), "self")
    _link(top, url("/portal/knowledge"), "alternate")
    _add(ElementTree.SubElement(top, f"{{{ATOM}}}author"), "name", name)
    for each in pages:
        entry = ElementTree.SubElement(top, f"{{{ATOM}}}entry")
        _add(entry, "title", each.title)
        _add(entry, "id", url(page_path(each.page_id)))
        _add(entry, "updated", each.published.isoformat())
        _link(entry, url(page_path(each.page_id, each.slug)), "alternate")
        _add(entry, "summary", each.summary or each.title)
    body = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return Response(body, content_type="application/atom+xml", charset="utf-8")


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}").text = clean(text)


def _link(parent: ElementTree.Element, url: str, rel: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", {"href": url, "rel": rel})
