"""What the database keeps of revisions: which it has had and of what kind, and how far one under way has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, inspect, select, update

from rtpy import __version__
from rtpy.db.base import table_of
from rtpy.migrations.lines import Line
from rtpy.migrations.revisions import Kind, Revision, after, head_of, revisions_of
from rtpy.models import SchemaRevision, SchemaStep

APPLIED = table_of(SchemaRevision)
STEPS = table_of(SchemaStep)


@dataclass(frozen=True, slots=True)
class Applied:
    """A revision that the database has had: its kind, and the version of rtpy that applied it."""

    kind: Kind
    release: str


def revision_of(connection: Connection, line: Line) -> str | None:
    """The revision that the database has of that line; None before the first."""
    context = MigrationContext.configure(connection, opts={"version_table": line.version_table})
    return context.get_current_revision()


def is_line_current(connection: Connection, line: Line) -> bool:
    """Is the database at the newest revision of that line?"""
    return revision_of(connection, line) == head_of(line)


def applied_to(connection: Connection, line: Line) -> Mapping[str, Applied]:
    """The revisions of that line that the database says it has had; none before there was a table for that."""
    if not inspect(connection).has_table(APPLIED.name):
        return {}
    rows = connection.execute(select(APPLIED).where(APPLIED.c.line == line.name)).all()
    return {row.revision: Applied(Kind(row.kind), row.release) for row in rows}


def note_applied(connection: Connection, line: Line) -> None:
    """Write down the revisions of that line that the database has had by now; nothing where it has no table for it.

    It is called in the transaction of the revision. What is noted already keeps its release.
    """
    if not inspect(connection).has_table(APPLIED.name):
        return
    current = revision_of(connection, line)
    pending = {revision.name for revision in after(line, current)}
    had = [revision for revision in revisions_of(line) if current and revision.name not in pending]
    noted = applied_to(connection, line)
    if gone := noted.keys() - {revision.name for revision in had}:
        connection.execute(delete(APPLIED).where(APPLIED.c.line == line.name, APPLIED.c.revision.in_(gone)))
    now = datetime.now(UTC)
    rows = [
        {
            "line": line.name,
            "revision": revision.name,
            "kind": str(revision.kind),
            "release": __version__,
            "applied": now,
        }
        for revision in had
        if revision.name not in noted
    ]
    if rows:
        connection.execute(insert(APPLIED), rows)


def forget_line(connection: Connection, line: Line) -> None:
    """The line's tables are gone: so is what was known of its revisions."""
    if inspect(connection).has_table(APPLIED.name):
        connection.execute(delete(APPLIED).where(APPLIED.c.line == line.name))
        connection.execute(delete(STEPS).where(STEPS.c.line == line.name))


def half_done(connection: Connection, line: Line) -> Sequence[str]:
    """Names of the line's revisions of which some steps are done and not all."""
    if not inspect(connection).has_table(STEPS.name):
        return ()
    found = select(STEPS.c.revision).where(STEPS.c.line == line.name).distinct().order_by(STEPS.c.revision)
    return tuple(connection.scalars(found))


def position_of(connection: Connection, revision: Revision, step: str) -> int | None:
    """The key of the last row that this step has done; None when it has not begun."""
    return connection.scalar(
        select(STEPS.c.position).where(
            STEPS.c.line == revision.line.name,
            STEPS.c.revision == revision.name,
            STEPS.c.name == step,
        )
    )


def note_position(connection: Connection, revision: Revision, step: str, position: int) -> None:
    """Write down how far the step has come, in the transaction of what it did."""
    row = (
        STEPS.c.line == revision.line.name,
        STEPS.c.revision == revision.name,
        STEPS.c.name == step,
    )
    now = datetime.now(UTC)
    changed = connection.execute(update(STEPS).where(*row).values(position=position, updated=now))
    if not changed.rowcount:
        connection.execute(
            insert(STEPS).values(
                line=revision.line.name, revision=revision.name, name=step, position=position, updated=now
            )
        )


def forget_steps(connection: Connection, revision: Revision) -> None:
    """The revision is complete."""
    if inspect(connection).has_table(STEPS.name):
        connection.execute(
            delete(STEPS).where(STEPS.c.line == revision.line.name, STEPS.c.revision == revision.name)
        )
