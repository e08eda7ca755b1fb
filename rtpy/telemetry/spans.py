"""Spans, as the rest of the house knows them: pieces of work with names and facts; nothing while nobody collects."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from typing import Protocol

Fact = str | int | float | Sequence[str]
"""Ids, counts, and names of our own only: never what somebody typed, no addresses, no texts."""


class Side(Enum):
    """Where a piece of work happens, as seen from this process."""

    INSIDE = "inside"
    ASKED = "asked"
    """Somebody waits for our answer."""
    ASKING = "asking"
    """We wait for somebody's answer."""


class Span(Protocol):
    """One piece of work under way."""

    @property
    def is_kept(self) -> bool:
        """Is it collected? False when nobody collects, or when it is not in the sample."""

    def tell(self, **facts: Fact) -> None:
        """It is about this too; `__` stands for the dot of a name: `http__route`."""

    def rename(self, name: str) -> None:
        """Now it is known what it is."""

    def fail(self, kind: str) -> None:
        """It went wrong; `kind` is one word, such as the name of an exception, never its text."""

    def forget(self) -> None:
        """Nobody needs to hear of it, unless something inside was told already."""


class Collector(Protocol):
    """Who hears of spans."""

    def span(
        self, name: str, side: Side, parent: str, facts: Mapping[str, Fact]
    ) -> AbstractContextManager[Span]:
        """As `span` below."""

    def tell(self, facts: Mapping[str, Fact]) -> None:
        """As `tell` below."""

    def end(self, seconds: float) -> None:
        """Hand over what is left, within so many seconds."""


class Untold:
    """The span while nobody collects: one for all."""

    is_kept = False

    def __enter__(self) -> "Untold":
        return self

    def __exit__(self, *_how: object) -> None:
        return None

    def tell(self, **facts: Fact) -> None:
        """Nothing happens, nor in the others."""

    def rename(self, name: str) -> None:
        """As `tell`."""

    def fail(self, kind: str) -> None:
        """As `tell`."""

    def forget(self) -> None:
        """As `tell`."""


_UNTOLD = Untold()
_collector: Collector | None = None  # of the process, as the log is


def collect_with(collector: Collector | None) -> None:
    """From now on this one hears of all spans of the process; None: nobody does."""
    global _collector
    _collector = collector


def collector() -> Collector | None:
    """Who hears of spans; None: nobody."""
    return _collector


def span(
    name: str, *, side: Side = Side.INSIDE, parent: str = "", **facts: Fact
) -> AbstractContextManager[Span]:
    """What happens inside is one piece of work of that name, part of the one around it.

    `parent` is what a header `traceparent` says of work in another program. An exception that leaves it is told by
    its kind; it has failed then, unless the exception is one of RtpyError.
    """
    return _UNTOLD if _collector is None else _collector.span(name, side, parent, facts)


def tell(**facts: Fact) -> None:
    """The innermost span is about this too; `__` stands for the dot of a name."""
    if _collector is not None:
        _collector.tell(facts)
