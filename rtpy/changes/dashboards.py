"""Dashboards: made, changed, given away, deleted, made the home page of a person, a group or everybody."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.configuring import note_configuration
from rtpy.changes.saved_searches import need_sharing
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import Dashboard, Group, HomeDashboard, User
from rtpy.rights.sharing import DASHBOARDS
from rtpy.work import Work

LONGEST_NAME = 200
Panes = Sequence[Mapping[str, Any]]
"""The plain values of `rtpy.search.dashboards.Pane`."""


def make_dashboard(
    work: Work, *, name: str, owner_id: int | None, panes: Panes = (), description: str = ""
) -> Dashboard:
    """A dashboard for the actor, one of their groups, or the system (`owner_id` None).

    Needs the right of the owner's level; raises Refused, and Invalid for a name that is empty or taken.
    """
    need_sharing(work, DASHBOARDS, owner_id, "make dashboards")
    row = Dashboard(
        name=_good_name(work, name, owner_id, None),
        description=" ".join(description.split())[:255],
        owner_id=owner_id,
        panes=[dict(pane) for pane in panes],
        creator_id=work.actor.user_id,
        created=work.now,
        last_updated=work.now,
    )
    work.db.add(row)
    work.db.flush()  # the log names it
    _note(work, row, None)
    return row


def change_dashboard(
    work: Work, dashboard: Dashboard, *, name: str, owner_id: int | None, panes: Panes, description: str = ""
) -> None:
    """Let it say this, and belong to this owner. Needs the right of the old level and of the new one."""
    need_sharing(work, DASHBOARDS, dashboard.owner_id, "change this dashboard")
    if owner_id != dashboard.owner_id:
        need_sharing(work, DASHBOARDS, owner_id, "make dashboards")
    before = _plain(work, dashboard)
    dashboard.name = _good_name(work, name, owner_id, dashboard.id)
    dashboard.description = " ".join(description.split())[:255]
    dashboard.owner_id, dashboard.last_updated = owner_id, work.now
    dashboard.panes = [dict(pane) for pane in panes]
    work.db.flush()
    _note(work, dashboard, before)


def delete_dashboard(work: Work, dashboard: Dashboard) -> None:
    """Take it out of every list; whose home page it was gets the usual one. Needs the right of its level."""
    need_sharing(work, DASHBOARDS, dashboard.owner_id, "delete this dashboard")
    before = _plain(work, dashboard)
    dashboard.disabled, dashboard.last_updated = True, work.now
    for home in work.db.scalars(select(HomeDashboard).where(HomeDashboard.dashboard_id == dashboard.id)):
        work.db.delete(home)
    work.db.flush()
    if _is_shared(work, dashboard.owner_id):
        note_configuration(work, "dashboard", dashboard.id, dashboard.name, before, None)


def set_home(work: Work, dashboard: Dashboard | None, principal_id: int | None) -> None:
    """Let it be the home page of the actor, of a group, or (`principal_id` None) of everybody; None: the usual one.

    One's own takes nothing but seeing it; for others it takes the right to make dashboards for them. A group's or
    everybody's home page must be one that they see: their own or the system's. Raises Refused and Invalid.
    """
    me = work.actor.user_id
    if principal_id != me:
        need_sharing(work, DASHBOARDS, principal_id, "choose the home page")
    if dashboard is not None:
        _need_fit(work, dashboard, principal_id)
    present = work.db.scalar(
        select(HomeDashboard).where(HomeDashboard.principal_id.is_not_distinct_from(principal_id))
    )
    before = work.db.get(Dashboard, present.dashboard_id) if present else None
    if present is not None:
        work.db.delete(present)
        work.db.flush()
    if dashboard is not None:
        work.db.add(HomeDashboard(principal_id=principal_id, dashboard_id=dashboard.id))
        work.db.flush()
    if principal_id != me:
        group = work.db.get(Group, principal_id) if principal_id else None
        old, new = ({"home page": each.name if each else ""} for each in (before, dashboard))
        note_configuration(work, "home page", principal_id, group.name if group else "everybody", old, new)


def _need_fit(work: Work, dashboard: Dashboard, principal_id: int | None) -> None:
    me, owner = work.actor.user_id, dashboard.owner_id
    knows = DASHBOARDS.sees(work.rights, me, owner) or DASHBOARDS.changes(work.rights, me, owner)
    if dashboard.disabled or not knows:
        raise NotFound("There is no such dashboard, or it is not shared with you.")
    if principal_id != work.actor.user_id and dashboard.owner_id not in (None, principal_id):
        raise Invalid(Problem("dashboard", "Choose one that everybody who gets it as home page may see."))


def _good_name(work: Work, name: str, owner_id: int | None, own_id: int | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(Problem("name", "Give the dashboard a name."))
    if len(name) > LONGEST_NAME:
        raise Invalid(Problem("name", f"Write at most {LONGEST_NAME} characters."))
    taken = work.db.scalar(
        select(Dashboard.id).where(
            func.lower(Dashboard.name) == name.lower(),
            Dashboard.owner_id.is_not_distinct_from(owner_id),
            Dashboard.disabled.is_(False),
            Dashboard.id != (own_id or 0),
        )
    )
    if taken is not None:
        raise Invalid(Problem("name", f"There is a dashboard {name} already. Choose another name."))
    return name


def _plain(work: Work, dashboard: Dashboard) -> dict[str, object]:
    group = work.db.get(Group, dashboard.owner_id) if dashboard.owner_id else None
    user = work.db.get(User, dashboard.owner_id) if dashboard.owner_id else None
    return {
        "name": dashboard.name,
        "description": dashboard.description,
        "owner": group.name if group else user.name if user else "",
        "panes": [dict(pane) for pane in dashboard.panes],
    }


def _note(work: Work, dashboard: Dashboard, before: dict[str, object] | None) -> None:
    if _is_shared(work, dashboard.owner_id):
        note_configuration(work, "dashboard", dashboard.id, dashboard.name, before, _plain(work, dashboard))


def _is_shared(work: Work, owner_id: int | None) -> bool:
    """What a person keeps for themselves is no configuration."""
    return owner_id is None or work.db.get(Group, owner_id) is not None
