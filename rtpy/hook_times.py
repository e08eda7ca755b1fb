"""What the plugins of this process take: every call is timed and counted, and told to the log where that is wished."""

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pluggy

from rtpy.clock import Clock
from rtpy.errors import RtpyError

log = logging.getLogger("rtpy.hooks")

BUCKETS = 40
"""Durations are counted by their binary digits in microseconds: the last bucket begins at six days."""
LONGEST_SENTENCE = 300


@dataclass(slots=True)
class Count:
    """All calls of one kind so far. `buckets[n]` counts those of n binary digits of microseconds."""

    calls: int = 0
    failures: int = 0
    microseconds: int = 0
    slowest: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    failed: datetime | None = None
    failure: str = ""

    def add(self, other: "Count") -> None:
        """Count those too; of the failures the later one is kept."""
        self.calls += other.calls
        self.failures += other.failures
        self.microseconds += other.microseconds
        self.slowest = max(self.slowest, other.slowest)
        self.buckets = [mine + theirs for mine, theirs in zip(self.buckets, other.buckets, strict=True)]
        if other.failed and (self.failed is None or other.failed >= self.failed):
            self.failed, self.failure = other.failed, other.failure

    def within(self, share: float) -> int:
        """Microseconds within which that share of the calls ended, as the upper end of its bucket; 0 for no calls."""
        wanted, seen = share * self.calls, 0
        for digits, number in enumerate(self.buckets):
            seen += number
            if number and seen >= wanted:
                return int(min(2**digits, self.slowest))
        return self.slowest


class HookTimes:
    """The counts of one process by plugin and kind of call, until they are taken to the database."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], Count] = {}
        self._taken = time.monotonic()

    @contextmanager
    def measured(self, plugin: str, what: str) -> Iterator[None]:
        """Time and count the block as a call of that plugin. A refusal is no failure."""
        began = time.perf_counter_ns()
        failure: BaseException | None = None
        try:
            yield
        except Exception as error:
            failure = error
            raise
        finally:
            self.count(plugin, what, time.perf_counter_ns() - began, failure)

    def count(self, plugin: str, what: str, nanoseconds: int, failure: BaseException | None) -> None:
        """One call that took so long, and how it ended."""
        microseconds = nanoseconds // 1000
        with self._lock:
            count = self._counts.get((plugin, what))
            if count is None:
                count = self._counts[plugin, what] = Count()
            count.calls += 1
            count.microseconds += microseconds
            count.slowest = max(count.slowest, microseconds)
            count.buckets[min(microseconds.bit_length(), BUCKETS - 1)] += 1
            if failure is not None and not isinstance(failure, RtpyError):
                count.failures += 1
                count.failed = self._clock.now()
                count.failure = f"{type(failure).__name__}: {failure}"[:LONGEST_SENTENCE]

    def take(self) -> dict[tuple[str, str], Count]:
        """All counts; from now on they begin anew."""
        with self._lock:
            taken, self._counts = self._counts, {}
            self._taken = time.monotonic()
        return taken

    def give_back(self, counts: dict[tuple[str, str], Count]) -> None:
        """Counts that could not be kept."""
        with self._lock:
            for key, count in counts.items():
                self._counts.setdefault(key, Count()).add(count)

    def is_due(self, seconds: float) -> bool:
        """Is there something to take, and was the last time so long ago?"""
        return bool(self._counts) and time.monotonic() - self._taken >= seconds

    def seen(self) -> dict[tuple[str, str], Count]:
        """A copy of the counts that nobody has taken yet."""
        with self._lock:
            copies = {key: Count() for key in self._counts}
            for key, count in self._counts.items():
                copies[key].add(count)
        return copies


def watch_hooks(
    manager: pluggy.PluginManager, times: HookTimes, timed: Iterable[str], *, trace: bool
) -> None:
    """Time the hooks of the plugins in `timed`; with `trace` tell the log of every call, also of the core's plugins."""
    names = frozenset(timed)
    for plugin in manager.get_plugins():
        for caller in manager.get_hookcallers(plugin) or ():
            for implementation in caller.get_hookimpls():
                if (
                    implementation.plugin is not plugin
                    or implementation.wrapper
                    or implementation.hookwrapper
                ):
                    continue
                # pluggy's own monitoring sees a hook's call as a whole, not who of its implementers took how long
                if implementation.plugin_name in names:
                    implementation.function = _timed(implementation, caller.name, times)  # type: ignore[misc]
                if trace:
                    implementation.function = _traced(implementation, caller.name)  # type: ignore[misc]


def _timed(implementation: pluggy.HookImpl, hook: str, times: HookTimes) -> Callable[..., Any]:
    call, plugin, clock = implementation.function, implementation.plugin_name, time.perf_counter_ns

    @functools.wraps(call)
    def timed(*arguments: Any, **named: Any) -> Any:
        began = clock()
        try:
            found = call(*arguments, **named)
        except Exception as error:
            times.count(plugin, hook, clock() - began, error)
            raise
        times.count(plugin, hook, clock() - began, None)
        return found

    return timed


def _traced(implementation: pluggy.HookImpl, hook: str) -> Callable[..., Any]:
    call, plugin, names = implementation.function, implementation.plugin_name, implementation.argnames

    @functools.wraps(call)
    def traced(*arguments: Any, **named: Any) -> Any:
        given = dict(zip(names, arguments, strict=False)) | named
        shown = ", ".join(f"{name}={_brief(value)}" for name, value in given.items())
        began = time.perf_counter_ns()
        outcome = "…"
        try:
            found = call(*arguments, **named)
            outcome = _brief(found)
            return found
        except Exception as error:
            outcome = f"{type(error).__name__}: {_brief(str(error))}"
            raise
        finally:
            took = (time.perf_counter_ns() - began) / 1_000_000
            log.info("%s %s(%s) %.3f ms: %s", plugin, hook, shown, took, outcome)

    return traced


def _brief(value: Any) -> str:
    """A value in a few letters that never ask the database: of rows the kind and the number, of others the kind."""
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:39] + "…")
    number = vars(value).get("id") if hasattr(value, "__dict__") else None
    return f"{type(value).__name__}{f' {number}' if isinstance(number, int) else ''}"
