"""Forgetting texts at once, where waiting for the worker is not good enough."""

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.models import SearchDocument
from rtpy.search.text.index import index_of

AT_ONCE = 500


def forget_documents(app: App, db: Session, *which: ColumnElement[bool]) -> int:
    """Take the documents that all of `which` holds for out of the index; says how many. Never commits."""
    index, table, count = index_of(app, db), table_of(SearchDocument), 0
    query = select(table.c.id, table.c.text).where(*which).order_by(table.c.id).limit(AT_ONCE)
    while rows := db.connection().execute(query).all():
        index.remove(db, [(row.id, row.text) for row in rows])
        db.connection().execute(delete(table).where(table.c.id.in_([row.id for row in rows])))
        count += len(rows)
    return count
