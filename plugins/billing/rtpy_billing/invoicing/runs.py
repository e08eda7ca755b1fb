"""A month's run: drafts for many customers, one after the other, by the worker, with progress."""

from datetime import date

from sqlalchemy import Select, exists, select

from rtpy.app import App
from rtpy.changes.allowed import need_system
from rtpy.errors import RtpyError
from rtpy.jobs.worker import Chore
from rtpy.models import Organization
from rtpy.work import Actor, Face, Work
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.unbilled import is_unbilled
from rtpy_billing.models import Agreement, Customer, EntryLine, Expense, Run, WorkEntry
from rtpy_billing.rights import ISSUE_INVOICES

MOST_PROBLEMS = 200
WAITING, RUNNING, DONE, STOPPED = "waiting", "running", "done", "stopped"


def start_run(work: Work, until: date) -> Run:
    """Prepare drafts for everybody who may have something to bill before `until`. Needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    ids = list(work.db.scalars(_candidates()))
    run = Run(
        until=until,
        waiting=ids,
        total=len(ids),
        state=WAITING if ids else DONE,
        created=work.now,
        finished=None if ids else work.now,
        problems=[],
        actor_id=work.actor.user_id,
    )
    work.db.add(run)
    work.db.flush()
    return run


def stop_run(work: Work, run: Run) -> None:
    """Let it end after the customer in hand; the drafts that are there stay. Needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    if run.state in (WAITING, RUNNING):
        run.state, run.finished = STOPPED, work.now


def go_on(app: App) -> int:
    """One round of the worker: the next customer of the oldest run. 0 when there is none."""
    with app.work() as work:
        run = work.db.scalar(
            select(Run)
            .where(Run.state.in_((WAITING, RUNNING)))
            .order_by(Run.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if run is None:
            return 0
        if not run.waiting:
            run.state, run.finished = DONE, work.now
            return 1
        organization_id, *rest = run.waiting
        run.state = RUNNING
        _bill_one(work, run, organization_id)
        run.waiting = rest
        run.done += 1
        if not rest:
            run.state, run.finished = DONE, work.now
        return 1


RUNS = Chore("billing runs", 2.0, go_on)


def _bill_one(work: Work, run: Run, organization_id: int) -> None:
    """In a savepoint: what cannot be billed is told, and the run goes on."""
    organization = work.db.get(Organization, organization_id)
    if organization is None:
        return
    actor = Actor(run.actor_id, "", Face.SYSTEM)
    try:
        with work.db.begin_nested():
            run.drafts += len(prepare_drafts(work.as_actor(actor), organization, run.until))
    except RtpyError as wrong:
        said = list(run.problems or [])
        if len(said) < MOST_PROBLEMS:
            run.problems = [*said, f"{organization.name}: {wrong}"]


def _candidates() -> Select[int]:
    """Customers with unbilled work, an agreement or expenses; not our own organisation."""
    unbilled = (
        select(EntryLine.id)
        .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
        .where(WorkEntry.organization_id == Organization.id, is_unbilled())
    )
    agreed = select(Agreement.id).where(
        Agreement.organization_id == Organization.id, Agreement.state != "draft"
    )
    spent = select(Expense.id).where(Expense.organization_id == Organization.id, Expense.state == "approved")
    own = select(Customer.organization_id).where(
        Customer.organization_id == Organization.id, Customer.is_own.is_(True)
    )
    return (
        select(Organization.id)
        .where(exists(unbilled) | exists(agreed) | exists(spent), ~exists(own))
        .order_by(Organization.name)
    )
