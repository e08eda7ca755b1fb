"""RT's conditions and actions of service levels, as kinds that scrips are made of."""

from datetime import datetime

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.dates import SetDate
from rtpy.models import Ticket, Transaction
from rtpy.scrips.kinds import ActionKind, Commit, ConditionKind, Occasion, Skip, Task
from rtpy.work import Work
from rtpy_sla.levels.due import Life, due_of, starts_of
from rtpy_sla.levels.known import KnownLevel, hours_of_level, level_of, levels_of
from rtpy_sla.levels.reading import life_of

STARTS_NEEDED, DUE_NEEDED = "SLA_RequireStartsSet", "SLA_RequireDueSet"
SET_STARTS, SET_DUE = "SLA_SetStarts", "SLA_SetDue"
NO_LEVEL = "the ticket has no level"


def needs_starts(occasion: Occasion, _argument: str) -> str | None:
    """On creation and when the level changes, unless Starts is set."""
    ticket, transaction = occasion.ticket, occasion.transaction
    if not (transaction.type == "Create" or _sets_level(transaction)):
        return "neither was the ticket created nor did its level change"
    if _level(occasion) is None:
        return NO_LEVEL
    return "Starts is set already" if ticket.starts is not None else None


def needs_due(occasion: Occasion, _argument: str) -> str | None:
    """On creation, replies and changes of status of tickets with a level, and whenever the level changes."""
    transaction = occasion.transaction
    if _sets_level(transaction):
        in_use = occasion.ticket.queue_id in levels_of(occasion.work.app, occasion.work.db).by_queue
        return None if in_use else "the queue uses no levels"
    if transaction.type not in ("Create", "Correspond", "Status"):
        return "this does not change when it is due"
    return None if _level(occasion) else NO_LEVEL


def set_starts(occasion: Occasion, _task: Task) -> Commit | Skip:
    """The first business minute, or what the level says."""
    level = _level(occasion)
    if level is None:
        return Skip(NO_LEVEL)
    work, ticket = occasion.work, occasion.ticket
    life = Life(ticket.created, ticket.status, ())
    return _set(
        work, ticket, "Starts", starts_of(level.terms, life, hours_of_level(work.app, work.db, level))
    )


def set_due(occasion: Occasion, _task: Task) -> Commit | Skip:
    """What the level says by now; no date when it asks for nothing, or when there is no level any more."""
    level, work, ticket = _level(occasion), occasion.work, occasion.ticket
    if level is None:
        return _set(work, ticket, "Due", None)
    hours = hours_of_level(work.app, work.db, level)
    return _set(work, ticket, "Due", due_of(level.terms, life_of(work, ticket), hours))


def _set(work: Work, ticket: Ticket, field: str, at: datetime | None) -> Commit | Skip:
    present = ticket.due if field == "Due" else ticket.starts
    at = None if at is None else at.replace(microsecond=0)
    if present == at:
        return Skip(f"{field} is right already")

    def commit() -> str:
        change_ticket(work.as_system(), ticket, SetDate(field, at))
        return f"set {field} to {at:%Y-%m-%d %H:%M} UTC" if at is not None else f"took {field} away"

    return commit


def _level(occasion: Occasion) -> KnownLevel | None:
    return level_of(occasion.work.app, occasion.work.db, occasion.ticket)


def _sets_level(transaction: Transaction) -> bool:
    return transaction.type == "Set" and transaction.field == "SLA"


CONDITIONS = {
    STARTS_NEEDED: ConditionKind(needs_starts, "Starts is to be set by the ticket's level (SLA)."),
    DUE_NEEDED: ConditionKind(needs_due, "Due is to be set by the ticket's level (SLA)."),
}
ACTIONS = {
    SET_STARTS: ActionKind(set_starts, "Sets Starts by the ticket's level (SLA)."),
    SET_DUE: ActionKind(set_due, "Sets Due by the ticket's level (SLA)."),
}
