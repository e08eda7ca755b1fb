"""What keeps the index of SQLite quick: it is filled in order, and asked for no more than one ticket's texts."""

import pytest
from sqlalchemy import select, text

from rtpy.models import Ticket
from rtpy.search.text import matching
from rtpy.search.text.index import index_of
from rtpy.search.text.matching import ticket_matches
from rtpy.search.text.numbering import Kind, Seal, Space, first_id

pytestmark = pytest.mark.databases("sqlite", reason="FTS5")


def test_texts_in_any_order_are_gathered_before_they_are_written(app, db):
    begin = first_id(Space.TICKET, 1)
    index_of(app, db).put(db, [(begin + number, "one word") for number in (5, 3, 4, 1, 2)])
    pieces = "SELECT count(*) FROM search_index_data WHERE id > 10"  # below: averages, and the list of pieces
    assert db.scalar(text(pieces)) == 0, "gathered until the end of the transaction"
    assert db.scalar(text("SELECT count(*) FROM search_index WHERE search_index MATCH 'word'")) == 5


@pytest.fixture
def steps(db):
    """How many steps SQLite takes for a statement."""

    def count(statement) -> int:
        done = 0

        def step() -> int:
            nonlocal done
            done += 1
            return 0

        connection = db.connection().connection.driver_connection
        connection.set_progress_handler(step, 1)
        try:
            db.scalars(statement).all()
        finally:
            connection.set_progress_handler(None, 0)
        return done

    return count


def test_a_ticket_is_asked_for_a_common_word_within_its_own_texts(make, work, app, db, steps, monkeypatch):
    monkeypatch.setattr(matching, "is_common", lambda *_: True)
    make.ticket("No such word")
    asked = select(Ticket.id).where(ticket_matches(work, "frequent"))

    taken = []
    for first in (0, 10):
        begin = first_id(Space.TICKET, 1000, Seal.INTERNAL, Kind.MESSAGE) + first
        index_of(app, db).put(
            db, [(begin + number, "frequent") for number in range(10 if not first else 300)]
        )
        taken.append(steps(asked))
    assert 0 < taken[1] < 2 * taken[0]
