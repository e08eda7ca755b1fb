"""Entries are logged, changed, corrected and moved, and a ticket's time worked is always the sum of its entries."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import plain_message
from rtpy.errors import Conflict, Invalid, Refused
from rtpy_billing.capture.entries import (
    answer_move,
    change_entry,
    correct_entry,
    delete_entry,
    given_of,
    log_work,
    move_entry,
)
from rtpy_billing.capture.timers import start_timer
from rtpy_billing.capture.values import Given
from rtpy_billing.models import Customer, EntryLine, TicketTerms, WorkEntry
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.rights import LOG_TIME, LOG_TIME_FOR_OTHERS

TODAY = date(2026, 3, 2)


@pytest.fixture
def tech(make, work_of):
    """Work of somebody who may log time and modify tickets."""
    jo = make.staff("jo")
    jo.timezone = "Europe/Berlin"
    make.grant(jo, LOG_TIME, "ShowTicket", "ModifyTicket", "CommentOnTicket", "ReplyToTicket")
    return work_of("jo")


def given(work, ticket=None, minutes=30, **further):
    return Given(
        worked_by_id=work.actor.user_id, worked_on=TODAY, seconds=minutes * 60, ticket=ticket, **further
    )


def booked(db, ticket):
    """What the ticket says, and what its entries add up to: minutes."""
    total = db.scalar(
        select(func.coalesce(func.sum(WorkEntry.worked_seconds), 0)).where(WorkEntry.ticket_id == ticket.id)
    )
    db.refresh(ticket)
    assert total % 60 == 0
    return ticket.time_worked, total // 60


def entries(db, ticket):
    return db.scalars(select(WorkEntry).where(WorkEntry.ticket_id == ticket.id).order_by(WorkEntry.id)).all()


def test_every_minute_of_a_ticket_is_in_its_entries_whatever_is_done(db, tech, make):
    ticket, other = make.ticket(), make.ticket("Other")
    said = plain_message("Done.")

    def agree(expected):
        found = booked(db, ticket)
        assert found == (expected, expected)

    change_ticket(tech, ticket, Correspond(said, 10))
    change_ticket(tech, ticket, Comment(said, 5), AddTime(7, TODAY))
    agree(22)
    entry = log_work(tech, given(tech, ticket)).entry
    agree(52)
    change_entry(tech, entry, replace(given_of(tech, entry), seconds=45 * 60), entry.version)
    agree(67)
    change_ticket(tech, ticket, AddTime(-12))
    agree(55)
    entry.state = "approved"
    correct_entry(tech, entry, -20, "Talked about football.")
    agree(35)
    third = entries(db, ticket)[0]
    move_entry(tech, third, third.version, ticket=other)
    agree(25)
    assert booked(db, other) == (10, 10)
    delete_entry(tech, third, third.version)
    assert booked(db, other) == (0, 0)
    change_ticket(tech, other, AddTime(3))
    change_ticket(tech, other, MergeInto(ticket))
    agree(28)


@pytest.mark.parametrize(
    ("change", "source", "note"),
    [
        (lambda: Correspond(plain_message("Hello"), 25), "reply", ""),
        (lambda: Comment(plain_message("Hello"), 25), "reply", ""),
        (lambda: AddTime(25, date(2026, 2, 27)), "reply", ""),
    ],
)
@pytest.mark.databases("sqlite")  # the statements are those of the test above
def test_minutes_that_the_core_records_become_one_draft_of_who_worked(db, tech, make, change, source, note):
    ticket = make.ticket()
    wanted = change()
    (transaction,) = change_ticket(tech, ticket, wanted).transactions
    (entry,) = entries(db, ticket)
    assert (entry.state, entry.source, entry.worked_seconds) == ("draft", source, 25 * 60)
    assert (entry.worked_by_id, entry.entered_by_id) == (tech.actor.user_id,) * 2
    assert entry.transaction_id == transaction.id
    assert entry.worked_on == getattr(wanted, "day", TODAY)
    assert entry.zone == "Europe/Berlin"


@pytest.mark.databases("sqlite")  # reckoning of dates
def test_the_day_of_work_is_that_of_the_worker(db, tech, make):
    tech.now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    ticket = make.ticket()
    change_ticket(tech, ticket, Comment(plain_message("Late."), 5))
    assert entries(db, ticket)[0].worked_on == date(2026, 3, 3)


@pytest.mark.databases("sqlite")  # reckoning of dates
def test_worker_and_customer_each_have_the_day_of_their_own_zone(db, tech, make):
    far = make.organization("Far")
    db.add(Customer(organization_id=far.id, currency="EUR", zone="America/New_York"))
    ticket = make.ticket()
    change_ticket(make.system, ticket, SetOrganization(far))
    one = datetime(2026, 3, 2, 1, tzinfo=UTC)
    clocks = {"started": one, "ended": one + timedelta(hours=1), "zone": "Europe/Berlin"}
    entry = log_work(tech, given(tech, ticket, 60, **clocks)).entry
    (line,) = db.scalars(select(EntryLine).where(EntryLine.entry_id == entry.id))
    assert (entry.worked_on, line.worked_on, line.customer_on) == (TODAY, TODAY, date(2026, 3, 1))


def test_taking_back_corrects_ones_own_youngest_entries_first(db, tech, make, work_of):
    ticket = make.ticket()
    ann = make.staff("annette")
    make.grant(ann, "ModifyTicket")
    change_ticket(tech, ticket, AddTime(10))
    change_ticket(tech, ticket, AddTime(20))
    change_ticket(work_of("annette"), ticket, AddTime(5))
    change_ticket(tech, ticket, AddTime(-25))
    first, second, _, *corrections = entries(db, ticket)
    assert [(each.corrects_id, each.worked_seconds) for each in corrections] == [
        (second.id, -20 * 60),
        (first.id, -5 * 60),
    ]


def test_what_no_entry_may_be_is_refused_by_the_field(tech, make, db):
    ticket = make.ticket()
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    cases = {
        "minutes": [
            given(tech, ticket, 0),
            given(tech, ticket, -5),
            given(tech, ticket, 1441),
            given(tech, ticket, 90, started=start, ended=start + timedelta(minutes=80)),
        ],
        "work_type": [given(tech, ticket, work_type_id=99)],
        "charge": [given(tech, ticket, charge_mode="free")],
        "organization": [given(tech, None, organization_id=99)],
    }
    for field, wrong in cases.items():
        for each in wrong:
            with pytest.raises(Invalid) as caught:
                log_work(tech, each)
            assert [problem.field for problem in caught.value.problems] == [field]
    assert booked(db, ticket) == (0, 0)


@pytest.mark.databases("sqlite")  # asks the rights only
def test_ones_own_time_and_that_of_others_take_different_rights(make, work_of, tech, nobody_logs):
    ann = make.staff("annette")
    with pytest.raises(Refused, match=LOG_TIME):
        log_work(work_of("annette"), given(work_of("annette")))
    with pytest.raises(Refused, match=LOG_TIME_FOR_OTHERS):
        log_work(tech, replace(given(tech), worked_by_id=ann.id))
    lead = make.staff("lead")
    make.grant(lead, LOG_TIME_FOR_OTHERS)
    entry = log_work(work_of("lead"), replace(given(tech), worked_by_id=ann.id)).entry
    assert (entry.worked_by_id, entry.entered_by_id) == (ann.id, lead.id)


@pytest.mark.databases("sqlite")  # asks the rights only
def test_on_a_ticket_time_is_logged_by_who_may_write_to_it(make, work_of):
    ann = make.staff("annette")
    make.grant(ann, LOG_TIME)
    queue = make.queue("Closed shop", open_to_all=False, granted=False)
    make.grant(ann, "SeeQueue", queue=queue)
    ticket = make.ticket(queue="Closed shop")
    with pytest.raises(Refused, match="CommentOnTicket"):
        log_work(work_of("annette"), given(work_of("annette"), ticket))


def test_two_people_do_not_change_the_same_version(db, tech, make):
    entry = log_work(tech, given(tech, make.ticket())).entry
    seen = entry.version
    change_entry(tech, entry, replace(given_of(tech, entry), note_internal="Mine"), seen)
    for late in (
        lambda: change_entry(tech, entry, replace(given_of(tech, entry), note_internal="Yours"), seen),
        lambda: delete_entry(tech, entry, seen),
    ):
        with pytest.raises(Conflict):
            late()
    assert entry.note_internal == "Mine"


@pytest.mark.databases("sqlite")  # no statement that the others have not
def test_after_drafting_only_corrections_change_time_and_never_below_nothing(db, tech, make):
    ticket = make.ticket()
    entry = log_work(tech, given(tech, ticket)).entry
    with pytest.raises(Refused, match="draft"):
        correct_entry(tech, entry, -5, "Less.")
    entry.state = "invoiced"
    for deed in (
        lambda: change_entry(tech, entry, given_of(tech, entry), entry.version),
        lambda: delete_entry(tech, entry, entry.version),
        lambda: move_entry(tech, entry, entry.version, ticket=None),
    ):
        with pytest.raises(Refused):
            deed()
    correction = correct_entry(tech, entry, -10, "Less.")
    assert (correction.corrects_id, correction.worked_seconds) == (entry.id, -600)
    assert (correction.worked_on, correction.state) == (entry.worked_on, "draft")
    for minutes, why, field in ((-21, "x", "minutes"), (0, "x", "minutes"), (-5, " ", "note_internal")):
        with pytest.raises(Invalid) as caught:
            correct_entry(tech, entry, minutes, why)
        assert caught.value.problems[0].field == field
    with pytest.raises(Refused, match="correction"):
        change_entry(tech, correction, given_of(tech, correction), correction.version)


def test_entries_that_nobody_approved_ask_when_the_ticket_goes_to_another_customer(db, tech, make):
    old, new = make.organization("Old"), make.organization("New")
    ticket = make.ticket()
    change_ticket(make.system, ticket, SetOrganization(old))
    drafted, approved = (log_work(tech, given(tech, ticket)).entry for _ in range(2))
    approved.state = "approved"
    change_ticket(make.system, ticket, SetOrganization(new))
    assert (drafted.organization_id, drafted.asked_organization_id) == (old.id, new.id)
    assert (approved.organization_id, approved.asked_organization_id) == (old.id, None)
    answer_move(tech, drafted, drafted.version, goes_along=True)
    assert (drafted.organization_id, drafted.asked_organization_id) == (new.id, None)
    change_ticket(make.system, ticket, SetOrganization(old))
    answer_move(tech, drafted, drafted.version, goes_along=False)
    assert (drafted.organization_id, drafted.asked_organization_id) == (new.id, None)
    with pytest.raises(Refused, match="Nothing is asked"):
        answer_move(tech, drafted, drafted.version, goes_along=True)


def test_merged_tickets_bring_their_entries_and_split_ones_leave_them(db, tech, make):
    ticket, target = make.ticket(), make.ticket("Same")
    entry = log_work(tech, given(tech, ticket)).entry
    approved = log_work(tech, given(tech, ticket)).entry
    approved.rate = 6000
    reprice(tech, None, (approved.id,))
    approved.state = "approved"
    priced = (approved.amount, approved.value, approved.billed_seconds)
    assert priced == (3000, 3000, 1800)
    change_ticket(tech, ticket, MergeInto(target))
    db.refresh(entry)
    db.refresh(approved)
    assert (entry.ticket_id, approved.ticket_id) == (target.id, target.id)
    assert (approved.amount, approved.value, approved.billed_seconds) == priced


def test_a_merge_brings_timers_and_what_was_decided_and_asks_about_another_customers_work(db, tech, make):
    old, new = make.organization("Old"), make.organization("New")
    ticket, target, third = make.ticket(), make.ticket("Same"), make.ticket("Same again")
    change_ticket(make.system, ticket, SetOrganization(old))
    change_ticket(make.system, target, SetOrganization(new))
    entry = log_work(tech, given(tech, ticket)).entry
    timer = start_timer(tech, ticket).timer
    db.add_all(
        TicketTerms(ticket_id=each.id, charge_mode=mode)
        for each, mode in ((ticket, "no_charge"), (third, "hidden"))
    )
    db.flush()
    for merged in (ticket, third):
        change_ticket(tech, merged, MergeInto(target))
    db.expire_all()
    assert (entry.organization_id, entry.asked_organization_id) == (old.id, new.id)
    assert timer.ticket_id == target.id
    assert [(each.ticket_id, each.charge_mode) for each in db.scalars(select(TicketTerms))] == [
        (target.id, "no_charge")
    ]


def test_a_message_without_time_asks_billing_nothing(db, tech, make, query_count):
    ticket = make.ticket()
    change_ticket(tech, ticket, Comment(plain_message("Hm.")))
    with query_count() as counted:
        change_ticket(tech, ticket, Comment(plain_message("word " * 20)), SetStatus("open"))
    assert [each for each in counted.statements if "billing_" in each] == []


@pytest.mark.parametrize(("setting", "expected"), [("allow", 0), ("warn", 1), ("refuse", None)])
@pytest.mark.databases("sqlite")  # the comparison of instants is the core's type
def test_overlaps_are_allowed_told_or_refused(app, tech, make, setting, expected, monkeypatch):
    monkeypatch.setattr("rtpy_billing.capture.overlaps.setting", lambda *_: setting)
    nine = datetime(2026, 3, 2, 8, tzinfo=UTC)
    hour = timedelta(hours=1)
    log_work(tech, given(tech, None, 60, started=nine, ended=nine + hour))
    touching = given(tech, None, 60, started=nine + hour, ended=nine + 2 * hour)
    assert log_work(tech, touching).remarks == ()
    across = given(tech, None, 60, started=nine + hour / 2, ended=nine + 1.5 * hour)
    if expected is None:
        with pytest.raises(Invalid, match="overlaps"):
            log_work(tech, across)
    else:
        assert len(log_work(tech, across).remarks) == expected * 2


def test_time_on_a_closed_ticket_is_late(app, db, tech, make, monkeypatch):
    ticket = make.ticket()
    change_ticket(tech, ticket, Correspond(plain_message("Done."), 5), SetStatus("resolved"))
    log_work(tech, given(tech, ticket))
    assert [each.is_late for each in entries(db, ticket)] == [False, True]
    monkeypatch.setattr("rtpy_billing.capture.entries.setting", lambda *_: "right")
    with pytest.raises(Refused, match="closed"):
        log_work(tech, given(tech, ticket))
