"""What a user holds, and where from: read only, the grants themselves are changed on the pages about rights."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.grants import may_see_grants
from rtpy.http.resources import SystemResource
from rtpy.models import Ace, GroupClosure, Principal
from rtpy.rights.grants import load_rights
from rtpy.rights.holders import Place, things_of
from rtpy.rights.names import SYSTEM, Right
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.people_history import names_of
from rtpy.web.admin.users.frame import crumbs_of, find_account, links_of, tabs_of
from rtpy.web.html import Html
from rtpy.web.staff.people.display import link


@view_config(
    route_name="admin.users.rights",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def show_rights(resource: SystemResource, request: Request) -> dict[str, object]:
    """Every grant that counts for this user, in person or through a group. A query for each kind of place."""
    user, db = find_account(request), request.db
    holders = (
        select(GroupClosure.group_id)
        .join(Principal, Principal.id == GroupClosure.group_id)
        .where(GroupClosure.member_id == user.id, Principal.disabled.is_(False))
    )
    aces = db.execute(
        select(Ace.right_name, Ace.object_type, Ace.object_id, Ace.principal_id)
        .where((Ace.principal_id == user.id) | Ace.principal_id.in_(holders))
        .order_by(Ace.right_name, Ace.object_type, Ace.object_id)
    ).all()
    known = {kind: dict(things_of(db, kind)) for kind in {ace.object_type for ace in aces} - {SYSTEM}}
    names = names_of(db, {ace.principal_id for ace in aces})
    is_super = load_rights(db, user.id).super_user

    def where(kind: str, object_id: int) -> str:
        if kind == SYSTEM:
            return "the whole system"
        return f"{kind.replace('_', ' ')} {known[kind].get(object_id, f'number {object_id}')}"

    def why(right: str, kind: str, object_id: int) -> Html | str:
        if not may_see_grants(request.work, Place(kind, object_id)):
            return ""
        query = {"who": user.name, "right": right, "on": kind, "id": object_id or ""}
        return link(request.route_path("admin.rights.explain", _query=query), "Why?")

    return panel_values(
        request,
        title=user.display_name,
        post_url=request.route_path("admin.users.rights", id=user.id),
        intro="A super-user: may do anything, whatever else is granted." if is_super else "",
        panels=(
            Panel(
                "Rights",
                ("Right", "On", "Where from", "All ways"),
                tuple(
                    Row(
                        (
                            ace.right_name,
                            where(ace.object_type, ace.object_id),
                            "granted in person"
                            if ace.principal_id == user.id
                            else f"through {names.get(ace.principal_id, '')}",
                            why(ace.right_name, ace.object_type, ace.object_id),
                        )
                    )
                    for ace in aces
                ),
                help="Rights through a role, such as Requestor or Owner, come with each ticket and are not listed.",
                empty="No right, neither in person nor through a group.",
            ),
        ),
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
        links=links_of(request, user),
    )
