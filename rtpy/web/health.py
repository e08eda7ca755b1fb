"""For those who watch over the server: is it alive, and can it be used."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy.exc import SQLAlchemyError

from rtpy.errors import NotFound
from rtpy.http.resources import SystemResource
from rtpy.migrations.standing import standings
from rtpy.wellbeing.looking import bad, signs


@view_config(route_name="health", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def health(resource: SystemResource, request: Request) -> Response:
    """Alive: it answers. Asks nothing of anything."""
    return _text("ok")


@view_config(route_name="ready", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def ready(resource: SystemResource, request: Request) -> Response:
    """503 when this node cannot serve: no database, or not ours; else 200, with a line for what is not in order.

    What is wrong for all nodes together, such as mail that waits, must not take all of them out of a balancer.
    """
    try:
        stand = standings(request.db.connection(), request.app.lines)
        if unfit := [each.sentence for each in stand if not each.fits]:
            return _text("\n".join(unfit), 503)
        wrong = bad(signs(request.app.work_in(request.db)))
    except SQLAlchemyError:
        return _text("The database cannot be reached.", 503)
    except NotFound as empty:
        return _text(str(empty), 503)
    return _text("\n".join(["ready, but:", *(sign.sentence for sign in wrong)]) if wrong else "ready")


def _text(text: str, status: int = 200) -> Response:
    return Response(text + "\n", status=status, content_type="text/plain", charset="utf-8")
