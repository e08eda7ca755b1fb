"""Loading the sample portal: what holds from the first day on, and what three months have brought."""

from sqlalchemy import select, update

from rtpy.demo.made import Made
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.work import Work
from rtpy_portal.demo.cast import Cast
from rtpy_portal.demo.issuing import tell_issues
from rtpy_portal.demo.judging import rate_requests, tell_afterwards
from rtpy_portal.demo.settling import give_grades, grant_staff, offer_topics
from rtpy_portal.demo.shelving import fill_shelves
from rtpy_portal.demo.texts import knowledge, read

SENT = {"state": "sent", "last_answer": "demo"}
"""As the core marks the demo's mails, which go nowhere."""


def load_demo(work: Work, made: Made) -> None:
    """Everything at once: nothing of it changes how the tickets were made."""
    grant_staff(work, made)
    offer_topics(work, made)
    give_grades(work, made)
    cast = Cast(work, made)
    fill_shelves(cast, knowledge(), made)
    tell_issues(cast, made, read("issues")["issue"])
    said = read("ratings")
    tell_afterwards(cast, made, said)
    rate_requests(cast, made, said)
    _send_nothing(work, made)


def _send_nothing(work: Work, made: Made) -> None:
    waiting = work.db.scalars(
        select(OutgoingMail.id).where(
            OutgoingMail.ticket_id.in_(made.tickets), OutgoingMail.state == "queued"
        )
    ).all()
    if not waiting:
        return
    work.db.execute(
        update(OutgoingRecipient).where(OutgoingRecipient.mail_id.in_(waiting)).values(**SENT),
        execution_options={"synchronize_session": False},
    )
    work.db.execute(
        update(OutgoingMail).where(OutgoingMail.id.in_(waiting)).values(**SENT, sent=work.now, attempts=1),
        execution_options={"synchronize_session": False},
    )
