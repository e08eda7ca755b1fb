"""A dry run: what a scrip would have done about the transactions of the last month. Reads only; nothing leaves.

Each transaction is looked at as it was recorded, its ticket as it is now. Actions are prepared and not done; of a
mail it is said who would get it. One-time recipients are not kept, so they are not among them.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from rtpy.content.part import Message, Part, PartRole
from rtpy.errors import RtpyError
from rtpy.models import Attachment, Scrip, ScripAction, ScripCondition, ScripQueue, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.scrips.engine import prepare_rule, refusal_of
from rtpy.scrips.kinds import Occasion, Skip
from rtpy.scrips.mailing import Mailing
from rtpy.scrips.rules import ANY, Rule, Rules, rule_of, rules_of
from rtpy.work import Work

DAYS = 31
MOST = 300
"""Transactions that are looked at, newest first."""
SECONDS = 5.0
SAMPLES = 10
"""Examples of each outcome."""
INTERNAL = ("EmailRecord", "CommentEmailRecord")


@dataclass(frozen=True, slots=True)
class Sample:
    """One transaction, what would have happened, and who would get mail."""

    ticket_id: int
    subject: str
    transaction_id: int
    type: str
    outcome: str
    reason: str


@dataclass(slots=True)
class DryRun:
    """How many transactions had which outcome (`would act`, `skipped`, `failed`), with examples."""

    looked_at: int = 0
    counts: dict[str, int] = field(default_factory=lambda: {"would act": 0, "skipped": 0, "failed": 0})
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    stopped: str = ""
    """Why it did not look at more; empty when it saw all of the month."""


def dry_run_scrip(work: Work, scrip: Scrip, *, most: int = MOST, seconds: float = SECONDS) -> DryRun:
    """Ask the scrip about up to `most` transactions, for at most `seconds`. Asks nothing about disabled or not."""
    run, until = DryRun(), time.monotonic() + seconds
    rules, places = rules_of(work.app, work.db), _places(work, scrip)
    if not places:
        return run
    system = work.as_system()
    for ticket, transaction in _transactions(work, places, most + 1):
        if run.looked_at >= most:
            run.stopped = f"The last {most} transactions were looked at; there are more in this month."
            break
        if time.monotonic() > until:
            run.stopped = f"Stopped after {seconds:g} seconds."
            break
        rule = places.get(ticket.queue_id) or places.get(None)
        if rule is not None and rule.looks_at(transaction.type):
            _note(run, rules, rule, Occasion(system, ticket, transaction, _message(work, transaction)))
    return run


def _note(run: DryRun, rules: Rules, rule: Rule, occasion: Occasion) -> None:
    run.looked_at += 1
    outcome, reason = _outcome(rules, rule, occasion)
    run.counts[outcome] += 1
    samples = run.samples.setdefault(outcome, [])
    if len(samples) < SAMPLES:
        ticket, transaction = occasion.ticket, occasion.transaction
        samples.append(
            Sample(ticket.id, ticket.subject, transaction.id, transaction.type, outcome, reason[:1000])
        )


def _outcome(rules: Rules, rule: Rule, occasion: Occasion) -> tuple[str, str]:
    try:
        refusal = refusal_of(rule, occasion)
        if refusal is not None:
            return "skipped", f"condition: {refusal}"
        prepared = prepare_rule(rules, rule, occasion)
    except (RtpyError, LookupError) as error:
        return "failed", str(error)
    except Exception as error:  # a plugin's kind may break in any way, as in the engine
        return "failed", f"{type(error).__name__}: {error}"
    if isinstance(prepared, Skip):
        return "skipped", prepared.reason
    if isinstance(prepared, Mailing):
        return "would act", prepared.told()
    return "would act", getattr(
        prepared, "preview", ""
    ) or f"would do {rule.action} {rule.action_argument}".strip()


def _places(work: Work, scrip: Scrip) -> dict[int | None, Rule]:
    """The scrip as a rule by queue; None: in every queue."""
    rows = work.db.execute(
        select(ScripQueue, ScripCondition, ScripAction)
        .join(Scrip, Scrip.id == ScripQueue.scrip_id)
        .join(ScripCondition, ScripCondition.id == Scrip.condition_id)
        .join(ScripAction, ScripAction.id == Scrip.action_id)
        .where(Scrip.id == scrip.id)
    )
    return {place.queue_id: rule_of(place, scrip, condition, action) for place, condition, action in rows}


def _transactions(work: Work, places: dict[int | None, Rule], most: int) -> list[tuple[Ticket, Transaction]]:
    types = next(iter(places.values())).types
    query = (
        select(Ticket, Transaction)
        .join(Ticket, Ticket.id == Transaction.object_id)
        .join(Ticket.queue)
        .where(
            Transaction.object_type == "ticket",
            Transaction.created >= work.now - timedelta(days=DAYS),
            Transaction.type.not_in(INTERNAL),
            work.rights.of(Right.SHOW_TICKET).visible(),
            or_(Transaction.type != "Comment", work.rights.of(Right.SHOW_TICKET_COMMENTS).visible()),
        )
        .order_by(Transaction.id.desc())
        .limit(most)
        .options(contains_eager(Ticket.queue))
    )
    if ANY not in types:
        query = query.where(Transaction.type.in_(types))
    if None not in places:
        query = query.where(Ticket.queue_id.in_([each for each in places if each is not None]))
    return [(row.Ticket, row.Transaction) for row in work.db.execute(query)]


def _message(work: Work, transaction: Transaction) -> Message | None:
    """What was said with it, its files without their bytes. Up to two queries."""
    if transaction.type not in ("Create", "Correspond", "Comment", "Forward Transaction", "Forward Ticket"):
        return None
    return stored_message(work, transaction.id)


def stored_message(work: Work, transaction_id: int) -> Message | None:
    """A message as it is stored, without the bytes of its files; None when nothing was said."""
    rows = work.db.scalars(
        select(Attachment).where(Attachment.transaction_id == transaction_id).order_by(Attachment.position)
    ).all()
    if not rows:
        return None
    said = [row for row in rows if row.role in (PartRole.BODY, PartRole.HTML)]
    stored = work.app.blobs.get_many(work.db, [row.blob_sha256 for row in said])
    parts = tuple(
        Part(
            row.content_type,
            stored.get(row.blob_sha256, b"") if row in said else b"",
            PartRole(row.role),
            filename=row.filename,
            charset=row.charset,
        )
        for row in rows
    )
    headers = rows[0].headers
    machine = any(
        line.lower().startswith("auto-submitted:")
        and "no" not in line.lower().partition(":")[2].split(";")[0]
        for line in headers.splitlines()
    )
    return Message(
        parts,
        subject=rows[0].subject,
        message_id=rows[0].message_id,
        headers=headers,
        auto_generated=machine,
    )
