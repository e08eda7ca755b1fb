"""What a bad rating sets off: a ticket with its own clock, or a reminder; and when it counts as made good."""

import logging
from datetime import timedelta

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.reminders import AddReminder
from rtpy.content.part import plain_message
from rtpy.errors import NotFound, RtpyError
from rtpy.health import HealthCheck
from rtpy.models import Link, Queue, Ticket, User
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.models import Rating
from rtpy_portal.ratings.words import REASONS, Reason, Score
from rtpy_portal.rights import SEE_RATINGS

log = logging.getLogger("rtpy.portal")


def follow_up(work: Work, ticket: Ticket, rating: Rating) -> None:
    """Once for each rating that is bad: a ticket in the queue of the setting, else a reminder on the request's own."""
    if rating.score != Score.BAD or rating.follow_up_id is not None:
        return
    try:
        rating.follow_up_id = _make(work, ticket, rating)
        work.db.flush()
    except RtpyError as problem:  # whatever is in its way must not cost the customer their rating
        log.warning("the bad rating of ticket %s has no follow-up: %s", ticket.id, problem)


def _make(work: Work, ticket: Ticket, rating: Rating) -> int | None:
    system = work.as_system()
    hours = int(setting(work.app, work.db, "portal.ratings_due"))
    due = work.now + timedelta(hours=hours)
    queue = follow_up_queue(work)
    if queue is None:
        owner = work.db.get(User, ticket.owner_id)
        if owner is None or owner.id == work.app.nobody_id(work.db):
            owner = None
        change_ticket(system, ticket, AddReminder("Bad rating: get in touch with the customer", owner, due))
        found: int | None = work.db.scalar(
            select(Link.local_base_id)
            .join(Ticket, Ticket.id == Link.local_base_id)
            .where(Link.local_target_id == ticket.id, Link.type == "RefersTo", Ticket.type == "reminder")
            .order_by(Link.local_base_id.desc())
            .limit(1)
        )
        return found
    create = CreateTicket(
        queue,
        subject=f"Bad rating of #{ticket.id}: {ticket.subject}",
        message=plain_message(_told(work, ticket, rating)),
        priority=int(setting(work.app, work.db, "portal.ratings_priority")),
        due=due,
        organization_id=ticket.organization_id,
        links=(("RefersTo", str(ticket.id)),),
    )
    return create_ticket(system, create).ticket.id


def follow_up_queue(work: Work) -> Queue | None:
    """The queue of the setting; None when it is empty, or there is no such queue. One query at most."""
    name = str(setting(work.app, work.db, "portal.ratings_queue"))
    if not name:
        return None
    found: Queue | None = work.db.scalar(
        select(Queue).where(Queue.name == name, Queue.disabled.is_(False)).limit(1)
    )
    return found


def mark_recovered(work: Work, rating: Rating, *, is_recovered: bool) -> None:
    """Staff say that a bad rating was made good, or take it back. Needs SeeRatings."""
    need_system(work, SEE_RATINGS)
    if rating.lowest != Score.BAD:
        raise NotFound("This rating was never bad: there is nothing to be made good.")
    rating.recovered = work.now if is_recovered else None
    rating.recovered_by_id = work.actor.user_id if is_recovered else None
    work.db.flush()


def check_ratings(work: Work) -> tuple[HealthCheck, ...]:
    """Is the queue of follow-ups there? One query at most."""
    name = str(setting(work.app, work.db, "portal.ratings_queue"))
    if not name or follow_up_queue(work) is not None:
        return ()
    sentence = f"Bad ratings shall make tickets in “{name}”, but no queue that is on has this name: change the setting."
    return (HealthCheck("portal ratings", False, sentence),)


def _told(work: Work, ticket: Ticket, rating: Rating) -> str:
    lines = [f"A customer was not content with #{ticket.id} “{ticket.subject}”."]
    if rating.reason:
        lines.append(f"Reason: {REASONS[Reason(rating.reason)]}")
    if rating.comment:
        lines += ["", *(f"> {line}" for line in rating.comment.splitlines())]
    address = work.app.config.url(f"/ticket/{ticket.id}")
    lines += ["", "Write to them in the request itself, where they read what has changed:", address]
    return "\n".join(lines)
