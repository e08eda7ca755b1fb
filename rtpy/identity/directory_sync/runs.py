"""Runs: asked for, planned from what the directory says, held back or done line by line, and kept to be read later.

Each step of a run is a database transaction of its own, and none is open while the directory is asked. One run of a
directory is in hand at a time, by a lease; a worker that dies leaves a run that the next one goes on with.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.errors import Conflict, Refused, RtpyError
from rtpy.faults import reach
from rtpy.identity.directories.directory import (
    DirectoryUnreachable,
    open_directory,
)
from rtpy.identity.directories.presets import PHOTO
from rtpy.identity.directory_sync.applying import apply_step
from rtpy.identity.directory_sync.lease import Lease
from rtpy.identity.directory_sync.photos import read_photos
from rtpy.identity.directory_sync.plan import Plan, Syncing, plan_sync, syncing_of
from rtpy.identity.directory_sync.seen import note_seen
from rtpy.identity.directory_sync.snapshot import Snapshot, read_snapshot
from rtpy.identity.directory_sync.steps import Deed, Step
from rtpy.models import DirectoryRun, DirectoryRunLine, UserDirectory
from rtpy.work import Work

log = logging.getLogger("rtpy.directory")

AT_ONCE = 50
"""Lines in one transaction."""
GOOD_FOR = timedelta(days=1)
"""How long a plan may be agreed to."""
OPEN = ("asked", "reading", "applying")
"""Of runs that a worker has in hand, or will have."""
UNDECIDED = ("planned", "waiting")
NO_PHOTOS: Mapping[str, bytes] = {}

Tell = Callable[[int, int], None]
"""Is told how many lines of how many are done."""


def start_run(
    work: Work, directory_id: int, origin: str, *, only_plan: bool = False, forced: bool = False
) -> DirectoryRun:
    """Ask for a run, which a worker takes in hand within seconds. Raises Conflict while another one is open."""
    there = select(DirectoryRun.id).where(
        DirectoryRun.directory_id == directory_id, DirectoryRun.state.in_(OPEN)
    )
    if work.db.scalar(there.limit(1)) is not None:
        raise Conflict("A run of this directory is going on already: wait until it has ended.")
    run = DirectoryRun(
        directory_id=directory_id,
        creator_id=work.actor.user_id,
        origin=origin,
        only_plan=only_plan,
        forced=forced,
        state="asked",
        counts={},
        created=work.now,
    )
    work.db.add(run)
    work.db.flush()  # the caller wants its number
    return run


def agree(work: Work, run: DirectoryRun) -> None:
    """Do what a plan says, however much it is; a worker begins within seconds. Raises Conflict when it is too old."""
    if run.state not in UNDECIDED:
        raise Conflict("This run waits for nobody any more.")
    if run.planned is None or work.now - run.planned > GOOD_FOR:
        raise Conflict("This plan is more than a day old: make a new one.")
    open_one = select(DirectoryRun.id).where(
        DirectoryRun.directory_id == run.directory_id, DirectoryRun.state.in_(OPEN)
    )
    if work.db.scalar(open_one.limit(1)) is not None:
        raise Conflict("Another run of this directory is going on: wait until it has ended, then plan anew.")
    run.state, run.forced, run.only_plan, run.problem = "applying", True, False, ""


def drop(work: Work, run: DirectoryRun) -> None:
    """Do nothing of a plan. Raises Conflict when it was done or dropped already."""
    if run.state not in UNDECIDED:
        raise Conflict("This run waits for nobody any more.")
    run.state, run.finished = "dropped", work.now


def perform(app: App, run_id: int, lease: Lease, *, tell: Tell | None = None) -> str:
    """Take a run as far as it goes without a person; returns its state. The caller holds the `lease`."""
    with app.work() as work:
        run = work.db.get_one(DirectoryRun, run_id)
        syncing = syncing_of(work.db.get_one(UserDirectory, run.directory_id))
        state = run.state
        if state == "asked":
            run.state = "reading"
    if state in ("asked", "reading"):
        try:
            seen = _read(app, syncing)
        except DirectoryUnreachable as error:
            return _fail(app, run_id, f"The directory cannot be reached, so nothing was changed: {error}")
        except Refused as error:  # also when the stored password cannot be opened
            return _fail(app, run_id, f"{error} Nothing was changed.")
        reach("directory-read")
        lease.renew(app)
        state = _store_plan(app, run_id, syncing, seen)
    if state == "applying":
        state = _apply_all(app, run_id, syncing, lease, tell)
    return state


def store_lines(work: Work, run: DirectoryRun, steps: Sequence[Step]) -> None:
    """Keep the lines of a run; remarks are nothing that is done."""
    rows = [
        {
            "run_id": run.id,
            "deed": step.deed.value,
            "name": step.name[:255],
            "unique_id": step.unique_id,
            "user_id": step.user_id,
            "before": dict(step.before),
            "after": dict(step.after),
            "state": "remark" if step.deed == Deed.REMARK else "planned",
            "problem": step.problem,
        }
        for step in steps
    ]
    if rows:
        work.db.connection().execute(insert(table_of(DirectoryRunLine)), rows)


def apply_some(work: Work, run_id: int, syncing: Syncing, photos: Mapping[str, bytes] = NO_PHOTOS) -> int:
    """Do the next lines, each for itself; says how many there were. What cannot be done says why.

    `photos` by unique id, of those lines that are about one.
    """
    lines = _next_lines(work, run_id)
    for line in lines:
        step = Step(
            Deed(line.deed), line.name, line.unique_id, line.user_id, line.before, line.after, line.problem
        )
        state, problem = "done", ""
        try:
            with work.db.begin_nested():
                apply_step(work, syncing, step, photos.get(step.unique_id, b""))
        except Conflict as conflict:
            state, problem = "skipped", str(conflict)
        except RtpyError as error:
            state, problem = "failed", str(error)
        except IntegrityError:
            state, problem = "failed", "Somebody took the same name or address at the same moment."
        except DataError:
            state, problem = "failed", "A value of the directory does not fit into the database."
        line.state, line.problem = state, problem
    return len(lines)


def _next_lines(work: Work, run_id: int) -> Sequence[DirectoryRunLine]:
    query = (
        select(DirectoryRunLine)
        .where(DirectoryRunLine.run_id == run_id, DirectoryRunLine.state == "planned")
        .order_by(DirectoryRunLine.id)
        .limit(AT_ONCE)
    )
    return work.db.scalars(query).all()


def _read(app: App, syncing: Syncing) -> Snapshot:
    directory = open_directory(app, syncing.settings)
    try:
        return read_snapshot(syncing.settings, directory, groups=syncing.takes_groups)
    finally:
        directory.close()


def _store_plan(app: App, run_id: int, syncing: Syncing, seen: Snapshot) -> str:
    with app.work() as work:
        run = work.db.get_one(DirectoryRun, run_id)
        plan = plan_sync(work, syncing, seen)
        if not _said_before(work, run, plan):
            store_lines(work, run, plan.steps)
        run.people, run.groups, run.counts, run.planned = plan.people, plan.groups, plan.counts, work.now
        run.state, run.problem = _verdict(run, plan)
        if run.state == "failed":
            run.finished = work.now
        elif not run.only_plan:
            note_seen(work, syncing.settings.id, seen)
        older = (
            update(DirectoryRun)
            .where(
                DirectoryRun.directory_id == run.directory_id,
                DirectoryRun.id < run.id,
                DirectoryRun.state.in_(UNDECIDED),
            )
            .values(state="dropped", finished=work.now)
        )
        work.db.execute(older)
        if run.state == "waiting":
            log.warning(
                "directory %s: run %s waits for an administrator: %s", run.directory_id, run.id, run.problem
            )
        return run.state


def _said_before(work: Work, run: DirectoryRun, plan: Plan) -> bool:
    """Has the run before by the clock left as much as it is, with nothing to do? It would be said each hour."""
    if run.origin != "clock" or plan.counts.keys() != {Deed.REMARK.value}:
        return False
    query = select(DirectoryRun.counts).where(
        DirectoryRun.directory_id == run.directory_id, DirectoryRun.id < run.id, DirectoryRun.state == "done"
    )
    before = work.db.scalar(query.order_by(DirectoryRun.id.desc()).limit(1))
    return before is not None and before.get(Deed.REMARK) == plan.counts[Deed.REMARK]


def _verdict(run: DirectoryRun, plan: Plan) -> tuple[str, str]:
    if plan.empty:
        return "failed", plan.empty
    if run.only_plan:
        return "planned", plan.hold
    if plan.hold and not run.forced:
        return "waiting", plan.hold
    return "applying", ""


def _apply_all(app: App, run_id: int, syncing: Syncing, lease: Lease, tell: Tell | None) -> str:
    with app.work(reading=True) as work:
        total = sum(
            many for deed, many in work.db.get_one(DirectoryRun, run_id).counts.items() if deed != Deed.REMARK
        )
    has_photos = bool(syncing.settings.attributes.get(PHOTO))
    done = 0
    while True:
        if not lease.renew(app):
            return "applying"  # somebody else goes on with it
        photos = read_photos(app, syncing, _wanted_photos(app, run_id)) if has_photos else NO_PHOTOS
        with app.work() as work:
            did = apply_some(work, run_id, syncing, photos)
            if not did:
                run = work.db.get_one(DirectoryRun, run_id)
                run.state, run.finished = "done", work.now
                return "done"
        reach("directory-batch")
        done += did
        if tell is not None:
            tell(min(done, total), total)


def _wanted_photos(app: App, run_id: int) -> list[str]:
    """Unique ids of the next lines that take a photo over."""
    with app.work(reading=True) as work:
        return [
            line.unique_id
            for line in _next_lines(work, run_id)
            if line.deed == Deed.PHOTO and line.after.get("photo")
        ]


def _fail(app: App, run_id: int, problem: str) -> str:
    with app.work() as work:
        run = work.db.get_one(DirectoryRun, run_id)
        run.state, run.problem, run.finished = "failed", problem, work.now
    return "failed"
