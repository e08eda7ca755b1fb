"""Recurring tickets: what they hold, each moment once, what is missed, and what breaks."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.recurrences import plain_recurrence, save_recurrence
from rtpy.errors import Invalid, Refused
from rtpy.models import (
    Attachment,
    Blob,
    ConfigChange,
    Queue,
    Recurrence,
    RecurrenceTicket,
    Ticket,
    Transaction,
    User,
    Watcher,
)
from rtpy.schedules.recurring import make_due
from rtpy.work import Face

DAILY = {"name": "Backups", "queue": "General", "subject": "Check the backups", "every": "day", "at": "06:00"}


@pytest.fixture
def save(app):
    def save_it(**values):
        with app.work(root(app)) as work:
            return save_recurrence(work, None, {**DAILY, "start": work.now.date().isoformat(), **values}).id

    return save_it


def root(app):
    with app.work(reading=True) as work:
        return app.actor_named(work.db, "root", Face.WEB)


def tickets(app):
    with app.work(reading=True) as work:
        return list(work.db.scalars(select(Ticket).order_by(Ticket.id)))


def log_of(app):
    with app.work(reading=True) as work:
        return list(work.db.scalars(select(RecurrenceTicket).order_by(RecurrenceTicket.moment)))


def to_next(app, clock):
    with app.work(reading=True) as work:
        clock.set(work.db.scalar(select(Recurrence.next_at)))


def test_its_time_makes_a_ticket_with_all_that_was_said(app, clock, save):
    save(body="As every day.", checklist="NAS\n\nMail server", requestors="Ann <ann@client.example>", owner="root",
         priority="70", due_hours="4")  # fmt: skip
    assert make_due(app) == 0
    to_next(app, clock)
    assert make_due(app) == 1
    [ticket] = tickets(app)
    assert (ticket.subject, ticket.priority, ticket.due) == (
        "Check the backups",
        70,
        clock.now() + timedelta(hours=4),
    )
    with app.work(reading=True) as work:
        text = work.db.scalar(select(Blob.data).join(Attachment, Attachment.blob_sha256 == Blob.sha256))
        people = work.db.scalars(
            select(User.email_address)
            .join(Watcher, Watcher.principal_id == User.id)
            .where(Watcher.ticket_id == ticket.id)
        ).all()
        owner = work.db.get(User, ticket.owner_id).name
        creator = work.db.scalar(
            select(User.name).join(Transaction, Transaction.creator_id == User.id).where(Transaction.type == "Create",
            Transaction.object_type == "ticket")
        )  # fmt: skip
    assert text.decode() == "As every day.\n\n[ ] NAS\n[ ] Mail server"
    assert (people, owner, creator) == (["ann@client.example"], "root", "RT_System")
    assert [(row.ticket_id, row.moment) for row in log_of(app)] == [(ticket.id, clock.now())]


def test_a_named_person_makes_it(app, clock, save, make):
    make.staff("jo")
    save(run_as="jo")
    to_next(app, clock)
    make_due(app)
    with app.work(reading=True) as work:
        assert work.db.get(User, tickets(app)[0].creator_id).name == "jo"


def test_each_moment_is_made_once(app, clock, save):
    save()
    to_next(app, clock)
    assert [make_due(app), make_due(app)] == [1, 0]
    clock.set(clock.now() + timedelta(days=1))
    assert make_due(app) == 1
    assert len(tickets(app)) == 2


def test_what_was_missed_makes_one_ticket_that_says_so(app, clock, save):
    save()
    to_next(app, clock)
    clock.set(clock.now() + timedelta(days=29, hours=3))
    assert [make_due(app), make_due(app)] == [1, 0]
    [row] = log_of(app)
    assert (row.missed, len(tickets(app))) == (29, 1)
    assert row.moment == clock.now() - timedelta(hours=3)
    with app.work(reading=True) as work:
        text = work.db.scalar(select(Blob.data).join(Attachment, Attachment.blob_sha256 == Blob.sha256))
    assert b"29 earlier times were missed" in text


def test_what_breaks_is_written_down_and_goes_on_next_time(app, clock, save, make, db):
    save(queue="General")
    to_next(app, clock)
    queue = db.scalar(select(Queue).where(Queue.name == "General"))
    queue.disabled = True
    db.flush()
    assert [make_due(app), make_due(app)] == [1, 0]
    assert "is closed" in log_of(app)[0].error
    queue.disabled = False
    db.flush()
    clock.set(clock.now() + timedelta(days=1))
    make_due(app)
    assert [bool(row.ticket_id) for row in log_of(app)] == [False, True]


def test_switched_off_it_makes_nothing(app, clock, save):
    save(disabled="1")
    to_next(app, clock)
    assert make_due(app) == 0


def test_after_the_last_time_it_is_over(app, clock, save):
    save(end="count", count="2", start="2020-01-01")
    with app.work(reading=True) as work:
        assert work.db.scalar(select(Recurrence.next_at)) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"queue": "Nowhere"}, "queue"),
        ({"every": "eon"}, "every"),
        ({"requestors": "not an address"}, "requestors"),
        ({"owner": "nemo"}, "owner"),
        ({"run_as": "nemo"}, "run_as"),
        ({"priority": "high"}, "priority"),
        ({"due_hours": "-1"}, "due_hours"),
        ({"fields": "no colon"}, "fields"),
        ({"fields": "Nothing: x"}, "fields"),
        ({"checklist": "x\n" * 300}, "checklist"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(save, values, field):
    with pytest.raises(Invalid) as refused:
        save(**values)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_only_an_administrator_may(make, work_of):
    make.staff("jo")
    with pytest.raises(Refused, match="SuperUser"):
        save_recurrence(work_of("jo"), None, DAILY)


def test_changes_are_logged_and_can_be_read_back(work, db):
    row = save_recurrence(
        work, None, {**DAILY, "checklist": "a\nb", "every": "month", "by": "weekday", "nth": "-1"}
    )
    plain = plain_recurrence(work, row)
    again = save_recurrence(work, None, plain)
    assert plain_recurrence(work, again) == plain
    save_recurrence(work, row, {**plain, "subject": "Another"})
    last = db.scalar(
        select(ConfigChange).where(ConfigChange.kind == "recurrence").order_by(ConfigChange.id.desc())
    )
    assert (last.before, last.after) == ({"subject": "Check the backups"}, {"subject": "Another"})


def test_two_workers_make_one_ticket(committed_app, clock):
    app = committed_app
    clock.set(datetime(2026, 3, 1, 5, tzinfo=UTC))
    with app.work(root(app)) as work:
        for number in range(6):
            save_recurrence(work, None, {**DAILY, "subject": f"Check {number}"})
    clock.set(datetime(2026, 3, 3, 7, tzinfo=UTC))
    done, broken = [], []

    def work_off():
        try:
            done.append(make_due(app))
        except Exception as error:
            broken.append(error)

    threads = [threading.Thread(target=work_off) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (broken, sum(done)) == ([], 6)
    assert sorted(ticket.subject for ticket in tickets(app)) == [f"Check {number}" for number in range(6)]
