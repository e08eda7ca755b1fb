"""All users: found by name, address or organisation, staff or customers, a page at a time."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import Select, func, or_, select

from rtpy.changes.people import system_groups
from rtpy.http.resources import SystemResource
from rtpy.models import (
    GroupClosure,
    Organization,
    OrganizationMember,
    Principal,
    User,
    UserAddress,
)
from rtpy.models.group import PRIVILEGED
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Asked, Line, list_values, read_asked
from rtpy.web.shown import Link

KINDS = (("", "Everybody"), ("staff", "Staff"), ("customers", "Customers"))


@view_config(
    route_name="admin.users.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.ADMIN_USERS,
)
def list_users(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words, `?kind=` staff or customers, in the order of login names. One query for the page."""
    asked, path = read_asked(request), request.route_path
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(KINDS) else ""
    staff = system_groups(request.work, (PRIVILEGED,))[0]
    rows = request.db.execute(_page(asked, kind, staff)).all()

    def tab(each: str) -> str:
        query = {"kind": each, "q": asked.words, "disabled": "1" if asked.with_disabled else ""}
        url: str = path(
            "admin.users.list", _query={name: value for name, value in query.items() if value} or None
        )
        return url

    return list_values(
        request,
        asked,
        route="admin.users.list",
        title="Users",
        intro="Everybody who ever wrote, worked or was named, with or without a login.",
        columns=("Login name", "Name", "Mail address", "Organisation", "Kind"),
        lines=[
            Line(
                row.name,
                path("admin.users.modify", id=row.id),
                (row.real_name, row.email_address or "", row.company or row.organization, _kind(row)),
                "merged" if row.merged_into_id else "switched off" if row.disabled else "",
            )
            for row in rows
        ],
        create_url=path("admin.users.create"),
        create_label="New user",
        tabs=[Link(label, tab(each), each == kind) for each, label in KINDS],
        kept={"kind": kind} if kind else {},
    )


def _kind(row: Any) -> str:  # Any: a row of many columns
    return "staff" if row.staff is not None else "customer"


def _page(asked: Asked, kind: str, staff: int) -> Select[Any]:
    """The ids of the page by the index of names, and only for these the rest."""
    ids = select(User.id).where(User.name.not_in((NOBODY, SYSTEM_USER)))
    if not asked.with_disabled:
        ids = ids.join(Principal, Principal.id == User.id).where(Principal.disabled.is_(False))
    is_staff = User.id.in_(select(GroupClosure.member_id).where(GroupClosure.group_id == staff))
    if kind:
        ids = ids.where(is_staff if kind == "staff" else ~is_staff)
    for word in asked.words.split()[:5]:
        ids = ids.where(_has(word))
    page = ids.order_by(func.lower(User.name)).limit(PER_PAGE + 1).offset(asked.offset).subquery("page")
    company = (
        select(func.min(Organization.name))
        .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
        .where(OrganizationMember.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    member = GroupClosure.__table__.alias("member")
    return (
        select(
            User.id,
            User.name,
            User.real_name,
            User.email_address,
            User.organization,
            User.merged_into_id,
            Principal.disabled,
            member.c.group_id.label("staff"),
            company.label("company"),
        )
        .join(page, page.c.id == User.id)
        .join(Principal, Principal.id == User.id)
        .outerjoin(member, (member.c.member_id == User.id) & (member.c.group_id == staff))
        .order_by(func.lower(User.name))
    )


def _has(word: str) -> Any:  # Any: a clause
    columns = (User.name, User.real_name, User.nick_name, User.email_address, User.organization)
    companies = (
        select(OrganizationMember.user_id)
        .join(Organization, Organization.id == OrganizationMember.organization_id)
        .where(Organization.name.icontains(word, autoescape=True))
    )
    further = select(UserAddress.user_id).where(UserAddress.address.icontains(word, autoescape=True))
    return or_(
        *(column.icontains(word, autoescape=True) for column in columns),
        User.id.in_(companies),
        User.id.in_(further),
    )
