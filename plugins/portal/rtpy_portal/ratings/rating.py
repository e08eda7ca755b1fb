"""What customers do: rate a resolution, change their rating, say whether a message helped, refuse to be asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from rtpy.models import Ticket, Transaction
from rtpy.models.locks import lock_name
from rtpy.plugin_settings import setting
from rtpy.webhooks.announcing import announce
from rtpy.work import Work
from rtpy_portal.access.sight import takes_part
from rtpy_portal.models import HelpfulVote, Rating, RatingAsk, RatingRefusal, RatingValue
from rtpy_portal.ratings.events import RATED
from rtpy_portal.ratings.following import follow_up
from rtpy_portal.ratings.resolution import resolution_of
from rtpy_portal.ratings.words import Reason, Score

LONGEST = 4000
"""Signs of a comment."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says; `reason` counts for a bad score only; `via` is mail or page."""

    score: Score
    comment: str = ""
    reason: Reason | None = None
    may_quote: bool = False
    via: str = "page"


class Answer(StrEnum):
    """What became of it."""

    SAVED = "saved"
    NO_PART = "no part"
    """Who neither asked for it nor gets copies does not rate it, even where they see it."""
    UNSOLVED = "unsolved"
    """The request is open, or was never solved."""
    TOO_LATE = "too late"
    """It was rated, and the days in which that can be changed are over."""


def rate(work: Work, ticket: Ticket, given: Given) -> Answer:
    """Store what the actor says of the present resolution; earlier values are kept. They must see the request."""
    db, user_id = work.db, work.actor.user_id
    lock_name(db, f"portal rating {ticket.id} {user_id}")
    if not may_rate(db, ticket, user_id):
        return Answer.NO_PART
    resolved = resolution_of(work.app, db, ticket)
    if resolved is None:
        return Answer.UNSOLVED
    rating = find_rating(db, ticket, resolved, user_id)
    if rating is not None and not can_change(work, rating):
        return Answer.TOO_LATE
    reason = given.reason.value if given.reason and given.score is Score.BAD else ""
    comment = given.comment.strip()[:LONGEST]
    if rating is None:
        rating = Rating(
            ticket_id=ticket.id,
            user_id=user_id,
            owner_id=ticket.owner_id,
            resolved=resolved,
            score=int(given.score),
            lowest=int(given.score),
            comment=comment,
            reason=reason,
            may_quote=given.may_quote,
            via=given.via,
            created=work.now,
        )
        db.add(rating)
        db.execute(
            update(RatingAsk)
            .where(
                RatingAsk.ticket_id == ticket.id,
                RatingAsk.user_id == user_id,
                RatingAsk.resolved == resolved,
            )
            .values(answered=work.now)
        )
    else:
        was = (rating.score, rating.comment, rating.reason)
        rating.may_quote = given.may_quote
        if was == (given.score, comment, reason):
            return Answer.SAVED
        db.add(
            RatingValue(rating_id=rating.id, score=was[0], comment=was[1], reason=was[2], replaced=work.now)
        )
        rating.score, rating.comment, rating.reason = int(given.score), comment, reason
        rating.lowest = min(rating.lowest, rating.score)
        rating.changed = work.now
    db.flush()
    _note_recovery(work, rating)
    follow_up(work, ticket, rating)
    payload = {
        "score": rating.score,
        "comment": comment,
        "reason": reason,
        "changed": rating.changed is not None,
    }
    announce(work, RATED, payload, ticket=ticket)
    return Answer.SAVED


def may_rate(db: Session, ticket: Ticket, user_id: int) -> bool:
    """Does the person take part in the request? One query."""
    return db.scalar(select(Ticket.id).where(Ticket.id == ticket.id, takes_part(user_id))) is not None


def find_rating(db: Session, ticket: Ticket, resolved: datetime, user_id: int) -> Rating | None:
    """What the person said of that resolution. One query."""
    found: Rating | None = db.scalar(
        select(Rating).where(
            Rating.ticket_id == ticket.id, Rating.user_id == user_id, Rating.resolved == resolved
        )
    )
    return found


def can_change(work: Work, rating: Rating) -> bool:
    """Are the days not over in which it can be changed?"""
    days = int(setting(work.app, work.db, "portal.ratings_change"))
    return work.now < rating.created + timedelta(days=days)


def vote_helpful(work: Work, ticket: Ticket, transaction_id: int, *, is_helpful: bool) -> bool:
    """Did that message of ours help the actor? False when the request has no such message. The last vote counts."""
    db, user_id = work.db, work.actor.user_id
    message = db.scalar(
        select(Transaction.creator_id).where(
            Transaction.id == transaction_id,
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type.in_(("Create", "Correspond")),
        )
    )
    if message is None or message == user_id:
        return False
    lock_name(db, f"portal helpful {transaction_id} {user_id}")
    vote = db.scalar(
        select(HelpfulVote).where(
            HelpfulVote.transaction_id == transaction_id, HelpfulVote.user_id == user_id
        )
    )
    if vote is None:
        vote = HelpfulVote(transaction_id=transaction_id, ticket_id=ticket.id, user_id=user_id)
        db.add(vote)
    vote.is_helpful, vote.created = is_helpful, work.now
    db.flush()
    return True


def votes_of(db: Session, ticket_id: int, user_id: int) -> dict[int, bool]:
    """What a person said of the messages of a request, by transaction. One query."""
    rows = db.execute(
        select(HelpfulVote.transaction_id, HelpfulVote.is_helpful).where(
            HelpfulVote.ticket_id == ticket_id, HelpfulVote.user_id == user_id
        )
    )
    return {row.transaction_id: row.is_helpful for row in rows}


def wants_to_be_asked(db: Session, user_id: int) -> bool:
    """False for who has refused. One query."""
    return db.scalar(select(RatingRefusal.id).where(RatingRefusal.user_id == user_id).limit(1)) is None


def set_asking(work: Work, *, wanted: bool) -> None:
    """The actor wants to be asked how it went, or not any more; what waits to be asked is cancelled then."""
    db, user_id = work.db, work.actor.user_id
    lock_name(db, f"portal rating refusal {user_id}")
    if wanted:
        db.execute(delete(RatingRefusal).where(RatingRefusal.user_id == user_id))
    elif wants_to_be_asked(db, user_id):
        db.add(RatingRefusal(user_id=user_id, created=work.now))
        db.execute(
            update(RatingAsk)
            .where(RatingAsk.user_id == user_id, RatingAsk.asked.is_(None), RatingAsk.cancelled.is_(None))
            .values(cancelled=work.now)
        )
    db.flush()


def _note_recovery(work: Work, rating: Rating) -> None:
    """A better word of the same person about the same request: what was bad is made good."""
    if rating.score == Score.BAD:
        if rating.recovered is not None:
            rating.recovered = rating.recovered_by_id = None
            work.db.flush()
        return
    work.db.execute(
        update(Rating)
        .where(
            Rating.ticket_id == rating.ticket_id,
            Rating.user_id == rating.user_id,
            Rating.lowest == int(Score.BAD),
            Rating.recovered.is_(None),
        )
        .values(recovered=work.now)
    )
