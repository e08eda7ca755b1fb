"""Several workers write digests at the same moment, with real commits."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.notification_choices import choose_notifications
from rtpy.changes.people import create_person, person_for_address
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.content.part import plain_message
from rtpy.mail.digest import write_digests
from rtpy.models import DigestItem, OutgoingMail, OutgoingRecipient, Queue

pytestmark = pytest.mark.concurrent
PEOPLE, WORKERS = 3, 4


def test_p8_four_workers_write_each_digest_once(committed_app, clock):
    app = committed_app
    with app.work() as work:
        queue = work.db.scalars(select(Queue)).one()
        for number in range(PEOPLE):
            person = create_person(
                work, name=f"s{number}", email_address=f"s{number}@staff.example", privileged=True
            )
            choose_notifications(work, person.id, events={"own_messages": "digest"}, hour=8, suspended=False)
            customer = person_for_address(work, f"c{number}@client.example")
            create = CreateTicket(queue, "Help", plain_message("x"), requestors=(customer,))
            ticket = create_ticket(work, create).ticket
            change_ticket(work, ticket, SetOwner(person))
            change_ticket(work, ticket, Correspond(plain_message("one")))
            change_ticket(work, ticket, Correspond(plain_message("two")))
    clock.advance(timedelta(days=1))
    start = threading.Barrier(WORKERS)
    served: list[int] = []

    def run() -> None:
        start.wait()
        served.append(write_digests(app))

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    write_digests(app)
    with app.work(reading=True) as work:
        texts = work.db.scalars(
            select(OutgoingMail.body).where(OutgoingMail.message_id.like("rt-digest-%"))
        ).all()
        left = work.db.scalar(select(func.count()).select_from(DigestItem))
        told = work.db.scalar(
            select(func.count()).select_from(OutgoingRecipient).where(OutgoingRecipient.state == "digested")
        )
    assert (len(texts), left, told, sum(served)) == (PEOPLE, 0, PEOPLE * 2, PEOPLE)
    assert all(text.count("one") == text.count("two") == 1 for text in texts)
