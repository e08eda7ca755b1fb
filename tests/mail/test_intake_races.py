"""Mails that come at the same moment, on two nodes: real commits, real threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.queues import QueueValues, create_queue
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.mail.intake import AnswerKind, take_in, work_off
from rtpy.mail.intake_admin import count_by_state
from rtpy.mail.spool import find_queue
from rtpy.models import Link, Queue, Ticket, Transaction, User
from tests.mail.letters import letter


@pytest.fixture
def nodes(committed_app):
    """Two servers on one database."""
    other = App(committed_app.config, blobs=DatabaseStore(), clock=committed_app.clock)
    yield committed_app, other
    other.engine.dispose()


def send_at_once(nodes, mails, queue="General"):
    """Each mail on a node of its own turn, eight at a time."""
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(take_in, nodes[number % 2], raw, queue=queue) for number, raw in enumerate(mails)]
        return [job.result(60) for job in jobs]


def states(app):
    with app.reading_sessions() as db:
        return count_by_state(db)


def how_many(app, model):
    with app.reading_sessions() as db:
        return db.scalar(select(func.count()).select_from(model))


def test_P8_one_mail_at_the_same_moment_on_two_nodes_makes_one_ticket(nodes):
    answers = send_at_once(nodes, [letter(message_id="<same@c>")] * 8)
    assert {answer.kind for answer in answers} == {AnswerKind.OK}
    assert (states(nodes[0]), how_many(nodes[0], Ticket)) == ({"done": 1, "duplicate": 7}, 1)


def test_P8_all_mails_redelivered_in_another_order_make_nothing_more(nodes):
    mails = [letter(f"mail {number}") for number in range(6)]
    send_at_once(nodes, mails)
    send_at_once(nodes, mails[::-1])
    assert (states(nodes[0]), how_many(nodes[0], Ticket)) == ({"done": 6, "duplicate": 6}, 6)


def test_many_first_mails_of_one_person_make_one_person(nodes):
    before = how_many(nodes[0], User)
    send_at_once(nodes, [letter(f"mail {number}", subject=f"{number}?") for number in range(8)])
    assert (states(nodes[0]), how_many(nodes[0], User) - before) == ({"done": 8}, 1)


def test_replies_at_once_to_one_ticket_are_all_recorded(nodes):
    app = nodes[0]
    first = take_in(app, letter(), queue="General")
    send_at_once(nodes, [letter(f"reply {n}", subject=f"[rtpy #{first.ticket_id}]") for n in range(8)])
    with app.reading_sessions() as db:
        replies = db.scalar(
            select(func.count()).select_from(Transaction).where(Transaction.type == "Correspond")
        )
    assert (states(app), replies) == ({"done": 9}, 8)


def test_stray_failures_at_once_share_one_ticket(nodes):
    reports = [
        letter(
            "No such user", sender="MAILER-DAEMON@mx.example", subject="Undelivered Mail", return_path="<>"
        )
        for _ in range(8)
    ]
    send_at_once(nodes, reports)
    assert (states(nodes[0]), how_many(nodes[0], Ticket)) == ({"done": 8}, 1)


def test_two_workers_take_an_abandoned_mail_once(nodes, monkeypatch):
    from datetime import timedelta

    from rtpy.mail import intake

    app, other = nodes
    monkeypatch.setattr(intake, "_within", lambda seconds, deed, later: later)
    for number in range(4):
        take_in(app, letter(f"mail {number}"), queue="General")
    monkeypatch.undo()
    app.clock.advance(timedelta(seconds=61))
    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(work_off, (app, other)))
    assert (done, states(app), how_many(app, Ticket)) == (4, {"done": 4}, 4)


def test_mail_and_web_write_at_once(nodes):
    app = nodes[0]

    def from_the_web(number):
        with app.work() as work:
            queue = work.db.scalars(select(Queue)).first()
            create_ticket(work, CreateTicket(queue, f"web {number}", plain_message("typed")))

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(from_the_web, number) for number in range(5)]
        send_at_once(nodes, [letter(f"mail {number}") for number in range(5)])
        for job in jobs:
            job.result(60)
    assert how_many(app, Ticket) == 10


def test_A69_one_mail_for_two_queues_at_the_same_moment_makes_two_tickets_that_know_each_other(nodes):
    with nodes[0].sessions() as db:
        system = nodes[0].work_in(db)
        create_queue(system, QueueValues("Billing", correspond_address="billing@us.example"), "everyone")
        db.get_one(Queue, find_queue(nodes[0], db, "General")).correspond_address = "support@us.example"
        db.commit()
    take_in(nodes[0], letter(), queue="General")  # makes the person, for which both would wait
    mails = [letter(to="support@us.example, billing@us.example", subject=f"{number}?") for number in range(3)]
    pairs = set()
    for raw in mails:
        with ThreadPoolExecutor(2) as pool:
            queues = zip(nodes, ("General", "Billing"), strict=True)
            jobs = [pool.submit(take_in, node, raw, queue=name) for node, name in queues]
            pairs.add(frozenset(job.result(60).ticket_id for job in jobs))
    with nodes[0].reading_sessions() as db:
        links = db.execute(select(Link.local_base_id, Link.local_target_id)).all()
    assert {frozenset(link) for link in links} == pairs
