"""Each person's choices: at once, in the digest, not, suspended; and requestors get every answer."""

import pytest
from sqlalchemy import select

from rtpy.changes.guard import changing
from rtpy.changes.notification_choices import Event, choose_notifications
from rtpy.changes.people import find_by_name
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid
from rtpy.mail.outbox import raw_mail, retry
from rtpy.models import DigestItem, OutgoingMail, OutgoingRecipient, Transaction, Watcher

SAID = plain_message("We are on it.")


@pytest.fixture
def olga(make):
    """Staff."""
    return make.staff("olga", real_name="Olga")


@pytest.fixture
def ticket(make, olga, db):
    """Owned by Olga, watched by Ada (on the ticket) and Quentin (on the queue)."""
    made = make.ticket(cc=["bob@client.example"])
    change_ticket(make.system, made, SetOwner(olga), AddWatcher("AdminCc", make.staff("ada").id))
    with changing(db):
        db.add(Watcher(queue_id=made.queue_id, role="AdminCc", principal_id=make.staff("quentin").id))
        db.flush()
    return made


@pytest.fixture
def states(db):
    """What became of each address since the last question: `now`, `skipped`, `digest`."""
    seen = [0]

    def ask():
        rows = db.execute(
            select(OutgoingRecipient.address, OutgoingRecipient.state, OutgoingRecipient.mail_id).where(
                OutgoingRecipient.mail_id > seen[0]
            )
        ).all()
        seen[0] = max([seen[0], *(row.mail_id for row in rows)])
        return {row.address.partition("@")[0]: row.state for row in rows}

    ask()
    return ask


def choose(work, user, suspended=False, hour=8, **events):
    choose_notifications(work, user.id, events=events, hour=hour, suspended=suspended)


@pytest.mark.parametrize(
    ("events", "after_reply", "after_status"),
    [
        ({}, "queued", "queued"),
        ({"own_messages": "digest"}, "digest", "queued"),
        ({"own_messages": "none"}, "skipped", "queued"),
        ({"own_changes": "none"}, "queued", "skipped"),
        ({"watched_messages": "none", "queue_messages": "none"}, "queued", "queued"),
    ],
)
def test_an_owner_hears_as_chosen(work, ticket, olga, states, events, after_reply, after_status):
    choose(work, olga, **events)
    states()
    change_ticket(work, ticket, Correspond(SAID))
    assert states()["olga"] == after_reply
    change_ticket(work, ticket, SetStatus("resolved"))
    assert states().get("olga", after_status) == after_status


@pytest.mark.parametrize(
    ("who", "event"), [("ada", "watched_messages"), ("quentin", "queue_messages"), ("olga", "own_messages")]
)
@pytest.mark.parametrize("chosen", ["none", "digest"])
def test_each_way_to_hear_has_its_own_choice(db, work, ticket, states, who, event, chosen):
    choose(work, find_by_name(db, who), **{event: chosen})
    states()
    change_ticket(work, ticket, Comment(SAID))
    change_ticket(work, ticket, Correspond(SAID))
    found = states()
    assert found[who] == {"none": "skipped", "digest": "digest"}[chosen]
    assert {found[each] for each in ("ada", "quentin", "olga") if each != who} == {"queued"}


def test_who_is_named_twice_gets_what_they_want_most(work, ticket, olga, states):
    change_ticket(work, ticket, AddWatcher("AdminCc", olga.id))
    choose(work, olga, own_messages="none", watched_messages="digest")
    states()
    change_ticket(work, ticket, Correspond(SAID))
    assert states()["olga"] == "digest"
    choose(work, olga, own_messages="none")
    change_ticket(work, ticket, Correspond(SAID))
    assert states()["olga"] == "queued"


def test_requestors_get_every_answer_whatever_they_chose(work, make, states):
    jim = make.staff("jim")
    choose(work, jim, **dict.fromkeys((event for event in Event if event is not Event.MY_DEEDS), "none"))
    ticket = make.ticket(requestor="jim@staff.example")
    states()
    change_ticket(work, ticket, Correspond(SAID))
    assert states()["jim"] == "queued"
    choose(work, jim, suspended=True)
    change_ticket(work, ticket, Correspond(SAID))
    assert states()["jim"] == "skipped"


def test_ones_own_deeds_come_when_chosen(db, ticket, olga, work_of, states):
    mine = work_of("olga")
    change_ticket(mine, ticket, Correspond(SAID))
    assert "olga" not in states()
    choose(mine, olga, my_deeds="now")
    change_ticket(mine, ticket, Correspond(SAID))
    assert states()["olga"] == "queued"


def test_the_ticket_tells_who_got_none_and_no_header_does(app, db, work, ticket, olga, states):
    choose(work, olga, own_messages="none")
    change_ticket(work, ticket, Correspond(SAID))
    row = db.scalars(
        select(OutgoingRecipient)
        .where(OutgoingRecipient.address == "olga@staff.example")
        .order_by(OutgoingRecipient.id)
    ).all()[-1]
    assert row.last_answer == "Olga chose to get no mail of this"
    assert b"olga@" not in raw_mail(app, db, row.mail_id)


def test_a_mail_that_nobody_gets_is_kept_and_never_sent(db, work, make, olga, states):
    ticket = make.ticket()
    change_ticket(make.system, ticket, SetOwner(olga))
    choose(work, olga, own_messages="digest")
    states()
    records = len(db.scalars(select(Transaction.id).where(Transaction.type == "CommentEmailRecord")).all())
    change_ticket(work, ticket, Comment(SAID))
    if "olga" not in states():  # no scrip tells owners of comments
        change_ticket(work, ticket, AddWatcher("AdminCc", olga.id))
        choose(work, olga, watched_messages="digest")
        states()
        change_ticket(work, ticket, Comment(SAID))
        assert states() == {"olga": "digest"}
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(1)).one()
    assert (mail.state, mail.last_answer) == ("canceled", "nobody gets it now: see the recipients")
    assert retry(db, [mail.id], work.now) == 0
    assert db.scalars(select(DigestItem.mail_id)).all() == [mail.id]
    after = len(db.scalars(select(Transaction.id).where(Transaction.type == "CommentEmailRecord")).all())
    assert after == records


@pytest.mark.parametrize(
    "wrong",
    [{"events": {"own_messages": "later"}}, {"events": {"my_deeds": "digest"}}, {"hour": 24}, {"hour": -1}],
)
def test_what_makes_no_sense_is_refused(work, olga, wrong):
    with pytest.raises(Invalid):
        choose_notifications(work, olga.id, **{"events": {}, "hour": 8, "suspended": False, **wrong})


def test_choices_cost_no_query_for_a_recipient(db, work, ticket, query_count):
    change_ticket(work, ticket, Correspond(SAID))
    with query_count() as without:
        change_ticket(work, ticket, Correspond(SAID))
    for name in ("ada", "quentin", "olga"):
        choose(work, find_by_name(db, name), own_messages="none", queue_messages="none")
    change_ticket(work, ticket, Correspond(SAID))
    with query_count() as with_them:
        change_ticket(work, ticket, Correspond(SAID))
    assert with_them.total <= without.total
