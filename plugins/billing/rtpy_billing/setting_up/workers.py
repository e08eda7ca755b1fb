"""People who log time: their usual role, the hours expected of them, and what an hour of theirs costs ourselves."""

from collections.abc import Mapping

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem
from rtpy.models import User
from rtpy.work import Work
from rtpy_billing.models import CostRate, Role, Worker
from rtpy_billing.money import plain as plain_amount
from rtpy_billing.repricing.effects import changing_all
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.named import chosen, told
from rtpy_billing.typed import Typed

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def typed_worker(row: Worker | None) -> dict[str, str]:
    """The present values as the form shows them: hours of each weekday, and when the day ends."""
    if row is None:
        return {}
    given = {"role_id": str(row.role_id or "")}
    for at, seconds in enumerate(row.week or ()):
        given[f"day_{at}"] = f"{seconds // 3600}:{seconds // 60 % 60:02}" if seconds else ""
    if row.day_ends is not None:
        given["day_ends"] = f"{row.day_ends // 60:02}:{row.day_ends % 60:02}"
    return given


def save_worker(work: Work, user: User, given: Mapping[str, str], *, confirmed: bool = False) -> Worker:
    """What is known of one person. Needs AdminBilling; raises Invalid, and WouldMove unless `confirmed`.

    No hours at all mean that nothing is expected and nothing is known.
    """
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    role_id = chosen(work, typed, "role_id", Role)
    week = [typed.duration(f"day_{at}") or 0 for at in range(7)]
    for at, seconds in enumerate(week):
        if seconds > 24 * 3600:
            typed.wrong(f"day_{at}", "A day has 24 hours.")
    ends = read_clock(typed, "day_ends")
    typed.check()

    def change() -> Worker:
        row = work.db.get(Worker, user.id)
        before = None if row is None else told(work, row)
        if row is None:
            row = Worker(user_id=user.id)
            work.db.add(row)
        row.role_id, row.week, row.day_ends = role_id, week if any(week) else None, ends
        work.db.flush()
        note_configuration(work, "worker", user.id, user.name, before, told(work, row))
        return row

    return changing_all(work, change, confirmed=confirmed)


def read_clock(typed: Typed, name: str) -> int | None:
    """Minutes after midnight of a time like 17:30; None for an empty field."""
    text = typed.raw(name)
    hours, colon, minutes = text.partition(":")
    if not text:
        return None
    well = colon and hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()
    if not well or len(hours) > 2 or len(minutes) != 2 or int(hours) > 23 or int(minutes) > 59:
        typed.wrong(name, "Write a time like 17:30.")
        return None
    return int(hours) * 60 + int(minutes)


def typed_cost_rate(row: CostRate | None) -> dict[str, str]:
    """The present values as the form shows them."""
    if row is None:
        return {"currency": "EUR"}
    return {
        "user_id": str(row.user_id or ""),
        "role_id": str(row.role_id or ""),
        "amount": plain_amount(row.amount, row.currency),
        "currency": row.currency,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
    }


def save_cost_rate(
    work: Work, row: CostRate | None, given: Mapping[str, str], *, confirmed: bool = False
) -> CostRate:
    """Make a cost rate (None) or change one. Needs AdminBilling; raises Invalid.

    Open and approved work gets its cost anew; what was invoiced keeps the cost it had.
    """
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    user_id, role_id = chosen(work, typed, "user_id", User), chosen(work, typed, "role_id", Role)
    if not typed.problems and (user_id is None) == (role_id is None):
        typed.wrong("user_id", "Choose either a person or a role.")
    currency = typed.currency("currency")
    amount = typed.amount("amount", currency)
    if amount is None and not any(problem.field == "amount" for problem in typed.problems):
        typed.wrong("amount", "What does an hour cost?")
    start = typed.day("valid_from", "From which day on?")
    until = typed.day("valid_until")
    if start and until and until <= start:
        typed.wrong("valid_until", "It ends before it begins.")
    typed.check()
    if amount is None or start is None:
        raise Invalid(Problem("amount", "What does an hour cost, and from which day on?"))
    cost, first = amount, start

    def change() -> CostRate:
        before = None if row is None else told(work, row)
        there = row or CostRate()
        there.user_id, there.role_id, there.amount, there.currency = user_id, role_id, cost, currency
        there.valid_from, there.valid_until = first, until
        work.db.add(there)
        work.db.flush()
        note_configuration(work, "cost_rate", there.id, _whose(work, there), before, told(work, there))
        return there

    return changing_all(work, change, confirmed=True)


def remove_cost_rate(work: Work, row: CostRate) -> None:
    """Take a cost rate away. Needs AdminBilling."""
    need_system(work, ADMIN_BILLING)

    def change() -> None:
        note_configuration(work, "cost_rate", row.id, _whose(work, row), told(work, row), None)
        work.db.delete(row)

    changing_all(work, change, confirmed=True)


def _whose(work: Work, row: CostRate) -> str:
    if row.user_id is not None:
        return work.db.get_one(User, row.user_id).name
    return work.db.get_one(Role, row.role_id).name
