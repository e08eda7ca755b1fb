"""The conditions that come with rtpy (RT: lib/RT/Condition). Each answers None when it holds, else why not."""

from rtpy.errors import Invalid, Problem
from rtpy.lifecycle.lifecycle import Lifecycle
from rtpy.models import Transaction
from rtpy.scrips.kinds import ConditionKind, Occasion

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
        raise Invalid(
            Problem("argument", f"“{argument}” names no interface: choose of Email, Web, REST, CLI.")
        )
    face = occasion.transaction.face
    return None if any(face in _FACES[name] for name in names) else f"it came through {face}, not {argument}"


def time_worked_change(occasion: Occasion, _argument: str) -> str | None:
    """Minutes were booked, or the sum was corrected."""
    transaction = occasion.transaction
    if transaction.time_taken or _sets(transaction, "TimeWorked"):
        return None
    return "no minutes were booked"


CONDITIONS = {
    "AnyTransaction": ConditionKind(any_transaction, "Always."),
    "StatusChange": ConditionKind(
        status_change, "The status changed; argument: resolved, or old: active; new: inactive."
    ),
    "OwnerChange": field_change("Owner"),
    "PriorityChange": field_change("Priority"),
    "QueueChange": field_change("Queue"),
    "CloseTicket": ConditionKind(close_ticket, "The ticket was closed."),
    "ReopenTicket": ConditionKind(reopen_ticket, "A closed ticket was opened again."),
    "ViaInterface": ConditionKind(
        via_interface, "It came through one of these; argument: Email, Web, REST, CLI."
    ),
    "TimeWorkedChange": ConditionKind(time_worked_change, "Minutes were booked."),
}


def _sets(transaction: Transaction, field: str) -> bool:
    return transaction.type == "Set" and transaction.field == field


def _lifecycle(occasion: Occasion) -> Lifecycle:
    return occasion.work.app.lifecycles.get(occasion.queue.lifecycle)


def _inactive(occasion: Occasion) -> tuple[bool | None, bool | None]:
    """Were the old and the new status inactive ones; None when the status did not change."""
    transaction = occasion.transaction
    if transaction.type != "Status":
        return None, None
    lifecycle = _lifecycle(occasion)
    return lifecycle.is_inactive(transaction.old_value), lifecycle.is_inactive(transaction.new_value)


def _sides(argument: str, lifecycle: Lifecycle) -> dict[str, set[str]]:
    sides: dict[str, set[str]] = {}
    for piece in filter(None, (piece.strip() for piece in argument.split(";"))):
        side, colon, listed = piece.partition(":")
        side = side.strip().lower() if colon else "new"
        if side not in ("new", "old"):
            raise Invalid(
                Problem("argument", f"“{side}” is neither old nor new: write `old: active; new: inactive`.")
            )
        sides[side] = _statuses(listed if colon else piece, lifecycle)
    if not sides:
        raise Invalid(Problem("argument", "A status is missing: write for example `resolved`."))
    return sides


def _statuses(listed: str, lifecycle: Lifecycle) -> set[str]:
    groups = {"initial": lifecycle.initial, "active": lifecycle.active, "inactive": lifecycle.inactive}
    names = [name.strip().lower() for name in listed.split(",") if name.strip()]
    return {status.lower() for name in names for status in groups.get(name, (name,))}
