"""The round of the worker: what is due is done once, in order, and says what became of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from plugins.sla.tests.escalation.shop import HOUR, MINUTE, step
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.models import Transaction, User
from rtpy_sla.escalation import run
from rtpy_sla.escalation.health import check_escalation
from rtpy_sla.following.recount import recount
from rtpy_sla.models import Firing, TicketSla


def test_a_step_is_taken_when_its_time_has_come_and_once(shop):
    ticket = shop.ticket(shop.policy([step("half", "raise_to 70", percent=50), step("due", "raise_by 5")]))

    assert shop.after(59 * MINUTE) == 0
    assert shop.after(MINUTE) == 1
    assert (shop.taken(), ticket.priority) == (["half"], 70)
    assert shop.round() == 0
    shop.after(HOUR)
    assert (shop.taken(), ticket.priority) == (["half", "due"], 75)
    assert shop.clock_of(ticket).next_step is None
    assert shop.said() == ["Raised the priority to 70.", "Raised the priority to 75."]


def test_what_was_answered_takes_no_step(shop, work):
    ticket = shop.ticket(shop.policy([step("due", "raise_to 70")]))
    shop.clock.advance(HOUR)
    change_ticket(shop.app.work_in(shop.db, work.actor), ticket, Correspond(plain_message("We are on it.")))
    recount(shop.work, ticket)

    shop.after(2 * HOUR)

    assert shop.taken() == []


def test_after_two_days_of_sleep_steps_are_taken_once_in_order_and_marked_late(shop):
    steps = [
        step("half", "notify_person tess", percent=50),
        step("due", "notify_person tess"),
        step("later", "notify_person tess", seconds=3600),
    ]
    ticket = shop.ticket(shop.policy(steps))

    shop.after(timedelta(days=2))

    firings = shop.db.scalars(select(Firing).order_by(Firing.id)).all()
    assert [(each.step, each.is_late) for each in firings] == [("half", True), ("due", True), ("later", True)]
    assert [each.due - ticket.created for each in firings] == [HOUR, 2 * HOUR, 3 * HOUR]
    (mail,) = shop.mails()
    assert mail.body.count("Printer on fire") == 1
    assert shop.round() == 0


def test_a_step_that_is_a_little_late_is_not_marked(shop):
    shop.ticket(shop.policy([step("due", "raise_to 70")]))
    shop.after(2 * HOUR + 4 * MINUTE)
    assert shop.db.scalars(select(Firing.is_late)).all() == [False]


def test_twenty_breaches_are_one_mail_by_urgency(shop, query_count):
    version = shop.policy([step("due", "notify_person tess")])
    for number in range(20):
        shop.ticket(version, f"Case {number:02}")
        shop.clock.advance(MINUTE)

    with query_count() as count:
        shop.after(3 * HOUR)

    (mail,) = shop.mails()
    assert mail.subject.endswith("20 tickets need you: 20 targets missed")
    places = [mail.body.index(f"Case {number:02}") for number in range(20)]
    assert places == sorted(places)
    assert "/ticket/" in mail.body
    assert count.total < 20 * 14 + 40  # no query about all tickets for each ticket


@pytest.mark.parametrize(
    ("conditions", "deed", "says"),
    [
        ({"unowned": True}, "own", "Somebody owns the ticket."),
        ({"first_status": True}, "open", "Its status was changed before."),
        ({"unanswered": True}, "answer", "The customer has an answer."),
        ({"priority": 50}, "", "The priority is below 50: 0."),
    ],
)
def test_a_condition_that_does_not_hold_takes_the_step_without_its_actions(
    shop, work, conditions, deed, says
):
    version = shop.policy(
        [step("due", "raise_to 70", **{"if": conditions})], terms={"resolution": 7200, "first_response": 60}
    )
    ticket = shop.ticket(version)
    tess = shop.db.scalars(select(User).where(User.name == "tess")).one()
    changes = {
        "own": SetOwner(tess),
        "open": SetStatus("open"),
        "answer": Correspond(plain_message("Soon.")),
    }
    if deed:
        change_ticket(work, ticket, changes[deed])
        recount(shop.work, ticket)

    shop.after(2 * HOUR)

    outcome = shop.db.scalars(select(Firing.outcome).where(Firing.target == "resolution")).one()
    assert [each["said"] for each in outcome] == [says]
    assert ticket.priority == 0


def test_conditions_that_hold_let_the_step_act(shop):
    every = {"unowned": True, "first_status": True, "unanswered": True, "priority": 0}
    ticket = shop.ticket(shop.policy([step("due", "raise_to 70", **{"if": every})]))
    shop.after(2 * HOUR)
    assert ticket.priority == 70


def test_an_action_that_fails_hinders_no_other(shop):
    deeds = ("assign nobody-knows", "notify_group Nowhere", "notify_owner", "set_status lunch", "raise_to 60")
    version = shop.policy([step("due", *deeds)])
    ticket = shop.ticket(version)

    shop.after(2 * HOUR)

    (outcome,) = shop.db.scalars(select(Firing.outcome)).all()
    assert [each["done"] for each in outcome] == [False, False, False, False, True]
    assert all(each["said"] for each in outcome)
    assert ticket.priority == 60


def test_each_action_does_what_it_says(shop, work):
    group = create_group(work, "Dispatch")
    add_member(work, group, shop.db.scalars(select(User.id).where(User.name == "tess")).one())
    deeds = (
        "assign tess",
        "set_status open",
        "comment Look.",
        "add_admin_cc Dispatch",
        "add_cc tess",
        "webhook",
    )
    ticket = shop.ticket(shop.policy([step("due", *deeds, "notify_owner", "notify_group dispatch")]))

    shop.after(2 * HOUR)

    (outcome,) = shop.db.scalars(select(Firing.outcome)).all()
    assert [each for each in outcome if not each["done"]] == []
    shop.db.refresh(ticket, ["owner"])
    assert (ticket.owner.name, ticket.status) == ("tess", "open")
    kinds = set(
        shop.db.scalars(
            select(Transaction.type).where(
                Transaction.object_id == ticket.id, Transaction.object_type == "ticket"
            )
        )
    )
    assert {"Comment", "AddWatcher"} <= kinds


def test_a_due_moment_that_passes_is_seen_without_a_ladder(shop):
    version = shop.policy([])
    ticket = shop.ticket(version)
    assert not shop.db.get_one(TicketSla, ticket.id).is_missed

    shop.after(2 * HOUR + MINUTE)

    shop.db.expire_all()
    assert shop.db.get_one(TicketSla, ticket.id).is_missed
    assert shop.clock_of(ticket).missed == ticket.created + 2 * HOUR
    assert shop.round() == 0


def test_steps_that_nobody_takes_are_said(shop):
    shop.ticket(shop.policy([step("due", "raise_to 70")]))
    shop.clock.advance(2 * HOUR + 10 * MINUTE)
    assert [check.ok for check in check_escalation(shop.work)] == [True]
    shop.clock.advance(10 * MINUTE)
    (check,) = check_escalation(shop.work)
    assert not check.ok
    assert check.sentence.startswith("1 step of escalation is overdue")
    shop.round()
    assert [check.ok for check in check_escalation(shop.work)] == [True]


def test_a_ticket_that_cannot_be_looked_after_is_tried_later_and_stops_no_other(shop, monkeypatch):
    version = shop.policy([step("due", "raise_to 70")])
    broken, fine = shop.ticket(version, "Broken"), shop.ticket(version, "Fine")
    shop.clock.advance(2 * HOUR)
    whole = run._take_steps

    def take(work, ticket, *further):
        if ticket.id == broken.id:
            raise RuntimeError("something unforeseen")
        return whole(work, ticket, *further)

    monkeypatch.setattr(run, "_take_steps", take)
    run.escalate(shop.app)

    shop.db.expire_all()  # the round has sessions of its own
    assert (fine.priority, broken.priority) == (70, 0)
    assert shop.clock_of(broken).next_step == shop.clock.now() + run.AGAIN
    monkeypatch.undo()
    shop.after(run.AGAIN)
    assert broken.priority == 70
