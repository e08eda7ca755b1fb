"""What is remembered between transactions is forgotten when somebody writes, here or in another process."""

import pytest
from sqlalchemy import delete, insert, select, update

from rtpy import remembered as room
from rtpy.changes.own_addresses import own_addresses
from rtpy.models import Ace, Configuration, Queue, Template
from rtpy.remembered import remembered


def test_a_value_is_read_once(app, db, query_count):
    reads = []
    for _ in range(3):
        remembered(app, db, "test", lambda db: reads.append(1) or "value")
    assert reads == [1]
    with query_count() as count:
        own_addresses(app, db)
        own_addresses(app, db)
    assert count.total == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda db: db.add(
            Queue(name="New", correspond_address="new@us.example", created=room.datetime.now(room.UTC))
        ),
        lambda db: db.execute(update(Queue).values(description="x")),
        lambda db: db.execute(delete(Ace).where(Ace.right_name == "SeeQueue")),
        lambda db: db.execute(insert(Template).values(name="x", description="", content="")),
    ],
)
def test_this_process_forgets_at_once(app, db, write):
    reads = []
    remembered(app, db, "test", reads.append)
    write(db)
    db.flush()
    remembered(app, db, "test", reads.append)
    assert len(reads) == 2


def test_another_process_notices_within_a_second(app, db, monkeypatch):
    reads = []
    remembered(app, db, "test", reads.append)
    theirs = update(Configuration.__table__).where(Configuration.name == room.STAMP).values(value="theirs")
    db.connection().execute(theirs)
    remembered(app, db, "test", reads.append)
    assert len(reads) == 1
    monkeypatch.setattr(room, "LOOK_AGAIN", 0.0)
    remembered(app, db, "test", reads.append)
    assert len(reads) == 2
    remembered(app, db, "test", reads.append)
    assert len(reads) == 2, "the stamp is the same"


def test_a_new_queues_address_is_ours_at_once(app, db, make):
    assert "sales@us.example" not in own_addresses(app, db)
    make.queue("Sales").correspond_address = "Sales@us.example"
    db.flush()
    assert "sales@us.example" in own_addresses(app, db)


def test_what_is_read_beside_a_writer_does_not_stay(committed_app, monkeypatch):
    monkeypatch.setattr(room, "LOOK_AGAIN", 60.0)
    one = select(Queue).order_by(Queue.id).limit(1)

    def ask(db):
        return remembered(committed_app, db, "test", lambda db: db.scalars(one).one().description)

    with committed_app.sessions() as writer, committed_app.reading_sessions() as reader:
        writer.scalars(one).one().description = "new"
        writer.flush()
        remembered(committed_app, writer, "something else", lambda db: "the shelf is the writer's now")
        assert ask(reader) != "new"
        reader.rollback()
        writer.commit()
        reader.expire_all()
        assert ask(reader) == "new"
