"""What customers do with a request, by rules of the portal and not by grants."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Invalid
from rtpy.models import Link, OrganizationMember, Squelch, Transaction, Watcher
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.sight import find_request
from rtpy_portal.access.visitor import Way
from rtpy_portal.models import MemberRow
from rtpy_portal.requests import closing
from rtpy_portal.requests.answering import answer_request
from rtpy_portal.requests.closing import close_request, reopen_request
from rtpy_portal.requests.deeds import NotNow, deeds_of
from rtpy_portal.requests.following_up import follow_up
from rtpy_portal.requests.listing import Asked, list_requests
from rtpy_portal.requests.people import participants_of
from rtpy_portal.requests.reading import read_request
from rtpy_portal.requests.taking_part import add_colleague, leave_request, remove_colleague
from rtpy_portal.requests.telling import SetSight
from rtpy_portal.requests.wishing import Urgency, ask_for_call, change_urgency, escalate


@pytest.fixture
def ticket(make, client):
    """Ann's, in a queue where customers may do nothing by right."""
    queue = make.queue("Closed club", granted=False)
    return make.ticket(queue=queue.name)


def newest(db, ticket):
    """The type and author of what happened last, mails left out."""
    rows = db.execute(
        select(Transaction.type, Transaction.creator_id)
        .where(Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
        .order_by(Transaction.id.desc())
    )
    return next(row for row in rows if not row.type.endswith("EmailRecord"))


def test_an_answer_needs_no_grant(db, as_ann, ann, ticket, say):
    answer_request(as_ann, ann, ticket, say, "It smokes, too.")
    assert newest(db, ticket) == ("Correspond", ann.user_id)
    with pytest.raises(Invalid, match="write something"):
        answer_request(as_ann, ann, ticket, say, "  ")


def test_it_works_now_closes_and_something_wrong_opens_again(db, as_ann, ann, ticket, say):
    assert close_request(as_ann, ann, ticket, say, "Thanks")
    assert ticket.status == "resolved"
    with pytest.raises(NotNow, match="open it again"):
        answer_request(as_ann, ann, ticket, say, "Hm")
    reopen_request(as_ann, ann, ticket, say, "Still smokes")
    assert ticket.status == "open"
    assert ticket.resolved is None


@pytest.mark.databases("sqlite")  # a matter of the lifecycle
def test_where_only_staff_can_close_a_reply_says_that_it_works(db, as_ann, ann, ticket, say, monkeypatch):
    monkeypatch.setattr(closing, "_solved_from", lambda work, ticket: "deleted-not-a-move")
    assert not close_request(as_ann, ann, ticket, say)
    assert "It works now" in read_request(as_ann, ann, ticket, say).messages[-1].html


def test_a_request_closed_long_ago_gets_a_successor(work, app, db, make, ann, ticket, say, clock):
    change_ticket(work, ticket, SetStatus("resolved"))
    clock.advance(timedelta(days=15))
    later = ann.acting(app.work_in(db))
    with pytest.raises(NotNow, match="write a new one"):
        reopen_request(later, ann, ticket, say, "Still smokes")
    new = follow_up(later, ann, ticket, say, "It burns again")
    assert (new.subject, new.queue_id) == (ticket.subject, ticket.queue_id)
    assert find_request(db, ann, new.id) is new
    assert db.execute(select(Link.local_base_id, Link.local_target_id)).all() == [(new.id, ticket.id)]


@pytest.mark.parametrize(("before", "after"), [(50, 80), (20, 80), (100, 100), (0, 0)])
@pytest.mark.databases("sqlite")  # arithmetic
def test_urgency_moves_the_priority_within_its_bounds(work, as_ann, ann, ticket, say, before, after):
    change_ticket(work, ticket, SetPriority(before))
    change_urgency(as_ann, ann, ticket, say, Urgency.HIGH, "Nobody can print.")
    assert ticket.priority == after
    last = read_request(as_ann, ann, ticket, say).messages[-1].html
    assert "Work stands still" in last
    assert "Nobody can print." in last


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (lambda *a: change_urgency(*a, None, "Why"), "urgency"),
        (lambda *a: change_urgency(*a, Urgency.LOW, " "), "reason"),
        (lambda *a: ask_for_call(*a, "soon", "", ""), "phone"),
        (lambda *a: escalate(*a, ""), "reason"),
        (lambda *a: add_colleague(*a, "stranger@nowhere.example"), "address"),
    ],
)
@pytest.mark.databases("sqlite")  # before anything is asked of the database
def test_what_is_missing_is_said_beside_its_field(as_ann, ann, ticket, say, wish, field):
    with pytest.raises(Invalid) as wrong:
        wish(as_ann, ann, ticket, say)
    assert [each.field for each in wrong.value.problems] == [field]


@pytest.mark.databases("sqlite")  # a reply like others
def test_a_call_is_a_reply_with_number_and_time(as_ann, ann, ticket, say):
    ask_for_call(as_ann, ann, ticket, say, "+43 1 23", "tomorrow", "The printer")
    html = read_request(as_ann, ann, ticket, say).messages[-1].html
    assert all(words in html for words in ("+43 1 23", "tomorrow", "The printer"))


@pytest.mark.databases("sqlite")  # arithmetic
def test_more_attention_is_asked_for_once_a_day(app, db, as_ann, ann, ticket, say, clock):
    escalate(as_ann, ann, ticket, say, "Three days!")
    with pytest.raises(NotNow):
        escalate(as_ann, ann, ticket, say, "Again!")
    clock.advance(timedelta(days=1))
    escalate(ann.acting(app.work_in(db)), ann, ticket, say, "Four days!")
    types = select(Transaction.type).where(Transaction.type == "portal.escalated")
    assert len(db.scalars(types).all()) == 2


