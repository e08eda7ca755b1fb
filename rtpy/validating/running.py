"""Asking all validations, one after the other, and repairing what somebody agreed to."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rtpy.app import App
from rtpy.changes.configuring import note_configuration
from rtpy.changes.guard import changing
from rtpy.errors import Invalid, Problem
from rtpy.plugins import brought
from rtpy.remembered import forget
from rtpy.validating.core import CORE
from rtpy.validating.validation import Found, Validation
from rtpy.work import Actor

log = logging.getLogger("rtpy.validating")

ROUNDS = 3
"""How often all is asked again after a repair: one can make another possible."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one validation found; `repaired` rows of it were put right."""

    validation: Validation
    found: Found
    seconds: float
    repaired: int = 0
    problem: str = ""
    """Why it could not be asked or repaired."""


def validations_of(app: App) -> list[Validation]:
    """Those of the core and of listed plugins. Raises Invalid when a plugin's has another's name."""
    found = list(CORE)
    for owner, theirs in brought(app.plugins, "rtpy_validations"):
        for each in theirs:
            if not each.name.startswith(f"{owner}."):
                raise Invalid(
                    Problem(
                        "plugins", f"Plugin {owner} brings the validation {each.name}: call it {owner}.…."
                    )
                )
            found.append(each)
    return found


def check(app: App, actor: Actor | None = None) -> Iterator[Finding]:
    """Ask everything, each in a transaction of its own in which nothing can be written."""
    for each in validations_of(app):
        began = time.monotonic()
        try:
            with app.work(actor, reading=True) as work:
                found = each.look(work)
        except Exception as wrong:  # one that cannot be asked hides no other
            log.exception("the validation %s failed", each.name)
            yield Finding(each, Found(0), time.monotonic() - began, problem=_said(wrong))
        else:
            yield Finding(each, found, time.monotonic() - began)


def resolve(app: App, agree: Callable[[Finding], bool], actor: Actor | None = None) -> Iterator[Finding]:
    """Ask everything, and repair what can be and `agree` says yes to; each repair is a transaction of its own.

    Asks again as long as repairs changed something, three times at most: then rows that only came to light with a
    repair are put right too. The last word on each comes last.
    """
    asked: set[str] = set()
    for _ in range(ROUNDS):
        changed = 0
        for finding in check(app, actor):
            each = finding.validation
            may = finding.found.count and each.repair is not None
            if not may or not (each.name in asked or agree(finding)):
                yield finding
                continue
            asked.add(each.name)
            try:
                repaired = _repair(app, each, actor)
            except Exception as wrong:
                log.exception("the repair of %s failed", each.name)
                yield Finding(each, finding.found, finding.seconds, problem=_said(wrong))
                continue
            changed += repaired
            yield Finding(each, finding.found, finding.seconds, repaired)
        if not changed:
            return


def _repair(app: App, validation: Validation, actor: Actor | None) -> int:
    assert validation.repair is not None
    with app.work(actor) as work:
        with changing(work.db):
            count = validation.repair(work)
            work.db.flush()
        if count:
            note_configuration(work, "repaired", None, validation.name, None, {"rows": count})
            forget(work.db.connection())
    return count


def _said(wrong: Exception) -> str:
    return f"It could not be done: {type(wrong).__name__}. The log has more."


def kinds_found(findings: Sequence[Finding]) -> int:
    """How many kinds of rows do not fit."""
    return sum(1 for each in findings if each.found.count)
