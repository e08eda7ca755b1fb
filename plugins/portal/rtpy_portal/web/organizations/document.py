"""A document of an organisation, to be downloaded."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.security import LOGGED_IN
from rtpy_portal.web.frame import language_of
from rtpy_portal.web.organizations.display import open_documents
from rtpy_portal.web.organizations.place import member_here
from rtpy_portal.web.visitors import PersonResource


@view_config(route_name="portal.organizations.document", request_method="GET", permission=LOGGED_IN)
def send_document(resource: PersonResource, request: Request) -> Response:
    """Only what the page of the organisation lists for this visitor now: every other key opens nothing."""
    mine, key = member_here(resource, request), request.matchdict["key"]
    listed = open_documents(resource, mine, language_of(request))
    found = next((each for each in listed if each.key == key), None)
    if found is None:
        raise HTTPNotFound()
    file = found.read()
    answer = Response(file.content, content_type=file.type)
    name = "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "-" for sign in file.name
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
