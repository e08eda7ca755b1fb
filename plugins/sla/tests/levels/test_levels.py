"""RT's own levels on tickets: Starts and Due follow creation, replies, statuses and the level itself."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from rtpy.changes.membership import add_member, create_group
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.further import SetText
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Refused
from rtpy.initialdata.brought import sections_of
from rtpy.models import Scrip
from rtpy.work import Actor, Face
from rtpy_sla.levels.saving import LevelValues, save_level, set_queue_level
from rtpy_sla.models import Level

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    """`24 10:00` is in November 2026; the 23rd is a Monday."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=UTC)


@pytest.fixture
def told(app, db, clock, make, gold):
    """Tickets of a customer, and who writes when."""

    class Told:
        def ticket(self, when: str, **further):
            clock.set(at(when))
            customer = make.customer("ann@client.example")
            work = app.work_in(db, Actor(customer.id, customer.name, Face.MAIL))
            create = CreateTicket(
                queue=make.queue("General"),
                subject="Printer",
                message=plain_message("It burns."),
                requestors=(customer,),
                **further,
            )
            self.customer = customer
            return create_ticket(work, create).ticket

        def work(self, who: str = "root", face: Face = Face.WEB):
            return app.work_in(db, app.actor_named(db, who, face))

        def customer_writes(self, ticket, when: str):
            clock.set(at(when))
            work = app.work_in(db, Actor(self.customer.id, self.customer.name, Face.MAIL))
            change_ticket(work, ticket, Correspond(plain_message("And?")))

        def staff_does(self, ticket, when: str, *changes):
            clock.set(at(when))
            change_ticket(self.work(), ticket, *changes)

    return Told()


def test_a_new_ticket_gets_the_level_of_its_queue_and_its_dates(told):
    ticket = told.ticket("23 08:00")
    assert (ticket.sla, ticket.starts, ticket.due) == ("Gold", at("23 09:00"), at("23 11:00"))


def test_due_follows_the_conversation(told):
    ticket = told.ticket("23 10:00")
    told.staff_does(ticket, "23 11:00", Correspond(plain_message("On it.")))
    assert ticket.due == at("24 11:00")
    told.staff_does(ticket, "23 11:30", Comment(plain_message("Internal.")))
    assert ticket.due == at("24 11:00")
    told.customer_writes(ticket, "23 14:00")
    assert ticket.due == at("23 16:00")
    told.customer_writes(ticket, "23 15:00")
    assert ticket.due == at("23 16:00")
    assert ticket.starts == at("23 10:00")


def test_an_ignored_status_takes_the_date_away_and_closing_does_not(told):
    ticket = told.ticket("23 10:00")
    told.staff_does(ticket, "23 10:30", SetStatus("stalled"))
    assert ticket.due is None
    told.staff_does(ticket, "23 11:00", SetStatus("open"))
    assert ticket.due == at("23 12:00")
    told.staff_does(ticket, "23 11:30", SetStatus("resolved"))
    assert ticket.due == at("23 12:00")


def test_another_level_sets_another_date_and_none_takes_it_away(told, work):
    save_level(told.work(), None, LevelValues("Silver", terms={"response": {"real": 600}}))
    ticket = told.ticket("23 10:00", sla="silver")
    assert ticket.due == at("23 20:00")
    told.staff_does(ticket, "23 10:30", SetText("SLA", "Gold"))
    assert ticket.due == at("23 12:00")
    told.staff_does(ticket, "23 10:40", SetText("SLA", ""))
    assert ticket.due is None


@pytest.mark.databases("sqlite")  # rules, not queries
def test_a_queue_without_levels_is_left_alone(told, make, work):
    set_queue_level(told.work(), make.queue("General"), "none")
    ticket = told.ticket("23 10:00", sla="Gold")
    assert (ticket.starts, ticket.due) == (None, None)


@pytest.mark.databases("sqlite")  # rules, not queries
def test_the_usual_level_is_for_queues_that_name_none(told, make):
    set_queue_level(told.work(), make.queue("General"), "usual")
    assert told.ticket("23 10:00").sla == ""
    save_settings(told.work(), "sla", {"sla.usual_level": "gold"})
    assert told.ticket("23 10:00").sla == "Gold"


