"""Reminders on the page of a ticket, and mine on the start page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import bindparam, nulls_last, select
from sqlalchemy.orm import Session

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.reader import Reader
from rtpy.changes.ticket.reminders import REMINDER, AddReminder, OpenReminder, ResolveReminder, reminder_of
from rtpy.errors import Conflict, Invalid, NotFound, Refused
from rtpy.http.resources import TicketResource
from rtpy.models import Link, Ticket
from rtpy.rights.names import Right
from rtpy.web.html import Html
from rtpy.web.staff.forms import texts_of

ON_HOME = 10
DONE = {"resolve": "The reminder is done.", "open": "The reminder is open again."}


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """One reminder; `url` leads to its ticket on the start page. `may`: the reader may complete and open it."""

    id: int
    subject: str
    owner: str
    due: Html
    is_late: bool
    is_done: bool
    may: bool = False
    url: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class ReminderBox:
    """The reminders of a ticket, open ones first; `may`: the reader may add some."""

    open: tuple[ReminderLine, ...]
    done: tuple[ReminderLine, ...]
    url: str
    may: bool


def show_reminders(request: Request, resource: TicketResource, rows: Sequence[Any]) -> ReminderBox:
    """From `Linked.reminders`. No query."""
    ticket, me = resource.ticket, resource.work.actor.user_id
    lifecycle = request.app.lifecycles.get(ticket.queue.lifecycle)
    may = resource.allows(Right.MODIFY_TICKET)
    lines = []
    for row in rows:
        is_done = lifecycle.is_inactive(row.status)
        lines.append(
            ReminderLine(
                row.number,
                row.subject,
                row.owner,
                request.when(row.due),
                not is_done and row.due is not None and row.due < request.work.now,
                is_done,
                may or row.owner_id == me,
            )
        )
    may_add = may and request.work.rights.of(Right.CREATE_TICKET).in_queue(ticket.queue_id)
    return ReminderBox(
        tuple(line for line in lines if not line.is_done),
        tuple(line for line in lines if line.is_done),
        request.route_path("ticket.reminders", id=ticket.id),
        may_add,
    )


def my_reminders(request: Request) -> list[ReminderLine]:
    """What the reader is to remember, the most urgent first. One query."""
    active = request.app.lifecycles.active_statuses()
    return [
        ReminderLine(
            row.id,
            row.subject,
            "",
            request.when(row.due),
            row.due is not None and row.due < request.work.now,
            is_done=False,
            url=request.route_path("ticket.display", id=row.parent, _anchor="reminders"),
            number=row.parent,
        )
        for row in read_mine(request.db, request.work.actor.user_id, active)
    ]


def read_mine(db: Session, user_id: int, active: Sequence[str]) -> Sequence[Any]:
    """Those that the user is to complete. One query."""
    return db.connection().execute(_MINE, {"me": user_id, "statuses": active}).all()


@view_config(route_name="ticket.reminders", request_method="POST", permission=Right.SHOW_TICKET)
def change_reminders(resource: TicketResource, request: Request) -> Response:
    """`deed` is add (with subject, owner, due), resolve or open (with the number `reminder`)."""
    ticket, work, given = resource.ticket, resource.work, texts_of(request)
    here = request.route_path("ticket.display", id=ticket.id, _anchor="reminders")
    try:
        change_ticket(work, ticket, _change(request, resource, given))
    except (Invalid, Refused, Conflict, NotFound) as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash(DONE.get(given.get("deed", ""), "The reminder is added."))
    return HTTPSeeOther(here)


def _change(request: Request, resource: TicketResource, given: dict[str, str]) -> Change:
    deed, ticket = given.get("deed", "add"), resource.ticket
    if deed in DONE:
        number = given.get("reminder", "")
        is_id = number.isascii() and number.isdigit() and len(number) < 19
        reminder = reminder_of(request.db, ticket, int(number)) if is_id else None
        if reminder is None:
            raise NotFound(f"Ticket #{ticket.id} has no such reminder.")
        return ResolveReminder(reminder) if deed == "resolve" else OpenReminder(reminder)
    reader = Reader(resource.work, given, request.zone)
    owner, due = reader.user("owner"), reader.moment("due")
    reader.done()
    return AddReminder(reader.word("subject"), owner, due)


_mine: Any = bindparam("me")
# Built once: to build it costs more than to run it.
_MINE = (
    select(Ticket.id, Ticket.subject, Ticket.due, Link.local_target_id.label("parent"))
    .join(Link, Link.local_base_id == Ticket.id)
    .where(
        Ticket.owner_id == _mine,
        Ticket.status.in_(bindparam("statuses", expanding=True)),
        Ticket.type == REMINDER,
        Link.type == "RefersTo",
        Link.local_target_id.is_not(None),
    )
    .order_by(nulls_last(Ticket.due.asc()), Ticket.id)
    .limit(ON_HOME)
)
