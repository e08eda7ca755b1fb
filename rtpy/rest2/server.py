"""What this server is: `/rt`."""

from rtpy import __version__
from rtpy.rest2.resource import Resource
from rtpy.rest2.route import Route
from rtpy.rest2.values import Document

RT_VERSION = "6.0.0"
"""The RT whose API this is: clients decide by it what they may ask."""


class Server(Resource):
    """`/rt`, for everybody who is logged in."""

    has_head = False

    def is_forbidden(self) -> bool:
        """Nobody."""
        return False

    def get(self) -> Document:
        """RT's version and ours; the plugins for super-users only."""
        found: Document = {"Version": RT_VERSION, "rtpy": __version__}
        if self.work.rights.super_user:
            found["Plugins"] = sorted(self.work.app.config.plugins)
        return found


ROUTES = (Route("rt", Server, "Which server this is", is_strict=True),)
