"""People who log time."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_billing.models import Role, Worker
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.web import choices


@view_config(
    route_name="billing.workers.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_BILLING,
)
def list_workers(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name: all who are set up, and with words whoever has that name. Three queries."""
    asked = read_asked(request)
    known = dict(choices.people(request))
    workers = {
        row.user_id: (row, role)
        for row, role in request.db.execute(
            select(Worker, Role.name).outerjoin(Role, Role.id == Worker.role_id)
        )
    }
    if asked.words:
        like = f"%{asked.words}%"
        query = select(User.id, User.name, User.real_name).where(
            User.name.ilike(like) | User.real_name.ilike(like)
        )
        for id_, name, real_name in request.db.execute(query.order_by(User.name).limit(PER_PAGE)):
            known.setdefault(id_, real_name or name)
    rows = [(id_, name) for id_, name in known.items() if asked.finds(name, disabled=False)]
    return list_values(
        request,
        asked,
        route="billing.workers.list",
        title="People who work",
        intro="The usual role of each person, and the hours expected of them. Look for a name to set somebody up.",
        columns=("Person", "Role", "Hours a week"),
        lines=[
            Line(
                name,
                request.route_path("billing.workers.modify", id=id_),
                _cells(workers.get(id_)),
            )
            for id_, name in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        empty="Nobody has logged time yet. Look for a name to set somebody up.",
        can_be_disabled=False,
    )


def _cells(found: tuple[Worker, str | None] | None) -> tuple[str, str]:
    if found is None:
        return "–", "–"
    worker, role = found
    seconds = sum(worker.week or ())
    return role or "–", f"{seconds // 3600}:{seconds // 60 % 60:02}" if seconds else "–"
