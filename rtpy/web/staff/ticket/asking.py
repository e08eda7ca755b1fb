"""The form between a move and its doing: it asks for the fields that are still empty, and keeps all that was sent."""

from collections.abc import Collection, Mapping

from pyramid.request import Request
from sqlalchemy import select

from rtpy.changes.ticket.mandatory import FieldsMissing
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid
from rtpy.fields.contents import contents_of
from rtpy.fields.definitions import field_named
from rtpy.http.resources import TicketResource, load_again
from rtpy.lifecycle.mandatory import FIELDS, custom_name
from rtpy.models import Organization
from rtpy.web.custom_fields.inputs import FieldInput, base_of, field_input, posted_texts
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import has_files, problems_of, texts_named, texts_of
from rtpy.web.staff.ticket.choices import possible_owners

ASKED = "asked"
"""Names of the fields that a form of ours asked for."""
MINUTES = ("time_worked", "time_taken")
MOST_ORGANIZATIONS = 500


def can_ask(request: Request, kind: str, invalid: Invalid) -> bool:
    """Can what is wrong with an answer be put right by the form? A comment never becomes a reply by it."""
    if isinstance(invalid, FieldsMissing):
        return not (kind == "comment" and "reply" in invalid.names)
    return ASKED in request.POST


def ask_fields(request: Request, resource: TicketResource, invalid: Invalid) -> dict[str, object]:
    """The values of staff/ticket/modify.pt, answered with 422; sent again it goes to the address that asked."""
    load_again(resource)
    given, ticket = texts_of(request), resource.ticket
    earlier = texts_named(request, ASKED)
    missing = invalid.names if isinstance(invalid, FieldsMissing) else ()
    names = tuple(dict.fromkeys((*earlier, *missing)))
    wrong: Mapping[str, str] = problems_of(invalid) if earlier else {}
    fields = [
        field for name in names if name in FIELDS for field in _field(request, resource, name, given, wrong)
    ]
    fields = list({field.name: field for field in fields}.values())
    asked = (_input(request, resource, name, names, wrong) for name in names)
    inputs = [found for found in asked if found is not None]
    shown = {"csrf_token", ASKED, *(field.name for field in fields), *(each.name for each in inputs)}
    own = {str(each.field_id) for each in inputs}
    lifecycle = request.app.lifecycles.get(ticket.queue.lifecycle)
    request.response.status_int = 422
    ids = {each.name: each.id for each in fields} | {each.name: each.id for each in inputs}
    kept = [
        (name, value)
        for name, value in request.POST.items()
        if isinstance(value, str) and name not in shown and not (name == "cf_shown" and value in own)
    ]
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link(f"#{ticket.id} {ticket.subject}", request.route_path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "status": lifecycle.shown(given.get("status", "")),
        "post_url": request.path,
        "back_url": request.route_path("ticket.display", id=ticket.id),
        "fields": fields,
        "inputs": inputs,
        "asked": names,
        "kept": kept,
        "problems": [(ids.get(name), sentence) for name, sentence in wrong.items()],
        "had_files": has_files(request),
    }


def _field(
    request: Request,
    resource: TicketResource,
    name: str,
    given: Mapping[str, str],
    wrong: Mapping[str, str],
) -> list[Field]:
    label, error = FIELDS[name].partition(",")[0], wrong.get(name, "")
    if name in MINUTES:
        typed = given.get("minutes", "")
        error = error or wrong.get("minutes", "")
        return [Field("minutes", "Time worked", typed, "text", error=error, required=True)]
    if name in ("due", "starts"):
        return [Field(name, label, given.get(name, ""), "datetime-local", error=error, required=True)]
    if name == "owner":
        owners = [("", "Choose …"), ("me", "me")]
        may_own = possible_owners(request.app, request.db, resource.ticket.queue_id)
        owners += [(str(each), who) for each, who in may_own]
        return [_select(name, label, owners, given.get(name, ""), error)]
    if name == "organization":
        rows = request.db.execute(_ORGANIZATIONS)
        known = [("", "Choose …"), *((str(row.id), row.name) for row in rows)]
        return [_select(name, label, known, given.get(name, ""), error)]
    words = {"reply": "Reply to the customer", "comment": "What was done (internal)"}
    return [Field(name, words[name], given.get(name, ""), "textarea", error=error, required=True)]


_ORGANIZATIONS = (
    select(Organization.id, Organization.name)
    .where(Organization.disabled.is_(False))
    .order_by(Organization.name)
    .limit(MOST_ORGANIZATIONS)
)


def _select(name: str, label: str, known: list[tuple[str, str]], chosen: str, error: str) -> Field:
    options = tuple(Option(value, words, value == chosen) for value, words in known)
    return Field(name, label, kind="select", options=options, error=error, required=True)


def _input(
    request: Request, resource: TicketResource, name: str, names: Collection[str], wrong: Mapping[str, str]
) -> FieldInput | None:
    own = custom_name(name)
    if own is None:
        return None
    definition = field_named(request.app, request.db, Lookup.TICKET, own, resource.ticket.queue_id)
    if definition is None:
        return None
    typed = posted_texts(request, definition)
    error = wrong.get(definition.input_name, "")
    base = base_of(request, definition)
    if base is not None and base.definition.name.casefold() not in {
        (custom_name(each) or "").casefold() for each in names
    }:
        base = base_of(request, definition, contents_of(request.db, Lookup.TICKET, resource.ticket.id))
    return field_input(definition, zone=request.zone, typed=typed or (), error=error, base=base)
