"""Views that only tests have, brought as a plugin: they write, break and wait for customers."""

from datetime import UTC, datetime

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid_retry import RetryableException
from sqlalchemy import insert, text

from rtpy import hookimpl
from rtpy.errors import Conflict, Invalid, NotFound, Problem, Refused
from rtpy.http.security import LOGGED_IN
from rtpy.models import Configuration
from rtpy.rights.names import Right

CONFLICT = {
    "sqlite": (
        "CREATE TEMP TRIGGER busy BEFORE INSERT ON configurations "
        "BEGIN SELECT RAISE(ABORT, 'database is locked'); END",
        "INSERT INTO configurations (name, value, updated) VALUES ('y', '1', '2026-01-01')",
    ),
    "postgresql": ("DO $$ BEGIN RAISE EXCEPTION 'meeting' USING ERRCODE = '40001'; END $$",),
}
"""Statements that end in an error as if two transactions had met."""


class ExtraViews:
    """A plugin; `tries` lists how often each address was asked."""

    def __init__(self):
        self.tries = []

    @hookimpl
    def rtpy_web(self, config):
        for name in (
            "write",
            "raise_after",
            "redirect_after",
            "conflict",
            "boom",
            "upload",
            "refuse",
            "right",
            "portal",
            "bare",
        ):
            config.add_route(f"extra.{name}", f"/extra/{name}")
        free = {"permission": NO_PERMISSION_REQUIRED, "require_csrf": False}
        config.add_view(self.write, route_name="extra.write", **free)
        config.add_view(self.raise_after, route_name="extra.raise_after", **free)
        config.add_view(self.redirect_after, route_name="extra.redirect_after", **free)
        config.add_view(self.conflict, route_name="extra.conflict", **free)
        config.add_view(self.upload, route_name="extra.upload", **free)
        config.add_view(self.boom, route_name="extra.boom", **free)
        config.add_view(self.refuse, route_name="extra.refuse", **free)
        config.add_view(self.page, route_name="extra.right", permission=Right.ADMIN_QUEUE)
        config.add_view(self.page, route_name="extra.portal", permission=LOGGED_IN, for_customers=True)
        config.add_view(self.page, route_name="extra.bare")

    def write(self, request):
        """Without the unit of work: a bulk statement that must be committed all the same."""
        request.db.execute(insert(Configuration.__table__).values(self.row(request.GET.get("name", "x"))))
        return Response("written")

    def raise_after(self, request):
        self.write(request)
        raise HTTPBadRequest("no")

    def redirect_after(self, request):
        self.write(request)
        return HTTPSeeOther("/login")

    def conflict(self, request):
        self.tries.append(request.environ["retry.attempt"])
        self.write(request)
        if len(self.tries) < int(request.GET["good"]):
            kind = request.db.get_bind().dialect.name
            for statement in CONFLICT[kind]:
                request.db.execute(text(statement))
        return Response(str(len(self.tries)))

    def upload(self, request):
        self.tries.append(len(request.POST["file"].file.read()))
        if len(self.tries) == 1:
            raise RetryableException
        return Response("taken")

    def boom(self, request):
        raise RuntimeError("secret detail <script>")

    def refuse(self, request):
        kind = request.GET["kind"]
        error = {
            "refused": Refused("The ticket is <b>closed</b>."),
            "missing": NotFound("There is no such queue."),
            "conflict": Conflict("Somebody was quicker."),
            "invalid": Invalid(Problem("x", "That is no number.")),
        }[kind]
        raise error

    def page(self, request):
        return Response("the page")

    @staticmethod
    def row(name):
        return {"name": name, "value": 1, "updated": datetime(2026, 3, 2, tzinfo=UTC)}
