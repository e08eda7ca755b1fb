"""Conditional requests: If-Match, If-None-Match and the dates, by RFC 9110 with the statuses that RT gives."""

from datetime import datetime
from email.utils import format_datetime

from pyramid.response import Response

from rtpy.http.transactions import SAFE_METHODS
from rtpy.rest2.call import Call
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Resource

CONDITIONS = ("If-Match", "If-None-Match", "If-Unmodified-Since")


def check_conditions(call: Call, resource: Resource) -> Response | None:
    """A 304 when the client has it already, None when the deed may go on. Raises Problem 412.

    Asks for the tag only when a condition or a reading needs it. What is to be changed is locked first, so that of two
    who have read the same one is told.
    """
    headers = call.request.headers
    if call.method not in SAFE_METHODS and any(name in headers for name in CONDITIONS):
        resource.lock()
    if_match, if_none = headers.get("If-Match"), headers.get("If-None-Match")
    if if_match is not None and not _fits(if_match, resource.etag()):
        raise Problem(412)
    if if_match is None and (since := _date(call, "If-Unmodified-Since")) and resource.has_conditions:
        changed = resource.last_modified()
        if changed is not None and changed.replace(microsecond=0) > since:
            raise Problem(412)
    is_same = if_none is not None and resource.has_conditions and _fits(if_none, resource.etag())
    if if_none is None and call.method in SAFE_METHODS and resource.has_conditions:
        since = _date(call, "If-Modified-Since")
        changed = resource.last_modified() if since else None
        is_same = since is not None and changed is not None and changed.replace(microsecond=0) <= since
    if not is_same:
        return None
    if call.method not in SAFE_METHODS:
        raise Problem(412)
    response = Response(status=304, content_type=None)
    response.headers.update(headers_of(resource))
    return response


def headers_of(resource: Resource) -> dict[str, str]:
    """ETag and Last-Modified of what was read; the date in the form of HTTP, which RT's is not."""
    found: dict[str, str] = {}
    if resource.has_conditions and (tag := resource.etag()) is not None:
        found["ETag"] = f'"{tag}"'
    if resource.has_conditions and (changed := resource.last_modified()) is not None:
        found["Last-Modified"] = format_datetime(changed, usegmt=True)
    return found


def _fits(header: str, etag: str | None) -> bool:
    """Is the tag in the list, or the list a star?"""
    if header.strip() == "*":
        return True
    given = {each.strip().removeprefix("W/").strip('"') for each in header.split(",")}
    return etag is not None and etag in given


def _date(call: Call, name: str) -> datetime | None:
    attribute = name.lower().replace("-", "_")
    try:
        found: datetime | None = getattr(call.request, attribute) if name in call.request.headers else None
    except (ValueError, OverflowError):
        return None
    return found
