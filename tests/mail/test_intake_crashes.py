"""A process that dies at any named point of intake: nothing is lost, nothing is there twice (P1, P2)."""

import signal
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.mail.intake import AnswerKind, take_in, work_off
from rtpy.mail.intake_admin import count_by_state
from rtpy.models import Attachment, Ticket, Transaction
from tests.mail.dying import take_in_apart
from tests.mail.letters import letter


@pytest.mark.parametrize(
    ("kind", "retries"), [("Create", True), ("Correspond", False)], ids=["sent-again", "sent-once"]
)
@pytest.mark.parametrize("point", ["spooled", "before-commit", "after-commit", "before-answer"])
def test_P2_each_mail_is_there_exactly_once(committed_app, point, kind, retries):
    app = committed_app
    subject = "Printer"
    if kind == "Correspond":
        subject = f"[rtpy #{take_in(app, letter(), queue='General').ticket_id}]"
    raw = letter("the one", subject=subject)
    assert take_in_apart(app, raw, point) == -signal.SIGKILL
    if retries:
        assert take_in(app, raw, queue="General").kind is AnswerKind.OK
    app.clock.advance(timedelta(seconds=61))
    work_off(app)
    with app.reading_sessions() as db:
        said = (
            select(func.count())
            .select_from(Attachment)
            .join(Transaction, Transaction.id == Attachment.transaction_id)
        )
        assert db.scalar(said.where(Transaction.type == kind, Attachment.subject == subject)) == 1
        assert db.scalar(select(func.count()).select_from(Ticket)) == 1
        assert set(count_by_state(db)) <= {"done", "duplicate"}


def test_P2_a_worker_that_dies_on_a_mail_leaves_it_to_the_next(committed_app):
    raw = letter("the one")
    for _ in range(3):
        assert take_in_apart(committed_app, raw, "before-commit") == -signal.SIGKILL
    committed_app.clock.advance(timedelta(seconds=61))
    assert work_off(committed_app) == 3
    with committed_app.reading_sessions() as db:
        assert count_by_state(db) == {"done": 1, "duplicate": 2}
