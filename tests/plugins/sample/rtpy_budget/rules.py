"""What happens to tickets: a refusal, an owner, a warning."""

from rtpy.calendars.use import CalendarUse
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.owner import SetOwner, may_own
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.history.ball import Ball, Holder
from rtpy.models import User, WorkCalendar
from rtpy.plugin_settings import setting
from rtpy.webhooks.announcing import announce
from rtpy.webhooks.events import BroughtEvent
from rtpy_budget.allowances import allowance_of
from rtpy_budget.extending import extended_by

PASSED = "budget.passed"
EVENTS = {PASSED: BroughtEvent("A ticket passes its budget", "SeeBudgets")}


def refuse_resolving_without_minutes(work, ticket, change):
    """Raises Refused; a reply with minutes before it in the same bundle counts, since it is applied already."""
    if not work.app.options["budget.book_first"] or not isinstance(change, SetStatus):
        return
    if change.status == "resolved" and not ticket.time_worked:
        raise Refused(f"No minutes are booked on ticket #{ticket.id}: book them, then resolve it.")


def give_to_worker(work, ticket, transaction):
    """Make who booked minutes the owner of a ticket that has none, if they may own it."""
    if not transaction.time_taken or ticket.owner_id != work.app.nobody_id(work.db):
        return
    if not setting(work.app, work.db, "budget.give"):
        return
    if may_own(work, ticket, transaction.time_worker_id):
        worker = work.db.get_one(User, transaction.time_worker_id)
        change_ticket(work.as_system(), ticket, SetOwner(worker))


def warn_when_passed(work, ticket, transactions):
    """One internal comment when this bundle's minutes pass the budget. It books none itself, so it ends there."""
    budget = work.app.options["budget.minutes"]
    booked = sum(transaction.time_taken for transaction in transactions)
    limit = budget * setting(work.app, work.db, "budget.warn_at") / 100
    limit += allowance_of(work.db, ticket.owner_id) + extended_by(work.db, ticket)
    if ticket.time_worked - booked <= limit < ticket.time_worked:
        said = setting(work.app, work.db, "budget.warning")
        warning = said.replace("{minutes}", str(ticket.time_worked)).replace("{budget}", str(budget))
        change_ticket(work.as_system(), ticket, Comment(plain_message(warning)))
        announce(work, PASSED, {"minutes": ticket.time_worked, "budget": budget}, ticket=ticket)


def note_account_change(user, what, old):
    """Keep in the notes about the person what of their account changed, and from what."""
    user.comments = f"{user.comments}\n{what} changed{f' from {old}' if old else ''}".strip()


def write_cost_centre(text):
    """“kst 7” and “KST-7” are the same cost centre."""
    return "-".join(text.upper().replace("-", " ").split())


def uses_of_calendar(work, calendar_id):
    """Budgets count in the calendar of that name."""
    calendar = work.db.get_one(WorkCalendar, calendar_id)
    return [CalendarUse("All budgets")] if calendar.name == "Budgets" else []


def note_calendar_change(work, calendar_id, since):
    """Write down since when a calendar says something else."""
    work.db.get_one(WorkCalendar, calendar_id).description = f"changed from {since or 'the beginning'}"


def note_settings_change(work, plugin, before, after):
    """Write down what was set, in the comments of who set it."""
    changed = [f"{name} {before[name]} → {after[name]}" for name in after if before[name] != after[name]]
    work.db.get_one(User, work.actor.user_id).comments = f"{plugin}: {', '.join(changed)}"


def ball_of(work, ticket):
    """The customer's once the budget is used up: they must agree to more."""
    budget = work.app.options["budget.minutes"] + extended_by(work.db, ticket)
    return Ball(Holder.CUSTOMER) if ticket.time_worked > budget else None
