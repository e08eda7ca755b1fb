"""Which statements PostgreSQL plans for their values, each time."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from rtpy.db.planning import PLANNED_ANEW
from rtpy.models import User

TIMES = 12
"""More often than a statement comes before the driver has it prepared, and the server takes one plan for all values."""


def prepared(db: Session, words: str) -> int:
    kept = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :words")
    return int(db.execute(kept, {"words": f"%{words}%"}).scalar_one())


@pytest.mark.databases("postgresql")  # SQLite has no such plans
def test_a_statement_that_is_to_be_planned_anew_is_never_prepared(db: Session) -> None:
    often = select(User.id, User.name).where(User.name == "root")
    searched = select(User.id, User.real_name).where(User.name == "root")

    for _ in range(TIMES):
        assert (
            len(db.execute(often).all())
            == len(db.execute(searched, execution_options=PLANNED_ANEW).all())
            == 1
        )

    assert (prepared(db, "users.id, users.name"), prepared(db, "users.id, users.real_name")) == (1, 0)
