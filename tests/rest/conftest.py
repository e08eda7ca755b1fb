"""A view that answers who calls, as every face for programs asks it."""

import base64
from types import SimpleNamespace

import pytest
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from rtpy import hookimpl
from rtpy.identity.login import TooManyLogins
from rtpy.rest.door import ForgedCall, find_by_password, find_caller, make_work
from rtpy.rest.sessions import end_rest_session, start_rest_session
from rtpy.work import Face
from tests.web.conftest import another, browser, compiled_templates, enter, login, make_browser, wsgi

__all__ = ["another", "browser", "compiled_templates", "enter", "login", "make_browser", "wsgi"]


class WhoCalls:
    """A plugin; `options` go to the door, `write` is what the call does in its own session."""

    def __init__(self):
        self.options, self.write = {}, None

    @hookimpl
    def rtpy_web(self, config):
        for name in ("who", "in", "out"):
            config.add_route(f"calls.{name}", f"/calls/{name}")
            view = {"who": self.who, "in": self.log_in, "out": self.log_out}[name]
            config.add_view(
                view, route_name=f"calls.{name}", permission=NO_PERMISSION_REQUIRED, require_csrf=False
            )

    def who(self, request):
        try:
            login = find_caller(request, **self.options)
        except ForgedCall as forged:
            return Response(str(forged), status=403)
        except TooManyLogins as many:
            return Response(str(many), status=429)
        if login is None:
            return Response("nobody", status=401)
        request.__dict__["login"] = login
        work = make_work(request, login, Face.REST2)
        if self.write is not None:
            self.write(work)
        queues = sorted(work.rights.of("ShowTicket").queues)
        return Response(
            json={"name": login.name, "through": login.through, "scope": login.scope.level, "queues": queues}
        )

    def log_in(self, request):
        login = find_by_password(request, request.params["user"], request.params["pass"])
        if login is None:
            return Response("nobody", status=401)
        return Response(start_rest_session(request, login))

    def log_out(self, request):
        end_rest_session(request)
        return Response("out")


@pytest.fixture
def calls(app):
    plugin = WhoCalls()
    app.plugins.register(plugin)
    return plugin


@pytest.fixture
def program(calls, another):
    """Calls `/calls/who`: `program("POST", authorization=..., cookies={...}, body=..., peer=...)`."""

    def call(method="GET", authorization="", *, cookies=(), body="", query="", headers=(), peer="127.0.0.1"):
        caller = another(peer)
        for name, value in dict(cookies).items():
            caller.set_cookie(name, value)
        sent = dict(headers)
        if authorization:
            sent["Authorization"] = authorization
        if body:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        answer = caller.request(
            f"/calls/who{query}", method=method, headers=sent, body=body.encode(), expect_errors=True
        )
        return SimpleNamespace(
            status=answer.status_int, text=answer.text, json=answer.json if answer.status_int == 200 else None
        )

    return call


@pytest.fixture
def basic():
    """The header of a name and a password."""
    return lambda name, password: "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
