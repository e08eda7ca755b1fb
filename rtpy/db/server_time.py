"""The time by the database server's clock, asked with each new connection and by whoever asks the server anyway."""

import time
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Engine, case, event, func
from sqlalchemy.engine import make_url

from rtpy.clock import Clock, ServerClock

SERVER_TIME: ColumnElement[datetime | None] = case(
    (func.pg_is_in_recovery(), None), else_=func.clock_timestamp(type_=DateTime(timezone=True))
)
"""What a PostgreSQL server has on its clock at the moment, not at the beginning of the transaction.

None from a replica: by its clock nothing goes.
"""


def clock_for(url: str) -> Clock:
    """The clock of an app: a server's own, but a file has no other clock than the machine on which it lies."""
    return ServerClock() if make_url(url).get_backend_name() == "postgresql" else Clock()


def follow_server_time(engine: Engine, clock: Clock) -> None:
    """Let a clock that goes by the server hear the time with each new connection; other clocks are left alone."""
    if not isinstance(clock, ServerClock) or engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "connect")
    def connect(dbapi: Any, _record: Any) -> None:
        asked = time.monotonic()
        said = dbapi.execute("SELECT clock_timestamp()").fetchone()
        dbapi.rollback()
        clock.hear(said[0], asked)
