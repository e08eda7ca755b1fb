"""What the customer is told of promises: their words and moments, and nothing that was said inside."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.history.ball import Ball as Told
from rtpy.history.ball import Holder, ball_of
from rtpy.models import OutgoingMail
from rtpy_sla.clocks.words import Ball
from rtpy_sla.following.changes import HandBall
from rtpy_sla.promises.make import MakePromise
from rtpy_sla.promises.recorded import Promise, PromiseDeed, promises_of
from rtpy_sla.promises.settle import SettlePromise
from rtpy_sla.promises.telling import say_public, tell_customer, with_changes

NOON = datetime(2026, 3, 6, 11, tzinfo=UTC)
SECRET = "xyzzy-never-for-customers"


def soon(work, hours=24):
    return work.now + timedelta(hours=hours)


def test_promises_are_made_moved_kept_and_withdrawn(work, make):
    ticket = make.ticket()
    change_ticket(
        work, ticket, MakePromise(soon(work), " a new disk "), MakePromise(soon(work, 48), "a call")
    )
    change_ticket(work, ticket, SettlePromise(1, PromiseDeed.MOVED, soon(work, 30)))
    first, _ = promises_of(work.db, ticket.id)
    assert (first.words, first.due, first.is_open) == ("a new disk", soon(work, 30), True)
    change_ticket(work, ticket, SettlePromise(1, PromiseDeed.KEPT), SettlePromise(2, PromiseDeed.WITHDRAWN))
    assert [each.deed for each in promises_of(work.db, ticket.id)] == [
        PromiseDeed.KEPT,
        PromiseDeed.WITHDRAWN,
    ]
    assert tell_customer(work, ticket) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda work: MakePromise(work.now, "now"), "still to come"),
        (lambda work: MakePromise(soon(work), "  "), "Say what is promised"),
        (lambda work: MakePromise(soon(work), "x" * 301), "at most 300"),
        (lambda work: MakePromise(soon(work), "one\nBcc: two"), "in one line"),
        (lambda work: SettlePromise(2, PromiseDeed.KEPT), "no such open promise"),
        (lambda work: SettlePromise(1, PromiseDeed.MADE), "kept, withdrawn, or moved"),
        (lambda work: SettlePromise(1, PromiseDeed.MOVED), "kept, withdrawn, or moved"),
        (lambda work: SettlePromise(1, PromiseDeed.KEPT, soon(work)), "kept, withdrawn, or moved"),
        (lambda work: SettlePromise(1, PromiseDeed.MOVED, work.now), "still to come"),
        (lambda work: SettlePromise(1, PromiseDeed.MOVED, soon(work)), "another moment"),
    ],
)
@pytest.mark.databases("sqlite")  # sentences
def test_what_makes_no_sense_is_refused(work, make, change, says):
    ticket = make.ticket()
    change_ticket(work, ticket, MakePromise(soon(work), "a new disk"))
    with pytest.raises(Refused, match=says):
        change_ticket(work, ticket, change(work))
    assert len(promises_of(work.db, ticket.id)) == 1


@pytest.mark.databases("sqlite")  # rights
def test_who_may_not_write_to_the_customer_promises_nothing(work_of, make):
    ticket = make.ticket(queue="Closed")
    make.staff("eve")
    for right in ("ReplyToTicket", "ModifyTicket"):
        make.revoke(right, ticket.queue)
    with pytest.raises(Refused, match="needed"):
        change_ticket(work_of("eve"), ticket, MakePromise(soon(work_of("eve")), "a new disk"))


def test_the_mail_of_the_reply_says_what_is_promised_and_nothing_of_ours(work, make, db):
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message(SECRET)), HandBall(Ball.THIRD, None, SECRET))
    reply = Correspond(plain_message("We order it."))
    change_ticket(work, ticket, reply, MakePromise(soon(work), "a new disk", "Europe/Berlin"))
    change_ticket(work, ticket, Correspond(plain_message("It is on its way.")))
    change_ticket(work, ticket, Correspond(plain_message("Here it is.")), SettlePromise(1, PromiseDeed.KEPT))
    mails = db.scalars(
        select(OutgoingMail).where(OutgoingMail.internal.is_(False)).order_by(OutgoingMail.id)
    ).all()
    bodies = [mail.body for mail in mails if not mail.automatic]
    assert ["We promised: a new disk by" in body for body in bodies] == [True, True, False]
    assert "(Europe/Berlin)" in bodies[0]
    assert not any(SECRET in f"{mail.body}{mail.html_body}{mail.headers}" for mail in mails)


words = st.text("abc äß<&>\"'.:", min_size=1, max_size=30).filter(str.strip)
moments = st.integers(1, 10**6).map(lambda minutes: NOON + timedelta(minutes=minutes))
changes = st.lists(
    st.builds(MakePromise, moments, words)
    | st.builds(SettlePromise, st.integers(1, 4), st.sampled_from([PromiseDeed.KEPT, PromiseDeed.WITHDRAWN]))
    | st.builds(SettlePromise, st.integers(1, 4), st.just(PromiseDeed.MOVED), moments)
    | st.builds(plain_message, st.just(SECRET)),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(changes)
def test_what_is_told_is_made_of_words_and_moments_that_were_promised_alone(changes):
    after = with_changes((), changes, NOON)
    made = [change for change in changes if isinstance(change, MakePromise)]
    given_words = {change.words.strip() for change in made}
    dues = {getattr(change, "due", None) for change in changes}
    assert {each.words for each in after} <= given_words
    assert {each.due for each in after} <= dues
    assert not any(SECRET in say_public(each, each.zone) for each in after)


def test_a_zone_that_nobody_knows_is_told_in_utc():
    promise = Promise(1, "a call", NOON, 1, NOON)
    assert say_public(promise, "Mars/Olympus") == "a call by Fri 6 Mar 2026, 11:00 (UTC)"


@pytest.mark.databases("sqlite")  # words
def test_a_german_customer_reads_promises_in_german_and_others_in_english(work, make, db):
    said = {}
    for lang in ("de-AT", "en", ""):
        ticket = make.ticket(requestor=f"ann{lang}@client.example")
        make.customer(f"ann{lang}@client.example").lang = lang
        reply = Correspond(plain_message("We order it."))
        change_ticket(work, ticket, reply, MakePromise(NOON, "a new disk", "Europe/Berlin"))
        said[lang] = db.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()
    assert "Wir haben zugesagt: a new disk bis Fr 6.3.2026, 12:00 (Europe/Berlin)" in said["de-AT"]
    assert all("We promised: a new disk by Fri 6 Mar 2026" in said[lang] for lang in ("en", ""))


def test_the_customer_is_told_who_has_the_next_step_and_only_moments_that_were_promised(work, make):
    ticket = make.ticket()
    assert ball_of(work, ticket) is None
    change_ticket(work, ticket, MakePromise(soon(work), "a new disk"))
    assert ball_of(work, ticket) == Told(Holder.US, soon(work))
    change_ticket(work, ticket, HandBall(Ball.SCHEDULED, soon(work, 48), SECRET))
    assert ball_of(work, ticket) == Told(Holder.SCHEDULED, soon(work, 48))
