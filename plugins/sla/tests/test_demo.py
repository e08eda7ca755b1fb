"""The sample consultancy's service levels, loaded into a small one and taken away again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.membership import create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.db.base import Base
from rtpy.demo.made import Made
from rtpy.models import Organization, WorkCalendar
from rtpy_sla.clocks.words import Target
from rtpy_sla.demo.load import begin_demo, load_demo
from rtpy_sla.demo.removing import remove_demo
from rtpy_sla.demo.shop import GOLD_CUSTOMERS
from rtpy_sla.models import ClockRow, Policy


@pytest.fixture
def house(make, work, clock):
    """Two customers, one of them with gold, and the groups that the ladder writes to; no tickets so far."""
    clock.set(datetime(2026, 3, 2, 9, tzinfo=UTC))
    clients = [make.organization(GOLD_CUSTOMERS[0], "0.example"), make.organization("Others", "1.example")]
    groups = [create_group(work, name, description="") for name in ("Helpdesk", "Management")]
    return Made(
        seed=1,
        organizations=[each.id for each in clients],
        groups=[each.id for each in groups],
        users=[make.staff("tom").id],
    )


@pytest.fixture
def lived(house, db, make, work_of, clock):
    """Tickets, answered three days later and resolved nine days after that."""

    def live():
        for day in range(6):
            clock.set(datetime(2026, 3, 2 + day, 9, tzinfo=UTC))
            ticket = make.ticket(f"Request of day {day}")
            client = db.get_one(Organization, house.organizations[day % 2])
            change_ticket(work_of(), ticket, SetOrganization(client))
            clock.advance(timedelta(days=3))
            change_ticket(work_of("tom"), ticket, Correspond(plain_message("Seen.")))
            clock.advance(timedelta(days=9))
            if day < 5:
                change_ticket(work_of("tom"), ticket, SetStatus("resolved"))
            house.tickets.append(ticket.id)
        house.is_complete = True
        return house

    return live


def targets(db):
    return set(db.scalars(select(ClockRow.target)))


def test_all_tickets_have_clocks_from_the_first_on(work, db, house, lived):
    begin_demo(work.as_system(), house)
    made = lived()
    load_demo(work.as_system(), made)
    pinned = set(db.scalars(select(ClockRow.ticket_id)))
    assert pinned == set(made.tickets)
    assert {Target.FIRST_RESPONSE, Target.RESOLUTION, Target.PROMISE} <= targets(db)
    assert db.scalar(select(func.count(ClockRow.id)).where(ClockRow.excuse != "")) == 1
    assert db.scalar(select(func.count(ClockRow.id)).where(ClockRow.cause != "")) >= 1


def test_a_sample_that_was_there_before_the_plugin_gets_policies_for_what_is_open(work, db, lived):
    load_demo(work.as_system(), lived())
    assert {Target.RESOLUTION, Target.PROMISE} <= targets(db)


def test_nothing_is_added_to_a_shop_that_has_policies(work, db, house):
    db.add(Policy(name="Our own", position=1))
    db.flush()
    begin_demo(work.as_system(), house)
    assert db.scalars(select(Policy.name)).all() == ["Our own"]


def test_removing_it_leaves_nothing(work, db, house, lived):
    begin_demo(work.as_system(), house)
    made = lived()
    load_demo(work.as_system(), made)
    remove_demo(work.as_system(), made)
    left = {
        name: db.scalar(select(func.count()).select_from(table))
        for name, table in Base.metadata.tables.items()
        if name.startswith("sla_")
    }
    assert {name: number for name, number in left.items() if number} == {}
    assert db.scalar(select(func.count(WorkCalendar.id))) == 0
