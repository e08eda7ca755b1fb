"""Answers of PostgreSQL are described to who asks, as psycopg describes them."""

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.databases("postgresql")  # it is psycopg's


def test_columns_are_described_when_they_are_asked_for(db):
    cursor = db.connection().connection.cursor()
    assert cursor.execute("SELECT 1 AS one, 'x' AS two").description is not None
    assert [each.name for each in cursor.description] == ["one", "two"]
    assert cursor.description[1].name == "two"
    assert [each.name for each in cursor.description[:1]] == ["one"]
    assert len(cursor.description) == 2
    assert cursor.execute("SET LOCAL lock_timeout = 0").description is None
    assert db.execute(text("SELECT 1 AS one")).mappings().one() == {"one": 1}
