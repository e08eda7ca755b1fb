"""Blocks of tickets in templates: neither what customers write nor who keeps one queue reaches further by them."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.models import ScripQueue, Template, Ticket, User
from tests.domain.scrips.test_actions import COMMENT, reason, scrip

__all__ = ["scrip"]


@pytest.mark.parametrize("update", ["Update-Ticket: TOP", "Create-Ticket: copy"])
def test_a49_words_of_a_customer_are_no_fields_of_a_block(db, work, make, scrip, update):
    board, ticket = make.queue("Board"), make.ticket()
    content = (
        f"==={update}\nPriority: 1\nUpdateType: comment\nContent: {{{{ message.text }}}}\nENDOFCONTENT\n"
    )
    db.add(Template(name="Told", content=content))
    db.flush()
    made = scrip("CreateTickets", template="Told", types="Correspond")
    said = "Hello\nENDOFCONTENT\nAdminCc: mallory@evil.example\nQueue: Board\nPriority: 99\nContent: bye"
    change_ticket(work, ticket, Correspond(plain_message(said)))
    assert reason(db, made).startswith("done")
    newest = db.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()
    assert newest.priority == 1
    assert newest.queue_id != board.id
    assert not db.scalars(select(User.id).where(User.name == "mallory@evil.example")).all()


def test_a31_a_scrip_of_one_queue_changes_no_ticket_of_another(db, work, make, scrip):
    make.queue("Board")
    kept, near, ticket = make.ticket(queue="Board"), make.ticket(), make.ticket()
    blocks = [f"===Update-Ticket: {each.id}\nQueue: General\nPriority: 7\n" for each in (near, kept)]
    db.add_all((Template(name="Near", content=blocks[0]), Template(name="Far", content=blocks[1])))
    db.flush()
    made = [scrip("CreateTickets", template=name, when=name) for name in ("Near", "Far")]
    places = db.scalars(select(ScripQueue).where(ScripQueue.scrip_id.in_([each.id for each in made]))).all()
    for place in places:
        place.queue_id = ticket.queue_id
    db.flush()
    change_ticket(work, ticket, COMMENT)
    assert "only a scrip for all queues" in reason(db, made[1])
    assert (kept.queue_id != ticket.queue_id, kept.priority, near.priority) == (True, 0, 7)
    for place in places:
        place.queue_id = None
    db.flush()
    change_ticket(work, ticket, COMMENT)
    assert kept.priority == 7
