"""Approval: was it worked, and what is charged. Nothing is billed that nobody looked at, unless that was agreed."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.changes.recording import record_on
from rtpy.errors import Invalid, Problem
from rtpy.models import Transaction, User
from rtpy.work import Work
from rtpy_billing.models import Agreement, EntryLine, WorkEntry
from rtpy_billing.periods.period import day_of
from rtpy_billing.pricing.words import ChargeMode
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.rights import APPROVE_BILLING, APPROVE_TIME

DRAFT, SUBMITTED, CHECKED, APPROVED, INVOICED = "draft", "submitted", "checked", "approved", "invoiced"
AT_ONCE = "none"
"""An agreement's `approval` that asks nobody."""
IN_ONE_STEP = "once"
BLOCKERS = {
    "no_rate": "has no rate: enter one for its role or work type first.",
    "no_customer": "belongs to no customer: choose one, or hide it.",
    "undecided": "is undecided: say first whether it is charged.",
}
MODES = {
    ChargeMode.BILLABLE.value: "charged",
    ChargeMode.NO_CHARGE.value: "shown at no charge",
    ChargeMode.HIDDEN.value: "hidden",
}


def approve_time(work: Work, versions: Mapping[int, int]) -> int:
    """Say of handed-in entries that they were worked as logged. Needs ApproveTime.

    `versions` are what the approver saw, by entry. All or none: raises Invalid with a problem `entry.ID` for each entry
    that is not as it was, not handed in, or of a day to come. How many.
    """
    need_system(work, APPROVE_TIME)
    rows = _lock(work, versions)

    def wrong(row: WorkEntry) -> str:
        return _too_early(work, row) or _not_in(row, (SUBMITTED,))

    _check(work, rows, wrong)
    for row in rows:
        row.checked, row.checked_by_id = work.now, work.actor.user_id
        _move(work, row, CHECKED)
    return len(rows)


def approve_billing(work: Work, versions: Mapping[int, int]) -> int:
    """Say what is charged: from now on billed time and rate stand. Needs ApproveBilling.

    Takes entries whose time is approved; where the agreement wants one step, or none, handed-in ones as well. All or
    none, as for `approve_time`. How many.
    """
    need_system(work, APPROVE_BILLING)
    rows = _lock(work, versions)
    short = _in_one_step(work, rows)

    def wrong(row: WorkEntry) -> str:
        takes = (CHECKED, SUBMITTED) if row.agreement_id in short else (CHECKED,)
        sentence = BLOCKERS.get(row.blocker)
        return (
            _too_early(work, row)
            or _not_in(row, takes)
            or _is_asked(row)
            or (f"The entry of {row.worked_on.isoformat()} {sentence}" if sentence else "")
        )

    _check(work, rows, wrong)
    for row in rows:
        row.approved, row.approved_by_id = work.now, work.actor.user_id
        if row.checked is None:
            row.checked, row.checked_by_id = work.now, work.actor.user_id
        _move(work, row, APPROVED)
    return len(rows)


def send_back(work: Work, versions: Mapping[int, int], reason: str) -> int:
    """Make drafts of entries again, for who logged them, with a reason. What is approved takes ApproveBilling."""
    need_system(work, APPROVE_TIME, APPROVE_BILLING)
    _need_reason(reason)
    rows = _lock(work, versions)
    takes = (SUBMITTED, CHECKED, APPROVED) if work.rights.system(APPROVE_BILLING) else (SUBMITTED, CHECKED)
    on_drafts = _on_drafts(work, rows)

    def wrong(row: WorkEntry) -> str:
        on_draft = "It stands on a draft invoice: take it off first." if row.id in on_drafts else ""
        return _not_in(row, takes) or on_draft

    _check(work, rows, wrong)
    for row in rows:
        row.submitted = row.checked = row.approved = None
        row.checked_by_id = row.approved_by_id = None
        row.returned_reason = reason.strip()
        _move(work, row, DRAFT, reason)
    _reprice(work, rows)
    return len(rows)


def write_off(work: Work, versions: Mapping[int, int], reason: str) -> int:
    """Charge nothing for it, with a reason; what it was worth stays known. Needs ApproveBilling."""
    need_system(work, APPROVE_BILLING)
    _need_reason(reason)
    rows = _lock(work, versions)
    _check(work, rows, lambda row: _not_in(row, (DRAFT, SUBMITTED, CHECKED, APPROVED)))
    for row in rows:
        row.write_off_reason = reason.strip()
        _note(work, row, "WriteOff", reason)
    _reprice(work, rows)
    return len(rows)


def charge_as(work: Work, versions: Mapping[int, int], mode: str, reason: str) -> int:
    """Decide whether work is charged, shown at no charge, or hidden. Needs ApproveBilling; before it is approved."""
    need_system(work, APPROVE_BILLING)
    if mode not in MODES:
        raise Invalid(Problem("mode", "Choose whether it is charged."))
    if mode != ChargeMode.BILLABLE:
        _need_reason(reason)
    rows = _lock(work, versions)
    _check(work, rows, lambda row: _not_in(row, (DRAFT, SUBMITTED, CHECKED)))
    for row in rows:
        row.charge_mode, row.charge_reason, row.write_off_reason = mode, reason.strip(), ""
        _note(work, row, "ChargeMode", reason or mode)
    _reprice(work, rows)
    return len(rows)


