"""For those who watch over the server: is it alive, and can it be used."""

import logging

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy.exc import SQLAlchemyError

from rtpy.errors import NotFound
from rtpy.http.kept import kept_answer
from rtpy.http.resources import SystemResource
from rtpy.migrations.standing import standings
from rtpy.site_key import problem_of
from rtpy.wellbeing.looking import bad, signs

KEPT = 2.0
"""Seconds for which an answer is given again: anybody may ask, and a balancer sees an outage within five."""
OTHER_KEY = "The secret_key of this node is not the site's: run `rtpy secret-key` on it."
"""No paths for everybody: the log has the whole sentence."""

log = logging.getLogger("rtpy.web")


@view_config(route_name="health", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def health(resource: SystemResource, request: Request) -> Response:
    """Alive: it answers. Asks nothing of anything."""
    return _text("ok")


@view_config(route_name="ready", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def ready(resource: SystemResource, request: Request) -> Response:
    """503 when this node cannot serve: no database, or not its own; else 200, with a line for what is not in order.

    What is wrong for all nodes together, such as mail that waits, must not take all of them out of a balancer.
    """
    return _text(*kept_answer(request.app, "ready", KEPT, lambda: _look(request)))


def _look(request: Request) -> tuple[str, int]:
    try:
        connection = request.db.connection()
        unfit = [each.sentence for each in standings(connection, request.app.lines) if not each.fits]
        if not unfit and (problem := problem_of(connection, request.app.config)):
            log.error("this node must not serve: %s", problem)
            unfit = [OTHER_KEY]
        if unfit:
            return "\n".join(unfit), 503
        wrong = bad(signs(request.app.work_in(request.db)))
    except SQLAlchemyError:
        return "The database cannot be reached.", 503
    except NotFound as empty:
        return str(empty), 503
    return "\n".join(["ready, but:", *(sign.sentence for sign in wrong)]) if wrong else "ready", 200


def _text(text: str, status: int = 200) -> Response:
    return Response(text + "\n", status=status, content_type="text/plain", charset="utf-8")
