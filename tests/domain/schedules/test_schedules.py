"""Schedules: what they find, do, skip and do again; what breaks stops nothing; two workers do it once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.reminders import AddReminder, ResolveReminder
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Refused
from rtpy.models import (
    ConfigChange,
    OutgoingMail,
    OutgoingRecipient,
    Schedule,
    ScheduleRun,
    Ticket,
    Transaction,
)
from rtpy.schedules.doing import ALL, LAST, Deed, do_deed, try_deed
from rtpy.schedules.running import next_run, run_due
from rtpy.schedules.saving import plain_schedule, save_schedule
from rtpy.search.selection import Selection, plain_selection, selected, selection_of
from rtpy.testing.people import Factory
from rtpy.work import Face

PLAIN = {"name": "Wake up", "action": "SetPriority", "action_argument": "80", "every_minutes": "10"}
NOTICE = {
    "name": "Notice",
    "action": "Notify",
    "action_argument": "Owner,AdminCc,Requestor",
    "template": "Status Change",
    "condition": "Overdue",
    "every_minutes": "1",
}


@pytest.fixture(autouse=True)
def alone(db):
    """Without the schedule of a fresh installation."""
    for row in db.scalars(select(Schedule)):
        row.disabled = True
    db.flush()


@pytest.fixture
def save(work):
    return lambda **values: save_schedule(work, None, {**PLAIN, **values})


@pytest.fixture
def go(app, clock):
    """Let minutes pass and the worker look."""

    def run(minutes=15):
        clock.advance(timedelta(minutes=minutes))
        return run_due(app)

    return run


def last_run(db, schedule):
    db.expire_all()
    return db.scalar(
        select(ScheduleRun)
        .where(ScheduleRun.schedule_id == schedule.id)
        .order_by(ScheduleRun.id.desc())
        .limit(1)
    )


def counts(db, schedule):
    run = last_run(db, schedule)
    return run.found, run.done, run.skipped, run.failed


def mails(db):
    return db.scalar(select(func.count(OutgoingMail.id)))


def test_it_does_its_action_to_what_it_finds(make, save, go, db):
    one, two = make.ticket(), make.ticket(queue="Network")
    schedule = save(queue="Network")
    assert go() == 1
    assert counts(db, schedule) == (1, 1, 0, 0)
    assert (db.get(Ticket, one.id).priority, db.get(Ticket, two.id).priority) == (0, 80)
    told = db.scalar(select(Transaction).where(Transaction.type == "Schedule"))
    assert (told.object_id, told.data) == (two.id, "Wake up")


def test_it_waits_for_its_time(make, save, go):
    make.ticket()
    save()
    assert go(minutes=4) == 0
    assert go(minutes=7) == 1
    assert go(minutes=1) == 0


def test_a_condition_that_does_not_hold_skips(make, save, go, work, db):
    late, fine = make.ticket("late"), make.ticket("fine")
    change_ticket(work, late, SetDate("Due", work.now - timedelta(hours=1)))
    schedule = save(condition="Overdue")
    go()
    assert counts(db, schedule) == (2, 1, 1, 0)
    assert (db.get(Ticket, late.id).priority, db.get(Ticket, fine.id).priority) == (80, 0)


def test_a_notice_is_mailed_once_until_somebody_changes_the_ticket(make, work_of, save, go, db, work):
    make.staff("jo")
    ticket = make.ticket()
    change_ticket(work, ticket, SetDate("Due", work.now - timedelta(hours=1)))
    save(**NOTICE)
    before = mails(db)
    go()
    assert mails(db) == before + 1
    go()
    go()
    assert mails(db) == before + 1
    change_ticket(work_of("jo"), db.get(Ticket, ticket.id), SetPriority(3))
    before = mails(db)
    go()
    assert mails(db) == before + 1


def test_every_so_many_hours_it_is_done_again(make, save, go, work, db):
    ticket = make.ticket()
    change_ticket(work, ticket, SetDate("Due", work.now - timedelta(hours=1)))
    save(**NOTICE, repeat="hours", repeat_hours="2")
    before = mails(db)
    go()
    go(minutes=60)
    assert mails(db) == before + 1
    go(minutes=70)
    assert mails(db) == before + 2


def test_one_broken_ticket_stops_no_other(make, save, go, work, db):
    bad, good, blocker = make.ticket("bad"), make.ticket("good"), make.ticket("blocker", queue="Network")
    change_ticket(work, bad, AddLink("DependsOn", str(blocker.id)))
    db.flush()
    schedule = save(action="SetStatus", action_argument="resolved", queue="General")
    go()
    run = last_run(db, schedule)
    assert (run.done, run.failed, db.get(Ticket, good.id).status) == (1, 1, "resolved")
    failed = [entry for entry in run.entries if entry["outcome"] == "failed"]
    assert [entry["ticket"] for entry in failed] == [bad.id]
    assert "depends on" in failed[0]["reason"]


def test_a_template_that_is_missing_fails_each_ticket_with_a_sentence(make, save, go, db):
    make.ticket()
    schedule = save(**NOTICE | {"condition": ""})
    db.get(Schedule, schedule.id).template_name = "Gone"
    db.flush()
    go()
    run = last_run(db, schedule)
    assert (run.failed, run.entries[0]["reason"]) == (1, "there is no template named Gone")


def test_a_kind_that_nobody_brings_ends_the_run_with_a_sentence(make, save, go, db):
    make.ticket()
    schedule = save(condition="Overdue")
    db.get(Schedule, schedule.id).condition = "Gone"
    db.flush()
    go()
    assert "no condition of the kind Gone" in last_run(db, schedule).error


@pytest.mark.parametrize("pick", [LAST, ALL])
def test_it_can_be_about_transactions(make, work, db, pick):
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message("canary")), SetPriority(5))
    deed = Deed("x", "SetPriority", "7", condition="PriorityChange", transaction=pick)
    assert do_deed(work, ticket.id, deed).outcome == "done"


def test_a21_mail_about_a_comment_goes_to_no_customer(make, work, db):
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message("canary")))
    deed = Deed("x", "Notify", "Requestor", template_name="Correspondence", transaction=LAST)
    before = db.scalar(select(func.max(OutgoingMail.id)))
    do_deed(work, ticket.id, deed)
    told = db.scalars(
        select(OutgoingRecipient.address).join(OutgoingMail).where(OutgoingMail.id > before)
    ).all()
    assert "ann@client.example" not in told


def test_a_dry_run_says_all_and_leaves_nothing(make, work, db):
    ticket, calm = make.ticket(), make.ticket("calm")
    change_ticket(work, ticket, SetDate("Due", work.now - timedelta(hours=1)))
    rows = (mails(db), db.scalar(select(func.count(Transaction.id))))
    deed = Deed("x", "Notify", "Requestor", "Overdue", "", "Status Change")
    results = try_deed(work, [ticket.id, calm.id], deed)
    assert [(each.outcome, each.told) for each in results] == [
        ("done", ("ann@client.example",)),
        ("skipped", ()),
    ]
    assert results[1].reason == "the ticket is not overdue"
    assert rows == (mails(db), db.scalar(select(func.count(Transaction.id))))


def test_who_is_to_be_reminded_gets_one_mail_when_it_is_time(make, work, app, clock, db):
    jo, ticket = make.staff("jo"), make.ticket()
    for row in db.scalars(select(Schedule).where(Schedule.name == "Reminders")):
        row.disabled = False
    due = clock.now() + timedelta(hours=2)
    done = change_ticket(work, ticket, AddReminder("Call Ann", jo, due), AddReminder("Not this", jo, due))
    change_ticket(work, ticket, ResolveReminder(db.get(Ticket, int(done.transactions[1].new_value))))
    db.flush()
    before = mails(db)
    for minutes in (60, 70, 10, 10):
        clock.advance(timedelta(minutes=minutes))
        run_due(app)
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(1)).one()
    assert mails(db) == before + 1
    assert (mail.ticket_id, mail.internal) == (ticket.id, True)
    assert "Reminder: Call Ann" in mail.subject
    assert list(
        db.scalars(select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == mail.id))
    ) == ["jo@staff.example"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["late", "quiet"]),
        ({"statuses": ("resolved",)}, ["closed"]),
        ({"overdue": True}, ["late"]),
        ({"untouched_hours": 24}, ["quiet"]),
        ({"due_within_hours": 3}, ["quiet"]),
        ({"words": "LATE"}, ["late"]),
        ({"type": "reminder"}, ["remember"]),
        ({"query": "Subject LIKE 'e' AND Due < 'now'"}, ["late"]),
        ({"query": "Subject LIKE 'e'"}, ["late", "quiet"]),
        ({"query": "Status = 'resolved' OR Due < 'now'"}, ["closed", "late"]),
        ({"query": "Status != 'new'", "words": "clo"}, ["closed"]),
        ({"query": "Type = 'reminder'"}, ["remember"]),
        ({"query": "Subject LIKE 'e'", "type": "reminder"}, ["remember"]),
        ({"query": "Queue = 'General' AND Requestor = 'nobody@x.example'"}, []),
    ],
)
def test_what_a_selection_finds(make, work, work_of, clock, db, values, expected):
    quiet = make.ticket("quiet")
    change_ticket(work, quiet, SetDate("Due", work.now + timedelta(hours=27)))
    clock.advance(timedelta(hours=25))
    late, closed = make.ticket("late"), make.ticket("closed")
    work = work_of("root")
    change_ticket(work, late, SetDate("Due", work.now - timedelta(hours=1)), AddReminder("remember"))
    change_ticket(work, closed, SetStatus("resolved"))
    db.flush()
    selection = Selection(**values)
    found = selected(work, selection)
    assert sorted(db.get(Ticket, number).subject for number in found) == expected
    assert selection_of(plain_selection(selection)) == selection


def test_the_next_run_by_minutes_and_by_days(save, work):
    by_minutes = save(every_minutes="90")
    assert next_run(by_minutes, datetime(2026, 1, 1, 1, 30, tzinfo=UTC)) == datetime(
        2026, 1, 1, 3, tzinfo=UTC
    )
    by_days = save(name="b", how="days", weekdays="0", at="07:00", zone="Europe/Vienna")
    found = next_run(by_days, work.now)
    assert (found.weekday(), found > work.now, found.minute) == (0, True, 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"action": "Nothing"}, "action"),
        ({"condition": "Nothing"}, "condition"),
        ({"action_argument": "much"}, "action_argument"),
        ({"condition": "BeforeDue", "condition_argument": "soon"}, "condition_argument"),
        ({"condition": "UntouchedInHours", "condition_argument": "-2"}, "condition_argument"),
        ({"action": "Notify", "action_argument": "Owner"}, "template"),
        ({"template": "Nothing"}, "template"),
        ({"statuses": "newish"}, "statuses"),
        ({"query": "Status = "}, "query"),
        ({"query": "Status = 'open' AND Nothing = 1"}, "query"),
        ({"queue": "Nowhere"}, "queue"),
        ({"owner": "nemo"}, "owner"),
        ({"organization": "Nobody Inc"}, "organization"),
        ({"every_minutes": "0"}, "every_minutes"),
        ({"how": "days", "at": "9 o'clock"}, "at"),
        ({"repeat": "often"}, "repeat"),
        ({"repeat": "hours", "repeat_hours": "x"}, "repeat_hours"),
        ({"untouched_hours": "x"}, "untouched_hours"),
        ({"transaction": "third"}, "transaction"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(save, values, field):
    with pytest.raises(Invalid) as refused:
        save(**values)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_names_are_there_once(save):
    save()
    with pytest.raises(Invalid, match="of this name"):
        save(name="wake UP")


def test_only_an_administrator_may(make, work_of):
    make.staff("jo")
    with pytest.raises(Refused, match="SuperUser"):
        save_schedule(work_of("jo"), None, PLAIN)


def test_changes_are_logged_and_can_be_read_back(save, work, db):
    row = save(
        how="days", weekdays="0,4", zone="Europe/Vienna", condition="BeforeDue", condition_argument="1d2h"
    )
    plain = plain_schedule(work, row)
    save_schedule(work, row, {**plain, "name": "Other"})
    assert plain_schedule(work, row) == {**plain, "name": "Other"}
    last = db.scalar(
        select(ConfigChange).where(ConfigChange.kind == "schedule").order_by(ConfigChange.id.desc())
    )
    assert (last.before, last.after) == ({"name": "Wake up"}, {"name": "Other"})


def test_two_workers_run_it_once(committed_app, clock):
    app = committed_app
    clock.set(datetime(2026, 3, 1, 5, tzinfo=UTC))
    with app.work(reading=True) as reading:
        root = app.actor_named(reading.db, "root", Face.WEB)
    with app.work(root) as work:
        make = Factory(app, work.db)
        numbers = [make.ticket(f"t{number}").id for number in range(5)]
        number = save_schedule(work, None, {**PLAIN, "action": "AddPriority", "action_argument": "1"}).id
    clock.advance(timedelta(minutes=20))
    done, broken = [], []

    def work_off():
        try:
            done.append(run_due(app))
        except Exception as error:
            broken.append(error)

    threads = [threading.Thread(target=work_off) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with app.work(reading=True) as work:
        priorities = [work.db.get(Ticket, ticket).priority for ticket in numbers]
        runs = work.db.scalar(select(func.count(ScheduleRun.id)).where(ScheduleRun.schedule_id == number))
        schedule = work.db.get(Schedule, number)
        lease = schedule.lease_until
    assert (broken, priorities, runs, lease) == ([], [1] * 5, 1, None)
