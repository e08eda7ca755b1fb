"""The log of changes to the set-up: newest first, by kind of thing or by words of its name."""

from dataclasses import dataclass

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from rtpy.http.resources import SystemResource
from rtpy.models import ConfigChange, User
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, list_values, read_asked
from rtpy.web.html import Html

DEEDS = {"create": "made", "change": "changed", "delete": "deleted"}


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One change: `values` are (name, before, after) of what differs, as text."""

    id: int
    who: str
    at: Html
    face: str
    deed: str
    kind: str
    name: str
    values: tuple[tuple[str, str, str], ...]


@view_config(
    route_name="admin.log.list",
    request_method="GET",
    renderer="admin/log/list.pt",
    permission=Right.SUPER_USER,
)
def list_changes(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name or the kind, `?kind=` and `?object=` the log of one thing. One query."""
    asked = read_asked(request)
    author = aliased(User)
    query = (
        select(ConfigChange, User.name, User.real_name)
        .join(author, author.id == ConfigChange.creator_id)
        .join(User, User.id == func.coalesce(author.merged_into_id, author.id))
        .order_by(ConfigChange.id.desc())
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    for word in asked.words.split()[:5]:
        like = ConfigChange.name.icontains(word, autoescape=True)
        query = query.where(like | (ConfigChange.kind == word.lower()))
    kind, thing = request.GET.get("kind", ""), request.GET.get("object", "")
    if kind:
        query = query.where(ConfigChange.kind == kind[:32].replace("\x00", ""))
    if thing.isascii() and thing.isdigit() and len(thing) < 19:
        query = query.where(ConfigChange.object_id == int(thing))
    rows = request.db.execute(query).all()
    values = list_values(
        request,
        asked,
        route="admin.log.list",
        title="Log of changes",
        intro="Every change of the set-up, with what was there before and after.",
        columns=(),
        lines=(),
        empty="Nothing was changed since the installation.",
        can_be_disabled=False,
    )
    if len(rows) > PER_PAGE:
        values["next_url"] = request.route_path(
            "admin.log.list", _query={**request.GET, "page": asked.number + 1}
        )
    return {**values, "changes": [_shown(request, *row) for row in rows[:PER_PAGE]]}


def _shown(request: Request, change: ConfigChange, login: str, real_name: str) -> LoggedChange:
    names = dict.fromkeys((*change.before, *change.after))
    return LoggedChange(
        change.id,
        real_name or login,
        request.when(change.created),
        change.face,
        DEEDS.get(change.action, change.action),
        change.kind.replace("_", " "),
        change.name,
        tuple((name, _text(change.before.get(name)), _text(change.after.get(name))) for name in names),
    )


def _text(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value) or "–"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(each)}" for key, each in value.items()) or "–"
    return str(value)
