"""What each status of a lifecycle becomes when a ticket moves to a queue with another one."""

from collections.abc import Mapping
from html import escape

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.lifecycles import set_map
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import StoredLifecycle
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.admin.lifecycle.frame import find_row, frame, status_options
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

MAP = "map."


@view_config(
    route_name="admin.lifecycle.maps",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def show_maps(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?to=ID` chooses the other lifecycle; without a map yet, the same names are proposed."""
    row = find_row(request)
    other = _other(request, row, request.GET.get("to", ""))
    return _page(request, row, other, None)


@view_config(
    route_name="admin.lifecycle.maps",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def save_map(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """One map; without any status it goes."""
    row, given = find_row(request), texts_of(request)
    other = _other(request, row, request.GET.get("to", ""))
    if other is None:
        raise HTTPNotFound()
    statuses = {name.removeprefix(MAP): new for name, new in given.items() if name.startswith(MAP)}
    try:
        with request.db.begin_nested():
            set_map(request.work, row, other, statuses)
    except Invalid as invalid:
        return _page(request, row, other, statuses, problems_of(invalid))
    request.flash(f"The map from {row.name} to {other.name} is saved.")
    return HTTPSeeOther(_url(request, row, other))


def _page(
    request: Request,
    row: StoredLifecycle,
    other: StoredLifecycle | None,
    statuses: Mapping[str, str] | None,
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    shown = frame(request, row, "admin.lifecycle.maps")
    others = _others(request, row)
    values = form_values(
        request,
        title=str(shown["title"]),
        post_url=_url(request, row, other) if other else "",
        sections=(_section(request, row, other, statuses),) if other else (),
        problems=problems,
        intro=_INTRO if others else "There is no other lifecycle of this kind, so there is nothing to map.",
        crumbs=(Link("Lifecycles", request.route_path("admin.lifecycle.list")),),
        tabs=tuple(shown["tabs"]),  # type: ignore[arg-type]
        aside=_aside(request, row, others, other),
    )
    return values if other else {**values, "buttons": ()}


_INTRO = (
    "A ticket can move to a queue with another lifecycle only if its status has a counterpart there; the system then "
    "sets that one. Each direction has a map of its own."
)


def _section(
    request: Request, row: StoredLifecycle, other: StoredLifecycle, typed: Mapping[str, str] | None
) -> Section:
    lifecycles = request.app.lifecycles
    old, new = lifecycles.get(row.name), lifecycles.get(other.name)
    kept = lifecycles.maps.get((row.name.lower(), other.name.lower()))
    proposed = {each.lower(): each.lower() for each in old.statuses if new.is_valid(each)}
    chosen = typed if typed is not None else kept if kept is not None else proposed
    fields = tuple(
        Field(
            f"{MAP}{each.lower()}",
            each,
            kind="select",
            options=status_options(
                new.statuses, chosen.get(each.lower(), ""), "no counterpart: refuse the move"
            ),
        )
        for each in old.statuses
    )
    said = (
        "" if kept is not None else "There is no such map yet; the same names are proposed. Save to keep it."
    )
    return Section(f"From {row.name} to {other.name}", fields, said)


def _aside(
    request: Request, row: StoredLifecycle, others: list[StoredLifecycle], current: StoredLifecycle | None
) -> Html | None:
    if not others:
        return None
    lines = []
    for each in others:
        mark = ' aria-current="true"' if current and each.id == current.id else ""
        there = (row.name.lower(), each.name.lower()) in request.app.lifecycles.maps
        state = "mapped" if there else "no map"
        lines.append(
            f'<li><a href="{escape(_url(request, row, each))}"{mark}>to {escape(each.name)}</a> '
            f'<span class="meta">{state}</span></li>'
        )
    return Html(
        '<section class="card"><header class="card-head"><h2>Maps</h2></header>'
        f'<ul class="list">{"".join(lines)}</ul></section>'
    )


def _others(request: Request, row: StoredLifecycle) -> list[StoredLifecycle]:
    return list(
        request.db.scalars(
            select(StoredLifecycle)
            .where(StoredLifecycle.id != row.id, StoredLifecycle.type == row.type)
            .order_by(StoredLifecycle.sort_order, StoredLifecycle.name)
        )
    )


def _other(request: Request, row: StoredLifecycle, given: str) -> StoredLifecycle | None:
    others = _others(request, row)
    if not given:
        return others[0] if others else None
    found = next((each for each in others if str(each.id) == given), None)
    if found is None:
        raise HTTPNotFound()
    return found


def _url(request: Request, row: StoredLifecycle, other: StoredLifecycle) -> str:
    url: str = request.route_path("admin.lifecycle.maps", id=row.id, _query={"to": other.id})
    return url
