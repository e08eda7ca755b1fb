"""REST 2.0: RT's API for programs, at the addresses and in the words that RT's clients know."""

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from rtpy.rest2.broken import broken
from rtpy.rest2.description import REGISTERED
from rtpy.rest2.frame import answer
from rtpy.rest2.routes import all_routes


def includeme(config: Configurator) -> None:
    """One address of Pyramid's for all of ours; the frame lets nobody in who is not logged in."""
    routes = config.registry[REGISTERED] = all_routes(config.registry["rtpy.app"])

    def view(request: Request) -> Response:
        return answer(request, routes)

    config.add_route("rest2", "/REST/2.0*path")
    config.add_view(view, route_name="rest2", permission=NO_PERMISSION_REQUIRED, require_csrf=False)
    config.add_exception_view(broken, context=Exception, route_name="rest2")
    config.include("rtpy.rest2.description")
