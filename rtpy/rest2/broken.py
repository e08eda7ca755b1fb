"""What a program reads when something of ours failed."""

import logging

import orjson
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import is_error_retryable

log = logging.getLogger("rtpy.rest2")


def broken(error: Exception, request: Request) -> Response:
    """500 in JSON, with the number under which the log has it; a conflict in the database is tried again first."""
    if is_error_retryable(request, error):
        raise error
    log.error("%s failed", request.request_id, exc_info=error)
    message = f"Internal Server Error (request {request.request_id})"
    response = Response(body=orjson.dumps({"message": message}), status=500)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response
