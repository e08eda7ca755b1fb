"""What the pages about one lifecycle share: its row, its parts, the list of its statuses."""

from collections.abc import Iterable

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.lifecycle.lifecycle import ASSET
from rtpy.models import StoredLifecycle
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.forms import Option
from rtpy.web.shown import Link

PARTS = (
    ("Statuses and moves", "admin.lifecycle.modify"),
    ("Rights, buttons, fields", "admin.lifecycle.rules"),
    ("Maps", "admin.lifecycle.maps"),
)
ASSET_PARTS = (PARTS[0], ("Rights", PARTS[1][1]), PARTS[2])
"""Moves of assets have rights only."""


def find_row(request: Request) -> StoredLifecycle:
    """The lifecycle of the address, or 404."""
    row: StoredLifecycle | None = request.db.get(StoredLifecycle, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row


def frame(request: Request, row: StoredLifecycle, current: str) -> dict[str, object]:
    """Title, crumbs and tabs."""
    path = request.route_path
    parts = ASSET_PARTS if row.type == ASSET else PARTS
    log = path("admin.log.list", _query={"kind": "lifecycle", "object": row.id})
    return {
        "title": f"Lifecycle {row.name}",
        "crumbs": admin_crumbs(request, Link("Lifecycles", path("admin.lifecycle.list"))),
        "tabs": (
            *(Link(label, path(route, id=row.id), current=route == current) for label, route in parts),
            Link("Log of changes", log),
        ),
        "post_url": path(current, id=row.id),
    }


def status_options(statuses: Iterable[str], chosen: str, empty: str) -> tuple[Option, ...]:
    """A select of statuses (values in lower case) behind an empty choice."""
    options = (Option(each.lower(), each, each.lower() == chosen) for each in statuses)
    return (Option("", empty, not chosen), *options)
