"""The frame around every call, in RT's order: login, address, method, JSON, rights, existence, conditions, the deed."""

import logging
from typing import Any

import orjson
from pyramid.request import Request
from pyramid.response import Response

from rtpy.errors import RtpyError
from rtpy.http.statuses import status_of
from rtpy.http.transactions import SAFE_METHODS, open_reporting_session
from rtpy.identity.login import TooManyLogins
from rtpy.identity.logins import Login
from rtpy.rest.door import find_caller, make_work
from rtpy.rest2.call import JSON, Call, read_pairs
from rtpy.rest2.conditions import check_conditions, headers_of
from rtpy.rest2.problem import Problem
from rtpy.rest2.repeating import keep_answer, kept_answer, key_of
from rtpy.rest2.resource import Created, Raw, Resource
from rtpy.rest2.route import Route, Routes
from rtpy.work import Actor, Face

log = logging.getLogger("rtpy.rest2")

KNOWN = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
"""Methods that are a 405 where they do not fit; others are a 501, as in RT."""


class _Answer(Response):
    """A response whose `Location` stays the path that it is: RT's is one, WebOb would make it an address."""

    def _abs_headerlist(self, environ: Any) -> Any:
        return self.headerlist


def answer(request: Request, routes: Routes) -> Response:
    """The answer to one request. What is refused is undone: nothing of it is kept."""
    try:
        return _answer(request, routes)
    except Problem as problem:
        return _refuse(request, problem)
    except TooManyLogins as many:
        return _refuse(request, Problem(429, str(many), Retry_After=str(many.wait)))
    except RtpyError as error:
        return _refuse(request, Problem(status_of(error), str(error)))


def _answer(request: Request, routes: Routes) -> Response:
    path = request.path_info.removeprefix("/REST/2.0").lstrip("/")
    found = routes.find(path)
    if found is not None and found[0].resource.searches:
        request.__dict__["reports"] = True  # before anything is asked of the database
    login = find_caller(request)
    if login is None:
        return _strangers(request)
    if found is None:
        raise Problem(404)
    route, args = found
    request.__dict__["traced_as"] = f"/REST/2.0/{route.pattern}"
    if request.method not in KNOWN:
        raise Problem(501)
    offered = offered_methods(route)
    if request.method not in offered:
        raise Problem(405, Allow=", ".join(offered))
    call = _call(request, login, args, is_asking=route.resource.searches)
    return _use(call, route.resource(call))


def offered_methods(route: Route) -> tuple[str, ...]:
    """The methods of a route, HEAD among them where it has one."""
    methods = route.resource.methods
    return ("GET", "HEAD", *methods[1:]) if methods[0] == "GET" and route.resource.has_head else methods


def _call(request: Request, login: Login, args: Any, *, is_asking: bool) -> Call:
    request.__dict__["login"] = login
    request.__dict__["actor"] = Actor(login.user_id, login.name, Face.REST2)
    if is_asking and request.method == "POST":
        request.__dict__["db"] = open_reporting_session(request)
    work = request.__dict__["work"] = make_work(request, login, Face.REST2)
    return Call(request, work, login, args, read_pairs(request.query_string))


def _use(call: Call, resource: Resource) -> Response:
    method = call.method
    is_writing = method not in SAFE_METHODS and not (resource.searches and method == "POST")
    if (
        method in ("PUT", "POST")
        and call.content_type == JSON
        and resource.document is not None
        and call.body
    ):
        call.document(resource.document)
    if is_writing and not call.login.scope.allows(writing=True, is_setup=resource.is_setup):
        raise Problem(403, call.login.scope.refusal(is_setup=resource.is_setup))
    if resource.is_forbidden():
        raise Problem(403)
    if method in SAFE_METHODS and not _is_taken(call, resource.offers()):
        raise Problem(406)
    exists = resource.exists()
    if not exists and call.request.headers.get("If-Match", "").strip() == "*":
        raise Problem(412)
    if not exists and method == "PUT":
        raise Problem(404, "Resource does not exist; use POST to create")
    if not exists and method != "POST":
        raise Problem(404)
    if not exists and call.request.headers.get("If-Match"):
        raise Problem(412)
    if exists and (unchanged := check_conditions(call, resource)):
        return unchanged
    if is_writing and method in ("PUT", "POST") and not _fits(call, resource):
        raise Problem(415)
    return _do(call, resource, exists=exists)


def _do(call: Call, resource: Resource, *, exists: bool) -> Response:
    match call.method:
        case "GET" | "HEAD":
            body = resource.get()
            if isinstance(body, Raw):
                return _write_raw(body)
            return write(call, 200, body, headers_of(resource))
        case "DELETE":
            resource.delete()
            return Response(status=204, content_type=None)
        case "PUT":
            return write(call, 200, resource.put())
    if exists and "GET" in resource.methods and not resource.searches and "PUT" in resource.methods:
        raise Problem(409, "Resource already exists; use PUT to update")
    return _post(call, resource)


def _post(call: Call, resource: Resource) -> Response:
    key = "" if resource.searches else key_of(call)
    kept = kept_answer(call, key) if key else None
    if kept is None:
        made = resource.post()
        kept = (201, made.path, made.body) if isinstance(made, Created) else (200, "", made)
        headers: dict[str, str] = {}
        if key:
            keep_answer(call, key, kept)
    else:
        headers = {"Idempotent-Replayed": "true"}
    status, path, body = kept
    if path:
        headers["Location"] = f"{call.request.script_name}/REST/2.0/{path}"
    return write(call, status, body, headers)


def write(call: Call, status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return _json(status, body, headers or {}, is_pretty=call.method in SAFE_METHODS or status == 200)


def _write_raw(body: Raw) -> Response:
    response = Response(body=body.data)
    response.content_type = body.content_type
    response.charset = "utf-8" if body.content_type.startswith("text/") else None
    response.headers.update(body.headers)
    return response


def _fits(call: Call, resource: Resource) -> bool:
    if call.method == "PUT" and not call.body and not call.content_type:
        return True
    return call.content_type in resource.accepts


def _is_taken(call: Call, offers: tuple[str, ...]) -> bool:
    accept = call.request.headers.get("Accept", "")
    return not accept or call.request.accept.acceptable_offers(list(offers)) != []


def _strangers(request: Request) -> Response:
    """Not logged in: 401 without WWW-Authenticate; what looks like a browser is sent to the login (RT 2.0)."""
    if "Cookie" in request.headers or "Mozilla" in request.headers.get("User-Agent", ""):
        where = f"{request.app.config.base_url.rstrip('/')}/"
        return Response("Login required\n", status=302, location=where, content_type="text/plain")
    return _json(401, {"message": "Unauthorized"}, {})


def _refuse(request: Request, problem: Problem) -> Response:
    request.tm.doom()
    headers = {name.replace("_", "-"): value for name, value in problem.headers.items()}
    if request.method == "HEAD":
        return Response(status=problem.status, content_type=JSON, headers=headers)
    return _json(problem.status, {"message": problem.message}, headers)


def _json(status: int, body: Any, headers: dict[str, str], *, is_pretty: bool = False) -> Response:
    data = orjson.dumps(body, option=orjson.OPT_INDENT_2 if is_pretty else None)
    response = _Answer(body=data, status=status)
    response.headers["Content-Type"] = 'application/json; charset="utf-8"'
    response.headers.update(headers)
    return response
