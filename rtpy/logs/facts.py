"""What a line of the log is about: the request, the user, the ticket, the chore, known without being handed round."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

Fact = str | int
"""Ids and names of our own only: never what somebody typed."""


@dataclass(slots=True)
class _Scope:
    facts: dict[str, Fact] = field(default_factory=dict)
    keeps: bool = False


_SCOPE: ContextVar[_Scope | None] = ContextVar("rtpy_log_scope", default=None)


@contextmanager
def log_about(*, keeps: bool = False, **facts: Fact) -> Iterator[None]:
    """All lines of this thread inside are about `facts` and what is noted meanwhile, and about nothing from outside.

    With `keeps` what `noted` said stays to the end: a request is about one thing, a round of a chore about many.
    """
    token = _SCOPE.set(_Scope(dict(facts), keeps))
    try:
        yield
    finally:
        _SCOPE.reset(token)


def note(**facts: Fact) -> None:
    """From here on lines are about this too; outside of any `log_about` nothing happens."""
    scope = _SCOPE.get()
    if scope is not None:
        scope.facts.update(facts)


@contextmanager
def noted(**facts: Fact) -> Iterator[None]:
    """The same for a stretch of work. An exception that leaves it knows them, so that its line does."""
    scope = _SCOPE.get()
    if scope is None:
        yield
        return
    before = dict(scope.facts)
    scope.facts.update(facts)
    try:
        yield
    except Exception as error:
        if not hasattr(error, "rtpy_facts"):
            error.rtpy_facts = dict(scope.facts)  # type: ignore[attr-defined]
        raise
    finally:
        if not scope.keeps:
            scope.facts = before


def facts_of(error: BaseException | None = None) -> Mapping[str, Fact]:
    """What a line written now is about; with the traceback of `error`, what that was about."""
    scope = _SCOPE.get()
    known = scope.facts if scope is not None else {}
    return {**known, **getattr(error, "rtpy_facts", {})}
