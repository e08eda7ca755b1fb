"""The conditions that come with rtpy (RT: lib/RT/Condition). Each answers None when it holds, else why not."""

import re
from datetime import timedelta

from rtpy.errors import Invalid, Problem
from rtpy.lifecycle.lifecycle import Lifecycle
from rtpy.models import Transaction
from rtpy.scrips.expression import holds, read_expression
from rtpy.scrips.kinds import ConditionKind, Occasion
from rtpy.scrips.structured import read_rules, refusal

_FACES = {
    "email": {"mail"},
    "mail": {"mail"},
    "web": {"web"},
    "mobile": {"web"},
    "rest": {"rest1", "rest2"},
    "rest2": {"rest2"},
    "api": {"rest1", "rest2"},
    "cli": {"cli"},
    "system": {"system"},
}


def any_transaction(_occasion: Occasion, _argument: str) -> str | None:
    """Every transaction of the types that the condition looks at."""
    return None


def status_change(occasion: Occasion, argument: str) -> str | None:
    """`resolved`, `new: a,b`, `old: a,b` or `old: a; new: b`; initial, active and inactive stand for their statuses."""
    transaction = occasion.transaction
    if transaction.type != "Status":
        return "the status did not change"
    for side, wanted in _sides(argument, _lifecycle(occasion)).items():
        value = transaction.new_value if side == "new" else transaction.old_value
        if value.lower() not in wanted:
            return f"the {side} status is {value}, not {' or '.join(sorted(wanted))}"
    return None


def field_change(field: str) -> ConditionKind:
    """A condition that holds when one field of the ticket was set."""

    def holds(occasion: Occasion, _argument: str) -> str | None:
        return None if _sets(occasion.transaction, field) else f"the {field.lower()} did not change"

    return ConditionKind(holds, f"The {field.lower()} changed.")


def close_ticket(occasion: Occasion, _argument: str) -> str | None:
    """From an initial or active status to an inactive one."""
    was, becomes = _inactive(occasion)
    return None if becomes and was is False else "the ticket was not closed"


def reopen_ticket(occasion: Occasion, _argument: str) -> str | None:
    """From an inactive status to an initial or active one."""
    was, becomes = _inactive(occasion)
    return None if was and becomes is False else "the ticket was not opened again"


def via_interface(occasion: Occasion, argument: str) -> str | None:
    """A comma list of Email, Web, Mobile, REST, CLI."""
    names = [name.strip().lower() for name in argument.split(",") if name.strip()]
    unknown = [name for name in names if name not in _FACES]
    if unknown or not names:
        raise _no_interface(argument)
    face = occasion.transaction.face
    return None if any(face in _FACES[name] for name in names) else f"it came through {face}, not {argument}"


def time_worked_change(occasion: Occasion, _argument: str) -> str | None:
    """Minutes were booked, or the sum was corrected."""
    transaction = occasion.transaction
    if transaction.time_taken or _sets(transaction, "TimeWorked"):
        return None
    return "no minutes were booked"


def before_due(occasion: Occasion, argument: str) -> str | None:
    """Less than the time in the argument (`1d2h3m4s`) is left until the ticket is due, and it is not closed."""
    span, ticket = read_span(argument), occasion.ticket
    if ticket.due is None:
        return "the ticket has no due date"
    if _lifecycle(occasion).is_inactive(ticket.status):
        return f"the ticket is {ticket.status}"
    left = ticket.due - occasion.work.now
    if left < timedelta(0):
        return "the ticket is overdue already"
    return None if left <= span else "more time is left until it is due"


def overdue(occasion: Occasion, _argument: str) -> str | None:
    """The due date has passed and the ticket is not closed (RT does not look at the status)."""
    ticket = occasion.ticket
    if ticket.due is None or ticket.due >= occasion.work.now:
        return "the ticket is not overdue"
    return f"the ticket is {ticket.status}" if _lifecycle(occasion).is_inactive(ticket.status) else None


def priority_exceeds(occasion: Occasion, argument: str) -> str | None:
    """The priority is more than the number in the argument."""
    limit, priority = read_number(argument), occasion.ticket.priority
    return None if priority > limit else f"the priority is {priority}, not more than {limit}"


def by_rules(occasion: Occasion, argument: str) -> str | None:
    """The structured rules in the argument hold."""
    return refusal(read_rules(argument), occasion)


def by_expression(occasion: Occasion, argument: str) -> str | None:
    """The expression in the argument is true."""
    expression = read_expression(argument)
    return None if holds(expression, occasion) else f"it is not true that {expression.source[:200]}"


