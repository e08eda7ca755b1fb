"""Reading the people of a ticket costs what they are, however many users and members there are elsewhere."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite

from rtpy.db.base import Base
from rtpy.db.folding import install
from rtpy.mail.people import _PEOPLE

pytestmark = pytest.mark.databases("sqlite")  # PostgreSQL joins by its statistics

MANY = {
    "sqlite_autoindex_group_closure_1": ("group_closure", "60000 8500 1"),
    "ix_group_closure_member_id_group_id": ("group_closure", "60000 2 1"),
    "ix_watchers_principal_id_role": ("watchers", "100000 80 80 1"),
    "sqlite_autoindex_groups_1": ("groups", "20 5 1"),
    "uq_users_name_folded": ("users", "30000 1"),
}


def test_sqlite_begins_with_the_watchers():
    compiled = _PEOPLE.compile(dialect=sqlite.dialect())
    with create_engine("sqlite://").connect() as connection:
        raw = connection.connection.dbapi_connection
        install(raw)
        Base.metadata.create_all(connection)
        connection.execute(text("ANALYZE"))
        connection.execute(text("DELETE FROM sqlite_stat1"))
        for index, (table, numbers) in MANY.items():
            row = {"table": table, "index": index, "numbers": numbers}
            connection.execute(text("INSERT INTO sqlite_stat1 VALUES (:table, :index, :numbers)"), row)
        connection.execute(text("ANALYZE sqlite_schema"))
        places = [None] * len(compiled.positiontup or ())
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {compiled}", places)]
    read = [line for line in plan if line.startswith("SCAN")]
    assert {line.split()[1] for line in read} <= {"here"}, "\n".join(plan)
