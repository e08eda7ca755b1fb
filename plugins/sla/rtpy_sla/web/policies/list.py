"""Policies in the order in which they are tried, moved up and down by buttons."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.models import Ticket
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_sla.models import Policy, PolicyVersion, TicketSla
from rtpy_sla.policies.ordering import reorder
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS
from rtpy_sla.web.policies.conditions import Words, words_for
from rtpy_sla.web.policies.said import say_promises

UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy with its newest version."""

    id: int
    name: str
    url: str
    description: str
    disabled: bool
    conditions: str
    promises: str
    version: int
    versions_url: str
    tickets: int
    is_first: bool
    is_last: bool


@view_config(
    route_name="sla.policies.list",
    request_method="GET",
    renderer="sla/policies/list.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def list_policies(resource: SystemResource, request: Request) -> dict[str, object]:
    """Those in use first, in their order; then those that are disabled. Some queries, however many there are."""
    rows = _rows(request)
    return {
        "crumbs": admin_crumbs(request),
        "title": "Policies",
        "rows": rows,
        "list_url": request.route_path("sla.policies.list"),
        "create_url": request.route_path("sla.policies.create"),
        "try_url": request.route_path("sla.policies.trying"),
    }


@view_config(route_name="sla.policies.list", request_method="POST", permission=ADMIN_SERVICE_LEVELS)
def move(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """One policy a place up or down; those that are disabled keep their places among each other."""
    given = texts_of(request)
    ids = [row.id for row in _policies(request)]
    number, deed = number_in(given.get("policy", "")), given.get("deed", "")
    if number not in ids or deed not in (UP, DOWN):
        raise Invalid(Problem("policy", "Choose a policy of the list, and whether it goes up or down."))
    here = ids.index(number)
    there = here + (1 if deed == DOWN else -1)
    if 0 <= there < len(ids):
        ids[here], ids[there] = ids[there], ids[here]
        reorder(request.work, ids)
        request.flash("The order is changed. Tickets keep what they have; new ones follow it.")
    return HTTPSeeOther(request.route_path("sla.policies.list"))


def open_tickets(request: Request) -> Mapping[int, int]:
    """How many active tickets each version holds. One query."""
    rows = request.db.execute(
        select(TicketSla.version_id, func.count())
        .join(Ticket, Ticket.id == TicketSla.ticket_id)
        .where(
            TicketSla.version_id.is_not(None),
            Ticket.status.in_(request.app.lifecycles.active_statuses()),
            Ticket.merged_into_id.is_(None),
        )
        .group_by(TicketSla.version_id)
    )
    return {row[0]: row[1] for row in rows}


def _policies(request: Request) -> list[Policy]:
    query = select(Policy).order_by(Policy.disabled, Policy.position, Policy.id)
    return list(request.db.scalars(query))


def _rows(request: Request) -> list[PolicyRow]:
    policies, path = _policies(request), request.route_path
    newest: dict[int, PolicyVersion] = {}
    of_policy: dict[int, int] = {}
    for version in request.db.scalars(select(PolicyVersion).order_by(PolicyVersion.number)):
        newest[version.policy_id] = version
        of_policy[version.id] = version.policy_id
    counts: dict[int, int] = {}
    for version_id, number in open_tickets(request).items():
        policy_id = of_policy.get(version_id, 0)
        counts[policy_id] = counts.get(policy_id, 0) + number
    words: Words = words_for(request, [each.conditions for each in newest.values()])
    active = [each.id for each in policies if not each.disabled]
    return [
        PolicyRow(
            each.id,
            each.name,
            path("sla.policies.modify", id=each.id),
            each.description,
            each.disabled,
            words.say(newest[each.id].conditions),
            say_promises(newest[each.id].bands),
            newest[each.id].number,
            path("sla.policies.versions", id=each.id),
            counts.get(each.id, 0),
            each.disabled or each.id == active[0],
            each.disabled or each.id == active[-1],
        )
        for each in policies
        if each.id in newest
    ]
