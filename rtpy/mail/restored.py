"""Was the database restored from a backup? Then mail and webhooks start held: nothing is sent twice (rule O13).

Three signs, each of which is enough. Each node counts its rounds of sending, in the database and in a file of its home;
the file is written after the database, so it is never ahead: a database that is behind the file is an older one. A home
without a file beside a database from which nobody has sent within the hour is a database that was brought here. And the
database knows where it lay when it was last sent from: one that lies elsewhere is a copy, however fresh.
"""

import logging
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.db.place import place_of
from rtpy.mail.outbox import RESTORED, hold_all
from rtpy.models import Configuration

log = logging.getLogger("rtpy.mail")

ALIVE = timedelta(hours=1)
_PREFIX = "outbox_round:"
_PLACE = "outbox_place"


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a home knows: its node, and how many rounds that node has begun."""

    node: str
    rounds: int


def may_begin(app: App) -> bool:
    """Count one more round of sending; False when the outbox was put on hold because of what was found."""
    file = app.config.home / "outbox_round"
    try:
        with app.work() as work:
            mark, is_older = _count(app, work.db, _read(file))
    except IntegrityError:  # another process of this node was first with its first row
        return True
    try:
        _write(file, mark)
    except OSError as error:
        log.warning("%s cannot be written, so a restored database may go unnoticed: %s", file, error)
    if is_older:
        log.error("the outbox is held: the database was restored from a backup")
    return not is_older


def begin_held(app: App, db: Session) -> None:
    """In a copy of a database that is about to become a site: hold all mail, once, and forget who sent before."""
    now = app.clock.now()
    db.execute(delete(Configuration).where(Configuration.name.startswith(_PREFIX, autoescape=True)))
    db.execute(delete(Configuration).where(Configuration.name == _PLACE))
    hold_all(db, held=True, now=now, why=RESTORED)


def _count(app: App, db: Session, mark: _Mark | None) -> tuple[_Mark, bool]:
    """The new mark, and whether the database is an older one; it is said once, then a person decides."""
    now = app.clock.now()
    node = mark.node if mark else secrets.token_hex(8)
    row = db.scalar(select(Configuration).where(Configuration.name == _PREFIX + node).with_for_update())
    known = _number(row.value) if row is not None else 0
    is_older = known < mark.rounds if mark else _was_brought_here(app, db)
    is_older |= _has_moved(app, db)
    if is_older:
        hold_all(db, held=True, now=now, why=RESTORED)
    rounds = max(known, mark.rounds if mark else 0) + 1
    if row is None:
        db.add(Configuration(name=_PREFIX + node, value=rounds, updated=now))
    else:
        row.value, row.updated = rounds, now
    db.flush()
    return _Mark(node, rounds), is_older


def _was_brought_here(app: App, db: Session) -> bool:
    """Have others sent from this database, and nobody lately?"""
    rows = db.scalars(select(Configuration.updated).where(Configuration.name.startswith(_PREFIX))).all()
    return bool(rows) and max(rows) < app.clock.now() - ALIVE


def _has_moved(app: App, db: Session) -> bool:
    """Does the database lie elsewhere than when it was last sent from? Where it lies now is noted."""
    here = place_of(db.connection())
    row = db.scalar(select(Configuration).where(Configuration.name == _PLACE))
    if row is None:
        db.add(Configuration(name=_PLACE, value=here, updated=app.clock.now()))
        return False
    if row.value == here:
        return False
    row.value, row.updated = here, app.clock.now()
    return True


def _read(file: Path) -> _Mark | None:
    try:
        node, _, rounds = file.read_text(encoding="ascii").strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return _Mark(node, int(rounds)) if node.isalnum() and rounds.isdecimal() else None


def _write(file: Path, mark: _Mark) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
    draft.write_text(f"{mark.node} {mark.rounds}\n", encoding="ascii")
    draft.rename(file)


def _number(value: Any) -> int:  # Any: what JSON holds
    return value if isinstance(value, int) else 0
