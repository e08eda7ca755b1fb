"""The trace of a request: its route, method and status; never its path, its query or what was sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from pyramid.request import Request
from pyramid.response import Response

from rtpy.telemetry.spans import Side, Span, span
from rtpy.telemetry.statements import counted

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "_OTHER"
"""Any other method: anybody can make them up."""
_MATCHES = re.compile(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}")


@contextmanager
def traced(request: Request) -> Iterator[Span]:
    """One attempt to answer, as a part of the work that a header `traceparent` names."""
    method = request.method if request.method in METHODS else OTHER
    parent = request.headers.get("traceparent", "")
    with span(method, side=Side.ASKED, parent=parent, rtpy__request=request.request_id) as told:
        with counted(told):
            told.tell(http__request__method=method)
            try:
                yield told
            finally:
                if told.is_kept and (route := _pattern(request)):
                    told.rename(f"{method} {route}")
                    told.tell(http__route=route)


def tell_answer(told: Span, response: Response) -> None:
    """How it went."""
    told.tell(http__response__status_code=response.status_int)
    if response.status_int >= 500:
        told.fail(str(response.status_int))


def _pattern(request: Request) -> str:
    """The pattern of the address, such as `/ticket/{id}`; empty for one that leads nowhere."""
    finer = request.__dict__.get("traced_as")
    if finer:
        return str(finer)
    route = getattr(request, "matched_route", None)
    return _shortened(str(route.pattern)) if route is not None else ""


@lru_cache
def _shortened(pattern: str) -> str:
    """Placeholders without what they match: `/ticket/{id}`."""
    return "/" + _MATCHES.sub(r"{\1}", pattern).lstrip("/")
