"""All versions of one policy: what was promised when, and how many open tickets are held to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.working_hours import offered
from rtpy_sla.clocks.words import Target
from rtpy_sla.models import Policy, PolicyVersion
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS
from rtpy_sla.web.policies.conditions import words_for
from rtpy_sla.web.policies.list import open_tickets
from rtpy_sla.web.policies.said import say_pauses, say_rules, say_term
from rtpy_sla.web.words import TARGETS


@dataclass(frozen=True, slots=True)
class BandSaid:
    """The terms from a priority on."""

    from_priority: int
    calendar: str
    terms: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class VersionSaid:
    """One version."""

    number: int
    when: Html
    who: str
    tickets: int
    conditions: str
    bands: tuple[BandSaid, ...]
    rules: str


@view_config(
    route_name="sla.policies.versions",
    request_method="GET",
    renderer="sla/policies/versions.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def show_versions(resource: SystemResource, request: Request) -> dict[str, object]:
    """The newest first. Some queries, however many there are."""
    policy = request.db.get(Policy, int(request.matchdict["id"]))
    if policy is None:
        raise HTTPNotFound()
    name = func.coalesce(func.nullif(User.real_name, ""), User.name)
    rows = request.db.execute(
        select(PolicyVersion, name.label("who"))
        .join(User, User.id == PolicyVersion.creator_id)
        .where(PolicyVersion.policy_id == policy.id)
        .order_by(PolicyVersion.number.desc())
    ).all()
    counts, words = open_tickets(request), words_for(request, [row[0].conditions for row in rows])
    used = {band["calendar_id"] for row in rows for band in row[0].bands}
    calendars = dict(offered(request.app, request.db, used))
    path = request.route_path
    return {
        "crumbs": admin_crumbs(
            request,
            Link("Policies", path("sla.policies.list")),
            Link(policy.name, path("sla.policies.modify", id=policy.id)),
        ),
        "title": f"Versions of {policy.name}",
        "versions": [
            VersionSaid(
                row.number,
                request.when(row.created),
                who,
                counts.get(row.id, 0),
                words.say(row.conditions),
                tuple(_band(band, calendars) for band in row.bands),
                say_rules(row.reopening, row.confirm_seconds, row.on_priority),
            )
            for row, who in rows
        ],
    }


def _band(band: Mapping[str, Any], calendars: Mapping[int, str]) -> BandSaid:
    terms = band["terms"]
    return BandSaid(
        int(band["from_priority"]),
        f"open hours of {calendars.get(band['calendar_id'], '?')}" if band["calendar_id"] else "always open",
        tuple(
            (TARGETS[target], say_term(terms[target.value]), say_pauses(target, terms[target.value]))
            for target in Target
            if target.value in terms
        ),
    )
