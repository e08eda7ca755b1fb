"""Dashboards as values: their panes, which ones somebody may open, and which one is whose home page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.errors import NotFound
from rtpy.models import Dashboard, Group, HomeDashboard, User
from rtpy.remembered import remembered, watch
from rtpy.rights.sharing import DASHBOARDS
from rtpy.work import Work

watch(Dashboard, HomeDashboard)

SEARCH, CHART, PORTLET = "search", "chart", "portlet"
KINDS = (SEARCH, CHART, PORTLET)
FULL, HALF = "full", "half"
MOST_PANES = 20


@dataclass(frozen=True, slots=True)
class Pane:
    """One pane: a saved search as a table (`search`) or as its chart (`chart`), or a portlet by its name.

    `rows`: how many tickets at most; 0: as many as the search says, up to a page.
    """

    kind: str = SEARCH
    search_id: int = 0
    portlet: str = ""
    rows: int = 10
    width: str = FULL


@dataclass(frozen=True, slots=True)
class KnownDashboard:
    """A dashboard as a reader sees it; `owner` is empty for the system's, `may_change` is the reader's."""

    id: int
    name: str
    description: str
    owner_id: int | None
    owner: str
    is_group: bool
    panes: tuple[Pane, ...]
    may_change: bool


def plain_panes(panes: Sequence[Pane]) -> list[dict[str, Any]]:
    """For the database: only what differs from the usual."""
    usual = asdict(Pane())
    return [{name: value for name, value in asdict(pane).items() if value != usual[name]} for pane in panes]


def panes_of(plain: Sequence[Mapping[str, Any]]) -> tuple[Pane, ...]:
    """The opposite, MOST_PANES at most; what is not known or makes no sense is as usual."""
    return tuple(map(_pane, plain[:MOST_PANES]))


def _pane(plain: Mapping[str, Any]) -> Pane:
    usual = Pane()
    kind, width = plain.get("kind"), plain.get("width")
    search_id, rows = plain.get("search_id"), plain.get("rows")
    return Pane(
        kind if kind in KINDS else usual.kind,
        search_id if isinstance(search_id, int) else usual.search_id,
        str(plain.get("portlet", usual.portlet)),
        rows if isinstance(rows, int) and rows >= 0 else usual.rows,
        width if width in (FULL, HALF) else usual.width,
    )


def dashboards(work: Work) -> list[KnownDashboard]:
    """What the actor may open, their own first, then those of groups, then the system's. One query."""
    rights, user_id = work.rights, work.actor.user_id
    visible = DASHBOARDS.visible(rights, user_id, Dashboard.owner_id)
    rows = work.db.execute(_DASHBOARDS.where(visible).order_by(Dashboard.name, Dashboard.id))
    found = [_known(work, row) for row in rows]
    return sorted(
        found, key=lambda each: (each.owner_id != user_id, each.owner_id is None, each.owner.lower())
    )


def open_dashboard(work: Work, dashboard_id: int) -> KnownDashboard:
    """One of them. Raises NotFound when there is none that the actor may see. One query."""
    row = work.db.execute(_DASHBOARDS.where(Dashboard.id == dashboard_id)).one_or_none()
    if row is None or not DASHBOARDS.sees(work.rights, work.actor.user_id, row.owner_id):
        raise NotFound("There is no such dashboard, or it is not shared with you.")
    return _known(work, row)


def home_of(work: Work) -> int | None:
    """The dashboard that is the actor's home page: their own choice, else of a group, else of everybody's.

    None: the usual home page. No query as a rule.
    """
    known: list[tuple[int | None, int, int | None]] = remembered(
        work.app, work.db, "home_dashboards", _read_homes
    )
    rights, user_id = work.rights, work.actor.user_id
    seen = [row for row in known if DASHBOARDS.sees(rights, user_id, row[2])]
    for wanted in (lambda who: who == user_id, lambda who: who in rights.principals, lambda who: who is None):
        found = next((dashboard_id for who, dashboard_id, _ in seen if wanted(who)), None)
        if found is not None:
            return found
    return None


def _read_homes(db: Session) -> list[tuple[int | None, int, int | None]]:
    """Whose, which, and who owns it; the first of several groups first."""
    rows = db.execute(
        select(HomeDashboard.principal_id, Dashboard.id, Dashboard.owner_id)
        .join(Dashboard, Dashboard.id == HomeDashboard.dashboard_id)
        .where(Dashboard.disabled.is_(False))
        .order_by(HomeDashboard.position, HomeDashboard.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _known(work: Work, row: Any) -> KnownDashboard:  # Any: a row of a select
    return KnownDashboard(
        row.id,
        row.name,
        row.description,
        row.owner_id,
        row.group_name or row.real_name or row.user_name or "",
        row.group_name is not None,
        panes_of(row.panes),
        DASHBOARDS.changes(work.rights, work.actor.user_id, row.owner_id),
    )


_DASHBOARDS = (
    select(
        Dashboard.id,
        Dashboard.name,
        Dashboard.description,
        Dashboard.owner_id,
        Dashboard.panes,
        Group.name.label("group_name"),
        User.name.label("user_name"),
        User.real_name,
    )
    .outerjoin(Group, Group.id == Dashboard.owner_id)
    .outerjoin(User, User.id == Dashboard.owner_id)
    .where(Dashboard.disabled.is_(False))
)
