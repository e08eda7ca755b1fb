"""Making a ticket, for oneself or on behalf of a customer who rang."""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.reading import read_create
from rtpy.content.priorities import USUAL
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Queue
from rtpy.rights.names import Right
from rtpy.web.custom_fields.inputs import FieldInput, creation_inputs
from rtpy.web.custom_fields.posted import given_fields
from rtpy.web.forms import Field, Option
from rtpy.web.panels import brought_changes
from rtpy.web.shown import Link, Who
from rtpy.web.staff.drafts import note_sent, send_once
from rtpy.web.staff.forms import files_of, has_files, problems_of, texts_of
from rtpy.web.staff.rows import labels_in, statuses
from rtpy.web.staff.ticket.audience import audience_of_new
from rtpy.web.staff.ticket.children import adopt, read_parent
from rtpy.web.staff.ticket.choices import priority_options

FIELDS = (
    "requestor",
    "cc",
    "queue",
    "subject",
    "text",
    "files",
    "status",
    "owner",
    "priority",
    "minutes",
    "due",
    "parent",
)


@view_config(
    route_name="ticket.create", request_method="GET", renderer="staff/ticket/create.pt", permission=STAFF
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form; values in the address fill it, such as `?requestor=ann@client.example`."""
    return _form(request, {name: value for name, value in request.GET.items() if name in FIELDS}, {})


@view_config(
    route_name="ticket.create", request_method="POST", renderer="staff/ticket/create.pt", permission=STAFF
)
def create_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it and go there; or show the form again with everything that was typed and what is wrong."""
    work, given = request.work, texts_of(request)
    if given.get("deed") == "queue":
        return _form(request, given, {})
    if "preview" in given:
        return {**_form(request, given, {}), "who": audience_of_new(work, given), "previewed": True}
    token = given.get("token", "")
    try:
        with work.db.begin_nested():
            known = send_once(work, token, {})
            if known is not None:
                request.flash("This was sent already: here is the ticket that it made.", "info")
                return HTTPSeeOther(_made_url(request, known))
            create = read_create(work, given, files_of(request), zone=request.zone)
            refuse_unseen_fields(request, create.queue)
            outcome = create_ticket(
                work,
                replace(
                    create,
                    fields=given_fields(request, Lookup.TICKET),
                    said_fields=given_fields(request, Lookup.TRANSACTION),
                ),
            )
            if brought := brought_changes(work, outcome.ticket, "create", given):
                change_ticket(work, outcome.ticket, *brought)
            adopt(work, outcome.ticket, given)
            if token:
                note_sent(work, token, {"ticket": str(outcome.ticket.id)})
    except Invalid as invalid:
        request.response.status_int = 422
        return _form(request, given, problems_of(invalid))
    except (Refused, Conflict) as refused:
        request.response.status_int = 409
        return _form(request, given, {"": str(refused)})
    for remark in outcome.remarks:
        request.flash(remark, "warn")
    request.flash(f"Ticket #{outcome.ticket.id} is made.")
    if not request.work.rights.of(Right.SHOW_TICKET).in_queue(outcome.ticket.queue_id):
        return HTTPSeeOther(request.route_path("home"))
    return HTTPSeeOther(request.route_path("ticket.display", id=outcome.ticket.id))


def queue_inputs(request: Request, queue_id: int, wrong: Mapping[str, str]) -> list[FieldInput]:
    """The custom fields of a new ticket in this queue, and of its first message."""
    return [
        each
        for lookup in (Lookup.TICKET, Lookup.TRANSACTION)
        for each in creation_inputs(request, lookup, queue_id, wrong)
    ]


def refuse_unseen_fields(request: Request, queue: Queue) -> None:
    """Raises Invalid when the form showed the fields of another queue than the one that was chosen in it."""
    if "shown_queue" not in request.POST or request.POST["shown_queue"] == str(queue.id):
        return
    shown = set(request.POST.getall("cf_shown"))
    if any(str(each.field_id) not in shown for each in queue_inputs(request, queue.id, {})):
        sentence = f"The queue {queue.name} has fields of its own. They are below now: fill them in, then send again."
        raise Invalid(Problem("queue", sentence))


def _made_url(request: Request, known: Mapping[str, str]) -> str:
    number = known.get("ticket", "")
    url: str = request.route_path("ticket.display", id=number) if number else request.route_path("home")
    return url


def _form(request: Request, given: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    fields = {field.name: field for field in _fields(request, given, wrong)}
    queue = next((option.value for option in fields["queue"].options if option.selected), "")
    inputs = queue_inputs(request, int(queue), wrong) if queue else []
    ids = {**{name: field.id for name, field in fields.items()}, **{each.name: each.id for each in inputs}}
    return {
        "field_inputs": inputs,
        "shown_queue": queue,
        "parent": read_parent(given),
        "crumbs": (Link("Home", request.route_path("home")),),
        "who": Who("create-who", asked=False),
        "previewed": False,
        "form": fields,
        "problems": [(ids.get(name), words) for name, words in wrong.items()],
        "create_url": request.route_path("ticket.create"),
        "token": secrets.token_urlsafe(16),
        "may_create": bool(_queues(request)),
    }


def _fields(request: Request, given: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[Field, ...]:
    def field(name: str, label: str, **more: object) -> Field:
        return Field(name, label, given.get(name, ""), error=wrong.get(name, ""), **more)  # type: ignore[arg-type]

    queues = _queues(request)
    queue = given.get("queue") or (str(queues[0][0]) if queues else "")
    again = "Choose the files again: the browser does not keep them." if _had_files(request) else ""
    return (
        field(
            "requestor",
            "Whose request is it?",
            required=True,
            autofocus=not given.get("requestor"),
            placeholder="ann@client.example or Ann Miller <ann@client.example>",
            hint="A mail address or a login name. Who is not known yet is added.",
            autocomplete="off",
        ),
        field("cc", "Copies to", hint="Addresses between commas. They get every reply.", autocomplete="off"),
        field(
            "queue",
            "Queue",
            kind="select",
            required=True,
            options=tuple(Option(str(each), name, str(each) == queue) for each, name in queues),
        ),
        # With autocomplete off browsers forget it when somebody goes back to a form that was not taken.
        field("subject", "Subject", required=True),
        field(
            "text",
            "What is it about?",
            kind="textarea",
            rows=9,
            hint="What was said on the phone, for example. The requestor can read it.",
        ),
        Field("files", "Files", kind="file", multiple=True, error=wrong.get("files", again)),
        field("status", "Status", kind="select", required=True, options=_statuses(request, queue, given)),
        field("owner", "Owner", kind="select", required=True, options=_owners(given.get("owner", ""))),
        field(
            "priority", "Priority", kind="select", required=True, options=_priorities(request, queue, given)
        ),
        field("minutes", "Time worked", kind="text"),
        field("due", "Due", kind="datetime-local"),
    )


def _queues(request: Request) -> list[tuple[int, str]]:
    may = request.work.rights.of(Right.CREATE_TICKET)
    return [each for each in request.queues_seen if may.in_queue(each[0])]


def _statuses(request: Request, queue: str, given: Mapping[str, str]) -> tuple[Option, ...]:
    row = _queue(request, queue)
    lifecycle = request.app.lifecycles.get(row.lifecycle if row else "default")
    chosen = given.get("status") or lifecycle.on_create
    known = statuses(request.app)
    names = [status.lower() for status in lifecycle.statuses if lifecycle.may_create(status)]
    return tuple(Option(name, known[name][0], name == chosen) for name in names)


def _priorities(request: Request, queue: str, given: Mapping[str, str]) -> tuple[Option, ...]:
    row = _queue(request, queue)
    typed = given.get("priority", "")
    usual = row.initial_priority if row else 0
    number = int(typed) if typed.removeprefix("-").isdigit() and len(typed) < 6 else usual
    return priority_options(number, labels_in(row.priority_labels) if row else USUAL)


def _queue(request: Request, queue: str) -> Queue | None:
    is_id = queue.isascii() and queue.isdigit() and len(queue) < 19
    found: Queue | None = request.db.get(Queue, int(queue)) if is_id else None
    return found


def _owners(chosen: str) -> tuple[Option, ...]:
    return (Option("nobody", "nobody", chosen != "me"), Option("me", "me", chosen == "me"))


def _had_files(request: Request) -> bool:
    return request.method == "POST" and has_files(request)
