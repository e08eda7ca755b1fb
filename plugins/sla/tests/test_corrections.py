"""An answer that was corrected afterwards was an answer, at its time."""

from plugins.sla.tests.escalation.shop import HOUR, Shop
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.correct import CorrectReply
from rtpy.content.part import plain_message
from rtpy_sla.following.recount import recount


def test_a_corrected_answer_keeps_its_time_and_is_no_new_one(app, db, clock, make, work_of):
    shop = Shop(app, db, clock, make)
    terms = {"first_response": 7200, "next_response": 7200, "update": 86400}
    ticket = shop.ticket(shop.policy([], terms=terms))
    clock.advance(HOUR)
    answered = clock.now()
    said = change_ticket(work_of(), ticket, Correspond(plain_message("Soon."))).transactions[0]
    clock.advance(HOUR)
    change_ticket(work_of(), ticket, CorrectReply(said.id, plain_message("Today at three.")))
    recount(work_of(), ticket)
    assert shop.clock_of(ticket).ended == answered
    assert shop.clock_of(ticket, "update").started == answered