def approve_at_once(work: Work, limit: int = 200) -> int:
    """Approve what was handed in under agreements that ask nobody; what is blocked waits for a person. How many."""
    rows = work.db.scalars(
        select(WorkEntry)
        .join(Agreement, Agreement.id == WorkEntry.agreement_id)
        .where(
            WorkEntry.state == SUBMITTED,
            Agreement.approval == AT_ONCE,
            WorkEntry.blocker.not_in(tuple(BLOCKERS)),
            WorkEntry.asked_organization_id.is_(None),
            WorkEntry.worked_on <= work.now.date(),
        )
        .order_by(WorkEntry.id)
        .limit(limit)
        .with_for_update(of=WorkEntry, skip_locked=True)
    ).all()
    done = [row for row in rows if not _too_early(work, row)]
    for row in done:
        row.approved, row.checked = work.now, work.now
        row.approved_by_id = row.checked_by_id = work.actor.user_id
        _move(work, row, APPROVED)
    return len(done)


def _lock(work: Work, versions: Mapping[int, int]) -> Sequence[WorkEntry]:
    """The rows, locked; raises Invalid for those that somebody changed since they were seen."""
    if not versions:
        raise Invalid(Problem("entries", "Choose at least one entry."))
    rows = work.db.scalars(
        select(WorkEntry)
        .where(WorkEntry.id.in_(versions))
        .order_by(WorkEntry.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    moved = [row for row in rows if row.version != versions[row.id]]
    problems = [Problem(f"entry.{row.id}", _meanwhile(work, row)) for row in moved]
    gone = versions.keys() - {row.id for row in rows}
    problems += [Problem(f"entry.{id_}", "This entry was deleted meanwhile.") for id_ in sorted(gone)]
    if problems:
        raise Invalid(*problems)
    return rows


def _meanwhile(work: Work, row: WorkEntry) -> str:
    """Which field somebody else was quicker with."""
    if row.state in (APPROVED, CHECKED):
        user_id = row.approved_by_id if row.state == APPROVED else row.checked_by_id
        who = work.db.get(User, user_id) if user_id else None
        by = f" by {who.real_name or who.name}" if who else ""
        what = "Approved" if row.state == APPROVED else "Its time was approved"
        return f"{what}{by} meanwhile."
    if row.state == INVOICED:
        return "Invoiced meanwhile."
    if row.state == DRAFT:
        return "Sent back, or taken back, meanwhile."
    return f"Changed meanwhile: it is {row.worked_seconds // 60} min now."


def _check(work: Work, rows: Sequence[WorkEntry], wrong: Callable[[WorkEntry], str]) -> None:
    problems = [Problem(f"entry.{row.id}", sentence) for row in rows if (sentence := wrong(row))]
    if problems:
        raise Invalid(*problems)


def _too_early(work: Work, row: WorkEntry) -> str:
    """Planned work is not done yet."""
    if row.worked_on <= day_of(work.now, ZoneInfo(row.zone)):
        return ""
    return f"It is planned for {row.worked_on.isoformat()}: what is not done yet cannot be approved."


def _is_asked(row: WorkEntry) -> str:
    """Its ticket belongs to another customer by now, and nobody has said yet whose work it is."""
    if row.asked_organization_id is None:
        return ""
    return "Its ticket moved to another customer: say first whether the entry goes along."


def _not_in(row: WorkEntry, takes: Sequence[str]) -> str:
    if row.state in takes:
        return ""
    return {
        DRAFT: "It is a draft: whoever worked hands it in first.",
        SUBMITTED: "Its time is not approved yet.",
        CHECKED: "Its time is approved already.",
        APPROVED: "It is approved already; send it back first.",
        INVOICED: "It is invoiced already.",
    }[row.state]


def _in_one_step(work: Work, rows: Sequence[WorkEntry]) -> frozenset[int | None]:
    """Agreements that want one step; work without an agreement takes both."""
    ids = {row.agreement_id for row in rows if row.agreement_id}
    found = work.db.scalars(
        select(Agreement.id).where(Agreement.id.in_(ids), Agreement.approval.in_((IN_ONE_STEP, AT_ONCE)))
    )
    return frozenset(found)


def _on_drafts(work: Work, rows: Sequence[WorkEntry]) -> frozenset[int]:
    ids = [row.id for row in rows]
    return frozenset(
        work.db.scalars(
            select(EntryLine.entry_id).where(
                EntryLine.entry_id.in_(ids), EntryLine.invoice_line_id.is_not(None)
            )
        )
    )


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(Problem("reason", "Say why."))


def _move(work: Work, row: WorkEntry, state: str, reason: str = "") -> None:
    before, row.state = row.state, state
    row.version += 1
    row.updated = work.now
    _log(work, row, Transaction(type="State", field="State", old_value=before, new_value=state, data=reason))


def _note(work: Work, row: WorkEntry, kind: str, text: str) -> None:
    row.version += 1
    row.updated = work.now
    _log(work, row, Transaction(type=kind, field=kind, old_value="", new_value=text.strip()))


def _log(work: Work, row: WorkEntry, transaction: Transaction) -> None:
    record_on(work, "billing_entry", row.id, Record(transaction))


def _reprice(work: Work, rows: Sequence[WorkEntry]) -> None:
    by_customer: dict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        by_customer[row.organization_id].append(row.id)
    for organization_id in sorted(by_customer, key=lambda id_: id_ or 0):
        reprice(work, organization_id, by_customer[organization_id])
