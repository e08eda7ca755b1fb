"""With whom a search or a dashboard is shared: the choices of a form, and what was chosen."""

from pyramid.request import Request
from sqlalchemy import select

from rtpy.errors import Invalid, Problem
from rtpy.models import Group
from rtpy.rights.sharing import Sharing
from rtpy.web.forms import Option

ME, EVERYBODY = "me", "everybody"


def owner_options(request: Request, sharing: Sharing, present: int | str | None = ME) -> list[Option]:
    """For whom the reader may keep such things; `present` is the owner's id, None for the system, or "me"."""
    rights, me = request.work.rights, request.login.user_id
    chosen = ME if present in (ME, me) else EVERYBODY if present is None else str(present)
    options = []
    if sharing.changes(rights, me, me):
        options.append(Option(ME, "only me", chosen == ME))
    rows = request.db.execute(
        select(Group.id, Group.name)
        .where(Group.id.in_(rights.principals), Group.domain == "UserDefined")
        .order_by(Group.name)
    )
    for row in rows:
        if sharing.changes(rights, me, row.id):
            options.append(Option(str(row.id), f"the group {row.name}", chosen == str(row.id)))
    if sharing.changes(rights, me, None):
        options.append(Option(EVERYBODY, "everybody", chosen == EVERYBODY))
    return options


def read_owner(request: Request, given: str) -> int | None:
    """The owner that was chosen: a user's or group's id, None for the system. Raises Invalid."""
    if given == ME:
        return int(request.login.user_id)
    if given == EVERYBODY:
        return None
    if given.isascii() and given.isdigit() and len(given) < 19:
        return int(given)
    raise Invalid(Problem("owner", "Choose for whom it is kept."))
