"""The worker that fills the index: within seconds, one at a time, past what is broken."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import plain_message
from rtpy.jobs.indexing import INDEXING
from rtpy.jobs.worker import chores_of, run
from rtpy.models import Attachment, Blob, SearchDocument, SearchPending, SearchState, Ticket
from rtpy.search.text import indexing
from rtpy.search.text.indexing import index_some
from rtpy.search.text.matching import ticket_matches
from rtpy.search.text.state import progress
from rtpy.testing.people import Factory


def _found(app, text):
    with app.work(reading=True) as work:
        return list(work.db.scalars(select(Ticket.id).where(ticket_matches(work, text)).order_by(Ticket.id)))


def test_the_worker_has_the_chore(app):
    assert INDEXING in chores_of(app)


def test_a_reply_leaves_one_note(work, make, index, db):
    ticket = make.ticket()
    index()

    change_ticket(work, ticket, Correspond(plain_message("hello")))

    noted = db.execute(select(SearchPending.what, func.count()).group_by(SearchPending.what)).all()
    assert [tuple(row) for row in noted] == [("transaction", 1)]


def test_what_is_written_is_found_a_moment_later(committed_app):
    app, stop = committed_app, threading.Event()
    worker = threading.Thread(target=run, args=(app, stop), kwargs={"chores": [INDEXING]})
    worker.start()
    try:
        with app.work() as work:
            ticket = Factory(app, work.db).ticket("Printer", text="It burns").id
        deadline = time.monotonic() + 30
        while _found(app, "burns") != [ticket] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert _found(app, "burns") == [ticket]
    finally:
        stop.set()
        worker.join(30)


def test_several_workers_put_everything_once(committed_app, monkeypatch):
    app = committed_app
    monkeypatch.setattr(indexing, "PORTION", 3)
    with app.work() as work:
        make = Factory(app, work.db)
        tickets = [make.ticket(f"Number {number}", text="once").id for number in range(8)]

    def fill() -> None:
        for _ in range(60):
            index_some(app)

    threads = [threading.Thread(target=fill) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while index_some(app):
        pass

    assert _found(app, "number once") == tickets
    with app.work(reading=True) as work:
        assert progress(work.db).is_done
        assert work.db.scalar(select(func.count()).select_from(SearchDocument)) == 16


def test_another_worker_goes_on_when_one_was_killed(app, make, db, clock, index):
    ticket = make.ticket(text="left behind")
    db.flush()
    db.execute(
        update(SearchState).values(lease_owner="gone|1|1", lease_until=clock.now() + timedelta(minutes=1))
    )
    db.flush()
    assert index() == 0

    clock.advance(timedelta(minutes=2))
    index()

    assert _found(app, "behind") == [ticket.id]


@pytest.mark.parametrize("limit", ["MOST_TEXT", "MOST_SECONDS"])
def test_a_portion_that_grows_too_large_is_taken_in_by_parts(app, make, index, monkeypatch, limit, db):
    monkeypatch.setattr(indexing, limit, -1)
    tickets = [make.ticket(f"Number {number}", text="long").id for number in range(5)]
    index()
    assert _found(app, "long") == tickets

    db.execute(update(SearchState).values(version=""))
    db.query(SearchPending).delete()
    db.flush()
    index()
    assert _found(app, "number long") == tickets


def test_bytes_that_are_damaged_stop_nothing(app, work, make, index, db):
    broken, good = make.ticket(text="damaged one"), make.ticket(text="sound one")
    sha256 = db.scalar(
        select(Attachment.blob_sha256)
        .join(Blob, Blob.sha256 == Attachment.blob_sha256)
        .where(Blob.data == b"damaged one")
    )
    db.execute(update(Blob).where(Blob.sha256 == sha256).values(data=b"other bytes"))
    index()

    assert _found(app, "one") == [good.id]
    assert _found(app, "printer") == [broken.id, good.id]


def test_a_ticket_with_many_texts_goes_along_in_parts(app, work, make, index, monkeypatch):
    from rtpy.search.text import storing

    monkeypatch.setattr(storing, "AT_ONCE", 2)
    old, new = make.ticket("Old"), make.ticket("New")
    for number in range(5):
        change_ticket(work, old, Correspond(plain_message(f"part{number}")))
    index()
    change_ticket(work, old, MergeInto(new))
    index()

    assert _found(app, "part0 part1 part2 part3 part4 old new") == [new.id]
