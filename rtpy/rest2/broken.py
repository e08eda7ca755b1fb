"""What a program reads when something of ours failed."""

import logging

import orjson
from pyramid.httpexceptions import HTTPException
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import is_error_retryable

log = logging.getLogger("rtpy.rest2")


def broken(error: Exception, request: Request) -> Response:
    """500 in JSON, with the number under which the log has it; a conflict in the database is tried again first.

    What Pyramid or one of our view derivers refuses has a status of its own.
    """
    if is_error_retryable(request, error):
        raise error
    if isinstance(error, HTTPException):
        sentence = getattr(getattr(error, "result", None), "msg", "") or error.title
        return _say(error.status_int, str(sentence))
    log.error("%s failed", request.request_id, exc_info=error)
    return _say(500, f"Internal Server Error (request {request.request_id})")


def _say(status: int, message: str) -> Response:
    response = Response(body=orjson.dumps({"message": message}), status=status)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response
