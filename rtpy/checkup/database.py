"""The database: can it be reached, is it new enough, do its tables fit, and does its clock go right."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from rtpy.app import App
from rtpy.checkup.finding import Finding, fine, note, wrong
from rtpy.migrations.standing import State, standings

OLDEST = {"postgresql": (15,), "sqlite": (3, 37)}
SKEW = 5.0
"""Seconds by which the clocks of this machine and of the database may differ."""


def look_at_database(app: App) -> Iterator[Finding]:
    """All of it; nothing is written, and no file is made."""
    address = make_url(app.config.database.url)
    about = f"database {address.render_as_string(hide_password=True)}"
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        yield wrong(about, "not made yet", "run: rtpy init")
        return
    try:
        with app.engine.connect() as connection:
            yield from _look(connection, app, about)
            connection.rollback()
    except DBAPIError as error:
        reason = (str(error.orig).strip().splitlines() or ["no reason was given"])[0]
        yield wrong(
            about, f"it cannot be used: {reason}", "see database.url in rtpy.toml, and whether it runs"
        )


def _look(connection: Connection, app: App, about: str) -> Iterator[Finding]:
    kind = connection.dialect.name
    present = connection.dialect.server_version_info or ()
    if present < OLDEST[kind]:
        oldest = ".".join(map(str, OLDEST[kind]))
        yield wrong(
            about, f"it is of version {'.'.join(map(str, present))}", f"upgrade it to {oldest} or newer"
        )
    unfit = [standing for standing in standings(connection, app.lines) if not standing.fits]
    for standing in unfit:
        yield wrong(about, *_apart(standing.sentence))
    for standing in standings(connection, app.lines):
        if standing.fits and standing.state is not State.CURRENT:
            yield note(about, *_apart(standing.sentence))
    if not unfit:
        yield fine(about)
    yield from _clock(connection)


def _clock(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name != "postgresql":
        return
    connection.rollback()
    began = datetime.now(UTC)
    theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    ours = began + (datetime.now(UTC) - began) / 2
    skew = (ours - theirs).total_seconds()
    if abs(skew) > SKEW:
        yield wrong(
            "clock",
            f"this machine is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the database's",
            "set both by NTP",
        )
    else:
        yield fine("clock", "as the database's")


def _apart(sentence: str) -> tuple[str, str]:
    """What is so, and what is to be done."""
    what, _, remedy = sentence.partition(": ")
    return what, remedy.rstrip(".")
