"""The question how it went in a mail of its own, for sites that ask some hours after a request was solved."""

import logging
import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy.mail.header_lines import is_sendable, mailbox, one_line
from rtpy.mail.sealed_words import sealed_words
from rtpy.models import OutgoingMail, OutgoingRecipient, Queue, Ticket, User
from rtpy.work import Work
from rtpy_portal.access.keys import address_of, tokens_for
from rtpy_portal.models import RatingAsk
from rtpy_portal.ratings.asking import links_for
from rtpy_portal.ratings.rating import wants_to_be_asked
from rtpy_portal.ratings.resolution import resolution_of
from rtpy_portal.words import say_in, spoken

log = logging.getLogger("rtpy.portal")

AT_ONCE = 100
"""Questions of one round."""
LATEST = timedelta(days=14)
"""A question that could not be asked for so long, such as while no worker ran, is not asked any more."""


def send_due_questions(app: App) -> int:
    """One round of the worker: each question whose time has come, in a transaction of its own; how many were sent."""
    with app.work(reading=True) as work:
        ids = work.db.scalars(
            select(RatingAsk.id)
            .where(RatingAsk.not_before <= work.now, RatingAsk.asked.is_(None), RatingAsk.cancelled.is_(None))
            .order_by(RatingAsk.not_before)
            .limit(AT_ONCE)
        ).all()
    sent = 0
    for number in ids:
        try:
            with app.work() as work:
                sent += send_question(work, number)
        except Exception:
            log.exception("the question about a rating %s could not be sent", number)
    return sent


def send_question(work: Work, ask_id: int) -> bool:
    """Write the mail, unless the request is not solved any more, or the person is not to be asked; then never.

    The row is locked, so that two workers do not send it twice.
    """
    ask = work.db.get(RatingAsk, ask_id, with_for_update=True, populate_existing=True)
    if ask is None or ask.asked is not None or ask.cancelled is not None:
        return False
    ticket = work.db.scalars(
        select(Ticket).options(joinedload(Ticket.queue)).where(Ticket.id == ask.ticket_id)
    ).one()
    user = work.db.get_one(User, ask.user_id)
    token = tokens_for(work, ticket, (user.id,)).get(user.id)
    address = user.email_address or ""
    is_wanted = ask.answered is None and wants_to_be_asked(work.db, user.id)
    if (
        resolution_of(work.app, work.db, ticket) != ask.resolved
        or token is None
        or not is_wanted
        or not is_sendable(address)
        or ask.not_before + LATEST < work.now
    ):
        ask.cancelled = work.now
        return False
    ask.asked = work.now
    work.db.add(_mail(work, ticket, user, token))
    return True


def _mail(work: Work, ticket: Ticket, user: User, token: str) -> OutgoingMail:
    config, queue = work.app.config, ticket.queue
    say = say_in(spoken(user.lang))
    links = [
        f"{face.label}:\n{sealed_words(config, address_of(work.app, token, 'rate', score=face.score))}"
        for face in links_for(user.lang)
    ]
    text = "\n\n".join(
        (
            say(
                "Your request “${subject}” is solved, as far as we know. How did it go?",
                subject=ticket.subject,
            ),
            *links,
            say(
                "Each link opens a page where you can add a few words; nothing is sent before you press its button."
            ),
            say("Is it not solved? Simply answer this mail."),
        )
    )
    subject = say("How did it go? ${subject}", subject=ticket.subject)
    mail = OutgoingMail(
        created=work.now,
        ticket_id=ticket.id,
        queue_id=ticket.queue_id,
        internal=False,
        automatic=False,
        message_id=f"rt-rating-{ticket.id}-{secrets.token_hex(12)}@{config.organization}",
        envelope_sender="",
        subject=one_line(f"[{config.rtname} #{ticket.id}] {subject}", 250),
        headers=_headers(work, queue),
        body=text + "\n",
        html_body="",
        not_before=work.now,
    )
    mail.recipients.append(
        OutgoingRecipient(kind="to", address=user.email_address or "", name=one_line(user.display_name, 120))
    )
    return mail


def _headers(work: Work, queue: Queue) -> list[tuple[str, str]]:
    config = work.app.config
    address = queue.correspond_address or config.mail.correspond_address
    return [
        ("From", mailbox(config.rtname, address)),
        ("Reply-To", mailbox(config.rtname, address)),
        ("Auto-Submitted", "auto-generated"),
    ]


QUESTIONS = Chore("portal ratings", 300.0, send_due_questions)
