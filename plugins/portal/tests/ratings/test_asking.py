"""Asking: in the closing mail, or later; never after a request is open again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.mail.personal import open_own_words
from rtpy.mail.sealed_words import open_words
from rtpy.models import OutgoingMail, OutgoingRecipient, Scrip
from rtpy_portal.models import RatingAsk, RatingRefusal, RatingShare
from rtpy_portal.ratings.asking import reasons
from rtpy_portal.ratings.deciding import Asked, NotAsked, Reason
from rtpy_portal.ratings.mailing import send_due_questions, send_question
from rtpy_portal.ratings.rating import set_asking
from rtpy_portal.requests.telling import SetSight


def asks(db):
    return db.scalars(select(RatingAsk).order_by(RatingAsk.id)).all()


def mails(db):
    return db.scalars(select(OutgoingMail).where(OutgoingMail.message_id.startswith("rt-rating-"))).all()


def test_the_closing_mail_carries_the_faces_once(db, app, work, make, ann):
    ticket = make.ticket()
    say = Correspond(plain_message("It is mended."))
    change_ticket(work, ticket, say, SetStatus("resolved"))
    (ask,) = asks(db)
    assert (ask.user_id, ask.resolved, ask.asked) == (ann.id, ticket.resolved, work.now)
    carried = [
        [url.partition("score=")[2] for _, url in words.links if "to=rate" in url]
        for sealed in db.scalars(select(OutgoingRecipient.own_words))
        if (words := open_own_words(app.config, sealed)) is not None
    ]
    assert [each for each in carried if each] == [["good", "fair", "bad"]]


def test_without_a_closing_mail_the_question_waits_for_one_of_its_own(db, app, make, solve, ann):
    db.execute(update(Scrip).values(disabled=True))
    solve(make.ticket())
    (ask,) = asks(db)
    assert (ask.user_id, ask.asked, ask.cancelled) == (ann.id, None, None)
    assert send_due_questions(app) == 1
    (mail,) = mails(db)
    assert db.scalars(
        select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == mail.id)
    ).all() == [ann.email_address]
    assert "score=" not in mail.body, "a link stands unsealed"
    text = open_words(app.config, mail.body)
    assert [f"score={word}" in text for word in ("good", "fair", "bad")] == [True] * 3
    assert send_due_questions(app) == 0


@pytest.mark.databases("sqlite")  # the keys of hidden requests have a test of their own
@pytest.mark.parametrize("has_mails", [False, True])
def test_nobody_is_asked_about_a_request_that_staff_hid(db, app, work, make, solve, ann, has_mails):
    db.execute(update(Scrip).values(disabled=not has_mails))
    ticket = make.ticket("Alert")
    before = db.scalar(select(func.max(OutgoingRecipient.id))) or 0
    change_ticket(work, ticket, SetSight(is_private=False, is_hidden=True))
    change_ticket(work, ticket, Correspond(plain_message("Done.")), SetStatus("resolved"))
    send_due_questions(app)
    assert (mails(db), [each.asked for each in asks(db)]) == ([], [None])
    later = select(OutgoingRecipient.own_words).where(OutgoingRecipient.id > before)
    assert set(db.scalars(later)) == ({""} if has_mails else set())


@pytest.mark.databases("sqlite")  # arithmetic of hours
def test_a_delayed_question_is_cancelled_when_the_request_is_opened_again(
    db, app, make, set_, solve, clock, ann
):
    set_(delay=4)
    ticket = solve(make.ticket())
    clock.advance(timedelta(hours=3))
    assert send_due_questions(app) == 0
    solve(ticket, "open")
    clock.advance(timedelta(hours=2))
    assert send_due_questions(app) == 0
    assert asks(db)[0].cancelled is not None
    solve(ticket)
    clock.advance(timedelta(hours=4))
    assert send_due_questions(app) == 1, "the next resolution is asked about"
    assert mails(db)[0].subject.endswith("How did it go? Printer on fire")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("status", ["rejected", "deleted"])
def test_what_was_not_solved_is_not_asked_about(db, make, solve, status):
    solve(make.ticket(), status)
    assert asks(db) == []


@pytest.mark.databases("sqlite")
def test_who_refuses_meanwhile_is_not_asked(db, app, make, solve, set_, ann, acting, clock):
    set_(delay=1)
    solve(make.ticket())
    set_asking(acting(ann), wanted=False)
    clock.advance(timedelta(hours=1))
    assert send_due_questions(app) == 0
    assert asks(db)[0].cancelled is not None
    assert send_question(acting(ann), asks(db)[0].id) is False


def test_each_rule_finds_its_facts(db, app, work, make, set_, solve, ann, clock):
    acme = make.organization("Acme", "acme.example")
    db.add(RatingShare(organization_id=acme.id, percent=0))
    bob = make.customer("bob@client.example")
    db.add(RatingRefusal(user_id=bob.id, created=work.now))
    gone = make.customer("gone@client.example")
    gone.undeliverable = 2
    db.flush()
    make.staff("eve")
    set_(machines="robot@client.example\nSomething else")
    solve(make.ticket(requestor="ann@client.example"))
    clock.advance(timedelta(days=1))
    found = {}
    for address in (
        "ann@client.example",
        "bob@client.example",
        "carl@acme.example",
        "eve@staff.example",
        "gone@client.example",
        "robot@client.example",
        "zoe@client.example",
    ):
        ticket = make.ticket(requestor=address)
        ((_, found[address.partition("@")[0]]),) = reasons(work, ticket, work.now).items()
    assert found == {
        "ann": NotAsked(Reason.RESTING),
        "bob": NotAsked(Reason.REFUSED),
        "carl": NotAsked(Reason.SAMPLED),
        "eve": NotAsked(Reason.STAFF),
        "gone": NotAsked(Reason.NO_ADDRESS),
        "robot": NotAsked(Reason.MACHINE),
        "zoe": Asked(),
    }


@pytest.mark.databases("sqlite")
def test_one_query_decides_about_all_requestors(work, make, query_count, ann):
    ticket = make.ticket()
    reasons(work, ticket, work.now)
    with query_count() as count:
        reasons(work, ticket, work.now)
    assert count.total == 1


@pytest.mark.databases("sqlite")
def test_a_question_that_is_weeks_late_is_not_asked(db, app, make, solve, set_, clock, ann):
    set_(delay=1)
    solve(make.ticket())
    clock.advance(timedelta(days=15))
    assert send_due_questions(app) == 0
    assert mails(db) == []
    assert asks(db)[0].cancelled is not None
