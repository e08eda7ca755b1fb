"""References that lead nowhere: those that the database itself knows, and those to stored bytes."""

from sqlalchemy import and_, column, func, inspect, select, table, text
from sqlalchemy.orm import Session

from rtpy.backups.snapshot import Tell

_POINTERS = ("blob_sha256",)
"""Names of columns that point at stored bytes; no foreign key says so."""


def broken_references(db: Session, tell: Tell) -> list[str]:
    """A sentence for each table whose rows point at what is not there."""
    tell("Checking references", 0, 0)
    found = _foreign_keys(db)
    inspector = inspect(db.connection())
    blobs = table("blobs", column("sha256"))
    for name in sorted(inspector.get_table_names()):
        for each in inspector.get_columns(name):
            if each["name"] in _POINTERS:
                pointing = table(name, column(each["name"]))
                pointer = pointing.c[each["name"]]
                query = (
                    select(func.count())
                    .select_from(pointing.outerjoin(blobs, blobs.c.sha256 == pointer))
                    .where(and_(pointer.is_not(None), blobs.c.sha256.is_(None)))
                )
                if lost := db.scalar(query):
                    found.append(f"{lost} rows of {name} point at bytes that are not stored")
    return found


def _foreign_keys(db: Session) -> list[str]:
    """Those of SQLite; PostgreSQL has checked its own when it took the rows."""
    if db.get_bind().dialect.name != "sqlite":
        return []
    rows = db.execute(text("PRAGMA foreign_key_check")).all()
    counted: dict[tuple[str, str], int] = {}
    for row in rows:
        counted[row[0], row[2]] = counted.get((row[0], row[2]), 0) + 1
    return [
        f"{count} rows of {name} point at rows of {to} that are not there"
        for (name, to), count in sorted(counted.items())
    ]