def test_a_group_of_requestors_asks_too(told, make):
    ticket = told.ticket("23 10:00")
    colleague = make.customer("bob@client.example")
    group = create_group(told.work(), "Client people")
    add_member(told.work(), group, colleague.id)
    told.staff_does(ticket, "23 10:30", AddWatcher("Requestor", group.id), Correspond(plain_message("Hi.")))
    assert ticket.due == at("24 10:30")
    told.customer = colleague
    told.customer_writes(ticket, "23 14:00")
    assert ticket.due == at("23 16:00")


@pytest.mark.parametrize(("is_assumed", "due"), [(False, "24 14:00"), (True, "23 12:00")])
def test_a_stranger_counts_as_a_customer_only_with_the_setting(told, make, is_assumed, due):
    if is_assumed:
        save_settings(told.work(), "sla", {"sla.assume_outside": True})
    ticket = told.ticket("23 10:00")
    told.customer = make.customer("cc@elsewhere.example")
    told.customer_writes(ticket, "23 14:00")
    assert ticket.due == at(due)


def test_the_scrips_come_with_the_first_queue_and_once(told, make, db):
    def number():
        return db.scalar(select(func.count()).where(Scrip.description.like("Set % by the service level")))

    assert number() == 2
    set_queue_level(told.work(), make.queue("Other"), "Gold")
    assert number() == 2


def test_a_reply_costs_few_queries_more(told, query_count, make):
    ticket = told.ticket("23 10:00")
    told.staff_does(ticket, "23 10:10", Correspond(plain_message("Soon.")))
    with query_count() as with_level:
        told.staff_does(ticket, "23 10:10", Correspond(plain_message("Soon.")))
    set_queue_level(told.work(), make.queue("General"), "none")
    told.staff_does(ticket, "23 10:10", Correspond(plain_message("Soon.")))
    with query_count() as without:
        told.staff_does(ticket, "23 10:10", Correspond(plain_message("Soon.")))
    assert with_level.total - without.total <= 3


@pytest.mark.databases("sqlite")  # what may be saved does not depend on the database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "GOLD"}, "name"),
        ({"name": "usual"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"terms": {"response": -1}}, "response"),
        ({"calendar_id": 999}, "calendar"),
    ],
)
def test_a_level_that_makes_no_sense_is_refused(told, values, field):
    with pytest.raises(Invalid) as refused:
        save_level(told.work(), None, LevelValues(**{"name": "New", **values}))
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.databases("sqlite")  # rules, not queries
def test_a_level_that_tickets_name_keeps_its_name(told, gold):
    told.ticket("23 10:00")
    with pytest.raises(Invalid, match="Tickets name the level"):
        save_level(told.work(), gold, LevelValues("Platinum"))


@pytest.mark.databases("sqlite")  # rules, not queries
def test_only_who_sets_up_service_levels_may(told, make):
    make.staff("tess")
    with pytest.raises(Refused):
        save_level(told.work("tess"), None, LevelValues("Mine"))
    with pytest.raises(Refused):
        set_queue_level(told.work("tess"), make.queue("General"), "usual")


def test_set_up_files_bring_levels_queues_and_ladders_back(told, app, db):
    sections = {section.name: section for section in sections_of(app) if section.name.startswith("sla_")}
    work = told.work()
    (level,) = sections["sla_levels"].dump(work)
    assert level["calendar"] == "Office"
    assert sections["sla_queue_levels"].dump(work) == [{"queue": "General", "level": "Gold"}]
    sections["sla_levels"].save(work, sections["sla_levels"].whole({**level, "name": "Copy"}), None)
    sections["sla_queue_levels"].save(work, {"queue": "general", "level": "Copy"}, None)
    assert sections["sla_queue_levels"].dump(work) == [{"queue": "General", "level": "Copy"}]
    ladder = {"name": "L", "steps": [{"key": "a", "percent": 50, "do": [{"kind": "notify_owner"}]}]}
    whole = sections["sla_ladders"].whole(ladder)
    sections["sla_ladders"].save(work, whole, None)
    assert sections["sla_ladders"].dump(work) == [whole]
    assert db.scalars(select(Level.name).order_by(Level.name)).all() == ["Copy", "Gold"]
