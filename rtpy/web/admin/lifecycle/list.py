"""The lifecycles, with what uses them."""

from collections import Counter

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.resources import SystemResource
from rtpy.models import Catalog, Queue, StoredLifecycle
from rtpy.rights.names import Right
from rtpy.web.admin.listing import Line, list_values, read_asked

USERS = {"ticket": "queue", "asset": "catalog"}
"""What has a lifecycle of each type."""


@view_config(
    route_name="admin.lifecycle.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_lifecycles(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name or of a status. Three queries."""
    asked, db = read_asked(request), request.db
    rows = db.scalars(
        select(StoredLifecycle).order_by(StoredLifecycle.sort_order, StoredLifecycle.name)
    ).all()
    used = {
        "ticket": Counter(db.scalars(select(func.lower(Queue.lifecycle)))),
        "asset": Counter(db.scalars(select(func.lower(Catalog.lifecycle)))),
    }
    lines = []
    for row in rows:
        lifecycle = request.app.lifecycles.get(row.name)
        if not asked.finds(f"{row.name} {' '.join(lifecycle.statuses)}", disabled=row.disabled):
            continue
        number, users = used[row.type][row.name.lower()], USERS[row.type]
        lines.append(
            Line(
                row.name,
                request.route_path("admin.lifecycle.modify", id=row.id),
                (
                    ", ".join(lifecycle.statuses),
                    f"{row.type}s",
                    f"{number} {users}{'' if number == 1 else 's'}",
                ),
                "disabled" if row.disabled else "",
            )
        )
    return list_values(
        request,
        asked,
        route="admin.lifecycle.list",
        title="Lifecycles",
        intro="A lifecycle says which statuses the tickets of a queue or the assets of a catalog have, who may move "
        "them where, and what must be filled in before.",
        columns=("Lifecycle", "Statuses", "For", "Used by"),
        lines=lines,
        create_url=request.route_path("admin.lifecycle.create"),
        create_label="New lifecycle",
    )
