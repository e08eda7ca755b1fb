"""The scrip engine: finds the scrips of a transaction, prepares them all, then does what was prepared, in order.

No scrip ever stops a change. Everything happens in one savepoint, which is cheap; when something in it breaks, it is
rolled back and done again with a savepoint for each step, so that only the broken step is lost. What was done,
skipped and failed, and why, is kept in one row for the transaction.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from rtpy.changes.pipeline import PREPARING
from rtpy.content.part import Message
from rtpy.errors import RtpyError
from rtpy.mail.return_address import queue_of
from rtpy.models import ScripRun, Ticket, Transaction
from rtpy.scrips.kinds import ActionKind, Commit, ConditionKind, Occasion, Skip, Task
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


_Entry = dict[str, Any]
"""What the log says of one scrip: scrip, description, outcome, reason, micros (microseconds that it took)."""

_FAILED = object()


@dataclass(slots=True)
class _Round:
    """One try at all the scrips of a transaction or a bundle."""

    work: Work
    system: Work
    ticket: Ticket
    rules: Rules
    pairs: list[tuple[Rule, Transaction]]
    messages: dict[int, Message | None]
    stage: str
    careful: bool
    occasions: dict[int, Occasion] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)

    def run(self) -> None:
        """Prepare all, then commit all, then write down what happened."""
        deeds: list[tuple[_Entry, Commit]] = []
        chosen: set[int] = set()
        for rule, transaction in self.pairs:
            if rule.scrip_id in chosen:
                continue  # of a bundle's transactions the first for which it holds counts
            began = time.perf_counter_ns()
            entry, prepared = self._prepared(rule, self._occasion(transaction))
            entry["micros"] = (time.perf_counter_ns() - began) // 1000
            if entry["outcome"] == "failed" or prepared is not None:
                chosen.add(rule.scrip_id)
            elif self.stage == BATCH:
                continue
            self.entries.append(entry)
            if prepared is not None and not isinstance(prepared, Skip):
                deeds.append((entry, prepared))
        for entry, deed in deeds:
            began = time.perf_counter_ns()
            done = self._step(entry, deed, writes=True)
            entry["micros"] += (time.perf_counter_ns() - began) // 1000
            if done is not _FAILED:
                entry.update(outcome="done", reason=str(done or "done"))
        self._post()
        self._write_down()

    def _occasion(self, transaction: Transaction) -> Occasion:
        if transaction.id not in self.occasions:
            message = self.messages.get(transaction.id)
            self.occasions[transaction.id] = Occasion(self.system, self.ticket, transaction, message)
        return self.occasions[transaction.id]

    def _prepared(self, rule: Rule, occasion: Occasion) -> tuple[_Entry, Commit | Skip | None]:
        """What a scrip would do; None when its condition does not hold or something is broken: see the entry."""
        entry: _Entry = {
            "scrip": rule.scrip_id,
            "description": rule.description,
            "outcome": "skipped",
            "reason": "",
        }
        info = self.work.db.info
        info[PREPARING] = True
        try:
            return self._asked(entry, rule, occasion)
        finally:
            info[PREPARING] = False

    def _asked(self, entry: _Entry, rule: Rule, occasion: Occasion) -> tuple[_Entry, Commit | Skip | None]:
        refusal = self._step(entry, partial(refusal_of, rule, occasion))
        if refusal is not None:
            if refusal is not _FAILED:
                entry["reason"] = f"condition: {refusal}"
            return entry, None
        prepared: Commit | Skip | object = self._step(
            entry, partial(prepare_rule, self.rules, rule, occasion)
        )
        if prepared is _FAILED:
            return entry, None
        if isinstance(prepared, Skip):
            entry["reason"] = prepared.reason
        return entry, prepared  # type: ignore[return-value]

    def _post(self) -> None:
        for occasion in self.occasions.values():
            occasion.post_mails()

    def _step(self, entry: _Entry, deed: Callable[[], Any], *, writes: bool = False) -> Any:
        """Do one step; when it breaks, note it in `entry` and answer _FAILED."""
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
                raise
            self._note_failure(entry, error)
            return _FAILED

    def _note_failure(self, entry: _Entry, error: Exception) -> None:
        ours = isinstance(error, RtpyError | LookupError)
        log.error(
            "scrip %s (%s) failed on transaction %s of ticket %s: %s",
            entry["scrip"],
            entry["description"],
            self.pairs[0][1].id,
            self.ticket.id,
            error,
            exc_info=not ours,
        )
        entry.update(outcome="failed", reason=f"{'' if ours else f'{type(error).__name__}: '}{error}"[:1000])
        for occasion in self.occasions.values():
            occasion.mails.clear()
        mend(self.work.db, self.ticket)

    def _write_down(self) -> None:
        if not self.entries:
            return
        self.work.db.connection().execute(
            _RUN,
            {
                "transaction_id": self.pairs[0][1].id,
                "ticket_id": self.ticket.id,
                "stage": self.stage,
                "entries": self.entries,
                "failures": sum(entry["outcome"] == "failed" for entry in self.entries),
                "created": self.work.now,
            },
        )


def refusal_of(rule: Rule, occasion: Occasion) -> str | None:
    """Why the condition of a rule does not hold; None when it does. Raises LookupError for a kind nobody brings."""
    kind: ConditionKind | None = occasion.work.app.named("rtpy_conditions").get(rule.condition)
    if kind is None:
        raise LookupError(f"there is no condition of the kind {rule.condition}: is a plugin missing?")
    return kind.holds(occasion, rule.condition_argument)


def prepare_rule(rules: Rules, rule: Rule, occasion: Occasion) -> Commit | Skip:
    """What the action of a rule would do. Raises LookupError for a kind or a template that is not there."""
    kind: ActionKind | None = occasion.work.app.named("rtpy_actions").get(rule.action)
    if kind is None:
        raise LookupError(f"there is no action of the kind {rule.action}: is a plugin missing?")

    def find(name: str) -> Mapping[str, str]:
        texts = rules.texts(occasion.ticket.queue_id, name)
        if texts is None:
            raise LookupError(f"there is no template named {name}")
        return texts

    texts = find(rule.template_name)
    return kind.prepare(
        occasion,
        Task(
            rule.scrip_id,
            rule.description,
            rule.action_argument,
            rule.template_name,
            texts.get("", ""),
            texts,
            find,
        ),
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
    system = work.as_system()
    try:
        with work.db.begin_nested():
            _Round(work, system, ticket, rules, pairs, messages, stage, careful=False).run()
        return
    except Exception:
        # Also what breaks only when the rows are written: the careful round finds out which scrip it was.
        mend(work.db, ticket)
    _Round(work, system, ticket, rules, pairs, messages, stage, careful=True).run()


def _said(db: Session) -> dict[int, Message | None]:
    said: dict[int, Message | None] = db.info.setdefault("rtpy_said", {})
    return said
