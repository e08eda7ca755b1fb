"""Actions that pass what happens on a ticket to those it is made of, or to those it is part of."""

from collections.abc import Iterator

from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Link, Ticket
from rtpy.scrips.kinds import ActionKind, Commit, Occasion, Skip, Task

MOST_RELATIVES = 200
WHAT = ("status", "comment")


def update_children(occasion: Occasion, task: Task) -> Commit | Skip:
    """Pass it to the parts of the ticket and to their parts."""
    return _pass_on(occasion, task, down=True)


def update_parents(occasion: Occasion, task: Task) -> Commit | Skip:
    """Pass it to what the ticket is part of, and so on upwards."""
    return _pass_on(occasion, task, down=False)


def check_what(argument: str) -> None:
    """Raises Invalid for words that are neither status nor comment."""
    _read(argument)


FAMILY = {
    "UpdateChildren": ActionKind(
        update_children,
        "Pass a change of status, a comment, or both, to the tickets that are part of this one.",
        argument="What is passed on: status, comment, or both with a comma",
        check=check_what,
    ),
    "UpdateParents": ActionKind(
        update_parents,
        "Pass a change of status, a comment, or both, to the tickets that this one is part of.",
        argument="What is passed on: status, comment, or both with a comma",
        check=check_what,
    ),
}


def _read(argument: str) -> frozenset[str]:
    wanted = {word.strip().lower() for word in argument.split(",") if word.strip()}
    if not wanted or wanted - set(WHAT):
        raise Invalid(Problem("argument", "Write status, comment, or both with a comma between them."))
    return frozenset(wanted)


def _pass_on(occasion: Occasion, task: Task, *, down: bool) -> Commit | Skip:
    wanted, transaction = _read(task.argument), occasion.transaction
    if occasion.people.by_system:
        return Skip("the system did it: what was passed on is not passed on again")
    is_status = transaction.type == "Status" and "status" in wanted
    is_comment = transaction.type == "Comment" and "comment" in wanted and occasion.message is not None
    if not is_status and not is_comment:
        return Skip("neither the status changed nor was something commented that is to be passed on")
    relatives = _relatives(occasion, down=down)
    if not relatives:
        return Skip("the ticket has no parts" if down else "the ticket is part of no other")

    def commit() -> str:
        told = [_tell(occasion, each, is_status=is_status) for each in relatives]
        return "; ".join(told)

    return commit


def _tell(occasion: Occasion, ticket: Ticket, *, is_status: bool) -> str:
    """One relative; what its lifecycle or its dependencies refuse is said and stops nothing."""
    work, message = occasion.work, occasion.message
    try:
        with work.db.begin_nested():
            if is_status:
                status = occasion.transaction.new_value
                outcome = change_ticket(work, ticket, SetStatus(status))
                return (
                    f"#{ticket.id} {status}" if outcome.transactions else f"#{ticket.id} is {status} already"
                )
            if message is not None:
                change_ticket(work, ticket, Comment(message))
            return f"comment passed to #{ticket.id}"
    except Refused as refused:
        return f"#{ticket.id} stays as it is: {refused}"


def _relatives(occasion: Occasion, *, down: bool) -> list[Ticket]:
    """All generations, each ticket once even if links go in a circle; the nearest first. A query a generation."""
    found = {occasion.ticket.id}
    order: list[Ticket] = []
    generation = [occasion.ticket.id]
    while generation and len(order) < MOST_RELATIVES:
        near = [each for each in _next(occasion, generation, down=down) if each.id not in found]
        near = list({each.id: each for each in near}.values())[: MOST_RELATIVES - len(order)]
        found |= {each.id for each in near}
        order += near
        generation = [each.id for each in near]
    return order


def _next(occasion: Occasion, ids: list[int], *, down: bool) -> Iterator[Ticket]:
    here, there = (
        (Link.local_target_id, Link.local_base_id) if down else (Link.local_base_id, Link.local_target_id)
    )
    yield from occasion.work.db.scalars(
        select(Ticket)
        .join(Link, there == Ticket.id)
        .where(
            here.in_(ids),
            Link.type == "MemberOf",
            Ticket.type == "ticket",
            Ticket.merged_into_id.is_(None),
            Ticket.status != "deleted",
        )
        .order_by(Ticket.id)
    )
