"""What somebody wrote about their work is forgotten when they ask for it; time, amounts and documents stay."""

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem
from rtpy.models import User
from rtpy.work import Work
from rtpy_billing.models import Expense, Suggestion, Timer, WorkEntry
from rtpy_billing.rights import ADMIN_BILLING

FORGOTTEN = "(forgotten)"
_TEXTS = ("note_internal", "note_customer", "returned_reason")


def count_notes(work: Work, person: User) -> int:
    """How many entries of a person say something that can be forgotten. One query."""
    return work.db.scalar(select(func.count()).select_from(WorkEntry).where(*_speaking(person))) or 0


def forget_notes(work: Work, person: User, confirmed: str) -> int:
    """Take the words of all entries of a person away, whatever their state. Needs AdminBilling. How many entries.

    `confirmed` is the login name as somebody typed it; raises Invalid when it is another. Time, rates, amounts and
    decisions with their reasons stay, and so does what stands on issued documents: these may not be changed.
    """
    need_system(work, ADMIN_BILLING)
    if confirmed.strip().lower() != person.name.lower():
        raise Invalid(Problem("confirmed", f"Type {person.name} to confirm it."))
    number = count_notes(work, person)
    work.db.execute(
        update(WorkEntry)
        .where(*_speaking(person))
        .values(
            note_internal="",
            note_customer="",
            returned_reason="",
            evidence=None,
            version=WorkEntry.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    work.db.execute(
        update(Timer).where(Timer.user_id == person.id, Timer.label != "").values(label=FORGOTTEN)
    )
    work.db.execute(delete(Suggestion).where(Suggestion.user_id == person.id, Suggestion.entry_id.is_(None)))
    work.db.execute(
        update(Expense)
        .where(Expense.user_id == person.id, Expense.note_internal != "")
        .values(note_internal="", version=Expense.version + 1)
        .execution_options(synchronize_session=False)
    )
    work.db.expire_all()
    if number:
        note_configuration(
            work, "notes of work", person.id, person.name, {"entries": number}, {"entries": FORGOTTEN}
        )
    return number


def _speaking(person: User) -> tuple[ColumnElement[bool], ...]:
    texts = (getattr(WorkEntry, name) != "" for name in _TEXTS)
    return WorkEntry.worked_by_id == person.id, or_(*texts, WorkEntry.evidence.is_not(None))
