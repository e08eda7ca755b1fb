"""Changing all tickets of a search in one step: chosen, tried, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.bulk.reading import fields_to_change, is_bulk_field, read_bulk
from rtpy.bulk.updating import MOST, Bulk, Effect, update_tickets
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import FieldType
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.search.fields.field import CannotSearch
from rtpy.search.run import find_all
from rtpy.search.searched import Target
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.rows import status_badge, statuses
from rtpy.web.staff.search.asked import (
    NOTHING,
    Asked,
    address,
    parameters,
    posted,
    read_asked,
    read_content,
    settle,
)
from rtpy.web.staff.search.offered import staff_names
from rtpy.web.staff.ticket.linkbox import LABELS
from rtpy.web.times import show_exact

PEOPLE = {
    "add_requestor": "Requestors to add",
    "delete_requestor": "Requestors to take away",
    "add_cc": "Cc to add",
    "delete_cc": "Cc to take away",
    "add_admin_cc": "Internal Cc to add",
    "delete_admin_cc": "Internal Cc to take away",
}
NOTHING_YET = "as it is"


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket of the list: whether it is chosen, and what becomes of it."""

    id: int
    queue_id: int
    subject: str
    url: str
    status: str
    is_chosen: bool = True
    effect: Effect | None = None


@view_config(
    route_name="search.bulk", request_method="GET", renderer="staff/search/bulk.pt", permission=STAFF
)
def choose(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """All tickets of the search, each with a box, and what can be done to them."""
    asked = read_asked(request)
    try:
        if asked.problem:
            raise Refused(asked.problem)
        if asked.kind is not Target.TICKETS:
            raise Refused("Only tickets are changed in one step.")
        _need(request)
        ids = find_all(request.work, asked.search, most=MOST + 1)
        if len(ids) > MOST:
            raise Refused(f"Change at most {MOST} tickets in one step: narrow the search first.")
    except (Refused, CannotSearch) as problem:
        request.flash(str(problem), "bad")
        return HTTPSeeOther(address(request, asked))
    return _page(request, asked, ids, set(ids))


@view_config(
    route_name="search.bulk", request_method="POST", renderer="staff/search/bulk.pt", permission=STAFF
)
def change(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`do`: `preview` shows what would become of the chosen ones, `apply` does it."""
    asked = settle(request, read_content(posted(request), NOTHING))
    shown = _numbers(request.POST.getall("shown"))
    chosen = _numbers(request.POST.getall("id"))
    given = {
        name: value for name, value in texts_of(request).items() if is_bulk_field(name) and value.strip()
    }
    really = request.POST.get("do") == "apply"
    try:
        _need(request)
        if not chosen:
            raise Refused("Choose at least one ticket of the list.")
        if not given:
            raise Refused("Fill in at least one field: empty ones change nothing.")
        changes_for, said = read_bulk(request.work, given, zone=request.zone)
        bulk = update_tickets(
            request.work,
            chosen,
            changes_for,
            said=said,
            when=lambda at: _when(request, at),
            really=really,
        )
    except (Invalid, Refused) as problem:
        request.response.status_int = 422
        return _page(request, asked, shown, set(chosen), given, problem=str(problem))
    if not really:
        return _page(request, asked, shown, set(chosen), given, bulk)
    _tell(request, bulk)
    return HTTPSeeOther(address(request, asked))


def _page(
    request: Request,
    asked: Asked,
    ids: Sequence[int],
    chosen: set[int],
    given: Mapping[str, str] | None = None,
    bulk: Bulk | None = None,
    problem: str = "",
) -> dict[str, object]:
    given = given or {}
    effects = {effect.ticket_id: effect for effect in bulk.effects} if bulk else {}
    query = parameters(asked)
    lines = _lines(request, ids, chosen, effects)
    return {
        "title": "Change many tickets",
        "crumbs": (Link("Home", request.route_path("home")), Link("Search", address(request, asked))),
        "lines": lines,
        "fields": _fields(request, given),
        "people": [Field(name, label, given.get(name, "")) for name, label in PEOPLE.items()],
        "links": _links(given),
        "custom": _custom(request, {line.queue_id for line in lines}, given),
        "opened": {each.partition(":")[0] for each in given},
        "kept": [(name, value) for name, value in query if name != "q"],
        "bulk": bulk,
        "problems": [(None, problem)] if problem else [],
        "back_url": address(request, asked),
    }


def _lines(
    request: Request, ids: Sequence[int], chosen: set[int], effects: Mapping[int, Effect]
) -> list[Line]:
    """The tickets in the order of the search, as far as the reader may see them. One query."""
    visible = request.work.rights.of(Right.SHOW_TICKET).visible()
    rows = request.db.execute(
        select(Ticket.id, Ticket.queue_id, Ticket.subject, Ticket.status).where(Ticket.id.in_(ids), visible)
    )
    found = {row.id: row for row in rows}
    prefix = request.route_path("ticket.display", id=0)[:-1]
    return [
        Line(
            each,
            found[each].queue_id,
            found[each].subject or "(no subject)",
            f"{prefix}{each}",
            status_badge(request.app, found[each].status),
            each in chosen,
            effects.get(each),
        )
        for each in ids
        if each in found
    ]


def _fields(request: Request, given: Mapping[str, str]) -> list[Field]:
    nothing = Option("", NOTHING_YET)
    known = [Option(name, label) for name, (label, _) in statuses(request.app).items()]
    queues = [Option(str(queue_id), name) for queue_id, name in request.queues_seen]
    names = [name for name in staff_names(request) if not name.startswith("__") and name != "Nobody"]
    people = [Option("me", "me"), Option("nobody", "nobody"), *(Option(name, name) for name in names)]
    return [
        _select("status", "Status", [nothing, *known], given),
        _select("owner", "Owner", [nothing, *people], given),
        Field("priority", "Priority, a number", given.get("priority", "")),
        _select("queue", "Queue", [nothing, *queues], given),
        Field("due", "Due", given.get("due", ""), kind="date"),
        Field("starts", "Starts", given.get("starts", ""), kind="date"),
        Field("minutes", "Minutes worked, on each", given.get("minutes", "")),
        Field(
            "reply",
            "Reply to the requestors of each",
            given.get("reply", ""),
            kind="textarea",
            hint="Whoever has several of these requests gets one mail about all of them.",
        ),
        Field("comment", "Internal comment on each", given.get("comment", ""), kind="textarea"),
    ]


def _links(given: Mapping[str, str]) -> list[Field]:
    kinds = [Option("", "none"), *(Option(name, label.lower()) for name, label in LABELS.items())]
    hint = (
        "A number such as 17, several between blanks, asset:7, a:7 for an article, or an address (https://…)."
    )
    return [
        _select("link", "Link each: it", kinds, given),
        Field("link_to", "this ticket or address", given.get("link_to", ""), hint=hint),
    ]


def _custom(request: Request, queues: set[int], given: Mapping[str, str]) -> list[Field]:
    """For each custom field of these queues what can be done to it: one value set, or several added and taken away."""
    found = []
    for each in fields_to_change(request.work, queues):
        if each.is_single:
            found.append(_value(f"set:{each.id}", each.name, each, given))
            name = f"clear:{each.id}"
            found.append(Field(name, f"Empty {each.name}", "1", kind="checkbox", checked=name in given))
        else:
            found.append(_value(f"add:{each.id}", f"{each.name}: add", each, given))
            found.append(_value(f"delete:{each.id}", f"{each.name}: take away", each, given))
    return found


def _value(name: str, label: str, definition: FieldDefinition, given: Mapping[str, str]) -> Field:
    if definition.type == FieldType.SELECT:
        offered = [Option(choice.name, choice.name) for choice in definition.choices]
        return _select(name, label, [Option("", NOTHING_YET), *offered], given)
    kind = {FieldType.DATE: "date", FieldType.DATETIME: "datetime-local"}.get(
        FieldType(definition.type), "text"
    )
    return Field(name, label, given.get(name, ""), kind=kind, hint=definition.entry_hint)


def _select(name: str, label: str, options: Sequence[Option], given: Mapping[str, str]) -> Field:
    chosen = given.get(name, "")
    marked = tuple(Option(each.value, each.label, each.value == chosen) for each in options)
    return Field(name, label, kind="select", options=marked)


def _tell(request: Request, bulk: Bulk) -> None:
    mails = (
        f" {bulk.mails.mails} mail{'' if bulk.mails.mails == 1 else 's'} go out." if bulk.mails.mails else ""
    )
    request.flash(f"{bulk.changed} ticket{'' if bulk.changed == 1 else 's'} changed.{mails}")
    for effect in [each for each in bulk.effects if each.refused][:5]:
        request.flash(f"#{effect.ticket_id} stays as it was: {effect.refused}", "warn")
    if bulk.refused > 5:
        request.flash(f"{bulk.refused - 5} more stay as they were.", "warn")


def _need(request: Request) -> None:
    if not request.work.rights.system(Right.SHOW_SEARCH_BULK_UPDATE):
        raise Refused("You may not change many tickets in one step.")


def _when(request: Request, at: datetime) -> str:
    return show_exact(at, request.zone)


def _numbers(given: Sequence[str]) -> list[int]:
    """Numbers of tickets, each once, in their order."""
    good = (
        each
        for each in given
        if isinstance(each, str) and each.isascii() and each.isdigit() and len(each) < 19
    )
    return list(dict.fromkeys(int(each) for each in good))[: MOST + 1]
