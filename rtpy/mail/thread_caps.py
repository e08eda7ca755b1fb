"""How many mails of one person may join one ticket in an hour: more come from a circle, or are meant to harm."""

from datetime import timedelta

from sqlalchemy import bindparam, func, select

from rtpy.mail.held import Held
from rtpy.models import Ticket, Transaction
from rtpy.work import Face, Work


def check_thread(work: Work, ticket: Ticket) -> None:
    """Raises Held when the actor has written as much to this ticket by mail as `mail.max_replies_per_hour` allows.

    One query; what is written in the browser does not count.
    """
    cap = work.app.config.mail.max_replies_per_hour
    asked = {
        "ticket": ticket.id,
        "person": work.actor.user_id,
        "since": work.now - timedelta(hours=1),
        "cap": cap,
    }
    if (work.db.connection().scalar(_WRITTEN, asked) or 0) >= cap:
        raise Held(f"A flood: ticket #{ticket.id} got {cap} mails of {work.actor.name} within the hour.")


_transaction = Transaction.__table__
_WRITTEN = select(func.count()).select_from(
    select(_transaction.c.id)
    .where(
        _transaction.c.object_type == "ticket",
        _transaction.c.object_id == bindparam("ticket"),
        _transaction.c.creator_id == bindparam("person"),
        _transaction.c.created > bindparam("since"),
        _transaction.c.face == Face.MAIL.value,
        _transaction.c.type.in_(("Correspond", "Comment")),
    )
    .limit(bindparam("cap"))
    .subquery()
)
