"""The chore that looks up those who are logged in: whom a directory has no longer is out within a minute.

It asks for people with a session, a token or a feed only, so it is cheap however many people there are. It never
changes anything but that, and when it cannot ask, or too many seem to be gone, it does nothing and says so.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.engine import CursorResult

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.directories.directory import DirectoryUnreachable, open_directory
from rtpy.identity.directory_sync.known import linked_elsewhere, linked_people, staff, super_users
from rtpy.identity.directory_sync.people import Facts, Rules, untouchable
from rtpy.identity.directory_sync.plan import Syncing, beyond, syncing_of
from rtpy.identity.directory_sync.runs import apply_some, store_lines
from rtpy.identity.directory_sync.steps import Deed, Step
from rtpy.jobs.worker import Chore
from rtpy.models import (
    AuthToken,
    DirectoryPerson,
    DirectoryRun,
    DirectorySync,
    FeedKey,
    Principal,
    UserDirectory,
    WebSession,
)
from rtpy.work import Work

log = logging.getLogger("rtpy.directory")

EVERY = 30.0
"""Seconds. With a search that takes some seconds more, nobody stays in for a minute."""
AT_ONCE = 4
"""Directories that are asked at the same time: a slow one holds up no other."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who of a directory is to be looked up."""

    syncing: Syncing
    unique_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is gone; or why nobody can say."""

    gone: tuple[str, ...] = ()
    problem: str = ""


def look_up(app: App) -> int:
    """One round over all directories; says how many people were disabled."""
    questions = [question for row in _claimed(app) if (question := _question(app, row)) is not None]
    if not questions:
        return 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="directory") as pool:
        answers = list(pool.map(lambda question: _ask(app, question), questions))
    return sum(_settle(app, question, answer) for question, answer in zip(questions, answers, strict=True))


def _claimed(app: App) -> list[int]:
    """Enabled directories that no other worker looked at just now."""
    with app.work(reading=True) as work:
        ids = work.db.scalars(
            select(UserDirectory.id)
            .join(DirectorySync, DirectorySync.directory_id == UserDirectory.id)
            .where(UserDirectory.disabled.is_(False), _is_time(work))
            .order_by(UserDirectory.id)
        ).all()
    claimed = []
    for each in ids:
        with app.work() as work:
            done = work.db.execute(
                update(DirectorySync)
                .where(DirectorySync.directory_id == each, _is_time(work))
                .values(looked=work.now)
                .execution_options(synchronize_session=False)
            )
            if isinstance(done, CursorResult) and done.rowcount == 1:
                claimed.append(each)
    return claimed


def _is_time(work: Work) -> ColumnElement[bool]:
    return or_(
        DirectorySync.looked.is_(None), DirectorySync.looked < work.now - timedelta(seconds=EVERY * 0.8)
    )


def _question(app: App, directory_id: int) -> Question | None:
    with app.work(reading=True) as work:
        here = DirectoryPerson.user_id
        session = select(WebSession.id).where(
            WebSession.user_id == here, WebSession.revoked.is_(None), WebSession.expires > work.now
        )
        token = select(AuthToken.id).where(
            AuthToken.user_id == here,
            AuthToken.revoked.is_(None),
            or_(AuthToken.expires.is_(None), AuthToken.expires > work.now),
        )
        feed = select(FeedKey.id).where(FeedKey.user_id == here, FeedKey.revoked.is_(None))
        query = (
            select(DirectoryPerson.unique_id)
            .join(Principal, Principal.id == here)
            .where(
                DirectoryPerson.directory_id == directory_id,
                Principal.disabled.is_(False),
                or_(session.exists(), token.exists(), feed.exists()),
            )
            .order_by(DirectoryPerson.id)
        )
        found = tuple(work.db.scalars(query))
        syncing = syncing_of(work.db.get_one(UserDirectory, directory_id))
    return Question(syncing, found) if found else None


def _ask(app: App, question: Question) -> Answer:
    settings = question.syncing.settings
    try:
        directory = open_directory(app, settings)
        try:
            there = {entry.unique_id for entry in directory.people_with(question.unique_ids)}
            if not there and next(iter(directory.people()), None) is None:
                return Answer(
                    problem="It answered with nobody at all: look at its filters. Nobody was disabled."
                )
        finally:
            directory.close()
    except DirectoryUnreachable as error:
        return Answer(problem=f"It cannot be reached, so nobody was disabled: {error}")
    except Refused as error:  # also when the stored password cannot be opened
        return Answer(problem=f"{error} Nobody was disabled.")
    return Answer(tuple(each for each in question.unique_ids if each not in there))


def _settle(app: App, question: Question, answer: Answer) -> int:
    settings = question.syncing.settings
    with app.work() as work:
        problem, steps = answer.problem, list[Step]()
        if answer.gone:
            steps, total = _steps(work, question.syncing, answer.gone)
            what = "people who could be logged in are gone from it, so nobody was disabled"
            problem = beyond(question.syncing.threshold, len(steps), total, what)
        sync = work.db.get_one(DirectorySync, settings.id)
        if sync.look_problem != problem:
            sync.look_problem = problem
            if problem:
                log.warning("directory %s: %s", settings.id, problem)
        if problem or not steps:
            return 0
        run = DirectoryRun(
            directory_id=settings.id,
            creator_id=work.actor.user_id,
            origin="look",
            state="applying",
            people=len(question.unique_ids),
            counts={Deed.DISABLE.value: len(steps)},
            created=work.now,
            planned=work.now,
        )
        work.db.add(run)
        work.db.flush()  # its lines point at it
        store_lines(work, run, steps)
        done = 0
        while some := apply_some(work, run.id, question.syncing):
            done += some
        run.state, run.finished = "done", work.now
        return done


def _steps(work: Work, syncing: Syncing, gone: Sequence[str]) -> tuple[list[Step], int]:
    """Whom to disable, and how many linked people are enabled."""
    settings = syncing.settings
    linked = linked_people(work.db, settings.id)
    is_clients = settings.organization_id is not None
    rules = Rules(settings.id, False, settings.privileged, is_clients, settings.take_over)
    none: frozenset[int] = frozenset()
    facts = Facts(super_users(work.db), staff(work), none, linked_elsewhere(work.db, settings.id), none)
    steps = [
        Step(Deed.DISABLE, known.fields["name"], each, known.user_id)
        for each in gone
        if (known := linked.get(each)) is not None
        and not known.disabled
        and not untouchable(rules, known, facts)
        and known.user_id not in facts.elsewhere
    ]
    return steps, sum(not known.disabled for known in linked.values())


LOOKING = Chore("directory look", EVERY, look_up)
