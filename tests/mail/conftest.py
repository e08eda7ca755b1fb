"""Letters, and ways to hand them in."""

import pytest
from sqlalchemy import select

from rtpy.mail.intake import take_in
from rtpy.models import Attachment, IncomingMail, Transaction


@pytest.fixture
def send(app):
    """Hands in a mail, by default to General."""

    def send(raw, queue="General", action="correspond", **more):
        return take_in(app, raw, queue=queue, action=action, **more)

    return send


@pytest.fixture
def spooled(db):
    """The row of a mail in the spool, read anew."""

    def spooled(answer):
        db.expire_all()
        return db.get(IncomingMail, answer if isinstance(answer, int) else answer.mail_id)

    return spooled


@pytest.fixture
def last_said(db):
    """The last thing that somebody said on a ticket: its transaction and its parts."""

    def last_said(ticket_id):
        said = db.scalars(
            select(Transaction)
            .where(
                Transaction.object_type == "ticket",
                Transaction.object_id == ticket_id,
                Transaction.type.in_(("Create", "Correspond", "Comment")),
            )
            .order_by(Transaction.id.desc())
        ).first()
        parts = select(Attachment).where(Attachment.transaction_id == said.id).order_by(Attachment.position)
        return said, db.scalars(parts).all()

    return last_said
