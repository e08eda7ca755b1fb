"""Rating: one for each resolution, changeable for some days, with its earlier values; what a bad one sets off."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import plain_message
from rtpy.errors import NotFound, Refused
from rtpy.models import Link, Ticket, Transaction, Webhook, WebhookDelivery
from rtpy_portal.models import HelpfulVote, Rating, RatingAsk, RatingValue
from rtpy_portal.ratings.following import check_ratings, mark_recovered
from rtpy_portal.ratings.rating import (
    Answer,
    Given,
    rate,
    set_asking,
    vote_helpful,
    votes_of,
    wants_to_be_asked,
)
from rtpy_portal.ratings.words import Reason, Score


def ratings(db):
    return db.scalars(select(Rating).order_by(Rating.id)).all()


def test_a_changed_rating_keeps_its_earlier_values(db, solved, ann, acting, clock, jo):
    assert rate(acting(ann), solved, Given(Score.FAIR, " Well. ")) is Answer.SAVED
    clock.advance(timedelta(days=1))
    assert rate(acting(ann), solved, Given(Score.GOOD, "Better.")) is Answer.SAVED
    (rating,) = ratings(db)
    assert (rating.score, rating.comment, rating.lowest, rating.owner_id) == (3, "Better.", 2, jo.id)
    (value,) = db.scalars(select(RatingValue))
    assert (value.score, value.comment) == (2, "Well.")
    assert db.scalars(select(RatingAsk)).one().answered is not None
    assert rate(acting(ann), solved, Given(Score.GOOD, "Better.")) is Answer.SAVED
    assert db.scalar(select(func.count()).select_from(RatingValue)) == 1, "the same again is no change"
    clock.advance(timedelta(days=6))
    assert rate(acting(ann), solved, Given(Score.BAD)) is Answer.TOO_LATE


@pytest.mark.databases("sqlite")
def test_each_resolution_has_a_rating_of_its_own(db, solved, solve, ann, acting, clock):
    rate(acting(ann), solved, Given(Score.BAD))
    clock.advance(timedelta(hours=1))
    solve(solved, "open")
    assert rate(acting(ann), solved, Given(Score.GOOD)) is Answer.UNSOLVED
    solve(solved)
    assert rate(acting(ann), solved, Given(Score.FAIR)) is Answer.SAVED
    first, second = ratings(db)
    assert (first.score, second.score) == (1, 2)
    assert first.recovered is not None, "a later rating of the same person makes it good"
    assert second.recovered is None


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("status", ["open", "rejected"])
def test_what_is_not_solved_is_not_rated(make, solve, ann, acting, status):
    ticket = solve(make.ticket(), status)
    assert rate(acting(ann), ticket, Given(Score.GOOD)) is Answer.UNSOLVED


@pytest.mark.databases("sqlite")
def test_who_takes_no_part_does_not_rate(db, solved, make, acting):
    assert rate(acting(make.customer("bob@client.example")), solved, Given(Score.BAD)) is Answer.NO_PART
    assert ratings(db) == []


def test_a_bad_rating_makes_one_ticket_with_a_clock(db, solved, ann, acting, make, set_, clock, work):
    queue = make.queue("Complaints")
    set_(queue="Complaints", priority=80, due=8)
    work_of_ann = acting(ann)
    rate(work_of_ann, solved, Given(Score.BAD, "Nobody called.", Reason.SLOW))
    rate(work_of_ann, solved, Given(Score.BAD, "Nobody called. Still.", Reason.SLOW))
    (follow_up,) = db.scalars(select(Ticket).where(Ticket.queue_id == queue.id))
    assert (follow_up.priority, follow_up.due) == (80, work.now + timedelta(hours=8))
    assert follow_up.subject == f"Bad rating of #{solved.id}: Printer on fire"
    link = db.scalars(select(Link).where(Link.local_base_id == follow_up.id)).one()
    assert (link.type, link.local_target_id) == ("RefersTo", solved.id)
    assert ratings(db)[0].follow_up_id == follow_up.id
    types = db.scalars(
        select(Transaction.type).where(
            Transaction.object_type == "ticket",
            Transaction.object_id == solved.id,
            Transaction.creator_id == ann.id,
        )
    )
    assert "Comment" not in set(types)


@pytest.mark.databases("sqlite")
def test_without_a_queue_a_bad_rating_reminds_who_had_the_ticket(db, solved, ann, acting, jo, set_, work):
    set_(queue="No such queue")
    assert [check.ok for check in check_ratings(work)] == [False]
    rate(acting(ann), solved, Given(Score.BAD))
    (reminder,) = db.scalars(select(Ticket).where(Ticket.type == "reminder"))
    assert (reminder.owner_id, ratings(db)[0].follow_up_id) == (jo.id, reminder.id)
    assert "Ann" not in reminder.subject


@pytest.mark.databases("sqlite")
def test_staff_say_that_a_bad_rating_was_made_good(db, solved, ann, acting, work_of, make, clock):
    rate(acting(ann), solved, Given(Score.BAD))
    (rating,) = ratings(db)
    mark_recovered(work_of("jo"), rating, is_recovered=True)
    assert (rating.recovered, rating.recovered_by_id) == (clock.now(), work_of("jo").actor.user_id)
    make.staff("eve")
    with pytest.raises(Refused, match="SeeRatings"):
        mark_recovered(work_of("eve"), rating, is_recovered=False)
    rating.lowest = 2
    with pytest.raises(NotFound):
        mark_recovered(work_of("jo"), rating, is_recovered=True)


@pytest.mark.databases("sqlite")
def test_the_same_person_worse_again_is_not_made_good(db, solved, ann, acting):
    for score in (Score.BAD, Score.GOOD, Score.BAD):
        rate(acting(ann), solved, Given(score))
    assert (ratings(db)[0].lowest, ratings(db)[0].recovered) == (1, None)


@pytest.mark.databases("sqlite")
def test_a_reason_is_kept_of_bad_ratings_only(db, solved, ann, acting):
    rate(acting(ann), solved, Given(Score.GOOD, reason=Reason.COST))
    assert ratings(db)[0].reason == ""


def test_a_message_of_ours_helped_or_not(db, make, work_of, work, acting, ann):
    ticket, other = make.ticket(), make.ticket("Other")
    say = plain_message("Try this.")
    (answer,) = change_ticket(work, ticket, Correspond(say)).transactions
    (comment,) = change_ticket(work, ticket, Comment(say)).transactions
    mine = acting(ann)
    assert vote_helpful(mine, ticket, answer.id, is_helpful=False)
    assert vote_helpful(mine, ticket, answer.id, is_helpful=True)
    assert not vote_helpful(mine, ticket, comment.id, is_helpful=True)
    assert not vote_helpful(mine, other, answer.id, is_helpful=True)
    assert votes_of(db, ticket.id, ann.id) == {answer.id: True}
    assert db.scalar(select(func.count()).select_from(HelpfulVote)) == 1


def test_who_does_not_want_to_be_asked_is_remembered_until_they_do(db, ann, acting):
    mine = acting(ann)
    set_asking(mine, wanted=False)
    set_asking(mine, wanted=False)
    assert not wants_to_be_asked(db, ann.id)
    set_asking(mine, wanted=True)
    assert wants_to_be_asked(db, ann.id)


@pytest.mark.databases("sqlite")
def test_webhooks_of_who_may_see_ratings_are_told(db, solved, ann, acting, make, work, work_of):
    make.grant(make.staff("eve"), "ShowTicket", "SeeQueue")
    for name in ("jo", "eve"):
        db.add(
            Webhook(
                name=name,
                url="https://hooks.example/",
                user_id=work_of(name).actor.user_id,
                events=["portal.rated"],
                nonce=name,
                secret_mark=name,
                created=work.now,
            )
        )
    db.flush()
    rate(acting(ann), solved, Given(Score.GOOD, "Thanks."))
    (told,) = db.execute(
        select(WebhookDelivery.body, Webhook.name).join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    )
    assert told.name == "jo"
    assert "Thanks." in str(told.body)
