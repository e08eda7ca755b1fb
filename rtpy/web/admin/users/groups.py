"""Which groups a user is in, directly or through others, with putting in and taking out."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.changes.groups import USER_DEFINED, put_into_group, take_out_of_group
from rtpy.changes.membership import paths_to
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Group, GroupClosure, GroupMember, Principal, User
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.people_history import names_of
from rtpy.web.admin.users.frame import crumbs_of, find_account, tabs_of
from rtpy.web.forms import Field
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy.web.staff.people.display import link

OUT = Button("Take out", "leave", "quiet")


@view_config(
    route_name="admin.users.groups",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def show_groups(resource: SystemResource, request: Request) -> dict[str, object]:
    """The groups, and a field to join another."""
    return _page(request, find_account(request), {}, {})


@view_config(
    route_name="admin.users.groups",
    request_method="POST",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def change_groups(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed` join with the name in `group`, or leave with the group's id in `item`; asks for the rights itself."""
    user, work, given = find_account(request), request.work, texts_of(request)
    try:
        with work.db.begin_nested():
            if given.get("deed") == "leave":
                group = _by_id(request, given.get("item", ""))
                take_out_of_group(work, group, user.id)
                said = f"{user.display_name} is in the group {group.name} no more."
            else:
                group = _by_name(request, given.get("group", ""))
                put_into_group(work, group, user.id)
                said = f"{user.display_name} is in the group {group.name} now."
    except Invalid as invalid:
        return _page(request, user, given, problems_of(invalid))
    except Refused as refused:
        return _page(request, user, given, {"": str(refused)})
    request.flash(said)
    return HTTPSeeOther(request.route_path("admin.users.groups", id=user.id))


def _page(
    request: Request, user: User, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    rows = request.db.execute(
        select(Group.id, Group.name, Group.description, Principal.disabled, GroupMember.id.label("direct"))
        .join(GroupClosure, GroupClosure.group_id == Group.id)
        .join(Principal, Principal.id == Group.id)
        .outerjoin(
            GroupMember,
            (GroupMember.group_id == Group.id) & (GroupMember.member_id == GroupClosure.member_id),
        )
        .where(GroupClosure.member_id == user.id, Group.domain == USER_DEFINED)
        .order_by(func.lower(Group.name))
    ).all()
    ways = {row.id: paths_to(request.db, row.id, user.id) or [] for row in rows if row.direct is None}
    names = names_of(request.db, {each for way in ways.values() for each in way})
    path = request.route_path
    lines = tuple(
        Row(
            (
                link(path("admin.groups.members", id=row.id), row.name),
                row.description,
                "directly" if row.direct else "through " + " › ".join(names[each] for each in ways[row.id]),
                "switched off" if row.disabled else "",
            ),
            str(row.id),
            OUT if row.direct else None,
            f"of {row.name}",
        )
        for row in rows
    )
    return panel_values(
        request,
        title=user.display_name,
        post_url=path("admin.users.groups", id=user.id),
        panels=(
            Panel(
                "Groups",
                ("Group", "What for", "Is in it", "State"),
                lines,
                empty="In no group.",
                fields=(
                    Field(
                        "group",
                        "Name of a group",
                        given.get("group", ""),
                        required=True,
                        autocomplete="off",
                    ),
                ),
                buttons=(Button("Put into the group", "join"),),
            ),
        ),
        problems=wrong,
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )


def _by_id(request: Request, given: str) -> Group:
    group: Group | None = request.db.get(Group, number_in(given) or 0)
    if group is None:
        raise Invalid(Problem("group", "Choose a group of the list."))
    return group


def _by_name(request: Request, given: str) -> Group:
    name = " ".join(given.split())
    query = select(Group).where(Group.domain == USER_DEFINED, func.lower(Group.name) == name.lower())
    group: Group | None = request.db.scalar(query)
    if group is None:
        raise Invalid(Problem("group", f"There is no group “{name[:60]}”: write the name of one."))
    return group
