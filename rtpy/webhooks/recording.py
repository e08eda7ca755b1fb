"""Noting events: a bundle of changes becomes rows for the webhooks that are to hear of it, in the same transaction.

What stands in a row is what the webhook's person may see at that moment; who may not see the ticket, or the entry,
is told nothing.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from rtpy.changes.people import system_groups
from rtpy.db.base import table_of
from rtpy.errors import RtpyError
from rtpy.fields.contents import fields_seen
from rtpy.history.describing import names_in
from rtpy.history.entry import Entry
from rtpy.history.reading import read_history
from rtpy.models import Ticket, Transaction, WebhookDelivery, WebhookState
from rtpy.models.group import PRIVILEGED
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Node
from rtpy.search.patience import patient
from rtpy.search.run import Search, clauses_of
from rtpy.webhooks.body import event_body, ticket_facts
from rtpy.webhooks.events import event_of
from rtpy.webhooks.known import KnownWebhook, known_webhooks
from rtpy.work import Actor, Face, Work

log = logging.getLogger("rtpy.webhooks")


def note_events(work: Work, ticket: Ticket, transactions: Sequence[Transaction]) -> None:
    """Write the rows. Nothing is asked of the database while no webhook wants to hear of any of it.

    What goes wrong here stands with the webhook and in the log: it never undoes the change.
    """
    known = known_webhooks(work.app, work.db)
    if not known:
        return
    by_ticket: dict[int, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        by_ticket[transaction.object_id].append(transaction)
    for number, some in by_ticket.items():
        about = ticket if number == ticket.id else work.db.get(Ticket, number)
        if about is None or about.type != "ticket":
            continue  # reminders are notes to oneself
        for hook in known:
            wanted = {each.id: event for each in some if (event := event_of(each)) in hook.events}
            if hook.skip_own:
                own = {each.id for each in some if each.creator_id == hook.user_id}
                wanted = {number: event for number, event in wanted.items() if number not in own}
            if wanted:
                _note(work, hook, about, wanted)


def _note(work: Work, hook: KnownWebhook, ticket: Ticket, wanted: dict[int, str]) -> None:
    try:
        with work.db.begin_nested():
            rows = _rows(work, hook, ticket, wanted)
            if rows:
                work.db.connection().execute(INSERT, rows)
    except DBAPIError:
        raise  # the database itself: the whole transaction is tried again, or fails
    except RtpyError as problem:
        blame(work, hook, f"Its query cannot be asked: {problem}")
    except Exception as error:
        log.exception("webhook %s: an event of ticket %s could not be written", hook.id, ticket.id)
        blame(work, hook, f"An event of ticket #{ticket.id} could not be written: {type(error).__name__}.")


def _rows(work: Work, hook: KnownWebhook, ticket: Ticket, wanted: dict[int, str]) -> list[dict[str, object]]:
    eyes = eyes_of(work, hook, ticket)
    if eyes is None or not fits(eyes.work, hook.query, ticket):
        return []
    entries = _entries(eyes, hook, ticket, wanted)
    if not entries:
        return []
    names, facts = (
        names_in(work.db, entries, work.app.named("rtpy_transaction_texts")),
        ticket_facts(work, ticket),
    )
    rows = []
    for entry in entries:
        event_id, event = str(uuid4()), wanted[entry.id]
        rows.append(
            {
                "webhook_id": hook.id,
                "event_id": event_id,
                "event": event,
                "ticket_id": ticket.id,
                "transaction_id": entry.id,
                "body": event_body(work.app, event, event_id, work.now, facts, entry, names),
                "created": work.now,
                "state": "queued",
                "not_before": work.now,
            }
        )
    return rows


@dataclass(frozen=True, slots=True)
class Eyes:
    """With whose rights a webhook looks at a ticket; `roles` are what the person plays on it."""

    work: Work
    roles: frozenset[str]


def eyes_of(work: Work, hook: KnownWebhook, ticket: Ticket) -> Eyes | None:
    """None when the person is switched off, no staff any more, or may not see the ticket. Two queries at most."""
    reader = work.as_actor(Actor(hook.user_id, hook.user_name, Face.SYSTEM))
    rights = reader.rights
    if system_groups(work, (PRIVILEGED,))[0] not in rights.principals:
        return None
    roles = frozenset() if rights.super_user else roles_held(work.db, rights.principals, ticket)
    sees = rights.of(Right.SHOW_TICKET).allows(ticket.queue_id, roles)
    return Eyes(reader, roles) if sees else None


def _entries(eyes: Eyes, hook: KnownWebhook, ticket: Ticket, wanted: dict[int, str]) -> list[Entry]:
    may_read = eyes.work.rights.of(Right.SHOW_TICKET_COMMENTS).allows(ticket.queue_id, eyes.roles)
    return read_history(
        eyes.work.db,
        [ticket.id],
        comments=hook.comments and may_read,
        outgoing=False,
        fields=fields_seen(eyes.work, (ticket.queue_id,), eyes.roles),
        only=wanted,
    )


def fits(reader: Work, query: str, ticket: Ticket) -> bool:
    """Does the ticket fit the query, as the person would be answered? Raises RtpyError when it cannot be asked."""
    node = _node(query)
    if node is None:
        return True
    asked = select(Ticket.id).where(*clauses_of(reader, Search(node=node)), Ticket.id == ticket.id)
    with patient(reader):
        return reader.db.connection().scalar(asked) is not None


@lru_cache(maxsize=200)
def _node(query: str) -> Node | None:
    return parse(query).node


def blame(work: Work, hook: KnownWebhook, problem: str) -> None:
    """Let the administrators know; written only when it is new, since every change of a ticket may come here."""
    values = {"webhook": hook.id, "said": problem[:500]}
    work.db.connection().execute(_BLAME, values)


INSERT = insert(table_of(WebhookDelivery))
_states = table_of(WebhookState)
_BLAME = (
    update(_states)
    .where(_states.c.webhook_id == bindparam("webhook"), _states.c.problem != bindparam("said"))
    .values(problem=bindparam("said"))
)
