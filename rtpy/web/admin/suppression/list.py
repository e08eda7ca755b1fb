"""The list of addresses that get no mail."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.suppression import CAUSE_WORDS, Cause
from rtpy.http.resources import SystemResource
from rtpy.models import SuppressedAddress, User
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.suppression.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_suppressed(resource: SystemResource, request: Request) -> dict[str, object]:
    """By address, fifty a page. One query."""
    asked = read_asked(request)
    query = (
        select(SuppressedAddress, User)
        .join(User, User.id == SuppressedAddress.creator_id)
        .order_by(SuppressedAddress.pattern)
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    for word in asked.words.split()[:5]:
        query = query.where(
            SuppressedAddress.pattern.icontains(word, autoescape=True)
            | SuppressedAddress.note.icontains(word, autoescape=True)
        )
    lines = [
        Line(
            row.pattern,
            request.route_path("admin.suppression.display", id=row.id),
            (CAUSE_WORDS[Cause(row.cause)], row.note[:120], user.display_name, request.when(row.created)),
        )
        for row, user in request.db.execute(query)
    ]
    return list_values(
        request,
        asked,
        route="admin.suppression.list",
        title="Addresses that get no mail",
        intro="Nothing about tickets is sent to these addresses, whatever scrips say. The ticket tells it beside "
        "the reply. Notices about somebody's own account are sent all the same.",
        columns=("Address or domain", "Why", "Note", "By", "Since"),
        lines=lines,
        create_url=request.route_path("admin.suppression.create"),
        create_label="Add an address",
        empty="Everybody gets their mail.",
        can_be_disabled=False,
    )
