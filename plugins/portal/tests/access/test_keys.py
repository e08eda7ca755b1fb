"""Keys: whom they open which request for, when they die, and that nothing else opens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.merging_people.merge import merge_people
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.identity.accounts import set_disabled
from rtpy.mail.personal import open_own_words
from rtpy.models import Organization, OutgoingMail, OutgoingRecipient
from rtpy_portal.access.keys import address_of, find_key, key_url, rotate, tokens_for
from rtpy_portal.models import Key
from rtpy_portal.requests.telling import SetSight

ANN, CARL = "ann@client.example", "carl@client.example"


@pytest.fixture
def ticket(make):
    return make.ticket(cc=(CARL,))


@pytest.fixture
def ann(make):
    return make.customer(ANN)


@pytest.fixture
def key(work, ticket, ann):
    return tokens_for(work, ticket, (ann.id,))[ann.id]


def test_a_key_opens_one_request_for_one_person(app, db, work, ticket, ann, key, make, query_count):
    carl = make.customer(CARL)
    with query_count() as asked:
        opened = find_key(app, db, key)
    assert asked.total == 1
    assert (opened.ticket_id, opened.visitor.user_id) == (ticket.id, ann.id)
    assert opened.visitor.memberships == ()
    assert find_key(app, db, tokens_for(work, ticket, (carl.id,))[carl.id]).visitor.user_id == carl.id


def test_every_mail_carries_the_same_key_and_the_database_only_its_hash(work, db, app, ticket, ann, key):
    assert key_url(work, ticket, ann.id) == address_of(app, key)
    assert key not in str(db.execute(select(Key.__table__)).all())
    assert len(key) == 49


def test_only_who_takes_part_gets_one(work, ticket, make):
    stranger = make.customer("eve@client.example")
    assert tokens_for(work, ticket, (stranger.id,)) == {}
    with pytest.raises(LookupError):
        key_url(work, ticket, stranger.id)


def gone_from_ticket(work, ticket, ann):
    change_ticket(work, ticket, DeleteWatcher("Requestor", ann.id))


def disabled(work, ticket, ann):
    set_disabled(work, ann, disabled=True)


def of_another_customer(work, ticket, ann):
    acme = work.db.scalars(select(Organization)).one()
    work.db.scalars(select(Key).where(Key.user_id == ann.id)).one().organization_id = acme.id


def withdrawn(work, ticket, ann):
    work.db.scalars(select(Key).where(Key.user_id == ann.id)).one().withdrawn = work.now


def rotated(work, ticket, ann):
    rotate(work, ticket, ann.id)


@pytest.mark.parametrize("deed", [gone_from_ticket, disabled, of_another_customer, withdrawn, rotated])
def test_a_key_dies(app, db, work, ticket, ann, key, make, deed):
    make.organization("Acme", "acme.example")
    assert find_key(app, db, key)
    deed(work, ticket, ann)
    db.flush()
    assert find_key(app, db, key) is None


def test_a_key_that_was_made_before_there_was_a_customer_dies_when_the_customer_changes(
    app, db, work, ticket, key, make
):
    assert ticket.organization_id is None
    change_ticket(work, ticket, SetOrganization(make.organization("Acme", "acme.example")))
    assert find_key(app, db, key)
    change_ticket(work, ticket, SetOrganization(make.organization("Bell", "bell.example")))
    assert find_key(app, db, key) is None


def test_a_key_that_died_is_followed_by_another_one(app, db, work, ticket, ann, key):
    withdrawn(work, ticket, ann)
    again = tokens_for(work, ticket, (ann.id,))[ann.id]
    assert again != key
    assert find_key(app, db, again)


def test_a_key_sleeps_some_time_after_closing_and_wakes_with_the_request(
    app, db, work_of, ticket, key, clock
):
    change_ticket(work_of(), ticket, SetStatus("resolved"))
    clock.advance(timedelta(days=89))
    assert find_key(app, db, key)
    clock.advance(timedelta(days=2))
    assert find_key(app, db, key) is None
    change_ticket(work_of(), ticket, SetStatus("open"))
    assert find_key(app, db, key)


def test_the_key_of_a_merged_request_opens_the_one_it_goes_on_in(app, db, work, ticket, ann, key, make):
    other = make.ticket("The same once more")
    change_ticket(work, ticket, MergeInto(other))
    assert find_key(app, db, key).ticket_id == other.id


def test_people_who_become_one_keep_their_keys(app, db, work, ticket, ann, key, make):
    anna = make.customer("anna@client.example")
    merge_people(work, anna, ann)
    assert find_key(app, db, key).visitor.user_id == anna.id


@pytest.mark.databases("sqlite")  # the words are the same wherever
def test_mails_to_customers_carry_their_own_key_in_their_language(app, db, work, ticket, ann, make):
    ann.lang = "de"
    change_ticket(work, ticket, Correspond(plain_message("We look at it.")))
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    rows = db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == mail.id)).all()
    words = {row.address: open_own_words(app.config, row.own_words).links for row in rows}
    assert words[ANN][0] == ("Im Web lesen, antworten oder schließen", key_url(work, ticket, ann.id))
    carl = make.customer(CARL)
    assert words[CARL][0] == ("Read it, answer or close it on the web", key_url(work, ticket, carl.id))


@pytest.mark.databases("sqlite")  # nothing is stored otherwise
def test_mails_have_no_keys_when_these_are_switched_off(app, db, work, ticket):
    save_settings(work, "portal", {"portal.keys_in_mails": False})
    change_ticket(work, ticket, Correspond(plain_message("We look at it.")))
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    assert set(
        db.scalars(select(OutgoingRecipient.own_words).where(OutgoingRecipient.mail_id == mail.id))
    ) == {""}


@pytest.mark.databases("sqlite")  # a clause of the one query
def test_a_request_that_staff_hid_has_no_keys(work, ticket, ann, key):
    change_ticket(work, ticket, SetSight(is_private=True, is_hidden=False))
    assert tokens_for(work, ticket, (ann.id,)) == {ann.id: key}
    change_ticket(work, ticket, SetSight(is_private=False, is_hidden=True))
    assert tokens_for(work, ticket, (ann.id,)) == {}


def test_two_who_are_added_get_two_keys_in_one_round(work, ticket, make, query_count):
    people = [make.customer(f"p{number}@client.example") for number in range(5)]
    change_ticket(work, ticket, *(AddWatcher("Cc", each.id) for each in people))
    tokens_for(work, ticket, [each.id for each in people])
    with query_count() as asked:
        assert len(set(tokens_for(work, ticket, [each.id for each in people]).values())) == 5
    assert asked.total == 1


@pytest.mark.databases("sqlite")  # whom to ask is tested with the ratings
def test_the_mail_that_closes_a_request_asks_how_it_went_below_the_key(app, db, work_of, ticket, ann):
    db.commit()
    change_ticket(work_of(), ticket, Correspond(plain_message("Done.")), SetStatus("resolved"))
    found = db.scalars(
        select(OutgoingRecipient.own_words)
        .where(OutgoingRecipient.address == ANN, OutgoingRecipient.own_words != "")
        .order_by(OutgoingRecipient.id.desc())
    ).all()
    asked = [words for each in found if len(words := open_own_words(app.config, each).pieces) > 1]
    assert len(asked) == 1
    (_, first), question, *faces = asked[0]
    assert "How did it go?" in question
    assert [url.removeprefix(first) for _, url in faces] == [
        "?to=rate&score=good",
        "?to=rate&score=fair",
        "?to=rate&score=bad",
    ]
