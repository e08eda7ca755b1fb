"""Saved searches and dashboards of everybody and of groups; `for` is empty for everybody, else the group's name."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.dashboards import change_dashboard, make_dashboard, set_home
from rtpy.changes.saved_searches import change_search, save_search
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.groups import find_group
from rtpy.models import Dashboard, Group, HomeDashboard, SavedSearch
from rtpy.search.dashboards import PORTLET, Pane, panes_of, plain_panes
from rtpy.search.saved import ChartChoice, Content, content_of, plain_content
from rtpy.work import Work

_CONTENT: Entry = {
    "query": "",
    "precedence": "rt",
    "columns": "",
    "order": [],
    "rows": 50,
    "show_as": "table",
    "board_by": "Status",
    "measures": list(ChartChoice().measures),
    "group_by": list(ChartChoice().group_by),
    "shape": ChartChoice().shape,
}


def _dump_searches(work: Work) -> Sequence[Entry]:
    rows = work.db.execute(
        select(SavedSearch, Group.name)
        .outerjoin(Group, Group.id == SavedSearch.owner_id)
        .where(SavedSearch.disabled.is_(False), SavedSearch.owner_id.is_(None) | Group.id.is_not(None))
        .order_by(func.lower(SavedSearch.name), SavedSearch.id)
    )
    return [_search_entry(row, group or "") for row, group in rows]


def _search_entry(row: SavedSearch, group: str) -> Entry:
    content = content_of(row.content)
    return {
        "name": row.name,
        "for": group,
        "kind": row.kind,
        "description": row.description,
        "query": content.query,
        "precedence": content.precedence,
        "columns": content.columns,
        "order": [f"{name} {way}" for name, way in content.order],
        "rows": content.rows,
        "show_as": content.show_as,
        "board_by": content.board_by,
        "measures": list(content.chart.measures),
        "group_by": list(content.chart.group_by),
        "shape": content.chart.shape,
    }


def _save_search(work: Work, entry: Entry, before: Entry | None) -> None:
    owner_id, kind = _owner(work, entry), str(entry["kind"])
    order = (str(each).rpartition(" ") for each in entry["order"])
    content = Content(
        str(entry["query"]),
        str(entry["precedence"]),
        str(entry["columns"]),
        tuple((name or way, way if name else "ASC") for name, _, way in order),
        int(entry["rows"]),
        str(entry["show_as"]),
        str(entry["board_by"]),
        ChartChoice(
            tuple(map(str, entry["measures"])), tuple(map(str, entry["group_by"])), str(entry["shape"])
        ),
    )
    row = _search_named(work, str(entry["name"]), owner_id, kind)
    values: dict[str, Any] = {
        "name": str(entry["name"]),
        "description": str(entry["description"]),
        "content": plain_content(content),
        "owner_id": owner_id,
    }
    if row is None:
        save_search(work, kind=kind, **values)
    else:
        change_search(work, row, **values)


def _dump_dashboards(work: Work) -> Sequence[Entry]:
    names = {
        row.id: (row.name, row.group, row.kind)
        for row in work.db.execute(
            select(SavedSearch.id, SavedSearch.name, SavedSearch.kind, Group.name.label("group")).outerjoin(
                Group, Group.id == SavedSearch.owner_id
            )
        )
    }
    homes: dict[int, list[str]] = {}
    for dashboard_id, group in work.db.execute(
        select(HomeDashboard.dashboard_id, Group.name)
        .outerjoin(Group, Group.id == HomeDashboard.principal_id)
        .where(HomeDashboard.principal_id.is_(None) | Group.id.is_not(None))
    ):
        homes.setdefault(dashboard_id, []).append(group or EVERYBODY)
    rows = work.db.execute(
        select(Dashboard, Group.name)
        .outerjoin(Group, Group.id == Dashboard.owner_id)
        .where(Dashboard.disabled.is_(False), Dashboard.owner_id.is_(None) | Group.id.is_not(None))
        .order_by(func.lower(Dashboard.name), Dashboard.id)
    )
    return [
        {
            "name": row.name,
            "for": group or "",
            "description": row.description,
            "panes": [_pane_entry(pane, names) for pane in panes_of(row.panes)],
            "home_of": sorted(homes.get(row.id, [])),
        }
        for row, group in rows
    ]


EVERYBODY = "everybody"


def _pane_entry(pane: Pane, names: Mapping[int, tuple[str, str | None, str]]) -> Entry:
    """By names: a search as `search` with `for` (and `of`, for what are no tickets), or a portlet."""
    (plain,) = plain_panes([pane])
    number = plain.pop("search_id", None)
    if pane.kind == PORTLET or number is None:
        return plain
    name, group, kind = names.get(number, ("", None, "ticket"))
    more = {**({"for": group} if group else {}), **({"of": kind} if kind != "ticket" else {})}
    return {**plain, "search": name, **more}


def _save_dashboard(work: Work, entry: Entry, before: Entry | None) -> None:
    owner_id = _owner(work, entry)
    panes = plain_panes([_pane(work, each) for each in entry["panes"]])
    name, description = str(entry["name"]), str(entry["description"])
    row = work.db.scalar(
        select(Dashboard).where(
            func.lower(Dashboard.name) == name.lower(),
            Dashboard.owner_id.is_not_distinct_from(owner_id),
            Dashboard.disabled.is_(False),
        )
    )
    if row is None:
        row = make_dashboard(work, name=name, owner_id=owner_id, panes=panes, description=description)
    else:
        change_dashboard(work, row, name=name, owner_id=owner_id, panes=panes, description=description)
    present = set(before["home_of"]) if before else set()
    wanted = set(map(str, entry["home_of"]))
    for whose in sorted(wanted ^ present):
        set_home(work, row if whose in wanted else None, _group_id(work, whose))


def _pane(work: Work, entry: Mapping[str, Any]) -> Pane:
    values = {name: value for name, value in entry.items() if name not in ("search", "for", "of")}
    if "search" not in entry:
        return panes_of([values])[0]
    owner_id = _group_id(work, str(entry["for"])) if entry.get("for") else None
    found = _search_named(work, str(entry["search"]), owner_id, str(entry.get("of", "ticket")))
    if found is None:
        raise Invalid(Problem("panes", f"There is no saved search {entry['search']}."))
    return panes_of([{**values, "search_id": found.id}])[0]


def _owner(work: Work, entry: Entry) -> int | None:
    return _group_id(work, str(entry["for"])) if entry["for"] else None


def _group_id(work: Work, name: str) -> int | None:
    if name == EVERYBODY:
        return None
    group = find_group(work, name)
    if group is None:
        raise Invalid(Problem("for", f"There is no group {name}."))
    return group.id


def _search_named(work: Work, name: str, owner_id: int | None, kind: str) -> SavedSearch | None:
    return work.db.scalar(
        select(SavedSearch).where(
            func.lower(SavedSearch.name) == name.lower(),
            SavedSearch.owner_id.is_not_distinct_from(owner_id),
            SavedSearch.kind == kind,
            SavedSearch.disabled.is_(False),
        )
    )


SEARCHES = Section(
    "searches",
    ("name", "for", "kind"),
    {"for": "", "kind": "ticket", "description": "", **_CONTENT},
    _dump_searches,
    _save_search,
)
DASHBOARDS = Section(
    "dashboards",
    ("name", "for"),
    {"for": "", "description": "", "panes": [], "home_of": []},
    _dump_dashboards,
    _save_dashboard,
    frozenset({"home_of"}),
)
