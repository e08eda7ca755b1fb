"""Steps of an update: what is tried on a ticket, each with the sentence that RT's clients read about it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rtpy.changes.change import Change, Tried
from rtpy.changes.pipeline import change_each
from rtpy.content.priorities import Labels, label_of
from rtpy.errors import RtpyError
from rtpy.models import Ticket, Transaction
from rtpy.rest.names import WireNames, read_names
from rtpy.rest.refusals import refusal
from rtpy.rest.words import say
from rtpy.search.columns.page import labels_in
from rtpy.work import Work

PRIORITIES = frozenset({"Priority", "InitialPriority", "FinalPriority"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be tried; without a change it is only a sentence, `text`.

    `failed` makes a sentence of what went wrong, `prefix` stands before it. `done` is said in place of the sentences of
    the transactions, `same` when there are none. With `is_bare` what a transaction says has no "Ticket 5: " in front.
    """

    change: Change | None = None
    text: str = ""
    prefix: str = ""
    failed: Callable[[RtpyError], str] = refusal
    done: str = ""
    same: str = ""
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one step: its sentences, and its transactions on the ticket itself."""

    step: Step
    messages: tuple[str, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    problem: RtpyError | None = None


def label_of_ticket(ticket_id: int) -> str:
    """What stands before a message."""
    return f"Ticket {ticket_id}"


def take_steps(work: Work, ticket: Ticket, steps: Sequence[Step]) -> list[Done]:
    """Try them all, in one bundle. Raises Refused when nothing at all may be done to the ticket."""
    number, labels = ticket.id, labels_in(ticket.queue.priority_labels)
    changes = [step.change for step in steps if step.change is not None]
    tried = iter(change_each(work, ticket, *changes) if changes else ())
    results = [(step, next(tried) if step.change is not None else None) for step in steps]
    told = [each for _, result in results if result for each in _own(work, number, result.transactions)]
    names = read_names(work, told) if told else WireNames()
    return [_done(work, number, step, result, names, labels) for step, result in results]


def messages_of(done: Iterable[Done]) -> list[str]:
    """All their sentences, in order."""
    return [message for each in done for message in each.messages]


def _own(work: Work, ticket_id: int, transactions: Iterable[Transaction]) -> list[Transaction]:
    """Those of the ticket itself that the actor made: what follows by itself is not said."""
    return [
        each
        for each in transactions
        if each.object_id == ticket_id
        and each.object_type == "ticket"
        and each.creator_id == work.actor.user_id
    ]


def _done(
    work: Work, ticket_id: int, step: Step, result: Tried | None, names: WireNames, labels: Labels
) -> Done:
    if result is None:
        return Done(step, (f"{step.prefix}{step.text}",))
    if result.problem is not None:
        return Done(step, (f"{step.prefix}{step.failed(result.problem)}",), problem=result.problem)
    own = _own(work, ticket_id, result.transactions)
    if not own:
        return Done(step, (step.same,) if step.same else ())
    if step.done:
        return Done(step, (step.done,), tuple(own))
    label = label_of_ticket(ticket_id)
    said = [_say(each, names, label, labels) for each in own]
    if step.is_bare:
        said = [each.removeprefix(f"{label}: ") for each in said]
    return Done(step, tuple(said), tuple(own))


def _say(transaction: Transaction, names: WireNames, label: str, labels: Labels) -> str:
    """Priorities in the words of the queue, as RT does."""
    field = transaction.field
    if transaction.type == "Set" and field in PRIORITIES:
        old, new = (label_of(labels, int(each)) for each in (transaction.old_value, transaction.new_value))
        if old != new:
            return f"{label}: {field} changed from '{old}' to '{new}'"
    return say(transaction, names, label)
