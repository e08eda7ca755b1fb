"""How many statements a piece of work sent to the database and how long they took; never what they said."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from rtpy.telemetry.spans import Span


@dataclass(slots=True)
class _Tally:
    number: int = 0
    seconds: float = 0.0
    began: float | None = None

    def end(self) -> None:
        if self.began is not None:
            self.seconds += time.perf_counter() - self.began
            self.began = None


_TALLY: ContextVar[_Tally | None] = ContextVar("rtpy_statements", default=None)


def watch_statements(engine: Engine) -> None:
    """Count the statements of this engine for whoever asks with `counted`; savepoints are statements too."""
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end)
    event.listen(engine, "handle_error", _end)


@contextmanager
def counted(span: Span) -> Iterator[None]:
    """Tell `span` at the end what was sent inside by this thread: `rtpy.sql.statements`, `rtpy.sql.seconds`."""
    if not span.is_kept:
        yield
        return
    tally = _Tally()
    token = _TALLY.set(tally)
    try:
        yield
    finally:
        _TALLY.reset(token)
        span.tell(rtpy__sql__statements=tally.number, rtpy__sql__seconds=round(tally.seconds, 6))


def _begin(*_what: Any) -> None:
    tally = _TALLY.get()
    if tally is not None:
        tally.number += 1
        tally.began = time.perf_counter()


def _end(*_what: Any) -> None:
    tally = _TALLY.get()
    if tally is not None:
        tally.end()
