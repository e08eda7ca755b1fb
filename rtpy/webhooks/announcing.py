"""Announcing what is no transaction of a ticket, such as an invoice that was issued: events of plugins."""

import logging
from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy.exc import DBAPIError

from rtpy.changes.people import system_groups
from rtpy.errors import RtpyError
from rtpy.models import Ticket
from rtpy.models.group import PRIVILEGED
from rtpy.webhooks.body import brought_body, ticket_facts
from rtpy.webhooks.events import BroughtEvent, brought_events
from rtpy.webhooks.known import KnownWebhook, known_webhooks
from rtpy.webhooks.recording import INSERT, blame, eyes_of, fits
from rtpy.work import Actor, Face, Work

log = logging.getLogger("rtpy.webhooks")


def announce(work: Work, event: str, payload: Mapping[str, object], *, ticket: Ticket | None = None) -> None:
    """Tell the webhooks that want to hear of `event` (hook `rtpy_webhook_events`): rows in the same transaction.

    `payload` are plain values, 64 KB as JSON at most. A webhook is told when its person is staff and holds the right
    of the event; with a `ticket` that person must see it, its facts are added, and the webhook's query is asked.
    Without one the query is not asked. Nothing is asked of the database while nobody wants to hear of it. What goes
    wrong with a webhook stands with it and in the log, and never undoes the change. Raises KeyError for an event that
    no listed plugin brings.
    """
    brought = brought_events(work.app)[event]
    for hook in known_webhooks(work.app, work.db):
        if event not in hook.events or (hook.skip_own and hook.user_id == work.actor.user_id):
            continue
        try:
            with work.db.begin_nested():
                _note(work, hook, event, brought, payload, ticket)
        except DBAPIError:
            raise  # the database itself: the whole transaction is tried again, or fails
        except RtpyError as problem:
            blame(work, hook, f"Its query cannot be asked: {problem}")
        except Exception as error:
            log.exception("webhook %s: the event %s could not be written", hook.id, event)
            blame(work, hook, f"The event {event} could not be written: {type(error).__name__}.")


def _note(
    work: Work,
    hook: KnownWebhook,
    event: str,
    brought: BroughtEvent,
    payload: Mapping[str, object],
    ticket: Ticket | None,
) -> None:
    reader = _reader(work, hook, ticket)
    if reader is None or not reader.rights.system(brought.right):
        return
    if ticket is not None and not fits(reader, hook.query, ticket):
        return
    event_id = str(uuid4())
    data = dict(payload) if ticket is None else {**payload, "ticket": ticket_facts(work, ticket)}
    row = {
        "webhook_id": hook.id,
        "event_id": event_id,
        "event": event,
        "ticket_id": None if ticket is None else ticket.id,
        "transaction_id": None,
        "body": brought_body(event, event_id, work.now, data),
        "created": work.now,
        "state": "queued",
        "not_before": work.now,
    }
    work.db.connection().execute(INSERT, [row])


def _reader(work: Work, hook: KnownWebhook, ticket: Ticket | None) -> Work | None:
    """With whose rights the webhook looks; None when the person is no staff, or may not see the ticket."""
    if ticket is not None:
        eyes = eyes_of(work, hook, ticket)
        return None if eyes is None else eyes.work
    reader = work.as_actor(Actor(hook.user_id, hook.user_name, Face.SYSTEM))
    is_staff = system_groups(work, (PRIVILEGED,))[0] in reader.rights.principals
    return reader if is_staff else None
