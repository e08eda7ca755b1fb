"""The figures of a database: rows of each table, revisions, attachments, and what nobody may lose."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.orm import Session

from rtpy.backups.manifest import Bytes, Figures
from rtpy.mail.outbox import count_states
from rtpy.migrations.comparing import VERSIONS
from rtpy.models import Blob, Ticket, Transaction
from rtpy.plugins import callers_of
from rtpy.work import Work

log = logging.getLogger("rtpy.backups")

_CORE_VERSIONS = "alembic_version"


def read_figures(work: Work) -> Figures:
    """All figures of the database in the transaction of `work`: a count over each table."""
    connection = work.db.connection()
    return Figures(
        revisions_in(connection), count_rows(connection), vital_figures(work), attachments(work.db)
    )


def vital_figures(work: Work) -> dict[str, str]:
    """What nobody may lose, by name: the core's, then what plugins answer, each under the name of its plugin."""
    tickets, last_ticket = work.db.execute(select(func.count(), func.max(Ticket.id))).one()
    last_transaction = work.db.scalar(select(func.max(Transaction.id)))
    found = {
        "tickets": f"{tickets}",
        "last ticket": f"{last_ticket or 0}",
        "last transaction": f"{last_transaction or 0}",
    }
    found |= {f"outgoing mails, {state}": f"{count}" for state, count in count_states(work.db).items()}
    for plugin, call in callers_of(work.app.plugins, "rtpy_vital_figures"):
        found |= {f"{plugin}: {name}": value for name, value in _ask(work, plugin, call).items()}
    return found


def _ask(work: Work, plugin: str, call: Callable[..., list[Any]]) -> dict[str, str]:
    """What a plugin answers; a mistake of it must not cost the backup."""
    try:
        with work.db.begin_nested():
            return {name: str(value) for theirs in call(work=work) for name, value in theirs.items()}
    except Exception:
        log.exception("the vital figures of %s cannot be had", plugin)
        return {}


def attachments(db: Session) -> Bytes:
    """All stored bytes, wherever they lie."""
    count = size = 0
    total = hashlib.sha256()
    query = select(Blob.sha256, Blob.size).order_by(Blob.sha256).execution_options(yield_per=10_000)
    for sha256, each in db.execute(query):
        count, size = count + 1, size + each
        total.update(f"{sha256}\n".encode())
    return Bytes(count, size, total.hexdigest())


def count_rows(connection: Connection) -> dict[str, int]:
    """The rows of every table there is, also those that no model knows."""
    names = sorted(inspect(connection).get_table_names())
    quote = connection.dialect.identifier_preparer.quote
    return {name: int(connection.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0) for name in names}


def revisions_in(connection: Connection) -> dict[str, str]:
    """The revision of each line in the database, also of plugins that are not listed."""
    found = {}
    for table in sorted(inspect(connection).get_table_names()):
        if table == _CORE_VERSIONS or table.startswith(VERSIONS):
            revision = connection.scalar(text(f"SELECT version_num FROM {table}"))
            if revision is not None:
                found[table.removeprefix(_CORE_VERSIONS).removeprefix("_")] = str(revision)
    return found


def differences(expected: Figures, found: Figures) -> list[str]:
    """What differs, as sentences; empty when nothing does. Vital figures count as far as both know them."""
    said = [
        f"{table} has {found.rows.get(table, 0)} rows instead of {number}"
        for table, number in expected.rows.items()
        if found.rows.get(table) != number
    ]
    said += [
        f"{name} is {found.vital.get(name, 'not known')} instead of {value}"
        for name, value in expected.vital.items()
        if found.vital.get(name) != value
    ]
    if expected.attachments != found.attachments:
        said.append("the attachments are others")
    if dict(expected.revisions) != dict(found.revisions):
        said.append("the tables are of other revisions")
    return said
