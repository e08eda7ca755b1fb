"""The page /demo: notes, and a form for the next one."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import system_resource
from rtpy.plugin_settings import setting
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_demo.notes import SEE, newest_notes, write_note


def includeme(config):
    """Route and views; the route's name begins with the plugin's."""
    config.add_route("demo.notes", "/demo", factory=system_resource)
    config.scan("rtpy_demo.web")


@view_config(route_name="demo.notes", request_method="GET", renderer="demo/notes.pt", permission=SEE)
def show_notes(resource, request):
    """The newest notes."""
    return _page(request)


@view_config(route_name="demo.notes", request_method="POST", renderer="demo/notes.pt", permission=SEE)
def post_note(resource, request):
    """One more."""
    given = texts_of(request)
    try:
        write_note(request.work, given.get("content", ""))
    except Invalid as invalid:
        request.response.status = 422
        return _page(request, given.get("content", ""), problems_of(invalid).get("content", ""))
    request.flash("The note is kept.")
    return HTTPSeeOther(request.route_path("demo.notes"))


def _page(request, typed="", problem=""):
    most = setting(request.app, request.db, "demo.most")
    return {"notes": newest_notes(request.db, most), "typed": typed, "problem": problem}
