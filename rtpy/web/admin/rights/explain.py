"""Why somebody may do something, or why not: the chains that lead to a right, and seeing pages as they do."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, or_, select

from rtpy.changes.allowed import may
from rtpy.changes.grants import may_see_grants
from rtpy.errors import NotFound
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF, Missing
from rtpy.models import Ticket, User
from rtpy.rights.explain import Explanation, explain
from rtpy.rights.holders import Place, place_name
from rtpy.rights.names import KINDS, Right, help_for, rights_on, spelled
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.admin.rights.asking import LABELS, kinds_for, read_number, things_for
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link

TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole question: the person, the right, and the place, or a ticket and its queue."""

    user: User
    right: str
    place: Place
    ticket: Ticket | None
    where: str


@view_config(
    route_name="admin.rights.explain",
    request_method="GET",
    renderer="admin/rights/explain.pt",
    permission=STAFF,
)
def explain_right(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?who=` a login name or address, `&right=`, `&on=ticket|system|queue|…`, `&id=` its number or name."""
    kinds = kinds_for(request)
    given = {name: request.GET.get(name, "").replace("\x00", "").strip()[:320] for name in FIELDS}
    problems: dict[str, str] = {}
    asked = _read(request, given, problems) if given["who"] or given["right"] else None
    answer = (
        explain(request.db, asked.user.id, asked.right, asked.place, asked.ticket)
        if asked is not None
        else None
    )
    if problems:
        request.response.status_int = 422
    fields = _fields(request, given, kinds, problems)
    return {
        "crumbs": admin_crumbs(request, Link("Rights", request.route_path("admin.rights.list"))),
        "explain_url": request.route_path("admin.rights.explain"),
        "fields": fields,
        "problems": [(each.id, each.error) for each in fields if each.error],
        "asked": asked,
        "answer": answer,
        "sentence": _sentence(asked, answer) if asked is not None and answer is not None else "",
        "right_help": _help(request, asked.right) if asked is not None else "",
        "see_as_url": request.route_path("admin.rights.see_as"),
        "may_see_as": request.work.rights.super_user and request.real_login is None,
        "seen_name": given["who"],
    }


FIELDS = ("who", "right", "on", "id")


def find_user(request: Request, typed: str) -> User | None:
    """The person of a login name or mail address, in whatever case."""
    folded = typed.lower()
    same = or_(func.lower(User.name) == folded, func.lower(User.email_address) == folded)
    found: User | None = request.db.scalars(select(User).where(same).order_by(User.id).limit(1)).first()
    return found


def _read(request: Request, given: dict[str, str], problems: dict[str, str]) -> Asked | None:
    user = find_user(request, given["who"])
    right = spelled(given["right"], request.app.lifecycles.right_names())
    if user is None:
        problems["who"] = "Give the login name or the mail address of a person that is known here."
    if right is None:
        problems["right"] = "Choose a right of the list."
    found = _place(request, given, problems)
    if user is None or right is None or found is None:
        return None
    place, ticket = found
    if not may_see_grants(request.work, place):
        raise HTTPForbidden(result=Missing(f"You need the right ShowACL on {place_name(request.db, place)}."))
    where = f"ticket #{ticket.id}" if ticket is not None else place_name(request.db, place)
    help = help_for(right, request.app.lifecycles.right_names())
    if help is not None and not help.is_of(place.kind):
        problems["on"] = f"{right} is not held on {LABELS[place.kind].lower()}: it is held on {help.held_on}."
        return None
    return Asked(user, right, place, ticket, where)


def _place(
    request: Request, given: dict[str, str], problems: dict[str, str]
) -> tuple[Place, Ticket | None] | None:
    kind, number = given["on"] or TICKET, read_number(given["id"].lstrip("#"))
    if kind == TICKET:
        ticket = request.db.get(Ticket, number) if number is not None else None
        if ticket is not None and ticket.merged_into_id is not None:
            ticket = request.db.get(Ticket, ticket.merged_into_id)
        if ticket is None or not may(request.work, ticket, Right.SHOW_TICKET):
            problems["id"] = "Give the number of a ticket that you may see."
            return None
        return Place("queue", ticket.queue_id), ticket
    if kind == "system":
        return Place(), None
    if kind not in KINDS:
        problems["on"] = "Choose one of the list."
        return None
    by_name = {name.lower(): each for each, name in things_for(request, kind)}
    place = Place(kind, by_name.get(given["id"].lower(), number or 0))
    try:
        place_name(request.db, place)
    except NotFound as missing:
        problems["id"] = f"{missing} Give its name or its number."
        return None
    return place, None


def _fields(
    request: Request, given: dict[str, str], kinds: tuple[str, ...], problems: dict[str, str]
) -> tuple[Field, ...]:
    rights = sorted(rights_on("system", request.app.lifecycles.right_names()), key=str.lower)
    places = ((TICKET, "Ticket"), *((kind, LABELS[kind].removesuffix("s")) for kind in kinds))
    if "class" in kinds:
        places = tuple((kind, "Article class" if kind == "class" else label) for kind, label in places)
    known = spelled(given["right"], rights)
    return (
        Field(
            "who",
            "Person",
            given["who"],
            hint="Login name or mail address",
            error=problems.get("who", ""),
            required=True,
        ),
        Field(
            "right",
            "Right",
            kind="select",
            options=tuple(Option(each, each, each == known) for each in rights),
            error=problems.get("right", ""),
            required=True,
        ),
        Field(
            "on",
            "On",
            kind="select",
            options=tuple(Option(kind, label, kind == (given["on"] or TICKET)) for kind, label in places),
            error=problems.get("on", ""),
            required=True,
        ),
        Field(
            "id",
            "Number or name",
            given["id"],
            hint="The ticket's number, or the queue's name; nothing for the whole system",
            error=problems.get("id", ""),
        ),
    )


def _sentence(asked: Asked, answer: Explanation) -> str:
    name = asked.user.display_name
    where = asked.where if asked.where.startswith(("the ", "ticket")) else f"the {asked.where}"
    verb = "holds" if answer.is_held else "does not hold"
    return f"{'Yes' if answer.is_held else 'No'}: {name} {verb} {asked.right} on {where}."


def _help(request: Request, right: str) -> str:
    help = help_for(right, request.app.lifecycles.right_names())
    return help.help if help is not None else ""