@pytest.mark.parametrize("name", ["portal.calls", "portal.escalation", "portal.urgency"])
@pytest.mark.databases("sqlite")  # a matter of settings
def test_what_the_firm_does_not_offer_cannot_be_asked_for(work, as_ann, ann, ticket, name):
    people = participants_of(as_ann, ticket, ann)
    deed = {"portal.calls": "call", "portal.escalation": "escalate", "portal.urgency": "urgency"}[name]
    assert getattr(deeds_of(as_ann, ann, ticket, people), deed)
    save_settings(work, "portal", {name: False})
    assert not getattr(deeds_of(as_ann, ann, ticket, people), deed)


@pytest.mark.parametrize("address", ["bea@elsewhere.example", "new@client.example"])
def test_a_colleague_is_added_known_or_not(db, make, as_ann, ann, ticket, client, say, address):
    bea = make.customer("bea@elsewhere.example")
    db.add(OrganizationMember(organization_id=client.id, user_id=bea.id))
    add_colleague(as_ann, ann, ticket, say, address)
    added = make.customer(address)
    assert [each.user_id for each in participants_of(as_ann, ticket, ann)] == [ann.user_id, added.id]
    remove_colleague(as_ann, ann, ticket, say, added.id)
    assert [each.user_id for each in participants_of(as_ann, ticket, ann)] == [ann.user_id]


def test_nobody_is_told_whether_a_stranger_is_known(db, make, as_ann, ann, ticket, say):
    make.customer("known@stranger.example")
    told = set()
    for address in ("known@stranger.example", "unknown@stranger.example", "no address"):
        with pytest.raises(Invalid) as wrong:
            add_colleague(as_ann, ann, ticket, say, address)
        told.add(str(wrong.value))
    assert len(told) == 1
    assert len(db.scalars(select(Watcher).where(Watcher.ticket_id == ticket.id)).all()) == 1


def test_who_gets_copies_leaves_and_the_only_one_who_asked_gets_no_more_mails(
    app, db, make, ann, as_ann, visitor_of, say
):
    ticket = make.ticket(cc=("cc@client.example",))
    copied = visitor_of(make.customer("cc@client.example"))
    assert leave_request(copied.acting(app.work_in(db)), copied, ticket, say)
    assert find_request(db, copied, ticket.id) is None
    assert not leave_request(as_ann, ann, ticket, say)
    assert find_request(db, ann, ticket.id) is not None
    assert db.scalars(select(Squelch.address)).all() == ["ann@client.example"]


@pytest.mark.databases("sqlite")  # arithmetic
def test_the_window_is_a_setting(work, app, db, ann, ticket, clock):
    change_ticket(work, ticket, SetStatus("resolved"))
    save_settings(work, "portal", {"portal.reopen_days": 2})
    people = participants_of(work, ticket, ann)
    for days, reopen in ((1, True), (3, False)):
        clock.set(ticket.resolved + timedelta(days=days))
        found = deeds_of(ann.acting(app.work_in(db)), ann, ticket, people)
        assert (found.reopen, found.follow_up, found.answer) == (reopen, not reopen, False)


@pytest.fixture
def bea(db, make, visitor_of, client):
    """A colleague of Ann who sees everything of their organisation."""
    person = make.customer("bea@client.example", "Bea Bauer")
    db.add(MemberRow(user_id=person.id, organization_id=client.id, grade=Grade.NOT_PRIVATE))
    db.flush()
    return visitor_of(person)


@pytest.mark.databases("sqlite")  # rules, not queries
def test_a_colleague_who_only_sees_it_may_answer_and_gets_copies_but_does_not_steer(
    app, db, as_ann, ann, bea, ticket, say
):
    as_bea = bea.acting(app.work_in(db))
    with pytest.raises(NotNow):
        close_request(as_bea, bea, ticket, say)
    answer_request(as_bea, bea, ticket, say, "For me, too.")
    assert [each.name for each in participants_of(as_ann, ticket, ann)] == ["Ann Client", "Bea Bauer"]
    assert close_request(as_bea, bea, ticket, say)


@pytest.mark.parametrize(
    ("asked", "subjects"),
    [
        (Asked(), ["Hers", "Printer on fire"]),
        (Asked(is_mine=True), ["Hers"]),
        (Asked(text="FIRE"), ["Printer on fire"]),
        (Asked(is_open=False), ["Done"]),
        (Asked(organization_id=0), []),
        (Asked(page=2), []),
    ],
)
@pytest.mark.databases("sqlite")  # whose they are is asked by one clause, tested on both; the page as well
def test_a_list_holds_what_colleagues_asked_for_and_can_leave_it_out(
    work, make, app, db, bea, ticket, asked, subjects
):
    make.ticket("Hers", requestor="bea@client.example")
    change_ticket(work, make.ticket("Done"), SetStatus("resolved"))
    change_ticket(work, make.ticket("Private"), SetSight(is_private=True, is_hidden=False))
    make.ticket("Elsewhere", requestor="eve@other.example")
    listed = list_requests(bea.acting(app.work_in(db)), bea, asked)
    assert [each.subject for each in listed.lines] == subjects
    assert listed.total == (2 if asked.page == 2 else len(subjects))


@pytest.mark.databases("sqlite")  # rules, not queries
def test_a_key_opens_answering_and_leaving_but_names_nobody(as_ann, ann, ticket):
    key = replace(ann, way=Way.KEY, ticket_id=ticket.id, memberships=())
    found = deeds_of(as_ann, key, ticket, participants_of(as_ann, ticket, key))
    assert (found.answer, found.close, found.leave) == (True, True, True)
    assert (found.add, found.remove) == (False, False)
