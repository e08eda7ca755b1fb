"""Doing one thing to one ticket by the clock: the condition is asked, the action prepared and done, or said why not."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.change import Record
from rtpy.changes.guard import changing
from rtpy.changes.recording import record
from rtpy.changes.ticket.split import read_parts
from rtpy.content.part import Message
from rtpy.errors import Gone, RtpyError
from rtpy.mail.occasion import Occasion
from rtpy.models import OutgoingMail, OutgoingRecipient, Ticket, Transaction
from rtpy.models.locks import lock_tickets
from rtpy.scrips.engine import mend, prepare_rule
from rtpy.scrips.kinds import ConditionKind, Skip
from rtpy.scrips.rules import Rule, Rules, rules_of
from rtpy.work import Work

log = logging.getLogger("rtpy.schedules")

FIRST, LAST, ALL = "first", "last", "all"
PICKS = (FIRST, LAST, ALL)
DONE, SKIPPED, FAILED = "done", "skipped", "failed"
NOT_THERE = "the ticket is not there any more"
MOST_TRANSACTIONS = 500


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done: kinds of a condition (empty: always) and an action with their arguments.

    `transaction` is FIRST, LAST or ALL of the ticket's, of these `types` when there are any; empty: the action is about
    the run itself. `further` are kinds and arguments of more actions, done in this order when the condition held.
    `name` is how the ticket's history calls it.
    """

    name: str
    action: str
    action_argument: str = ""
    condition: str = ""
    condition_argument: str = ""
    template_name: str = ""
    transaction: str = ""
    types: tuple[str, ...] = ()
    further: tuple[tuple[str, str], ...] = ()

    @property
    def actions(self) -> tuple[tuple[str, str], ...]:
        """All of them, with their arguments."""
        return (self.action, self.action_argument), *self.further


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one ticket: DONE, SKIPPED or FAILED, why, and in a dry run who would get mail."""

    ticket_id: int
    subject: str
    outcome: str
    reason: str
    told: tuple[str, ...] = ()


class _NothingDone(Exception):
    """Undoes the savepoint of a ticket to which nothing was done."""


def do_deed(work: Work, ticket_id: int, deed: Deed) -> Result:
    """Do it to one ticket, in a savepoint: whatever breaks is undone and told, never raised."""
    db = work.db
    ticket = db.get(Ticket, ticket_id)
    if ticket is None or ticket.merged_into_id is not None:
        return Result(ticket_id, "", SKIPPED, NOT_THERE)
    said: list[str] = []
    subject = ticket.subject
    try:
        with db.begin_nested():
            lock_tickets(db, ticket)
            if not _do(work.as_system(), ticket, deed, said):
                raise _NothingDone
            db.flush()
    except _NothingDone:
        mend(db, ticket)
        return Result(ticket_id, subject, SKIPPED, "; ".join(dict.fromkeys(said)))
    except Gone:
        return Result(ticket_id, subject, SKIPPED, NOT_THERE)
    except Exception as error:
        ours = isinstance(error, RtpyError | LookupError)
        log.error("%s failed on ticket %s: %s", deed.name, ticket_id, error, exc_info=not ours)
        mend(db, ticket)
        reason = f"{'' if ours else f'{type(error).__name__}: '}{error}"[:1000]
        return Result(ticket_id, subject, FAILED, reason)
    return Result(ticket_id, subject, DONE, "; ".join(dict.fromkeys(said)))


def try_deed(work: Work, ticket_ids: Sequence[int], deed: Deed) -> list[Result]:
    """What `do_deed` would do to each, with who would get mail: all of it is undone again."""
    results = []
    for ticket_id in ticket_ids:
        savepoint = work.db.begin_nested()
        try:
            before = work.db.scalar(select(func.max(OutgoingMail.id))) or 0
            result = do_deed(work, ticket_id, deed)
            told = _told_since(work.db, before) if result.outcome == DONE else ()
            results.append(Result(ticket_id, result.subject, result.outcome, result.reason, told))
        finally:
            savepoint.rollback()
    return results


def condition_of(work: Work, deed: Deed) -> ConditionKind | None:
    """The kind of the condition; None when there is none. Raises LookupError for one that nobody brings."""
    if not deed.condition:
        return None
    kind: ConditionKind | None = work.app.named("rtpy_conditions").get(deed.condition)
    if kind is None:
        raise LookupError(f"there is no condition of the kind {deed.condition}: is a plugin missing?")
    return kind


def _do(work: Work, ticket: Ticket, deed: Deed, said: list[str]) -> bool:
    """For each occasion: condition, action. Says whether anything was done; what was said goes into `said`."""
    condition = condition_of(work, deed)
    rules = rules_of(work.app, work.db)
    cause = _cause(work, ticket, deed)
    done: list[str] = []
    for occasion in _occasions(work, ticket, deed, cause):
        refusal = condition.holds(occasion, deed.condition_argument) if condition else None
        if refusal is not None:
            said.append(refusal)
            continue
        for action, argument in deed.actions:
            rule = _rule(deed, action, argument, ticket, occasion, cause)
            prepared = prepare_rule(_with_blank(rules), rule, occasion)
            if isinstance(prepared, Skip):
                said.append(prepared.reason)
                continue
            done.append(str(prepared() or "done"))
            occasion.post_mails()
    if done:
        said[:] = done
    elif not said:
        said.append(f"it has no transaction of the type {' or '.join(deed.types)}")
    return bool(done)


def _cause(work: Work, ticket: Ticket, deed: Deed) -> Transaction:
    """In the ticket's history, without touching its last update: what is done has a cause that can be seen."""
    with changing(work.db):
        return record(work, "ticket", ticket.id, Record(Transaction(type="Schedule", data=deed.name)))


