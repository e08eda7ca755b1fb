"""A condition and an action for scrips."""

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.scrips.kinds import ActionKind, ConditionKind, Skip


def is_over(occasion, argument):
    """None when the ticket is over the minutes in the argument (empty: its budget), else why not."""
    minutes = int(argument or occasion.work.app.options["budget.minutes"])
    worked = occasion.ticket.time_worked
    return None if worked > minutes else f"only {worked} of {minutes} minutes are booked"


def raise_priority(occasion, task):
    """Prepare: look, and answer with the deed or with why there is none."""
    wanted = int(task.argument)
    if occasion.ticket.priority >= wanted:
        return Skip(f"the priority is {occasion.ticket.priority} already")

    def commit():
        change_ticket(occasion.work, occasion.ticket, SetPriority(wanted))
        return f"priority raised to {wanted}"

    return commit


OVER_BUDGET = ConditionKind(is_over, "More minutes are booked than the argument, or budget.minutes.")
RAISE_PRIORITY = ActionKind(raise_priority, "Raise the priority; argument: to which number.")
