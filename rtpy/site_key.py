"""Which secret_key is the site's: the database knows it by a fingerprint, with which each node compares its own.

The key itself never leaves the home. The fingerprint is an HMAC under the key, so it says nothing of it.
"""

import hmac
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, inspect, select
from sqlalchemy.exc import IntegrityError, OperationalError

from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.models import Configuration

NAME = "secret_key.fingerprint"
"""The row that holds the fingerprint."""
_SAID = b"rtpy: the fingerprint of a site's secret_key"


def fingerprint(config: Config) -> str:
    """Of the key in the home, 64 hex digits; empty when there is none. Raises Refused for a file that is no key."""
    file = config.home / "secret_key"
    try:
        if not file.exists():
            return ""
        key = bytes.fromhex(config.secret_key())
    except OSError as problem:
        raise Refused(
            f"{file} cannot be read: {problem.strerror or problem}. Give it to the user of rtpy."
        ) from problem
    except ValueError:
        key = b""
    if not key:
        raise Refused(f"{file} holds no key: {_COPY}.")
    return hmac.new(key, _SAID, "sha256").hexdigest()


def noted_fingerprint(connection: Connection) -> str:
    """The one that the database knows; empty when none was noted yet. One query."""
    return str(connection.scalar(select(Configuration.value).where(Configuration.name == NAME)) or "")


def problem_of(connection: Connection, config: Config) -> str:
    """What is wrong with the key in the home, in a sentence that says what to do; empty when nothing is. One query."""
    noted = noted_fingerprint(connection)
    try:
        ours = fingerprint(config)
    except Refused as problem:
        return str(problem)
    if not noted or ours == noted:
        return ""
    file = config.home / "secret_key"
    if not ours:
        return f"There is no {file}: {_COPY}. {_LOST}"
    return f"{file} is not the key of this site: {_COPY}. {_LOST}"


_COPY = "copy that file from a machine on which this site runs or out of a backup, for its owner's eyes only (mode 600)"
_LOST = (
    "When it is lost or was changed on purpose, `rtpy secret-key --accept` makes the one here the site's and says "
    "what must be entered again."
)


def refuse_another_key(engine: Engine, config: Config, now: datetime) -> None:
    """Raises Refused when the key in the home is not the one that the database knows; notes it when none is known.

    A key is made where neither has one. An empty database is left alone, and one that cannot be reached is no reason:
    `/ready` looks again.
    """
    try:
        with engine.begin() as connection:
            if not inspect(connection).has_table(Configuration.__tablename__):
                return
            problem = problem_of(connection, config)
            if not problem and not noted_fingerprint(connection):
                problem = _note_first(connection, config, now)
    except OperationalError:
        return
    finally:
        engine.dispose()  # what starts now may make processes, and those must not share a connection
    if problem:
        raise Refused(problem)


def accept(connection: Connection, config: Config, now: datetime) -> None:
    """Let the key in the home, made if there is none, be the site's from now on. Raises Refused for what is no key."""
    config.secret_key()
    fingerprint(config)
    connection.execute(delete(Configuration).where(Configuration.name == NAME))
    _note(connection, config, now)


def _note(connection: Connection, config: Config, now: datetime) -> None:
    config.secret_key()
    row = {"name": NAME, "value": fingerprint(config), "updated": now}
    connection.execute(insert(Configuration).values(row))


def _note_first(connection: Connection, config: Config, now: datetime) -> str:
    """Of two nodes at once the first one says which key it is; the sentence for the other."""
    try:
        with connection.begin_nested():
            _note(connection, config, now)
    except IntegrityError:
        return problem_of(connection, config)
    return ""
