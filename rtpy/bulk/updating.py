"""A bulk update: the same changes to many tickets, what it does and what is refused, tried or done for good."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from rtpy.changes.change import Change
from rtpy.changes.configuring import note_configuration
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.fields.definitions import all_fields
from rtpy.history.describing import describe, links_in, names_in
from rtpy.history.reading import read_history
from rtpy.mail.together import Together, newest_mail, put_together
from rtpy.models import Ticket, Transaction
from rtpy.models.locks import lock_tickets
from rtpy.rights.names import Right
from rtpy.search.things import named_for
from rtpy.work import Work

MOST = 500
"""Tickets in one step: each runs its scrips."""
WRITTEN = ("reply", "comment")
"""Changes whose text is for the readers of the tickets only, not for those of the log of the set-up."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one ticket: sentences about what is done, or the one that says why nothing is."""

    ticket_id: int
    subject: str
    done: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became, or would become, of all of them; `mails` counts what goes out."""

    effects: tuple[Effect, ...]
    mails: Together

    @property
    def changed(self) -> int:
        """How many tickets are changed."""
        return sum(1 for effect in self.effects if effect.done)

    @property
    def refused(self) -> int:
        """How many stay as they are because they must."""
        return sum(1 for effect in self.effects if effect.refused)


def update_tickets(
    work: Work,
    ticket_ids: Sequence[int],
    changes_for: Callable[[Ticket], Sequence[Change]],
    *,
    said: dict[str, object],
    when: Callable[[datetime], str],
    really: bool,
) -> Bulk:
    """Do `changes_for` each of these tickets, or (without `really`) find out what they would do.

    Each ticket is changed whole or not at all; one that refuses stops no other. `said` are the changes in plain words
    for the one entry in the log of the site, `when` writes times for the reader. Numbers of tickets that the actor
    may not see are left out. Raises Refused without ShowSearchBulkUpdate, Invalid when the changes cannot be read.
    """
    if not work.rights.system(Right.SHOW_SEARCH_BULK_UPDATE):
        raise Refused("You may not change many tickets in one step.")
    if len(ticket_ids) > MOST:
        raise Refused(f"Change at most {MOST} tickets in one step: narrow the search.")
    try:
        with work.db.begin_nested():
            bulk = _update(work, ticket_ids, changes_for, when)
            if not really:
                raise _OnlyTriedError(bulk)
            if bulk.changed:
                _note(work, bulk, said)
    except _OnlyTriedError as tried:
        return tried.bulk
    return bulk


class _OnlyTriedError(Exception):
    """Takes everything back that was tried, and what it would have done along."""

    def __init__(self, bulk: Bulk) -> None:
        super().__init__()
        self.bulk = bulk


def _update(
    work: Work,
    ticket_ids: Sequence[int],
    changes_for: Callable[[Ticket], Sequence[Change]],
    when: Callable[[datetime], str],
) -> Bulk:
    visible = work.rights.of(Right.SHOW_TICKET).visible()
    # In the order of their numbers, so that two of these never wait for each other.
    tickets = work.db.scalars(
        select(Ticket).where(Ticket.id.in_(ticket_ids), visible).order_by(Ticket.id)
    ).all()
    lock_tickets(work.db, *tickets)  # or mails that others write about them meanwhile would be taken for ours
    subjects = {ticket.id: ticket.subject for ticket in tickets}
    newest = work.db.scalar(select(func.max(Transaction.id))) or 0
    mail = newest_mail(work)
    refused: dict[int, str] = {}
    for ticket in tickets:
        try:
            changes = sorted(changes_for(ticket), key=lambda change: isinstance(change, SetStatus))
            change_ticket(work, ticket, *changes)
        except (Refused, Conflict, Invalid) as problem:
            refused[ticket.id] = str(problem)
    together = put_together(work, subjects, mail)
    told = _told(work, list(subjects), newest, when)
    place = {each: at for at, each in enumerate(ticket_ids)}
    effects = (
        Effect(each, subject, () if each in refused else told.get(each, ()), refused.get(each, ""))
        for each, subject in subjects.items()
    )
    return Bulk(tuple(sorted(effects, key=lambda effect: place[effect.ticket_id])), together)


def _told(
    work: Work, ticket_ids: Sequence[int], after: int, when: Callable[[datetime], str]
) -> dict[int, tuple[str, ...]]:
    """What the histories say since then, of what the actor did. A few queries for all tickets together."""
    known = all_fields(work.app, work.db)  # what one changed oneself one may read
    new = work.db.scalar(
        select(func.count(Transaction.id)).where(
            Transaction.id > after, Transaction.object_type == "ticket", Transaction.object_id.in_(ticket_ids)
        )
    )
    if not new:
        return {}
    entries = [
        entry
        for entry in read_history(
            work.db, ticket_ids, comments=True, outgoing=False, fields=known, newest=new
        )
        if entry.id > after and entry.creator_id == work.actor.user_id
    ]
    sentences = work.app.named("rtpy_transaction_texts")
    names = replace(names_in(work.db, entries, sentences), things=named_for(work, links_in(entries)))
    found: dict[int, list[str]] = defaultdict(list)
    for entry in entries:
        found[entry.ticket_id].append(describe(entry, names, when))
    return {ticket_id: tuple(sentences) for ticket_id, sentences in found.items()}


def hidden(text: str) -> str:
    """What the log says of a text that not all of its readers may read."""
    return f"{len(text)} characters"


def _note(work: Work, bulk: Bulk, said: dict[str, object]) -> None:
    """The one entry that tells of the whole step."""
    done = [effect.ticket_id for effect in bulk.effects if effect.done]
    plain = {what: hidden(str(value)) if what in WRITTEN else value for what, value in said.items()}
    after = {"changes": plain, "tickets": done, "refused": bulk.refused}
    name = f"{len(done)} ticket{'' if len(done) == 1 else 's'}"
    note_configuration(work, "bulk update", None, name, None, after)
