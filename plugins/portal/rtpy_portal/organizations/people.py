"""The people of an organisation, with what each of them sees and may do in the portal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, union
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import (
    Organization,
    OrganizationDomain,
    OrganizationMember,
    OrganizationSite,
    Principal,
    User,
)
from rtpy.plugin_settings import setting
from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.access.machines import is_machine_address, named_machines, only_programs_wrote
from rtpy_portal.access.members import USUAL_COPIES, USUAL_GRADE
from rtpy_portal.models import MemberRow

MOST = 500
"""People of one organisation that are shown and can be chosen."""
_SYSTEM = ("RT_System", "Nobody")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the organisation; `is_said` when staff or a manager said what they see, else the usual holds."""

    user_id: int
    name: str
    address: str
    title: str
    site: str
    member: Membership
    is_said: bool


def people_of(app: App, db: Session, organization_id: int, only: int | None = None) -> Sequence[Person]:
    """Everybody who can log in or be mailed, by membership or by mail domain, by name; `only` one of them.

    Of the mail domain no machines, unless somebody said what they see. At most MOST. Three queries.
    """
    domains = _domains(db, organization_id)
    rows = db.execute(_wanted(organization_id, domains, only)).all()
    if only is None:
        named = named_machines(app, db)
        rows = [
            row for row in rows if row.is_put_in or row.MemberRow is not None or not _is_machine(row, named)
        ]
    usual = Grade(setting(app, db, USUAL_GRADE)), bool(setting(app, db, USUAL_COPIES))
    return [
        Person(
            row.id,
            row.real_name or row.nick_name or row.name,
            row.email_address or "",
            row.title or "",
            row.site or "",
            _member(row, *usual),
            row.MemberRow is not None,
        )
        for row in rows
    ]


def person_of(app: App, db: Session, organization_id: int, user_id: int) -> Person | None:
    """One of them, or None when they do not belong to it."""
    return next(iter(people_of(app, db, organization_id, user_id)), None)


def belongs_by_domain(db: Session, organization_id: int, address: str) -> bool:
    """Would who writes from `address` belong to the organisation by its mail domains? Two queries."""
    mine, others = _domains(db, organization_id)
    domain = address.lower().rpartition("@")[2]

    def within(domains: Sequence[str]) -> bool:
        return any(domain == each or domain.endswith(f".{each}") for each in domains)

    return bool(domain) and within(mine) and not within(others)


def _is_machine(row: Any, named: Collection[str]) -> bool:  # Any: a row of columns
    address = (row.email_address or "").lower()
    return row.is_machine or is_machine_address(address) or address in named or row.name.lower() in named


def _domains(db: Session, organization_id: int) -> tuple[list[str], list[str]]:
    """The mail domains of the organisation, and those below them that belong to others."""
    mine = list(
        db.scalars(
            select(OrganizationDomain.domain).where(OrganizationDomain.organization_id == organization_id)
        )
    )
    if not mine:
        return [], []
    others = select(OrganizationDomain.domain).where(
        OrganizationDomain.organization_id != organization_id,
        or_(*(OrganizationDomain.domain.like(f"%.{domain}") for domain in mine)),
    )
    return mine, list(db.scalars(others))


def _wanted(
    organization_id: int, domains: tuple[list[str], list[str]], only: int | None
) -> Any:  # Any: many columns
    members = select(OrganizationMember.user_id).where(OrganizationMember.organization_id == organization_id)
    mine, others = domains
    ids: Any = members
    if mine:
        by_domain = select(User.id).where(_writes_from(mine))
        ids = union(members, by_domain.where(not_(_writes_from(others))) if others else by_domain)
    said = and_(MemberRow.user_id == User.id, MemberRow.organization_id == organization_id)
    found = (
        select(
            User.id,
            User.name,
            User.real_name,
            User.nick_name,
            User.email_address,
            OrganizationMember.title,
            OrganizationMember.site_id,
            OrganizationSite.name.label("site"),
            Organization.name.label("organization"),
            Organization.id.label("organization_id"),
            OrganizationMember.user_id.is_not(None).label("is_put_in"),
            only_programs_wrote().label("is_machine"),
            MemberRow,
        )
        .join(Principal, Principal.id == User.id)
        .join(Organization, Organization.id == organization_id)
        .outerjoin(
            OrganizationMember,
            and_(
                OrganizationMember.user_id == User.id, OrganizationMember.organization_id == organization_id
            ),
        )
        .outerjoin(OrganizationSite, OrganizationSite.id == OrganizationMember.site_id)
        .outerjoin(MemberRow, said)
        .where(
            User.id.in_(ids),
            User.merged_into_id.is_(None),
            User.name.not_in(_SYSTEM),
            Principal.disabled.is_(False),
        )
        .order_by(func.lower(func.coalesce(func.nullif(User.real_name, ""), User.name)), User.id)
        .limit(MOST)
    )
    return found if only is None else found.where(User.id == only)


def _writes_from(domains: Sequence[str]) -> ColumnElement[bool]:
    address = func.lower(User.email_address)
    return or_(
        *(address.like(f"%@{domain}") for domain in domains),
        *(address.like(f"%@%.{domain}") for domain in domains),
    )


def _member(row: Any, usual: Grade, usual_copies: bool) -> Membership:  # Any: a row of columns
    said, place = row.MemberRow, (row.organization_id, row.organization)
    if said is None:
        return Membership(*place, usual, row.site_id, may_copy=usual_copies)
    return Membership(
        *place,
        Grade(said.grade) if said.grade else usual,
        row.site_id,
        said.may_raise,
        said.may_copy,
        said.sees_money,
        said.sees_names,
        said.manages,
        said.is_off,
    )
