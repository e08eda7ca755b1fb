"""The databases' plans for usual searches of ordinary staff: none reads all of tickets, transactions or attachments.

SQLite is asked on an empty database whose statistics say that there are 100,000 tickets. PostgreSQL is told to read
whole tables only where nothing else is possible.
"""

import re

import pytest
from sqlalchemy import create_engine, event, text

from rtpy.db import folding
from rtpy.db.base import Base
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, count, find

LARGE = ("tickets", "transactions", "attachments", "watchers")
STATISTICS = {
    "ix_tickets_merged_into_id": ("tickets", "20 2"),
    "ix_tickets_queue_id_status_last_updated": ("tickets", "100000 5000 1250 1"),
    "ix_tickets_owner_id_status": ("tickets", "100000 7700 1930"),
    "ix_tickets_status_created": ("tickets", "100000 25000 1 1"),
    "ix_tickets_last_updated": ("tickets", "100000 1 1 1 1"),
    "ix_tickets_organization_id_status": ("tickets", "100000 2500 625"),
    "uq_watchers_ticket_id_role_principal_id": ("watchers", "100100 2 1 1"),
    "uq_watchers_queue_id_role_principal_id": ("watchers", "40 2 1 1"),
    "ix_watchers_principal_id_role": ("watchers", "100100 84 83 1"),
    "ix_transactions_object_type_object_id_id": ("transactions", "1000000 900000 10 1"),
    "ix_transactions_creator_id_created": ("transactions", "1000000 820 1"),
    "ix_transactions_time_worker_id_time_worked_date": ("transactions", "9000 700 2"),
    "ix_attachments_transaction_id_position": ("attachments", "800000 1 1"),
    "ix_attachments_message_id": ("attachments", "800000 2"),
    "uq_users_name_folded": ("users", "1200 1"),
    "uq_users_email_address_folded": ("users", "1200 1"),
    "uq_queues_name_folded": ("queues", "20 1"),
}
SHAPES = [
    ("Status = '__Active__'", "-LastUpdated"),
    ("Status = 'open'", "-Created"),
    ("Queue = 'General' AND Status = '__Active__'", "-LastUpdated"),
    ("Queue = 'General' AND Status = 'open' AND Due < 'now'", "Due"),
    ("Owner = '__CurrentUser__' AND Status = '__Active__'", "-Priority"),
    ("Owner = 'Nobody' AND Status = 'new' AND Queue = 'Network'", "Created"),
    ("Requestor = 'ann@client.example'", "-Created"),
    ("Requestor.EmailAddress LIKE '@client.example' AND Status = 'open'", "-LastUpdated"),
    ("Requestor.Name = 'ann@client.example' AND AdminCc != 'kim@staff.example'", "id"),
    ("Organization = 'Acme' AND Status != 'resolved'", "-LastUpdated"),
    ("LastUpdated > '2 days ago'", "-LastUpdated"),
    ("Updated > '2 days ago' AND Updated < 'yesterday'", "-LastUpdated"),
    ("UpdatedBy = 'kim' AND Status = 'open'", "-LastUpdated"),
    ("Watcher = 'kim@staff.example' AND Status = '__Active__'", "-LastUpdated"),
    ("id IN (1, 2, 3) OR id = 4", "id"),
    ("CustomRole.{Account manager}.Name = 'max'", "id"),
]


@pytest.fixture(scope="module")
def statements(shop):
    """Hears what is sent to the database: with `hear()` the list of (statement, parameters) since the last time."""
    heard = []
    connection = shop.db.connection()

    def listen(_connection, _cursor, statement, parameters, _context, _many):
        heard.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", listen)

    def hear():
        told = [each for each in heard if re.search(r"\bFROM tickets\b", each[0])]
        heard.clear()
        return told

    yield hear
    event.remove(connection, "before_cursor_execute", listen)


@pytest.fixture(scope="module")
def large():
    """An empty SQLite database with the tables of ours and the statistics of a large one."""
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda dbapi, _record: folding.install(dbapi))
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text("ANALYZE"))
        connection.execute(text("DELETE FROM sqlite_stat1"))
        for index, (table, numbers) in STATISTICS.items():
            row = {"table": table, "index": index, "numbers": numbers}
            connection.execute(text("INSERT INTO sqlite_stat1 VALUES (:table, :index, :numbers)"), row)
        connection.execute(text("ANALYZE sqlite_schema"))
        known = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index'")))
        assert set(STATISTICS) <= known
        yield connection
    engine.dispose()


@pytest.mark.parametrize(("query", "order"), SHAPES, ids=[each[0] for each in SHAPES])
def test_no_large_table_is_read_as_a_whole(shop, statements, large, database_kind, query, order):
    work = shop.work("jo")
    by = (Order(Name(order.removeprefix("-")), order.startswith("-")),)
    statements()
    find(work, shop.search(query, order=by))
    count(work, shop.search(query))
    asked = statements()
    assert len(asked) == 2
    explain = _on_sqlite if database_kind == "sqlite" else _on_postgresql
    for statement, parameters in asked:
        plan = explain(large if database_kind == "sqlite" else shop.db.connection(), statement, parameters)
        assert [line for line in plan if _reads_all(line)] == [], "\n".join(plan)


def _reads_all(line):
    """SQLite: a scan that is along no index. PostgreSQL: one although it was told to avoid it."""
    found = re.search(r"\bSCAN (\w+)(?! USING)|Seq Scan on (\w+)", line)
    return found is not None and (found[1] or found[2]) in LARGE and "USING" not in line


def _on_sqlite(connection, statement, parameters):
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters))
    return [row[3] for row in rows]


def _on_postgresql(connection, statement, parameters):
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = on")
    return plan


def test_the_check_sees_a_scan(shop, large, database_kind):
    bare, by_number = (
        "SELECT subject FROM tickets WHERE subject = 'x'",
        "SELECT id FROM tickets WHERE id = 1",
    )
    connection = large if database_kind == "sqlite" else shop.db.connection()
    explain = _on_sqlite if database_kind == "sqlite" else _on_postgresql
    assert any(_reads_all(line) for line in explain(connection, bare, ()))
    assert not any(_reads_all(line) for line in explain(connection, by_number, ()))