def _occasions(work: Work, ticket: Ticket, deed: Deed, cause: Transaction) -> Iterator[Occasion]:
    if not deed.transaction:
        yield Occasion(work, ticket, cause, None)
        return
    query = select(Transaction).where(
        Transaction.object_type == "ticket",
        Transaction.object_id == ticket.id,
        Transaction.type.not_in(("Schedule", "EmailRecord", "CommentEmailRecord")),
    )
    if deed.types:
        query = query.where(Transaction.type.in_(deed.types))
    order = Transaction.id.desc() if deed.transaction == LAST else Transaction.id.asc()
    number = MOST_TRANSACTIONS if deed.transaction == ALL else 1
    for transaction in work.db.scalars(query.order_by(order).limit(number)).all():
        parts = read_parts(work, transaction.id)
        yield Occasion(work, ticket, transaction, Message(parts=parts) if parts else None)


def _rule(
    deed: Deed, action: str, argument: str, ticket: Ticket, occasion: Occasion, cause: Transaction
) -> Rule:
    """As a scrip. About an older transaction its number keeps the Message-ID of each mail its own."""
    return Rule(
        scrip_id=0 if occasion.transaction is cause else cause.id,
        description=deed.name,
        types=frozenset({"Any"}),
        condition=deed.condition,
        condition_argument=deed.condition_argument,
        action=action,
        action_argument=argument,
        template_name=deed.template_name or "Blank",
        queue_id=ticket.queue_id,
        stage="create",
    )


def _with_blank(rules: Rules) -> Rules:
    """An action without a template needs none to be there."""
    if rules.texts(0, "Blank") is not None:
        return rules
    return Rules(rules.rules, {**rules.templates, (None, "Blank"): {"": ""}})


def _told_since(db: Session, before: int) -> tuple[str, ...]:
    rows = db.scalars(
        select(OutgoingRecipient.address)
        .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
        .where(OutgoingMail.id > before)
        .order_by(OutgoingRecipient.id)
    )
    return tuple(dict.fromkeys(rows))
