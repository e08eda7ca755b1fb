"""The scrip engine: finds the scrips of a transaction, prepares them all, then does what was prepared, in order.

No scrip ever stops a change. Everything happens in one savepoint, which is cheap; when something in it breaks, it is
rolled back and done again with a savepoint for each step, so that only the broken step is lost. What was done,
skipped and failed, and why, is kept in one row for the transaction.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from rtpy.content.part import Message
from rtpy.errors import RtpyError
from rtpy.mail.return_address import queue_of
from rtpy.models import ScripRun, Ticket, Transaction
from rtpy.scrips.kinds import Commit, Occasion, Skip, Task
from rtpy.scrips.rules import BATCH, CREATE, Rule, Rules, rules_of
from rtpy.work import Work

log = logging.getLogger("rtpy.scrips")


def run_for_transaction(
    work: Work, ticket: Ticket, transaction: Transaction, message: Message | None
) -> None:
    """The scrips of the stage `create`, for one transaction that was just recorded."""
    rules = rules_of(work.app, work.db)
    found = rules.of(ticket.queue_id, transaction.type, CREATE)
    if found:
        _run(work, ticket, rules, [(rule, transaction) for rule in found], {transaction.id: message}, CREATE)
    if message is not None and rules.in_queue(ticket.queue_id, BATCH):
        _said(work.db)[transaction.id] = message


def run_for_batch(work: Work, ticket: Ticket, transactions: Sequence[Transaction]) -> None:
    """The scrips of the stage `batch`, once for a bundle: each about the first transaction for which it holds."""
    rules = rules_of(work.app, work.db)
    found = rules.in_queue(ticket.queue_id, BATCH)
    if not found:
        return
    said = _said(work.db)
    messages = {transaction.id: said.pop(transaction.id, None) for transaction in transactions}
    pairs = [
        (rule, transaction)
        for rule in found
        for transaction in transactions
        if rule.looks_at(transaction.type)
    ]
    if pairs:
        _run(work, ticket, rules, pairs, messages, BATCH)


@dataclass(frozen=True, slots=True)
class FailedScrip:
    """One scrip that failed, for the page of the administrator."""

    run_id: int
    ticket_id: int
    transaction_id: int
    scrip_id: int
    description: str
    reason: str
    created: datetime


def failed_scrips(db: Session, limit: int = 50) -> list[FailedScrip]:
    """The latest failures, newest first; at most `limit` transactions are looked at."""
    runs = db.scalars(select(ScripRun).where(ScripRun.failures > 0).order_by(ScripRun.id.desc()).limit(limit))
    return [
        FailedScrip(
            run.id,
            run.ticket_id,
            run.transaction_id,
            int(str(entry["scrip"])),
            str(entry["description"]),
            str(entry["reason"]),
            run.created,
        )
        for run in runs
        for entry in run.entries
        if entry["outcome"] == "failed"
    ]


class _Broken(Exception):
    """Something broke in the shared savepoint."""


@dataclass(slots=True)
class _Round:
    """One try at all the scrips of a transaction or a bundle."""

    work: Work
    ticket: Ticket
    rules: Rules
    pairs: list[tuple[Rule, Transaction]]
    messages: dict[int, Message | None]
    stage: str
    careful: bool
    occasions: dict[int, Occasion] = field(default_factory=dict)

    def run(self) -> None:
        """Prepare all, then commit all, then write down what happened."""
        entries: list[dict[str, Any]] = []
        deeds: list[tuple[dict[str, Any], Commit]] = []
        system = self.work.as_system()
        handled: set[int] = set()
        for rule, transaction in self.pairs:
            if rule.scrip_id in handled:
                continue
            occasion = self.occasions.get(transaction.id)
            if occasion is None:
                occasion = Occasion(system, self.ticket, transaction, self.messages.get(transaction.id))
                self.occasions[transaction.id] = occasion
            entry = {
                "scrip": rule.scrip_id,
                "description": rule.description,
                "outcome": "skipped",
                "reason": "",
            }
            reason = self._step(entry, transaction, partial(self._refusal, rule, occasion))
            if reason is not None and entry["outcome"] != "failed":
                if self.stage == CREATE:
                    entry["reason"] = f"condition: {reason}"
                    entries.append(entry)
                continue
            handled.add(rule.scrip_id)
            entries.append(entry)
            if entry["outcome"] == "failed":
                continue
            prepared = self._step(entry, transaction, partial(self._prepare, rule, occasion))
            if isinstance(prepared, Skip):
                entry["reason"] = prepared.reason
            elif prepared is not None:
                deeds.append((entry, prepared))
        first = self.pairs[0][1]
        for entry, deed in deeds:
            done = self._step(entry, first, deed, writes=True)
            if done is not None:
                entry.update(outcome="done", reason=done)
        self._post()
        self._write_down(first, entries)

    def _post(self) -> None:
        for occasion in self.occasions.values():
            occasion.post_mails()

    def _refusal(self, rule: Rule, occasion: Occasion) -> str | None:
        kind = self.work.app.named("rtpy_conditions").get(rule.condition)
        if kind is None:
            raise LookupError(f"there is no condition of the kind {rule.condition}: is a plugin missing?")
        refusal: str | None = kind.holds(occasion, rule.condition_argument)
        return refusal

    def _prepare(self, rule: Rule, occasion: Occasion) -> Commit | Skip:
        kind = self.work.app.named("rtpy_actions").get(rule.action)
        if kind is None:
            raise LookupError(f"there is no action of the kind {rule.action}: is a plugin missing?")
        template = self.rules.template(self.ticket.queue_id, rule.template_name)
        if template is None:
            raise LookupError(f"there is no template named {rule.template_name}")
        task = Task(rule.scrip_id, rule.description, rule.action_argument, rule.template_name, template)
        prepared: Commit | Skip = kind.prepare(occasion, task)
        return prepared

    def _step(
        self,
        entry: dict[str, Any],
        transaction: Transaction,
        deed: Callable[[], Any],
        *,
        writes: bool = False,
    ) -> Any:
        """Do one step; when it breaks, note it in `entry` and answer None."""
        savepoint: AbstractContextManager[Any] = (
            self.work.db.begin_nested() if self.careful else nullcontext()
        )
        try:
            with savepoint:
                done = deed()
                if self.careful and writes:
                    self._post()
                    self.work.db.flush()  # what is wrong with a row must show inside its own savepoint
                return done
        except Exception as error:
            if not self.careful:
                raise _Broken from error
            log.error(
                "scrip %s (%s) failed on transaction %s of ticket %s",
                entry["scrip"],
                entry["description"],
                transaction.id,
                self.ticket.id,
                exc_info=not isinstance(error, RtpyError | LookupError),
            )
            entry.update(outcome="failed", reason=f"{_kind(error)}{error}"[:1000])
            mend(self.work.db, self.ticket)
            return None

    def _write_down(self, transaction: Transaction, entries: list[dict[str, Any]]) -> None:
        if not entries:
            return
        self.work.db.connection().execute(
            _RUN,
            {
                "transaction_id": transaction.id,
                "ticket_id": self.ticket.id,
                "stage": self.stage,
                "entries": entries,
                "failures": sum(entry["outcome"] == "failed" for entry in entries),
                "created": self.work.now,
            },
        )


_RUN = insert(ScripRun.__table__)  # type: ignore[arg-type]


def mend(db: Session, ticket: Ticket) -> None:
    """After a rolled back savepoint: the ticket knows its queue again, which must not be loaded behind one's back."""
    set_committed_value(ticket, "queue", queue_of(db, ticket))


def _run(
    work: Work,
    ticket: Ticket,
    rules: Rules,
    pairs: list[tuple[Rule, Transaction]],
    messages: dict[int, Message | None],
    stage: str,
) -> None:
    try:
        with work.db.begin_nested():
            _Round(work, ticket, rules, pairs, messages, stage, careful=False).run()
        return
    except Exception:
        # Also what breaks only when the rows are written: the careful round finds out which scrip it was.
        mend(work.db, ticket)
    _Round(work, ticket, rules, pairs, messages, stage, careful=True).run()


def _kind(error: Exception) -> str:
    return "" if isinstance(error, RtpyError | LookupError) else f"{type(error).__name__}: "


def _said(db: Session) -> dict[int, Message | None]:
    said: dict[int, Message | None] = db.info.setdefault("rtpy_said", {})
    return said
