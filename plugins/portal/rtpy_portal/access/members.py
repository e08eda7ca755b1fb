"""Membership: the organisations that somebody belongs to, with what they see and may do in each."""

from typing import Any

from sqlalchemy import bindparam, func, literal, null, or_, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Organization, OrganizationDomain, OrganizationMember, User
from rtpy.plugin_settings import setting
from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.models import MemberRow

USUAL_GRADE = "portal.usual_grade"
USUAL_COPIES = "portal.usual_copies"


def memberships_of(app: App, db: Session, user_id: int) -> tuple[Membership, ...]:
    """Of a person, by name of the organisation: those they were put into, and the one of their mail domain.

    An organisation that is closed counts for nobody. One query.
    """
    rows = db.execute(_MEMBERSHIPS, {"user_id": user_id}).all()
    by_domain = max((row for row in rows if row.domain), key=lambda row: len(row.domain), default=None)
    found = {by_domain.id: by_domain} if by_domain is not None else {}
    found |= {row.id: row for row in rows if not row.domain}  # these know the site as well
    usual = Grade(setting(app, db, USUAL_GRADE)), bool(setting(app, db, USUAL_COPIES))
    return tuple(_membership(row, *usual) for row in sorted(found.values(), key=lambda row: row.name.lower()))


def membership_in(visitor: Visitor | None, organization_id: int | None) -> Membership | None:
    """What an account has in an organisation; None for who came by a key, and for who does not belong to it."""
    if visitor is None or visitor.way is Way.KEY or organization_id is None:
        return None
    return next((each for each in visitor.memberships if each.organization_id == organization_id), None)


def may_add_copy(visitor: Visitor | None, organization_id: int | None) -> bool:
    """May they let colleagues get copies of a request of that organisation? Never who came by a key."""
    member = membership_in(visitor, organization_id)
    return member is not None and member.may_copy


def may_see_money(visitor: Visitor | None, organization_id: int | None) -> bool:
    """May they read what the organisation is billed? Never who came by a key."""
    member = membership_in(visitor, organization_id)
    return member is not None and member.sees_money


def may_see_names(visitor: Visitor | None, organization_id: int | None) -> bool:
    """May they read who of us works for that organisation, whatever others read?"""
    member = membership_in(visitor, organization_id)
    return member is not None and member.sees_names


def _membership(row: Any, usual: Grade, usual_copies: bool) -> Membership:  # Any: a row of columns
    if row.is_off:
        return Membership(row.id, row.name, Grade.OWN, row.site_id, is_off=True)
    if row.grade is None:
        return Membership(row.id, row.name, usual, row.site_id, may_copy=usual_copies)
    return Membership(
        row.id,
        row.name,
        Grade(row.grade) if row.grade else usual,
        row.site_id,
        row.may_raise,
        row.may_copy,
        row.sees_money,
        row.sees_names,
        row.manages,
    )


# Built once. Who writes from a sub-domain belongs to the organisation of the domain, as in the core.
_said = (
    MemberRow.grade,
    MemberRow.may_raise,
    MemberRow.may_copy,
    MemberRow.sees_money,
    MemberRow.sees_names,
    MemberRow.manages,
    MemberRow.is_off,
)
_own = (MemberRow.organization_id == Organization.id) & (MemberRow.user_id == bindparam("user_id"))
_address = func.lower(User.email_address)
_MEMBERSHIPS = (
    select(
        Organization.id, Organization.name, OrganizationMember.site_id, literal("").label("domain"), *_said
    )
    .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
    .outerjoin(MemberRow, _own)
    .where(OrganizationMember.user_id == bindparam("user_id"), Organization.disabled.is_(False))
    .union_all(
        select(Organization.id, Organization.name, null(), OrganizationDomain.domain, *_said)
        .join(OrganizationDomain, OrganizationDomain.organization_id == Organization.id)
        .join(
            User,
            or_(
                _address.like(literal("%@").concat(OrganizationDomain.domain)),
                _address.like(literal("%@%.").concat(OrganizationDomain.domain)),
            ),
        )
        .outerjoin(MemberRow, _own)
        .where(User.id == bindparam("user_id"), Organization.disabled.is_(False))
    )
)
