"""The pipeline: the one way in for every change of a ticket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rtpy.changes.allowed import held_now
from rtpy.changes.change import Change, Outcome, Tried
from rtpy.changes.guard import changing
from rtpy.changes.recording import record_on_ticket
from rtpy.changes.storing import store
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.link_keys import unlocked
from rtpy.errors import Refused, RtpyError
from rtpy.logs.facts import noted
from rtpy.models import Ticket, Transaction
from rtpy.models.locks import lock_tickets
from rtpy.telemetry.spans import span, tell
from rtpy.work import Work

DEEPEST = 8
"""Bundles inside bundles (a scrip's change runs scrips of its own) before a circle is assumed."""

PREPARING = "rtpy_preparing"
"""Set in `db.info` while scrips look at conditions and prepare: then nothing may be changed."""


def create_ticket(work: Work, create: CreateTicket) -> Outcome:
    """Make a ticket with its people and its first transaction; scrips and hooks run as for any change.

    Raises Refused: nothing was made. Needs an open database transaction; never commits.
    """
    with _bundle(work, create), _sparing(work, create):
        ticket, remarks = create.build(work)
        _refuse_by_hooks(work, ticket, create)
        store(work.db, ticket)
        with _keeping_rights(work, ticket):
            transactions = tuple(_apply(work, ticket, create))
            work.app.hooks.rtpy_batch_recorded(work=work, ticket=ticket, transactions=transactions)
    return Outcome(ticket, transactions, remarks)


def change_ticket(work: Work, ticket: Ticket, *changes: Change) -> Outcome:
    """Do all of `changes`, or none of them.

    Locks the ticket, then for each change: check it, let plugins refuse it, apply it, record its transactions and
    tell the hooks. At the end the hooks are told once about the whole bundle. Rights that the actor held when the
    bundle began hold to its end, so moving a ticket out of one's reach does not stop the rest of the bundle.

    Raises Refused: nothing was changed. Needs an open database transaction; never commits.
    """
    with _bundle(work, *changes), _sparing(work, *changes):
        lock_tickets(work.db, ticket)
        if ticket.merged_into_id is not None:
            raise Refused(f"Ticket #{ticket.id} was merged into #{ticket.merged_into_id}: change that one.")
        with _keeping_rights(work, ticket):
            done: list[Transaction] = []
            for change in changes:
                change.check(work, ticket)
                _refuse_by_hooks(work, ticket, change)
                done.extend(_apply(work, ticket, change))
            transactions = tuple(done)
            if transactions:
                work.app.hooks.rtpy_batch_recorded(work=work, ticket=ticket, transactions=transactions)
    return Outcome(ticket, transactions)


def change_each(work: Work, ticket: Ticket, *changes: Change) -> tuple[Tried, ...]:
    """Do each of `changes` that can be done, in one bundle: what RT's REST calls an update.

    Like `change_ticket`, but a change that is refused stops no other: it is undone alone and said in the result. The
    hooks are told once about all that was done. Raises Refused when nothing at all may be done to the ticket.
    """
    with _bundle(work, *changes), _sparing(work, *changes):
        lock_tickets(work.db, ticket)
        if ticket.merged_into_id is not None:
            raise Refused(f"Ticket #{ticket.id} was merged into #{ticket.merged_into_id}: change that one.")
        with _keeping_rights(work, ticket):
            tried = [_try(work, ticket, change) for change in changes]
            transactions = tuple(one for each in tried for one in each.transactions)
            if transactions:
                work.app.hooks.rtpy_batch_recorded(work=work, ticket=ticket, transactions=transactions)
    return tuple(tried)


def _try(work: Work, ticket: Ticket, change: Change) -> Tried:
    try:
        with work.db.begin_nested():
            change.check(work, ticket)
            _refuse_by_hooks(work, ticket, change)
            transactions = tuple(_apply(work, ticket, change))
            work.db.flush()
    except RtpyError as problem:
        # what was undone is unread: relations are not loaded by themselves
        work.db.refresh(ticket)
        work.db.refresh(ticket, ["queue", "owner"])
        return Tried(change, problem=problem)
    return Tried(change, transactions)


def dry_run(work: Work, ticket: Ticket, *changes: Change) -> Outcome:
    """What `change_ticket` would do: done in a savepoint that is rolled back. Raises Refused like it."""
    savepoint = work.db.begin_nested()
    try:
        return change_ticket(work, ticket, *changes)
    finally:
        savepoint.rollback()


def _apply(work: Work, ticket: Ticket, change: Change) -> Iterator[Transaction]:
    for entry in change.apply(work, ticket):
        where = entry.ticket or ticket
        if entry.message:
            entry = replace(entry, message=unlocked(entry.message))
        transaction = record_on_ticket(work, where, entry)
        work.app.hooks.rtpy_transaction_recorded(
            work=work, ticket=where, transaction=transaction, message=entry.message
        )
        yield transaction


def _refuse_by_hooks(work: Work, ticket: Ticket, change: Change) -> None:
    work.app.hooks.rtpy_check_change(work=work, ticket=ticket, change=change)


@contextmanager
def _bundle(work: Work, *changes: Change) -> Iterator[None]:
    if work.db.info.get(PREPARING):
        raise Refused("A scrip may only read while it prepares: change things when it commits.")
    if work.depth >= DEEPEST:
        raise Refused(
            "Scrips call each other in a circle: stopped. An administrator must change one of them."
        )
    work.depth += 1
    try:
        kinds = tuple(type(change).__name__ for change in changes)
        with span("change ticket", rtpy__changes=kinds), work.db.begin_nested(), changing(work.db):
            yield
            work.db.flush()  # inside the guard: nothing of the bundle may be left for later
    finally:
        work.depth -= 1


@contextmanager
def _sparing(work: Work, *changes: Change) -> Iterator[None]:
    """Whom a message of the bundle is to spare hears nothing of the bundle's other changes either, as in RT.

    What the bundle consists of is known meanwhile as `work.under_way`.
    """
    outer, outer_changes = work.spared, work.under_way
    messages = (getattr(change, "message", None) for change in changes)
    named = {address.strip().lower() for message in messages if message for address in message.squelch}
    work.spared, work.under_way = outer | named, changes
    try:
        yield
    finally:
        work.spared, work.under_way = outer, outer_changes


@contextmanager
def _keeping_rights(work: Work, ticket: Ticket) -> Iterator[None]:
    outer = work.held.get(ticket.id)
    if outer is None:
        work.held[ticket.id] = held_now(work, ticket)
    try:
        tell(rtpy__ticket=ticket.id)
        with noted(ticket=ticket.id):
            yield
    finally:
        if outer is None:
            work.held.pop(ticket.id, None)
