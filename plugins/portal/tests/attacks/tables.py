"""The tables of the database under test: other plugins' may be known to this process, and are not there."""

from collections.abc import Iterator

from sqlalchemy import Table, inspect
from sqlalchemy.orm import Session

from rtpy.db.base import Base


def tables_there(db: Session) -> Iterator[Table]:
    """Those of the core and of the portal."""
    there = set(inspect(db.connection()).get_table_names())
    return (table for name, table in Base.metadata.tables.items() if name in there)
