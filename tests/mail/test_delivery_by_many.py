"""Several workers at one outbox, with real commits."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from rtpy.changes.people import person_for_address
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.mail.delivery import deliver_due
from rtpy.models import OutgoingMail, Queue
from rtpy.ports import Delivery

pytestmark = pytest.mark.concurrent


class Collecting:
    """Remembers what it was given, by Message-ID, and in which order each recipient got it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ids: list[bytes] = []
        self.orders: dict[str, list[bytes]] = {}

    def deliver(self, envelope_sender, recipients, raw):
        number = next(line for line in raw.split(b"\r\n") if line.startswith(b"Message-ID"))
        text = raw.rpartition(b"turn-")[2][:1] if b"turn-" in raw else b""
        with self.lock:
            self.ids.append(number)
            for address in recipients:
                self.orders.setdefault(address, []).append(text)
        return tuple(Delivery(address, "sent", "250 ok") for address in recipients)


def test_p8_four_workers_send_every_mail_once_and_in_order(committed_app):
    app = committed_app
    with app.work() as work:
        queue = work.db.scalars(select(Queue)).one()
        for number in range(5):
            person = person_for_address(work, f"c{number}@client.example")
            create = CreateTicket(queue, "Help", plain_message("x"), requestors=(person,))
            ticket = create_ticket(work, create).ticket
            for turn in range(3):
                change_ticket(work, ticket, Correspond(plain_message(f"turn-{turn}")))
    transport = Collecting()
    failures: list[BaseException] = []

    def worker() -> None:
        try:
            idle = 0
            while idle < 5:
                idle = 0 if deliver_due(app, transport=transport, limit=3) else idle + 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert Counter(Counter(transport.ids).values()) == {1: 20}
    assert {tuple(order) for order in transport.orders.values()} == {(b"", b"0", b"1", b"2")}
    with app.sessions() as db:
        assert set(db.scalars(select(OutgoingMail.state))) == {"sent"}
