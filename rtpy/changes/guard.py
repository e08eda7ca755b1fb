"""The guard: refuses writes to tickets, watchers and transactions that do not come through the pipeline."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from rtpy.db.base import Base
from rtpy.models import Attachment, Ticket, Transaction, Watcher

GUARDED = (Ticket, Watcher)
IMMUTABLE = (Transaction, Attachment)


class UnrecordedWrite(RuntimeError):
    """Code wrote a ticket behind the pipeline's back: a bug, found in tests and in debug mode."""


@contextmanager
def changing(db: Session) -> Iterator[None]:
    """While this lasts, writes to tickets are the pipeline's own."""
    db.info["rtpy_changing"] = db.info.get("rtpy_changing", 0) + 1
    try:
        yield
    finally:
        db.info["rtpy_changing"] -= 1


def need_changing(db: Session, model: type[Base]) -> None:
    """Raises UnrecordedWrite outside the pipeline: for plain statements, which the watch below does not see."""
    if not db.info.get("rtpy_changing"):
        raise UnrecordedWrite(f"a plain write to {model.__name__} outside rtpy.changes")


def install_guard(sessions: Any) -> None:
    """Watch every session of a factory: unit-of-work flushes and bulk statements alike."""
    event.listen(sessions, "before_flush", _before_flush)
    event.listen(sessions, "do_orm_execute", _before_bulk)


def _before_flush(db: Session, _context: Any, _instances: Any) -> None:
    for row in db.dirty:
        if isinstance(row, IMMUTABLE) and db.is_modified(row, include_collections=False):
            raise UnrecordedWrite(f"{row!r} is history and never changes")
    if db.info.get("rtpy_changing"):
        return
    for row in (*db.new, *db.dirty, *db.deleted):
        if isinstance(row, GUARDED) and (row not in db.dirty or db.is_modified(row)):
            raise UnrecordedWrite(f"{row!r} is written outside rtpy.changes")


def _before_bulk(execution: Any) -> None:
    if not (execution.is_update or execution.is_delete or execution.is_insert):
        return
    mapper = execution.bind_mapper
    if mapper is None or not issubclass(mapper.class_, GUARDED + IMMUTABLE):
        return
    if issubclass(mapper.class_, IMMUTABLE) and execution.is_update:
        raise UnrecordedWrite(f"a bulk update of {mapper.class_.__name__}: history never changes")
    if not execution.session.info.get("rtpy_changing"):
        raise UnrecordedWrite(f"a bulk write to {mapper.class_.__name__} outside rtpy.changes")
