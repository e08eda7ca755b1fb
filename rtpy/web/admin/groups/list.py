"""All groups that people made, with how many are in each."""

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.changes.groups import USER_DEFINED
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Group, GroupClosure, GroupMember, Principal
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked

READING = (
    Right.ADMIN_GROUP,
    Right.ADMIN_GROUP_MEMBERSHIP,
    Right.SEE_GROUP,
    Right.MODIFY_OWN_MEMBERSHIP,
)
"""One of these is needed to see a group."""


@view_config(route_name="admin.groups.list", request_method="GET", renderer="admin/list.pt", permission=STAFF)
def list_groups(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of name or description; only the groups that the reader may see. Two queries."""
    asked, path = read_asked(request), request.route_path
    grants = [request.work.rights.of(right) for right in READING]
    if all(each.nowhere for each in grants):
        raise HTTPForbidden("You may see no group: the right SeeGroup is needed.")
    query = (
        select(Group.id, Group.name, Group.description, Principal.disabled)
        .join(Principal, Principal.id == Group.id)
        .where(Group.domain == USER_DEFINED)
        .order_by(func.lower(Group.name), Group.id)
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    if not any(each.everywhere for each in grants):
        query = query.where(Group.id.in_(set().union(*(each.ids("group") for each in grants))))
    if not asked.with_disabled:
        query = query.where(Principal.disabled.is_(False))
    for word in asked.words.split()[:5]:
        query = query.where(
            Group.name.icontains(word, autoescape=True) | Group.description.icontains(word, autoescape=True)
        )
    rows = request.db.execute(query).all()
    direct = dict(
        request.db.execute(
            select(GroupMember.group_id, func.count())
            .where(GroupMember.group_id.in_([row.id for row in rows]))
            .group_by(GroupMember.group_id)
        ).all()
    )
    people = dict(
        request.db.execute(
            select(GroupClosure.group_id, func.count())
            .join(Principal, Principal.id == GroupClosure.member_id)
            .where(GroupClosure.group_id.in_([row.id for row in rows]), Principal.kind == "user")
            .group_by(GroupClosure.group_id)
        ).all()
    )
    may_make = request.work.rights.system(Right.ADMIN_GROUP)
    return list_values(
        request,
        asked,
        route="admin.groups.list",
        title="Groups",
        intro="Groups hold people and other groups; who is in a group has what is granted to it.",
        columns=("Name", "What for", "Direct members", "People in all"),
        lines=[
            Line(
                row.name,
                path("admin.groups.members", id=row.id),
                (row.description, str(direct.get(row.id, 0)), str(people.get(row.id, 0))),
                "switched off" if row.disabled else "",
            )
            for row in rows
        ],
        create_url=path("admin.groups.create") if may_make else None,
        create_label="New group",
        empty="There are no groups yet.",
    )
