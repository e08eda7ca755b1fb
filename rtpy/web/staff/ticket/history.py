"""Everything that happened to a ticket, with what each scrip did about it and why."""

from collections import defaultdict
from dataclasses import dataclass, replace

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.fields.contents import fields_seen
from rtpy.history.describing import describe, links_in, names_in
from rtpy.history.reading import count_history, read_history
from rtpy.http.resources import TicketResource
from rtpy.models import ScripRun
from rtpy.rights.names import Right
from rtpy.search.things import named_for
from rtpy.web.html import Html
from rtpy.web.shown import FileLink, Link, MailState
from rtpy.web.staff.ticket.conversation import file_link
from rtpy.web.staff.ticket.mails import read_mails, show_mails
from rtpy.web.times import show_exact, show_minutes

PER_PAGE = 200
FORWARDED = ("Create", "Correspond")
TONES = {"done": "ok", "failed": "bad", "skipped": ""}


@dataclass(frozen=True, slots=True)
class ScripLine:
    """What one scrip did about a transaction: the outcome with its tone, and the reason."""

    description: str
    outcome: str
    tone: str
    reason: str
    took: str


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction."""

    id: int
    at: Html
    who: str
    what: str
    face: str
    internal: bool
    worked: str
    ticket_id: int | None
    """Of which ticket, when it came by merging."""
    files: tuple[FileLink, ...]
    mails: tuple[MailState, ...]
    scrips: tuple[ScripLine, ...]
    remarks: tuple[str, ...]
    show_url: str | None
    raw_url: str | None
    forward_url: str | None


@view_config(
    route_name="ticket.history",
    request_method="GET",
    renderer="staff/ticket/history.pt",
    permission=Right.SHOW_TICKET,
)
def show_history(resource: TicketResource, request: Request) -> dict[str, object]:
    """The newest first, PER_PAGE at once; `?before=ID` for what is older."""
    ticket, db = resource.ticket, request.db
    comments, outgoing = (
        resource.allows(Right.SHOW_TICKET_COMMENTS),
        resource.allows(Right.SHOW_OUTGOING_EMAIL),
    )
    ids = resource.numbers
    fields = fields_seen(resource.work, (ticket.queue_id,), resource.roles)
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    entries = read_history(
        db, ids, comments=comments, outgoing=outgoing, fields=fields, newest=PER_PAGE + 1, before=before
    )
    more = len(entries) > PER_PAGE
    entries = entries[1:] if more else entries
    numbers = [entry.id for entry in entries]
    mails = read_mails(db, ids, numbers, internal=comments) if outgoing else {}
    scrips = _read_scrips(db, numbers) if resource.allows(Right.SHOW_SCRIPS) else {}
    may_forward = resource.allows(Right.FORWARD_MESSAGE)
    things = named_for(resource.work, links_in(entries))
    names = replace(names_in(db, entries, request.app.named("rtpy_transaction_texts")), things=things)
    here = request.route_path("ticket.display", id=ticket.id)
    lines = [
        Line(
            entry.id,
            request.when(entry.created),
            entry.creator_name,
            describe(entry, names, lambda at: show_exact(at, request.zone)),
            entry.face,
            entry.type in ("Comment", "CommentEmailRecord"),
            show_minutes(entry.minutes) if entry.minutes else "",
            entry.ticket_id if entry.ticket_id != ticket.id else None,
            tuple(file_link(here, file.id, file.filename, file.size) for file in entry.files),
            show_mails(here, mails.get(entry.id, ())),
            tuple(scrips.get(entry.id, ())),
            entry.remarks,
            f"{here}#txn-{entry.id}" if entry.is_message else None,
            f"{here}/transaction/{entry.id}/raw" if entry.is_mail else None,
            f"{here}/forward?txn={entry.id}" if may_forward and entry.type in FORWARDED else None,
        )
        for entry in reversed(entries)
    ]
    path = request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "lines": lines,
        "total": count_history(db, ids, comments=comments, outgoing=outgoing, fields=fields),
        "older_url": path("ticket.history", id=ticket.id, _query={"before": numbers[0]}) if more else None,
    }


def _read_scrips(db: Session, transaction_ids: list[int]) -> dict[int, list[ScripLine]]:
    """What the scrips did about each transaction. One query."""
    found: dict[int, list[ScripLine]] = defaultdict(list)
    if not transaction_ids:
        return found
    rows = db.execute(
        select(ScripRun.transaction_id, ScripRun.entries)
        .where(ScripRun.transaction_id.in_(transaction_ids))
        .order_by(ScripRun.id)
    )
    for row in rows:
        for entry in row.entries:
            outcome = str(entry.get("outcome", ""))
            found[row.transaction_id].append(
                ScripLine(
                    str(entry.get("description", "")),
                    outcome,
                    TONES.get(outcome, ""),
                    str(entry.get("reason", "")),
                    f"{int(str(entry['micros'])) / 1000:.1f} ms" if "micros" in entry else "",
                )
            )
    return found
