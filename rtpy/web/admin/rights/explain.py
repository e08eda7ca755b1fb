"""Why somebody may do something, or why not: the chains that lead to a right, and seeing pages as they do."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, or_, select

from rtpy.changes.allowed import may
from rtpy.changes.grants import may_see_grants
from rtpy.errors import NotFound
from rtpy.fields.definitions import fields_for
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF, Missing
from rtpy.http.things import load_article, load_asset
from rtpy.models import Article, Ticket, User
from rtpy.rights.explain import Explanation, explain
from rtpy.rights.facts import Thing, container_of, kind_of
from rtpy.rights.holders import Place, place_name
from rtpy.rights.names import KINDS, Right, help_for, rights_on, spelled
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.admin.rights.asking import LABELS, kinds_for, things_for
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in

TICKET = "ticket"
INSIDE = {TICKET: "Ticket", "asset": "Asset", "article": "Article"}
"""What one can ask about that is in a queue, a catalog or a class."""
LOOKUPS_OF = {TICKET: ("ticket", "transaction"), "asset": ("asset",), "article": ("article",)}
"""On what the custom fields of each stand."""
FIELDS = ("who", "right", "on", "id", "field")


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole question: the person, the right, the place, and the thing in it; of a thing the place may be a field."""

    user: User
    right: str
    place: Place
    thing: Thing | None
    where: str


@view_config(
    route_name="admin.rights.explain",
    request_method="GET",
    renderer="admin/rights/explain.pt",
    permission=STAFF,
)
def explain_right(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?who=` a login name or address, `&right=`, `&on=ticket|asset|article|system|queue|…`, `&id=` its number or
    name, `&field=` the name of a custom field of a ticket, asset or article."""
    kinds = kinds_for(request)
    given = {name: request.GET.get(name, "").replace("\x00", "").strip()[:320] for name in FIELDS}
    problems: dict[str, str] = {}
    asked = _read(request, given, problems) if "right" in request.GET else None
    answer = (
        explain(request.db, asked.user.id, asked.right, asked.place, asked.thing)
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


def find_user(request: Request, typed: str) -> User | None:
    """The person of a login name or mail address, in whatever case."""
    folded = typed.lower()
    same = or_(func.lower(User.name) == folded, func.lower(User.email_address) == folded)
    found: User | None = request.db.scalars(select(User).where(same).order_by(User.id).limit(1)).first()
    return found


def _read(request: Request, given: dict[str, str], problems: dict[str, str]) -> Asked | None:
    user = find_user(request, given["who"])
    right = spelled(given["right"], request.app.further_rights())
    if user is None:
        problems["who"] = "Give the login name or the mail address of a person that is known here."
    if right is None:
        problems["right"] = "Choose a right of the list."
    found = _place(request, given, problems)
    if user is None or right is None or found is None:
        return None
    place, thing = found
    places = {place, container_of(thing)} if thing is not None else {place}
    for each in places:
        if not may_see_grants(request.work, each):
            raise HTTPForbidden(
                result=Missing(f"You need the right ShowACL on {place_name(request.db, each)}.")
            )
    help = help_for(right, request.app.further_rights())
    if help is not None and not help.is_of(place.kind):
        problems["on"] = f"{right} is not held on {LABELS[place.kind].lower()}: it is held on {help.held_on}."
        return None
    return Asked(user, right, place, thing, _where(request, place, thing))


def _place(
    request: Request, given: dict[str, str], problems: dict[str, str]
) -> tuple[Place, Thing | None] | None:
    kind, number = given["on"] or TICKET, number_in(given["id"].lstrip("#"))
    if kind in INSIDE:
        thing = _thing(request, kind, given["id"], number)
        if thing is None:
            problems["id"] = f"Give the number of {'a' if kind == TICKET else 'an'} {kind} that you may see."
            return None
        place = _field_of(request, thing, given["field"]) if given["field"] else container_of(thing)
        if place is None:
            problems["field"] = f"The {kind} has no custom field of that name."
            return None
        return place, thing
    if given["field"]:
        problems["field"] = "One custom field is asked about on a ticket, an asset or an article."
        return None
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


def _thing(request: Request, kind: str, typed: str, number: int | None) -> Thing | None:
    """The ticket, asset or article, if the reader may see it; an article by its name too."""
    work = request.work
    if kind == TICKET:
        ticket = work.db.get(Ticket, number) if number is not None else None
        if ticket is not None and ticket.merged_into_id is not None:
            ticket = work.db.get(Ticket, ticket.merged_into_id)
        return ticket if ticket is not None and may(work, ticket, Right.SHOW_TICKET) else None
    if kind == "asset":
        seen = load_asset(work, number_in(typed.removeprefix("asset:")) or 0)
        return seen.asset if seen is not None else None
    if number is None:
        number = work.db.scalar(select(Article.id).where(func.lower(Article.name) == typed.lower()))
    return load_article(work, number or 0)


def _field_of(request: Request, thing: Thing, name: str) -> Place | None:
    """The custom field of that name that stands on the thing, or on messages of the ticket."""
    container = container_of(thing).id
    for lookup in LOOKUPS_OF[kind_of(thing)]:
        for each in fields_for(request.app, request.db, lookup, container):
            if each.name.lower() == name.lower():
                return Place("custom_field", each.id)
    return None


def _where(request: Request, place: Place, thing: Thing | None) -> str:
    """Such as: `the custom field Severity of ticket #7`."""
    if thing is None:
        words = place_name(request.db, place)
        return words if words.startswith("the ") else f"the {words}"
    itself = f"{kind_of(thing)} #{thing.id}"
    return itself if place == container_of(thing) else f"the {place_name(request.db, place)} of {itself}"


def _fields(
    request: Request, given: dict[str, str], kinds: tuple[str, ...], problems: dict[str, str]
) -> tuple[Field, ...]:
    rights = sorted(rights_on("system", request.app.further_rights()), key=str.lower)
    places = (*INSIDE.items(), *((kind, LABELS[kind].removesuffix("s")) for kind in kinds))
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
            hint="The number of a ticket or asset, the name of an article, queue, group or whatever else it is; "
            "nothing for the whole system",
            error=problems.get("id", ""),
        ),
        Field(
            "field",
            "Custom field",
            given["field"],
            hint="Only for rights on one custom field of a ticket, asset or article: its name",
            error=problems.get("field", ""),
        ),
    )


def _sentence(asked: Asked, answer: Explanation) -> str:
    name = asked.user.display_name
    verb = "holds" if answer.is_held else "does not hold"
    return f"{'Yes' if answer.is_held else 'No'}: {name} {verb} {asked.right} on {asked.where}."


def _help(request: Request, right: str) -> str:
    help = help_for(right, request.app.further_rights())
    return help.help if help is not None else ""
