"""Alembic's entry: runs the revisions on the connection that `rtpy.migrations.run` hands over."""

from alembic import context
from sqlalchemy import text

import rtpy.models  # noqa: F401 (fills the metadata that autogenerate compares with)
from rtpy.db.base import Base

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.execute(text("SET lock_timeout = '10s'"))
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
