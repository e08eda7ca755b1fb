"""The worker: does every chore again and again, each at its own pace, until it is told to stop."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import OperationalError

from rtpy.app import App
from rtpy.jobs.certificates import keep_certificates
from rtpy.jobs.runs import Runs
from rtpy.logs.facts import log_about
from rtpy.plugins import brought
from rtpy.telemetry.spans import span
from rtpy.telemetry.statements import counted

log = logging.getLogger("rtpy.worker")

LONGEST_PAUSE = 60.0
"""Seconds that a chore which fails again and again waits at most."""
DATABASE_PAUSE = 3.0
"""The same while the database cannot be reached: when it is back, work goes on within five seconds."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every `seconds`. `run` does one round in transactions of its own and says how much it did.

    A round that did something is followed by the next one at once, so a full table is worked off without pauses.
    What a chore takes in hand it marks in its rows with a lease, so any number of workers may run.
    """

    name: str
    seconds: float
    run: Callable[[App], int]


def chores_of(app: App) -> list[Chore]:
    """All chores that the core and the plugins bring."""
    found = []
    for plugin, chores in reversed(list(brought(app.plugins, "rtpy_chores"))):
        for chore in chores:
            is_listed = plugin in app.config.plugins
            found.append(replace(chore, run=_timed(chore, plugin)) if is_listed else chore)
    return found


def _timed(chore: Chore, plugin: str) -> Callable[[App], int]:
    """The same round, counted among what its plugin takes."""

    def run(app: App) -> int:
        with app.hook_times.measured(plugin, f"chore {chore.name}"):
            return chore.run(app)

    return run


def _round(app: App, chore: Chore) -> int:
    """One round; of one that found nothing to do no trace is told."""
    with span(f"chore {chore.name}", rtpy__chore=chore.name) as told, counted(told):
        did = chore.run(app)
        told.tell(rtpy__did=did)
        if not did:
            told.forget()
    return did


def run(app: App, stop: threading.Event, *, chores: Sequence[Chore] | None = None) -> None:
    """Work until `stop` is set; what is in hand is finished first. A chore that raises is logged and waits longer."""
    runs = Runs(app)
    threads = [
        threading.Thread(
            target=_run_one, args=(app, stop, chore, runs), name=f"chore-{chore.name}", daemon=True
        )
        for chore in (chores if chores is not None else chores_of(app))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)
            runs.keep_when_due()
            keep_certificates(app)
    runs.keep_when_due()


def run_once(app: App, *, rounds: int = 100) -> int:
    """Every chore until it finds nothing more to do (at most `rounds` each); for tests and the command line."""
    done = 0
    for chore in chores_of(app):
        for _ in range(rounds):
            did = _round(app, chore)
            done += did
            if not did:
                break
    return done


def _run_one(app: App, stop: threading.Event, chore: Chore, runs: Runs) -> None:
    failures = 0
    while not stop.is_set():
        longest = LONGEST_PAUSE
        runs.begin(chore.name, chore.seconds)
        with log_about(chore=chore.name):
            try:
                did = _round(app, chore)
            except OperationalError as away:
                failures += 1
                did, longest = 0, DATABASE_PAUSE
                runs.fail(chore.name, away)
                log.warning("chore %s waits for the database: %s", chore.name, away.orig)
            except Exception as error:
                failures += 1
                did = 0
                runs.fail(chore.name, error)
                log.exception("chore %s failed", chore.name)
            else:
                failures = 0
                runs.end(chore.name, did)
        if not did:
            stop.wait(min(chore.seconds * 2**failures, longest) if failures else chore.seconds)
