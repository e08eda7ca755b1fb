"""Credit for an entry: who else worked on it, and who helped. It moves no money and no hours of presence."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from rtpy.changes.change import Record
from rtpy.changes.recording import record_on
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Group, GroupClosure, Transaction, User
from rtpy.models.group import PRIVILEGED
from rtpy.work import Work
from rtpy_billing.capture.allowed import may_log
from rtpy_billing.models import EntryShare, WorkEntry
from rtpy_billing.rights import APPROVE_TIME

SHARE, ASSIST = "share", "assist"
WHOLE = 10_000
"""Basis points."""
MOST = 10
"""People beside who worked."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What one person gets of an entry: basis points of its time, or an assist (a review, a hint), which has none."""

    user_id: int
    share: int = 0

    @property
    def kind(self) -> str:
        """`share` or `assist`."""
        return SHARE if self.share else ASSIST


@dataclass(frozen=True, slots=True)
class Shown:
    """A credit with the name of the person."""

    user_id: int
    name: str
    share: int


def credits_of(work: Work, entry: WorkEntry) -> list[Shown]:
    """Who has credit beside who worked, the largest share first. One query."""
    rows = work.db.execute(
        select(EntryShare.user_id, EntryShare.share, User.real_name, User.name)
        .join(User, User.id == EntryShare.user_id)
        .where(EntryShare.entry_id == entry.id)
        .order_by(EntryShare.share.desc(), User.name)
    )
    return [Shown(row.user_id, row.real_name or row.name, row.share) for row in rows]


def may_share(work: Work, entry: WorkEntry) -> bool:
    """May the actor say who has credit: who worked, who logs for others, who approves time."""
    return may_log(work, entry.worked_by_id) or work.rights.system(APPROVE_TIME)


def share_credit(work: Work, entry: WorkEntry, given: Sequence[Credit]) -> None:
    """Say who has credit, in place of what was said before. Who worked keeps what is left.

    In every state of the entry, for no amount hangs on it. Raises Refused, and Invalid with problems `person.N` and
    `share.N` by the place in `given`.
    """
    if not may_share(work, entry):
        raise Refused("Only who worked, and who approves time, says who has credit for it.")
    if entry.corrects_id is not None:
        raise Refused("A correction has the credit of what it corrects: share that.")
    _check(work, entry, given)
    before = [(each.user_id, each.share) for each in credits_of(work, entry)]
    wanted = sorted(((each.user_id, each.share) for each in given), key=lambda one: (-one[1], one[0]))
    if sorted(before) == sorted(wanted):
        return
    work.db.execute(delete(EntryShare).where(EntryShare.entry_id == entry.id))
    work.db.add_all(
        EntryShare(entry_id=entry.id, user_id=each.user_id, share=each.share, kind=each.kind)
        for each in given
    )
    work.db.flush()
    transaction = Transaction(
        type="Credit", field="Credit", old_value=_words(before), new_value=_words(wanted)
    )
    record_on(work, "billing_entry", entry.id, Record(transaction))


def _check(work: Work, entry: WorkEntry, given: Sequence[Credit]) -> None:
    problems, seen = [], {entry.worked_by_id}
    staff = _staff_of(work, [each.user_id for each in given])
    for place, each in enumerate(given):
        if each.user_id == entry.worked_by_id:
            problems.append(Problem(f"person.{place}", "Who worked has the rest: name the others only."))
        elif each.user_id in seen:
            problems.append(Problem(f"person.{place}", "Nobody is named twice."))
        elif each.user_id not in staff:
            problems.append(Problem(f"person.{place}", "Only colleagues share credit."))
        if not 0 <= each.share <= WHOLE:
            problems.append(
                Problem(f"share.{place}", "Between 1 and 100 per cent, or an assist without any.")
            )
        seen.add(each.user_id)
    if not problems and sum(each.share for each in given) > WHOLE:
        problems.append(Problem("share.0", "Together that is more than 100 per cent."))
    if len(given) > MOST:
        problems.append(Problem("", f"At most {MOST} people share an entry."))
    if problems:
        raise Invalid(*problems)


def _staff_of(work: Work, ids: Sequence[int]) -> frozenset[int]:
    return frozenset(
        work.db.scalars(
            select(GroupClosure.member_id)
            .join(Group, Group.id == GroupClosure.group_id)
            .where(
                Group.domain == "SystemInternal", Group.name == PRIVILEGED, GroupClosure.member_id.in_(ids)
            )
        )
    )


def _words(credits: Sequence[tuple[int, int]]) -> str:
    """Ids and basis points, for the log."""
    return " ".join(f"{user_id}:{share}" for user_id, share in credits)[:255]