def read_span(argument: str) -> timedelta:
    """A time such as `1d2h3m4s`. Raises Invalid."""
    found = re.fullmatch(
        r"(?:(\d{1,5})d)?\s*(?:(\d{1,5})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,7})s)?", argument.strip()
    )
    if not found or not any(found.groups()):
        raise Invalid(
            Problem("argument", f"“{argument}” is no time: write for example 1d12h, or 30m for half an hour.")
        )
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def read_number(argument: str) -> int:
    """A whole number. Raises Invalid."""
    if not re.fullmatch(r"[+-]?\d{1,9}", argument.strip()):
        raise Invalid(Problem("argument", f"“{argument}” is no priority: write a number."))
    return int(argument)


def _check_status_change(argument: str) -> None:
    for piece in filter(None, (piece.strip() for piece in argument.split(";"))):
        side, colon, _ = piece.partition(":")
        if colon and side.strip().lower() not in ("new", "old"):
            raise _neither(side)
    if not argument.strip(" ;"):
        raise _no_status()


def _check_interfaces(argument: str) -> None:
    names = [name.strip().lower() for name in argument.split(",") if name.strip()]
    if not names or any(name not in _FACES for name in names):
        raise _no_interface(argument)


CONDITIONS = {
    "AnyTransaction": ConditionKind(any_transaction, "Always."),
    "StatusChange": ConditionKind(
        status_change,
        "The status changed.",
        "A status such as resolved, or old: active; new: inactive",
        _check_status_change,
    ),
    "OwnerChange": field_change("Owner"),
    "PriorityChange": field_change("Priority"),
    "QueueChange": field_change("Queue"),
    "CloseTicket": ConditionKind(close_ticket, "The ticket was closed."),
    "ReopenTicket": ConditionKind(reopen_ticket, "A closed ticket was opened again."),
    "ViaInterface": ConditionKind(
        via_interface,
        "It came through one of these.",
        "One or more of Email, Web, REST, CLI",
        _check_interfaces,
    ),
    "TimeWorkedChange": ConditionKind(time_worked_change, "Minutes were booked."),
    "BeforeDue": ConditionKind(
        before_due,
        "Less than this time is left until it is due.",
        "A time such as 1d12h or 30m",
        lambda argument: _looked_at(read_span(argument)),
    ),
    "Overdue": ConditionKind(overdue, "The ticket is overdue and not closed."),
    "PriorityExceeds": ConditionKind(
        priority_exceeds,
        "The priority is more than this.",
        "A number",
        lambda argument: _looked_at(read_number(argument)),
    ),
    "Rules": ConditionKind(
        by_rules,
        "Rules that were put together in the form hold.",
        "Rules, in the form in which scrips are exported",
        lambda argument: _looked_at(read_rules(argument)),
    ),
    "Expression": ConditionKind(
        by_expression,
        "An expression is true.",
        "An expression, such as ticket.priority > 50 and not actor.is_staff",
        lambda argument: _looked_at(read_expression(argument)),
    ),
}


def _looked_at(_value: object) -> None:
    """Reading it was the check."""


def _neither(side: str) -> Invalid:
    return Invalid(
        Problem("argument", f"“{side}” is neither old nor new: write `old: active; new: inactive`.")
    )


def _no_status() -> Invalid:
    return Invalid(Problem("argument", "A status is missing: write for example `resolved`."))


def _no_interface(argument: str) -> Invalid:
    return Invalid(Problem("argument", f"“{argument}” names no interface: choose of Email, Web, REST, CLI."))


def _sets(transaction: Transaction, field: str) -> bool:
    return transaction.type == "Set" and transaction.field == field


def _lifecycle(occasion: Occasion) -> Lifecycle:
    return occasion.work.app.lifecycles.get(occasion.queue.lifecycle)


def _inactive(occasion: Occasion) -> tuple[bool | None, bool | None]:
    """Were the old and the new status inactive ones; None when the status did not change."""
    transaction = occasion.transaction
    if transaction.type != "Status":
        return None, None
    here = _lifecycle(occasion)
    known = (here, *(each for each in occasion.work.app.lifecycles if each.type == here.type))

    def is_closed(status: str) -> bool:
        # After a move to another queue the old status may be one of the old lifecycle's alone.
        return next((each.is_inactive(status) for each in known if each.is_valid(status)), False)

    return is_closed(transaction.old_value), is_closed(transaction.new_value)


def _sides(argument: str, lifecycle: Lifecycle) -> dict[str, set[str]]:
    sides: dict[str, set[str]] = {}
    for piece in filter(None, (piece.strip() for piece in argument.split(";"))):
        side, colon, listed = piece.partition(":")
        side = side.strip().lower() if colon else "new"
        if side not in ("new", "old"):
            raise _neither(side)
        sides[side] = _statuses(listed if colon else piece, lifecycle)
    if not sides:
        raise _no_status()
    return sides


def _statuses(listed: str, lifecycle: Lifecycle) -> set[str]:
    groups = {"initial": lifecycle.initial, "active": lifecycle.active, "inactive": lifecycle.inactive}
    names = [name.strip().lower() for name in listed.split(",") if name.strip()]
    return {status.lower() for name in names for status in groups.get(name, (name,))}
