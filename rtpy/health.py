"""Are plugins in order: what they say of themselves, asked one by one so that none can hide another's answer."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rtpy.plugins import callers_of
from rtpy.search.patience import TookTooLong, patient
from rtpy.work import Work

log = logging.getLogger("rtpy.health")

PATIENCE = 3
"""Seconds that the database gives to the checks of one plugin."""
KEPT = 30.0
"""Seconds for which an answer is kept: watchers ask often …"""
KEPT_WHEN_SLOW = 600.0
"""… and longer where the checks took more than a second."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that is in order or not, and a sentence about it for whoever runs the server.

    The sentence stands where everybody may read it who reaches the server: no names of customers in it.
    """

    name: str
    ok: bool
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a plugin said."""

    plugin: str
    check: HealthCheck

    @property
    def said(self) -> str:
        """For the watcher's eyes."""
        return f"{self.what}: {self.check.sentence or 'not in order.'}"

    @property
    def what(self) -> str:
        """Plugin and check; parts of the core need no name beside that of the check."""
        return self.check.name if self.plugin.startswith("rtpy.") else f"{self.plugin}, {self.check.name}"


def findings(work: Work, *, anew: bool = False) -> Sequence[Finding]:
    """All checks of all plugins, those that are in order too; for up to 30 s the answers of before, unless `anew`.

    A check that raises, or asks the database for too long, counts as one that is not in order.
    """
    kept = work.app.caches.get("health")
    if kept is not None and not anew and time.monotonic() < kept[0]:
        known: Sequence[Finding] = kept[1]
        return known
    began = time.monotonic()
    found = tuple(
        Finding(plugin, check)
        for plugin, call in callers_of(work.app.plugins, "rtpy_health")
        for check in _ask(work, plugin, call)
    )
    now = time.monotonic()
    work.app.caches["health"] = (now + (KEPT_WHEN_SLOW if now - began > 1 else KEPT), found)
    return found


def troubles(work: Work, *, anew: bool = False) -> list[str]:
    """What is not in order, as sentences."""
    return [finding.said for finding in findings(work, anew=anew) if not finding.check.ok]


def _ask(work: Work, plugin: str, call: Callable[..., list[Any]]) -> list[HealthCheck]:
    try:
        with work.db.begin_nested(), patient(work, PATIENCE):
            return [check for checks in call(work=work) for check in checks]
    except TookTooLong:
        return [HealthCheck("health", False, f"its checks were stopped after {PATIENCE} seconds.")]
    except Exception as error:
        log.exception("the health checks of %s failed", plugin)
        return [
            HealthCheck("health", False, f"its checks failed ({type(error).__name__}). The log says why.")
        ]
