"""How it goes, as the administrator's start page, watchers and `rtpy check` are told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from rtpy.jobs.runs import Runs
from rtpy.models import (
    ChoreRun,
    Configuration,
    HookDay,
    IncomingMail,
    OutgoingMail,
    ScripCount,
    ServerCertificate,
)
from rtpy.wellbeing.looking import signs, worst
from rtpy.wellbeing.sign import Grade, how_long, how_many


def words(node):
    return " ".join(node.get_text(" ").split())


@pytest.fixture
def told(app, db):
    """Sentences by what they are about, of what is not fine: `told()["Workers"]`."""

    def told():
        db.flush()
        found = signs(app.work_in(db))
        assert all(sign.remedy for sign in found if sign.grade is not Grade.FINE)
        return {sign.about: (sign.grade, sign.sentence) for sign in found if sign.grade is not Grade.FINE}

    return told


def ran(clock, name="outbox", node="here:1", ago=0, **more):
    moment = clock.now() - timedelta(seconds=ago)
    return ChoreRun(
        **{
            "node": node,
            "name": name,
            "pace": 1,
            "seen": clock.now(),
            "began": moment,
            "ended": moment,
            **more,
        }
    )


def test_a_worker_that_lives_is_one_line(app, db, clock, root):
    runs = Runs(app)
    for name in ("intake", "outbox"):
        runs.begin(name, 1)
        runs.end(name, 3)
    runs.keep()
    page = root.get("/admin").html.select_one("#wellbeing")
    assert "Workers 1 worker; each of 2 chores has run lately" in words(page)
    assert "outbox 0 s ago 0 s ago 3" in words(page)
    assert "not in order" not in words(page.select_one("header"))


def daily(clock, day):
    return Configuration(name="daily:sums", value={"day": day}, updated=clock.now())


def certificate(clock, place, purpose, days):
    return ServerCertificate(
        place=place, purpose=purpose, ends=clock.now() + timedelta(days), seen=clock.now()
    )


@pytest.mark.parametrize(
    ("make_rows", "grade", "sentence"),
    [
        (lambda clock: [], "note", "No worker has run here yet."),
        (
            lambda clock: [ran(clock, seen=clock.now() - timedelta(minutes=12))],
            "bad",
            "No worker has given a sign of life for 12 minutes: no mail is sent, nothing is due.",
        ),
        (lambda clock: [ran(clock, ago=299)], "", ""),
        (lambda clock: [ran(clock, ago=301)], "bad", "The chore “outbox” has not run for 5 minutes."),
        (lambda clock: [ran(clock, ago=599, pace=60)], "", ""),
        (lambda clock: [ran(clock, ago=301), ran(clock, node="there:2")], "", ""),
        (lambda clock: [ran(clock, failures=2)], "", ""),
        (
            lambda clock: [ran(clock, failures=3, last_problem="KeyError"), ran(clock, node="there:2")],
            "bad",
            "The chore “outbox” has failed 3 times in a row.",
        ),
        (
            lambda clock: [
                ran(clock, "sums"),
                Configuration(name="daily:sums", value={"day": "2026-02-27"}, updated=clock.now()),
            ],
            "bad",
            "The daily job “sums” was done last for 2026-02-27.",
        ),
        (
            lambda clock: [
                ran(clock, "sums", last_failed=clock.now()),
                daily(clock, "2026-03-01"),
            ],
            "note",
            "The daily job “sums” has failed today; it is tried again.",
        ),
    ],
)
@pytest.mark.databases("sqlite")  # plain rows; the questions are asked of both below
def test_chores_that_rest_or_fail_are_told(db, clock, told, make_rows, grade, sentence):
    db.add_all(make_rows(clock))
    assert told().get("Workers", ("", "")) == (grade, sentence)


def test_each_thing_that_is_not_in_order_says_so_with_a_way_out(db, clock, root, told, browser):
    now, old = clock.now(), (clock.now() - timedelta(days=3)).isoformat()
    db.add_all(
        [
            ran(clock),
            IncomingMail(received=now, finished=now, raw=b"x", size=1, state="quarantined"),
            OutgoingMail(created=now, not_before=now, message_id="a@b", headers=[], state="failed"),
            HookDay(day=now.date(), plugin="sla", hook="rtpy_ball", buckets=[], failures=2, updated=now),
            certificate(clock, "ldap.lan:636", "directory of people", 5),
            certificate(clock, "mx.lan:587", "outgoing mail", 20),
            Configuration(
                name="backup.last",
                value={"at": old, "bytes": 1},
                updated=now,
            ),
        ]
    )
    scrip = db.execute(text("SELECT min(id) FROM scrips")).scalar()
    db.add(ScripCount(scrip_id=scrip, day=now.date(), failed=1))
    found = told()
    assert found == {
        "Incoming mail": ("bad", "1 incoming mail could not be filed."),
        "Outgoing mail": ("note", "1 mail of the last day could not be delivered."),
        "Scrips": ("note", "Scrips have failed 1 time since yesterday."),
        "Plugins": ("note", "Plugins have failed 2 times since yesterday."),
        "Certificates": ("note", "A certificate ends in 20 days: outgoing mail."),
        "Backup": ("note", "The last backup is 3 days old."),
    }
    db.commit()
    page = root.get("/admin").html.select_one("#wellbeing")
    assert "2 not in order" in words(page.select_one("header"))
    assert page.select_one('a[href="/admin/mail/incoming?state=quarantined"]')
    assert "A certificate ends in 5 days: directory of people. It is the one of ldap.lan:636." in words(page)
    ready = browser.get("/ready", status=200).text
    assert ready.splitlines() == [
        "ready, but:",
        "1 incoming mail could not be filed.",
        "A certificate ends in 5 days: directory of people.",
    ]
    numbers = browser.get("/metrics").text
    for line in (
        'rtpy_in_order{about="Certificates"} 0.0',
        'rtpy_in_order{about="Backup"} 1.0',
        f'rtpy_chore_last_run_timestamp_seconds{{chore="outbox"}} {now.timestamp():.1f}'.replace(
            "e+09", "e+09"
        ),
        'rtpy_chore_failures_in_a_row{chore="outbox"} 0.0',
    ):
        assert line.rpartition(" ")[0] in numbers, line
    assert 'rtpy_http_request_duration_seconds_count{process="' in numbers
    assert 'route="ready",status="2xx"} 1.0' in numbers


def test_details_are_for_super_users(db, clock, jo, make):
    from rtpy.models import User
    from rtpy.rights.names import Right

    make.grant(db.query(User).filter_by(name="jo").one(), Right.SHOW_CONFIG_TAB)
    db.add(certificate(clock, "ldap.lan:636", "directory of people", 0))
    db.add(ran(clock, failures=4, last_problem="no such host ldap.lan"))
    db.commit()
    page = jo.get("/admin")
    assert "The chore “outbox” has failed 4 times in a row." in page
    assert "ldap.lan" not in page
    assert "here:1" not in page


@pytest.mark.databases("sqlite")  # the number of questions is the same
def test_the_number_of_questions_does_not_grow(app, db, clock, query_count):
    def asked():
        db.flush()
        with query_count() as counted:
            signs(app.work_in(db))
        return counted.total

    signs(app.work_in(db))
    few = asked()
    for number in range(30):
        db.add(ran(clock, f"chore {number}", failures=number))
        db.add(
            Configuration(
                name=f"daily:chore {number}", value={"day": str(date(2026, 1, 1))}, updated=clock.now()
            )
        )
        db.add(certificate(clock, f"h{number}:1", "x", 0))
    assert asked() == few <= 14
    assert worst(signs(app.work_in(db)))["Workers"] is Grade.BAD


def test_numbers_and_times_in_words():
    assert [how_many(n, "mail waits", "mails wait") for n in (1, 2, 10_000, 10_001)] == [
        "1 mail waits",
        "2 mails wait",
        "10,000 mails wait",
        "more than 10,000 mails wait",
    ]
    assert [how_long(s) for s in (-1, 119, 120, 7_199, 7_200, 200_000)] == [
        "0 s",
        "119 s",
        "2 minutes",
        "119 minutes",
        "2 hours",
        "2 days",
    ]
