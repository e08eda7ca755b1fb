"""What rtpy asks of every plugin."""

from rtpy.testing.conformance import Conformance
from rtpy_portal.web.parts import ADDRESSES
from rtpy_portal.web.visitors import request_resource

OPEN = frozenset(
    {
        "portal.looks.css",
        "portal.looks.logo",
        "portal.requests.left",
        "portal.start",
        "portal.access.key",
        "portal.access.login",
        "portal.access.login_key",
        "portal.access.lost",
        "portal.access.rt",
        "portal.asking.form",
        "portal.asking.topic",
        "portal.asking.done",
        "portal.asking.suggestions",
        "portal.knowledge.home",
        "portal.knowledge.feed",
        "portal.knowledge.book",
        "portal.knowledge.plain",
        "portal.knowledge.display",
        "portal.knowledge.vote",
        "portal.knowledge.ask",
        "portal.knowledge.confirm",
        "portal.knowledge.leave",
        "portal.issues.list",
        "portal.issues.feed",
        "portal.issues.confirm",
        "portal.issues.leave",
        "portal.issues.display",
        "portal.issues.join",
        "portal.issues.news",
    }
)
"""Open to everybody, each looked at: what it shows is for all, what it takes is counted and guarded."""


class TestConformance(Conformance):
    """Its tests, for the portal."""

    plugin = "portal"
    # A request's page is opened by a key as well as by an account: its factory asks who may see it.
    public_routes = OPEN | {each.name for each in ADDRESSES if each.about is request_resource}
    tokenless_routes = frozenset({"portal.issues.leave"})
