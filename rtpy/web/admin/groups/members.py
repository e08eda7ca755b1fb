"""Who is in a group: people and groups directly, and people through them; putting in, taking out, joining."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from rtpy.changes.groups import USER_DEFINED, may_on_group, put_into_group, take_out_of_group
from rtpy.changes.people import find_person
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Group, GroupClosure, GroupMember, Principal, User
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button
from rtpy.web.admin.groups.frame import crumbs_of, find_group, tabs_of
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.staff.people.display import link

MOST = 500
OUT = Button("Take out", "remove", "quiet")


@view_config(
    route_name="admin.groups.members", request_method="GET", renderer="admin/panels.pt", permission=STAFF
)
def show_members(resource: SystemResource, request: Request) -> dict[str, object]:
    """The members as far as they fit on a page, and a field for another."""
    return _page(request, find_group(request), {}, {})


@view_config(
    route_name="admin.groups.members", request_method="POST", renderer="admin/panels.pt", permission=STAFF
)
def change_members(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed`: add who is named in `member`, remove the principal of `item`, join or leave oneself."""
    group, work, given = find_group(request), request.work, texts_of(request)
    deed, me = given.get("deed", ""), request.work.actor.user_id
    try:
        with work.db.begin_nested():
            if deed == "join":
                put_into_group(work, group, me)
                said = f"You are in the group {group.name} now."
            elif deed == "leave":
                take_out_of_group(work, group, me)
                said = f"You are in the group {group.name} no more."
            elif deed == "remove":
                item = given.get("item", "")
                known = item.isascii() and item.isdigit() and len(item) < 19
                take_out_of_group(work, group, int(item) if known else 0)
                said = "Taken out."
            else:
                member = _find(request, given.get("member", ""))
                put_into_group(work, group, member.id)
                said = f"{_name(member)} is in the group now."
    except Invalid as invalid:
        return _page(request, group, given, problems_of(invalid))
    except Refused as refused:
        return _page(request, group, given, {"member" if deed == "add" else "": str(refused)})
    request.flash(said)
    return HTTPSeeOther(request.route_path("admin.groups.members", id=group.id))


def _find(request: Request, typed: str) -> User | Group:
    name = " ".join(typed.split())
    query = select(Group).where(Group.domain == USER_DEFINED, func.lower(Group.name) == name.lower())
    found: User | Group | None = request.db.scalar(query) or (find_person(request.db, name) if name else None)
    if found is None:
        sentence = f"Nobody is known by “{name[:60]}”: write a mail address, a login name or a group's name."
        raise Invalid(Problem("member", sentence))
    return found


def _name(member: User | Group) -> str:
    return member.name if isinstance(member, Group) else member.display_name


def _page(
    request: Request, group: Group, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    work, path = request.work, request.route_path
    may = may_on_group(work, group, Right.ADMIN_GROUP_MEMBERSHIP)
    groups, people, through = _inner_groups(request, group), _people(request, group), _through(request, group)
    lines = [
        Row(
            (link(path("admin.groups.members", id=row.id), row.name), "group", _state(row.disabled)),
            str(row.id),
            OUT if may else None,
            row.name,
        )
        for row in groups
    ]
    lines += [
        Row(
            (
                _person(request, row.id, row.real_name or row.name),
                row.email_address or "",
                _state(row.disabled),
            ),
            str(row.id),
            OUT if may else None,
            row.real_name or row.name,
        )
        for row in people
    ]
    field = Field(
        "member",
        "Mail address, login name or name of a group",
        given.get("member", ""),
        required=True,
        autocomplete="off",
    )
    panels = [
        Panel(
            "Members",
            ("Name", "What", "State"),
            tuple(lines),
            help=f"The first {MOST} people are shown." if len(people) == MOST else "",
            empty="Nobody is in it yet.",
            fields=(field,) if may else (),
            buttons=(Button("Put into the group", "add"),) if may else (),
        )
    ]
    if through:
        panels.append(
            Panel(
                "In it through other groups",
                ("Name", "Through"),
                tuple(Row((_person(request, row.id, row.real_name or row.name), row.way)) for row in through),
                help=f"The first {MOST} are shown." if len(through) == MOST else "",
            )
        )
    if may_on_group(work, group, Right.MODIFY_OWN_MEMBERSHIP):
        inside = work.db.scalar(
            select(GroupMember.id).where(
                GroupMember.group_id == group.id, GroupMember.member_id == work.actor.user_id
            )
        )
        button = Button("Leave the group", "leave") if inside else Button("Join the group", "join")
        panels.append(Panel("Yourself", buttons=(button,)))
    off = work.db.get_one(Principal, group.id).disabled
    return panel_values(
        request,
        title=group.name,
        post_url=path("admin.groups.members", id=group.id),
        panels=panels,
        intro="This group is switched off." if off else group.description,
        problems=wrong,
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, group),
    )


def _state(disabled: bool) -> str:
    return "switched off" if disabled else ""


def _person(request: Request, user_id: int, name: str) -> Html:
    return link(request.route_path("people.display", id=user_id), name)


# The rows are Any below: their type would spell out every column once more.


def _inner_groups(request: Request, group: Group):  # type: ignore[no-untyped-def]
    return request.db.execute(
        select(Group.id, Group.name, Principal.disabled)
        .join(GroupMember, GroupMember.member_id == Group.id)
        .join(Principal, Principal.id == Group.id)
        .where(GroupMember.group_id == group.id)
        .order_by(func.lower(Group.name))
    ).all()


def _people(request: Request, group: Group):  # type: ignore[no-untyped-def]
    return request.db.execute(
        select(User.id, User.name, User.real_name, User.email_address, Principal.disabled)
        .join(GroupMember, GroupMember.member_id == User.id)
        .join(Principal, Principal.id == User.id)
        .where(GroupMember.group_id == group.id)
        .order_by(func.lower(User.name))
        .limit(MOST)
    ).all()


def _through(request: Request, group: Group):  # type: ignore[no-untyped-def]
    """People who are in it by way of a member, each with the name of one such member."""
    inner, under, direct = aliased(Group), aliased(GroupClosure), aliased(GroupMember)
    way = (
        select(func.min(inner.name))
        .join(direct, direct.member_id == inner.id)
        .join(under, under.group_id == inner.id)
        .where(direct.group_id == group.id, under.member_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    return request.db.execute(
        select(User.id, User.name, User.real_name, way.label("way"))
        .join(GroupClosure, GroupClosure.member_id == User.id)
        .where(GroupClosure.group_id == group.id, GroupClosure.depth > 1)
        .order_by(func.lower(User.name))
        .limit(MOST)
    ).all()
