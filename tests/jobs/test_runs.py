"""What workers write down of their chores."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError

from rtpy.errors import Refused
from rtpy.jobs import certificates
from rtpy.jobs.certificates import keep_certificates, note_certificate
from rtpy.jobs.runs import Runs, in_few_words, this_node
from rtpy.jobs.worker import Chore, run
from rtpy.models import ChoreRun, ServerCertificate


def rows(db):
    db.expire_all()
    return {row.name: row for row in db.scalars(select(ChoreRun).order_by(ChoreRun.name))}


def test_a_worker_tells_of_each_chore(app, db, clock, monkeypatch):
    stop, rounds = threading.Event(), []

    def work(app):
        rounds.append(1)
        return 2

    def break_down(app):
        if len(rounds) > 3:
            stop.set()
        raise Refused("The printer is on fire.")

    # one after the other: the test's database has a single connection
    monkeypatch.setattr("rtpy.jobs.runs.EVERY", 0.0)
    monkeypatch.setattr("rtpy.jobs.worker.LONGEST_PAUSE", 0.0)
    lock = threading.Lock()

    def alone(deed):
        def locked(app):
            with lock:
                return deed(app)

        return locked

    run(app, stop, chores=[Chore("good", 5, alone(work)), Chore("bad", 60, alone(break_down))])
    Runs(app).keep()  # nothing to tell does no harm
    found = rows(db)
    good, bad = found["good"], found["bad"]
    assert (good.node, good.pace, good.failures) == (this_node(), 5, 0)
    assert good.did >= 2
    assert good.last_good == good.seen == clock.now()
    assert (bad.last_good, bad.last_problem) == (None, "The printer is on fire.")
    assert bad.failures >= 1


def test_it_is_written_every_half_minute_and_when_something_begins_to_fail(app, db, clock, query_count):
    runs = Runs(app)
    runs.begin("outbox", 1)
    runs.end("outbox", 1)
    runs.keep_when_due()
    clock.advance(timedelta(seconds=5))
    runs.begin("outbox", 1)
    runs.end("outbox", 7)
    with query_count() as counted:
        runs.keep_when_due()
    assert counted.total == 0
    assert rows(db)["outbox"].did == 1
    runs.begin("outbox", 1)
    runs.fail("outbox", OSError(28, "No space left on device"))
    runs.keep_when_due()
    told = rows(db)["outbox"]
    assert (told.did, told.failures, told.last_problem) == (8, 1, "OSError: No space left on device")
    runs.begin("outbox", 1)
    runs.end("outbox", 0)
    runs.keep_when_due()
    assert (rows(db)["outbox"].failures, rows(db)["outbox"].last_failed) == (0, clock.now())


def test_a_node_that_is_gone_is_forgotten_by_one_that_lives(app, db, clock):
    db.add(ChoreRun(node="old:1", name="outbox", pace=1, seen=clock.now() - timedelta(minutes=61)))
    db.add(ChoreRun(node="beside:2", name="digests", pace=1, seen=clock.now() - timedelta(minutes=59)))
    db.commit()
    runs = Runs(app)
    runs.begin("outbox", 1)
    runs.keep()
    assert {row.node for row in rows(db).values()} == {this_node(), "beside:2"}


def test_what_failed_is_told_without_what_a_row_was_to_hold():
    error = DataError("INSERT INTO users VALUES (?)", ("hunter2",), ValueError("hunter2 is too long"))
    assert in_few_words(error) == "ValueError"
    assert in_few_words(KeyError("hunter2")) == "KeyError"


@pytest.fixture(scope="module")
def certificate():
    """A certificate that ends in May 2026."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 2, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 5, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def test_the_end_of_a_certificate_is_noted_once(app, db, clock, certificate, query_count):
    note_certificate(app, "outgoing mail", "mail.example", 587, certificate)
    keep_certificates(app)
    row = db.scalars(select(ServerCertificate)).one()
    assert (row.place, row.purpose, row.ends) == (
        "mail.example:587",
        "outgoing mail",
        datetime(2026, 5, 1, tzinfo=UTC),
    )
    with query_count() as counted:
        note_certificate(app, "outgoing mail", "mail.example", 587, certificate)
        note_certificate(app, "outgoing mail", "mail.example", 25, b"nonsense")
        note_certificate(app, "outgoing mail", "mail.example", 25, None)
        keep_certificates(app)
    assert counted.total == 0


class TakenMeanwhile(set):
    """A set whose last member another thread takes after somebody looked."""

    def __bool__(self):
        return True


def test_another_thread_may_take_the_last_certificate(app):
    app.caches["certificates"] = certificates._Noted(fresh=TakenMeanwhile())
    keep_certificates(app)


def test_a_database_that_is_away_is_not_asked_for_certificates_again_at_once(
    app, certificate, monkeypatch, caplog
):
    def away(*_):
        raise OSError("nobody there")

    note_certificate(app, "outgoing mail", "mail.example", 587, certificate)
    monkeypatch.setattr(certificates, "_keep", away)
    for _ in range(3):
        keep_certificates(app)
    assert len(caplog.records) == 1
    monkeypatch.undo()
    monkeypatch.setattr(app.caches["certificates"], "rests_until", 0.0)
    keep_certificates(app)
    assert not app.caches["certificates"].fresh
