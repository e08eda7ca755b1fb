"""What a user holds, and where from: read only, the grants themselves are changed on the pages about rights."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.models import Ace, GroupClosure, Principal, Queue
from rtpy.rights.grants import load_rights
from rtpy.rights.names import Right
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.people_history import names_of
from rtpy.web.admin.users.frame import crumbs_of, find_account, tabs_of


@view_config(
    route_name="admin.users.rights",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def show_rights(resource: SystemResource, request: Request) -> dict[str, object]:
    """Every grant that counts for this user, in person or through a group. Five queries."""
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
    queues = dict(
        db.execute(
            select(Queue.id, Queue.name).where(
                Queue.id.in_({ace.object_id for ace in aces if ace.object_type == "queue"})
            )
        ).all()
    )
    mentioned = {ace.principal_id for ace in aces} | {
        ace.object_id for ace in aces if ace.object_type == "group"
    }
    names = names_of(db, mentioned)
    is_super = load_rights(db, user.id).super_user

    def where(kind: str, object_id: int) -> str:
        if kind == "system":
            return "the whole system"
        known = queues if kind == "queue" else names if kind == "group" else {}
        return f"{kind.replace('_', ' ')} {known.get(object_id, f'number {object_id}')}"

    return panel_values(
        request,
        title=user.display_name,
        post_url=request.route_path("admin.users.rights", id=user.id),
        intro="A super-user: may do anything, whatever else is granted." if is_super else "",
        panels=(
            Panel(
                "Rights",
                ("Right", "On", "Where from"),
                tuple(
                    Row(
                        (
                            ace.right_name,
                            where(ace.object_type, ace.object_id),
                            "granted in person"
                            if ace.principal_id == user.id
                            else f"through {names.get(ace.principal_id, '')}",
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
    )
