"""Every address of REST 2.0: each room brings its own."""

from importlib import import_module

from rtpy.app import App
from rtpy.rest2.route import Routes, put_together

ROOMS = (
    "tickets.tickets",
    "tickets.messages",
    "tickets.bulk",
    "setup.queues",
    "setup.custom_fields",
    "setup.custom_field_values",
    "setup.catalogs",
    "things.assets",
    "setup.classes",
    "things.articles",
    "things.downloads",
    "people.organizations",
    "histories.transactions",
    "histories.histories",
    "histories.attachments",
    "people.users",
    "people.groups",
    "people.members",
    "people.custom_roles",
    "setup.saved_searches",
    "server",
    "histories.changes",
    "description",
)
"""Modules of this package; each has `ROUTES`."""


def all_routes(app: App) -> Routes:
    """Those of the rooms, then those of plugins."""
    own = [route for room in ROOMS for route in import_module(f"rtpy.rest2.{room}").ROUTES]
    brought = [route for routes in app.hooks.rtpy_rest2() for route in routes]
    return put_together([*own, *brought])
