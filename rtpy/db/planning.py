"""Statements that PostgreSQL plans for the values they come with, each time anew."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

_OPTION = "rtpy_planned_anew"
PLANNED_ANEW: Mapping[str, Any] = {_OPTION: True}
"""Execution options of a statement whose best plan hangs on its values, like a search for words.

A statement that comes again and again is prepared, and from the eleventh time on PostgreSQL may take one plan for all
values: right for the rows of a ticket, and up to ten times as slow for words, of which some are rare and some frequent.
SQLite plans once for all values anyway.
"""


def obey_plans(engine: Engine) -> None:
    """Let an engine for PostgreSQL go by PLANNED_ANEW."""

    @event.listens_for(engine, "do_execute")
    def do_execute(cursor: DBAPICursor, statement: str, parameters: Any, context: ExecutionContext) -> bool:
        if context is None or not context.execution_options.get(_OPTION):
            return False
        prepared: dict[str, Any] = {"prepare": False}
        cursor.execute(statement, parameters, **prepared)
        return True
