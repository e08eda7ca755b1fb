"""Who follows the history by its numbers misses nothing, though numbers are given out before they are committed."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.history.settled import settled_up_to
from rtpy.models import Queue, Transaction
from rtpy.work import Face


def write(app, db, subject):
    work = app.work_in(db, app.actor_named(db, "root", Face.CLI))
    queue = db.scalars(select(Queue).where(Queue.name == "General")).one()
    create_ticket(work, CreateTicket(queue, subject, plain_message(subject)))
    db.flush()
    return db.scalar(select(func.max(Transaction.id)))


@pytest.mark.databases("postgresql")  # SQLite has one writer at a time
def test_what_is_written_beside_a_slower_writer_waits_for_it(committed_app):
    app = committed_app
    with app.sessions() as reader:
        before = settled_up_to(reader)
        assert before == reader.scalar(select(func.max(Transaction.id)))
    with app.sessions() as slow, app.sessions() as quick:
        early = write(app, slow, "first begun")
        late = write(app, quick, "first done")
        assert early < late
        quick.commit()
        with app.reading_sessions() as reader:
            assert settled_up_to(reader) < early
        slow.rollback()
    with app.reading_sessions() as reader:
        assert settled_up_to(reader) >= late


def test_a_writer_in_many_steps_is_noted_once_and_for_all_of_them(committed_app):
    app = committed_app
    with app.sessions() as db:
        write(app, db, "one")
        newest = write(app, db, "two")
        db.commit()
    with app.reading_sessions() as reader:
        assert settled_up_to(reader) == newest


@pytest.mark.databases("postgresql")  # SQLite has one writer at a time
def test_a_savepoint_that_is_undone_takes_the_note_with_it_and_the_next_step_notes_anew(committed_app):
    app = committed_app
    with app.sessions() as slow, app.sessions() as quick:
        with slow.begin_nested() as savepoint:
            write(app, slow, "given up")
            savepoint.rollback()
        early = write(app, slow, "kept")
        write(app, quick, "done")
        quick.commit()
        with app.reading_sessions() as reader:
            assert settled_up_to(reader) < early
        slow.commit()
    with app.reading_sessions() as reader:
        assert settled_up_to(reader) >= early
