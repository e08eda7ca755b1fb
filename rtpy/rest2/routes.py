"""Every address of REST 2.0: each room brings its own."""

from importlib import import_module

from rtpy.app import App
from rtpy.rest2.route import Routes, put_together

ROOMS = (
    "tickets",
    "messages",
    "bulk",
    "queues",
    "custom_fields",
    "custom_field_values",
    "catalogs",
    "assets",
    "classes",
    "articles",
    "downloads",
    "organizations",
    "transactions",
    "history",
    "attachments",
    "users",
    "groups",
    "members",
    "custom_roles",
    "saved_searches",
    "server",
    "changes_feed",
    "description",
)
"""Modules of this package; each has `ROUTES`."""


def all_routes(app: App) -> Routes:
    """Those of the rooms, then those of plugins."""
    own = [route for room in ROOMS for route in import_module(f"rtpy.rest2.{room}").ROUTES]
    brought = [route for routes in app.hooks.rtpy_rest2() for route in routes]
    return put_together([*own, *brought])
