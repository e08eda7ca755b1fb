"""The JSON that a webhook gets: the event, the entry of the history, what was said, and the ticket as it is then."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import bindparam, select

from rtpy.app import App
from rtpy.content.plain import message_text
from rtpy.db.base import table_of
from rtpy.history.describing import Names, describe, what_changed
from rtpy.history.entry import Entry
from rtpy.models import Group, Organization, Queue, Ticket, User, Watcher
from rtpy.models.watcher import REQUESTOR
from rtpy.webhooks.events import TEST
from rtpy.work import Work

LONGEST_TEXT = 20_000
"""Bytes of what was said; a receiver that wants more reads it by its address."""
LONGEST_VALUE = 1000
LONGEST_BROUGHT = 65_536
MOST_PEOPLE = 20
MOST_FILES = 20

Json = Mapping[str, object]


def event_body(
    app: App, event: str, event_id: str, moment: datetime, ticket: Json, entry: Entry, names: Names
) -> str:
    """The body of one event, as text; `ticket` is what `ticket_facts` gave."""
    data = {"transaction": _transaction(app, entry, names), "message": _message(app, entry), "ticket": ticket}
    return _written(event, event_id, moment, data)


def brought_body(event: str, event_id: str, moment: datetime, data: Json) -> str:
    """The body of an event of a plugin, as text. Raises ValueError when it is too big."""
    body = _written(event, event_id, moment, data)
    if len(body) > LONGEST_BROUGHT:
        raise ValueError(f"the body of {event} has {len(body)} characters")
    return body


def test_body(work: Work, event_id: str) -> str:
    """The body of a test: there is no ticket in it."""
    said = f"This is a test of {work.app.config.rtname}: what is sent here arrives."
    return _written(
        TEST, event_id, work.now, {"transaction": None, "message": {"text": said}, "ticket": None}
    )


def ticket_facts(work: Work, ticket: Ticket) -> dict[str, object]:
    """The ticket as it is now. One query, and one each for queue, owner and client that nobody has read before."""
    db, config = work.db, work.app.config
    people = db.connection().execute(_REQUESTORS, {"ticket": ticket.id}).all()
    queue, owner = db.get_one(Queue, ticket.queue_id), db.get_one(User, ticket.owner_id)
    client = db.get(Organization, ticket.organization_id) if ticket.organization_id else None
    return {
        "id": ticket.id,
        "subject": ticket.subject,
        "queue": {"id": queue.id, "name": queue.name},
        "status": ticket.status,
        "priority": ticket.priority,
        "organization": {"id": client.id, "name": client.name} if client else None,
        "owner": _person(owner.id, owner.display_name, owner.email_address),
        "requestors": [
            _person(row.id, row.real_name or row.name or row.group_name, row.email_address) for row in people
        ],
        "created": _moment(ticket.created),
        "due": _moment(ticket.due),
        "last_updated": _moment(ticket.last_updated),
        "api_url": config.url(f"/REST/2.0/ticket/{ticket.id}"),
        "url": config.url(f"/ticket/{ticket.id}"),
    }


def _written(event: str, event_id: str, moment: datetime, data: Json) -> str:
    whole = {"id": event_id, "type": event, "timestamp": _moment(moment), "data": data}
    # What no encoding takes must not stop the change that is told of.
    return json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def _transaction(app: App, entry: Entry, names: Names) -> Json:
    what, old, new = what_changed(entry, names)
    return {
        "id": entry.id,
        "type": entry.type,
        "field": what,
        "old": _short(old),
        "new": _short(new),
        "old_value": _short(entry.old_value),
        "new_value": _short(entry.new_value),
        "description": _short(describe(entry, names)),
        "minutes": entry.minutes,
        "creator": _person(entry.creator_id, entry.creator_name, entry.creator_address),
        "created": _moment(entry.created),
        "api_url": app.config.url(f"/REST/2.0/transaction/{entry.id}"),
    }


def _message(app: App, entry: Entry) -> Json | None:
    if not entry.is_message:
        return None
    text = message_text(entry.parts)
    cut = text.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")
    return {
        "text": cut,
        "is_cut": len(cut) < len(text),
        "is_internal": entry.is_internal,
        "files": [
            {
                "id": file.id,
                "name": _short(file.filename),
                "content_type": file.content_type,
                "size": file.size,
                "api_url": app.config.url(f"/REST/2.0/attachment/{file.id}"),
            }
            for file in entry.files[:MOST_FILES]
        ],
    }


def _person(number: int, name: str, address: str | None) -> Json:
    return {"id": number, "name": name, "email": address or ""}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


_user, _group, _watcher = table_of(User), table_of(Group), table_of(Watcher)
_REQUESTORS = (
    select(
        _watcher.c.principal_id.label("id"),
        _user.c.name,
        _user.c.real_name,
        _user.c.email_address,
        _group.c.name.label("group_name"),
    )
    .outerjoin(_user, _user.c.id == _watcher.c.principal_id)
    .outerjoin(_group, _group.c.id == _watcher.c.principal_id)
    .where(_watcher.c.ticket_id == bindparam("ticket"), _watcher.c.role == REQUESTOR)
    .order_by(_watcher.c.id)
    .limit(MOST_PEOPLE)
)
