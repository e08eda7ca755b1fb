"""How a database stands to the code that runs: can they work together, and if not, what is to be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from rtpy import __version__
from rtpy.errors import Refused
from rtpy.migrations.applied import applied_to, half_done, revision_of
from rtpy.migrations.lines import CORE, Line
from rtpy.migrations.revisions import Kind, Revision, after, called, head_of, revisions_of


class State(StrEnum):
    """How one line stands."""

    CURRENT = "current"
    """Code and tables are of the same version."""
    AHEAD = "ahead"
    """The tables are newer, and all that was done to them since leaves this code working."""
    TRAILING = "trailing"
    """Only revisions are missing that take away what this code no longer uses."""
    BEHIND = "behind"
    """The tables are older than this code needs."""
    EMPTY = "empty"
    """There are none."""
    TOO_NEW = "too new"
    """The tables are newer, and something was taken away that this code needs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one line stands, in a sentence that says what to do; `pending` are the revisions that are missing."""

    line: Line
    state: State
    sentence: str = ""
    pending: Sequence[Revision] = ()

    @property
    def fits(self) -> bool:
        """Can this code work with these tables?"""
        return self.state in (State.CURRENT, State.AHEAD, State.TRAILING)


def standings(connection: Connection, plugins: Iterable[Line] = ()) -> Sequence[Standing]:
    """How the core and each plugin stand. One query each when all is well."""
    return tuple(standing_of(connection, line) for line in (CORE, *plugins))


def refuse_unfit(engine: Engine, plugins: Iterable[Line] = ()) -> None:
    """Raises Refused, with what is to be done, when this code cannot work with these tables.

    A database that cannot be reached is no reason: a server starts without it, and works when it comes.
    """
    try:
        with engine.connect() as connection:
            unfit = [standing for standing in standings(connection, plugins) if not standing.fits]
            connection.rollback()
    except OperationalError:
        return
    finally:
        engine.dispose()  # what starts now may make processes, and those must not share a connection
    if unfit:
        raise Refused(unfit[0].sentence)


def standing_of(connection: Connection, line: Line) -> Standing:
    """How that line stands."""
    current, head = revision_of(connection, line), head_of(line)
    if current == head:
        return Standing(line, State.CURRENT)
    if current is None:
        sentence = (
            f"The plugin {line.name} has no tables yet: run `rtpy migrate`."
            if line.name
            else "The database is empty: run `rtpy init` first."
        )
        return Standing(line, State.EMPTY, sentence, revisions_of(line))
    if current not in {revision.name for revision in revisions_of(line)}:
        return _newer(connection, line, current, head)
    pending = after(line, current)
    if all(revision.waits for revision in pending):
        return Standing(
            line,
            State.TRAILING,
            f"The tables of {called(line)} hold what only an older version used: when none of that runs any more, "
            "run `rtpy migrate --contract`.",
            pending,
        )
    if half_done(connection, line):
        sentence = (
            f"A migration of {called(line)} was interrupted at revision {pending[0].name}: run `rtpy migrate`, it "
            "goes on where it stopped."
        )
    else:
        sentence = (
            f"The tables of {called(line)} are of an older version (revision {current}, this one needs {head}): "
            "run `rtpy migrate`."
        )
    return Standing(line, State.BEHIND, sentence, pending)


def _newer(connection: Connection, line: Line, current: str, head: str | None) -> Standing:
    noted = applied_to(connection, line)
    ours = {revision.name for revision in revisions_of(line)}
    unknown = {name: each for name, each in noted.items() if name not in ours}
    if current in unknown and head in noted and all(e.kind is Kind.EXPAND for e in unknown.values()):
        return Standing(
            line,
            State.AHEAD,
            f"The tables of {called(line)} are of a newer version ({unknown[current].release}), with which this one "
            f"({__version__}) still works: update rtpy on this machine soon.",
        )
    release = f" ({unknown[current].release})" if current in unknown else ""
    return Standing(
        line,
        State.TOO_NEW,
        f"The tables of {called(line)} are of a newer version{release}, with which this one ({__version__}) cannot "
        f"work: update {'the plugin' if line.name else 'rtpy'} on this machine.",
    )
