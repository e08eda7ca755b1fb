"""Values that many transactions need and that seldom change, such as scrips and our own addresses, kept per app.

A writer of one of the tables below leaves a new stamp in the database. This process forgets at once; every other
one looks at the stamp once in a second, and at the server's clock with it.
"""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, bindparam, event, insert, select, update
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.attributes import get_history

from rtpy.clock import ServerClock
from rtpy.db.base import Base
from rtpy.db.server_time import SERVER_TIME
from rtpy.models import (
    Ace,
    Configuration,
    CustomRole,
    CustomRolePlace,
    Group,
    GroupMember,
    PluginSetting,
    Principal,
    Queue,
    Scrip,
    ScripAction,
    ScripCondition,
    ScripQueue,
    SignOnProvider,
    Template,
    User,
)
from rtpy.models.configuration import STAMP

if TYPE_CHECKING:
    from rtpy.app import App

LOOK_AGAIN = 1.0
"""Seconds for which another process's change may stay unseen."""
_SEEN = "rtpy_seen_shelf"

T = TypeVar("T")

_read_stamp = select(Configuration.__table__.c.value).where(
    Configuration.__table__.c.name == bindparam("name")
)
_read_stamp_and_time = select(_read_stamp.scalar_subquery().label("stamp"), SERVER_TIME.label("at"))
_turns = itertools.count(1)
_turn = [0]  # of this process: goes up with every write to one of the tables


@dataclass(slots=True)
class _Shelf:
    turn: int
    stamp: object
    looked: float
    values: dict[str, Any] = field(default_factory=dict)


def remembered(app: "App", db: Session, name: str, read: Callable[[Session], T]) -> T:
    """The value that `read` gave, as long as nobody has written since; `name` is unique to the caller."""
    shelf = _shelf(app, db)
    if name not in shelf.values:
        if not _sees(db, shelf):
            return read(db)
        shelf.values[name] = read(db)
    value: T = shelf.values[name]
    return value


def forget(connection: Connection) -> None:
    """Let every process read anew; part of the writer's transaction."""
    _turn[0] = next(_turns)
    row = {"value": secrets.token_hex(8), "updated": datetime.now(UTC)}
    changed = connection.execute(update(Configuration).where(Configuration.name == STAMP).values(**row))
    if not changed.rowcount:
        connection.execute(insert(Configuration).values(name=STAMP, **row))


def _shelf(app: "App", db: Session) -> _Shelf:
    shelf: _Shelf | None = app.caches.get("remembered")
    now = time.monotonic()
    if shelf is not None and shelf.turn == _turn[0] and now - shelf.looked < LOOK_AGAIN:
        return shelf
    turn = _turn[0]
    stamp = _look(app, db)
    if shelf is not None and shelf.turn == turn and shelf.stamp == stamp:
        shelf.looked, db.info[_SEEN] = now, shelf
        return shelf
    shelf = app.caches["remembered"] = db.info[_SEEN] = _Shelf(turn, stamp, now)
    return shelf


def _sees(db: Session, shelf: _Shelf) -> bool:
    """Does this session read what the shelf is about, so that it may put something there? One look in its life.

    One that began before a commit, or is beside a writer or on a replica, may still read what was before: kept under
    the new stamp that would stay.
    """
    if db.info.get(_SEEN) is shelf:
        return True
    if db.connection().scalar(_read_stamp, {"name": STAMP}) != shelf.stamp:
        return False
    db.info[_SEEN] = shelf
    return True


def _look(app: "App", db: Session) -> object:
    """The stamp. A clock that goes by the server's is set by the same answer: one that was put right is followed."""
    connection, clock = db.connection(), app.clock
    if not isinstance(clock, ServerClock) or connection.dialect.name != "postgresql":
        return connection.scalar(_read_stamp, {"name": STAMP})
    asked = time.monotonic()
    row = connection.execute(_read_stamp_and_time, {"name": STAMP}).one()
    if row.at is not None:
        clock.hear(row.at, asked)
    return row.stamp


def _written(_mapper: object, connection: Connection, _row: object) -> None:
    forget(connection)


def _bulk(execution: ORMExecuteState) -> None:
    if execution.is_update or execution.is_delete or execution.is_insert:
        mapper = execution.bind_mapper
        if mapper is not None and mapper.class_ in WATCHED:
            forget(execution.session.connection())


WATCHED: set[type[Base]] = set()
"""The tables whose values may be remembered."""


def watch(*models: type[Base]) -> None:
    """Let every write to these tables make all processes read anew.

    Called where the models are known to every process that may write them, be it a worker or a command: what only
    pages import is too late there.
    """
    for model in models:
        if model not in WATCHED:
            WATCHED.add(model)
            for deed in ("after_insert", "after_update", "after_delete"):
                event.listen(model, deed, _written)


def watch_updates(model: type[Base], *columns: str) -> None:
    """The same for a table that grows all day: only who changes one of these columns of a row makes others read anew.

    Statements that change many rows at once are not seen.
    """

    def changed(_mapper: object, connection: Connection, row: Base) -> None:
        if any(get_history(row, column).has_changes() for column in columns):
            forget(connection)

    event.listen(model, "after_update", changed)


watch(Ace, CustomRole, CustomRolePlace)  # rights (`rtpy.rights.kept`)
watch(Queue, Scrip, ScripAction, ScripCondition, ScripQueue, Template)
# What is remembered in rooms that a worker or a command need not know, though it may write there.
watch(Group, GroupMember, PluginSetting, SignOnProvider)
# New people come all day, most of them customers: `create_person` tells of those of the staff.
watch_updates(Principal, "disabled")
watch_updates(User, "name", "real_name")
event.listen(Session, "do_orm_execute", _bulk)
