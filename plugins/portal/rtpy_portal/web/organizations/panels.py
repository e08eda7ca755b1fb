"""What stands about the portal on staff's pages of people and organisations, and beside a customer's request."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from sqlalchemy import func, select

from rtpy.history.customer_side import money_facts
from rtpy_portal.access.members import may_see_money, memberships_of
from rtpy_portal.access.visitor import Way
from rtpy_portal.models import MemberRow
from rtpy_portal.rights import MANAGE_PORTAL_PEOPLE
from rtpy_portal.web.frame import language_of
from rtpy_portal.web.organizations.words import said_shortly
from rtpy_portal.web.visitors import RequestResource


def show_person(request: Request, user: Any) -> Mapping[str, Any] | None:
    """What a person sees in each of their organisations; nothing for who belongs to none. One query."""
    if not request.work.rights.system(MANAGE_PORTAL_PEOPLE):
        return None
    found = memberships_of(request.app, request.db, user.id)
    path = request.route_path
    return (
        {
            "rows": [
                (
                    each.name,
                    said_shortly(each),
                    path("portal.organizations.modify", id=each.organization_id, user_id=user.id),
                )
                for each in found
            ]
        }
        if found
        else None
    )


def show_organization(request: Request, organization: Any) -> Mapping[str, Any] | None:
    """Of how many people something was said, and the way to all of them. One query."""
    if not request.work.rights.system(MANAGE_PORTAL_PEOPLE):
        return None
    said = request.db.scalar(
        select(func.count()).select_from(MemberRow).where(MemberRow.organization_id == organization.id)
    )
    return {
        "said": said or 0,
        "url": request.route_path("portal.organizations.people", _query={"organization": organization.id}),
    }


def show_money(request: Request, resource: RequestResource) -> Mapping[str, Any] | None:
    """Time and cost of a request, for who may see money of its organisation; never for who came by a key."""
    ticket = resource.ticket
    if resource.visitor.way is Way.KEY or not may_see_money(resource.visitor, ticket.organization_id):
        return None
    facts = money_facts(resource.work.as_system(), ticket, language_of(request))
    return {"facts": facts} if facts else None
