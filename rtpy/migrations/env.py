"""Alembic's entry: runs the revisions of one line on the connection that `rtpy.migrations.run` hands over."""

from alembic import context

import rtpy.models  # noqa: F401 (fills the metadata that autogenerate compares with)
from rtpy.db.base import Base
from rtpy.migrations.comparing import options_of
from rtpy.migrations.triggers import refuse_losses

connection = context.config.attributes["connection"]
line = context.config.attributes["line"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    version_table=line.version_table,
    **options_of(line, connection),
)
with context.begin_transaction(), refuse_losses():
    context.run_migrations()
