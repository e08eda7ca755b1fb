"""People: who is known, found by name or address."""

from dataclasses import dataclass

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import and_, func, or_, select

from rtpy.changes.people import system_groups
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import GroupClosure, Organization, OrganizationMember, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.web.avatars import person_avatar
from rtpy.web.html import Html
from rtpy.web.shown import Link

PER_PAGE = 50
KINDS = (("", "Everybody"), ("staff", "Staff"), ("customers", "Customers"))


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the list."""

    name: str
    login: str
    address: str
    url: str
    avatar: Html
    is_staff: bool
    is_disabled: bool
    organization: str


@view_config(
    route_name="people.list", request_method="GET", renderer="staff/people/list.pt", permission=STAFF
)
def list_people(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name or address, `?kind=` staff or customers, a page at a time by name. One query."""
    path, given = request.route_path, request.GET
    words = " ".join(given.get("q", "").replace("\x00", "").split())[:100]
    kind = given.get("kind", "")
    typed = given.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) < 10_000 else 1
    staff_group = system_groups(request.work, (PRIVILEGED,))[0]
    organization = (
        select(func.min(Organization.name))
        .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
        .where(OrganizationMember.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    query = (
        select(
            User.id,
            User.name,
            User.real_name,
            User.email_address,
            Principal.disabled,
            GroupClosure.group_id.label("staff"),
            organization.label("organization"),
        )
        .join(Principal, Principal.id == User.id)
        .outerjoin(
            GroupClosure, and_(GroupClosure.member_id == User.id, GroupClosure.group_id == staff_group)
        )
        .where(User.name.not_in((NOBODY, SYSTEM_USER)), User.merged_into_id.is_(None))
        .order_by(func.lower(func.coalesce(func.nullif(User.real_name, ""), User.name)), User.id)
        .limit(PER_PAGE + 1)
        .offset((number - 1) * PER_PAGE)
    )
    if kind == "staff":
        query = query.where(GroupClosure.group_id.is_not(None))
    elif kind == "customers":
        query = query.where(GroupClosure.group_id.is_(None))
    for word in words.split()[:5]:
        query = query.where(
            or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (User.name, User.real_name, User.email_address)
                )
            )
        )
    rows = request.db.execute(query).all()

    def url(page: int | None, kind: str = kind) -> str:
        query = {"q": words, "kind": kind, "page": str(page) if page and page > 1 else ""}
        found: str = path(
            "people.list", _query={name: value for name, value in query.items() if value} or None
        )
        return found

    return {
        "crumbs": (Link("Home", path("home")),),
        "query_words": words,
        "kind": kind,
        "tabs": [Link(label, url(None, each), each == kind) for each, label in KINDS],
        "list_url": path("people.list"),
        "create_url": path("people.create") if request.work.rights.system(Right.ADMIN_USERS) else None,
        "lines": [
            PersonLine(
                row.real_name or row.name,
                row.name,
                row.email_address or "",
                path("people.display", id=row.id),
                person_avatar(request, row.id, row.real_name or row.name),
                row.staff is not None,
                row.disabled,
                row.organization or "",
            )
            for row in rows[:PER_PAGE]
        ],
        "previous_url": url(number - 1) if number > 1 else None,
        "next_url": url(number + 1) if len(rows) > PER_PAGE else None,
    }
