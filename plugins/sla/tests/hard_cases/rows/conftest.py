"""Policies that count every minute, people who do things at their hours after nine, and the clocks that come of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.models import PluginSetting
from rtpy.work import Face
from rtpy_sla.models import ClockRow, Policy, PolicyVersion

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600
ALL = ["customer", "third", "scheduled"]


def at(hours):
    """So many hours after nine."""
    return NINE + timedelta(hours=hours)


def said(text="Have you tried turning it off?"):
    return Correspond(plain_message(text))


@pytest.fixture
def policy(db, work):
    """Makes a policy that counts every minute: `policy("Gold", {"queues": [1]}, resolution=8)`, hours by target."""

    def make_policy(name, conditions=None, **hours):
        row = Policy(name=name, position=db.query(Policy).count() + 1)
        db.add(row)
        db.flush()
        terms = {
            target: {"amount": amount * HOUR, "unit": "wall", "pauses": ALL}
            for target, amount in (
                hours or {"first_response": 4, "next_response": 2, "resolution": 24}
            ).items()
        }
        version = PolicyVersion(
            policy_id=row.id,
            number=1,
            conditions=conditions or {},
            bands=[{"from_priority": 0, "calendar_id": None, "terms": terms}],
            reopening="continue",
            confirm_seconds=7 * 86_400,
            on_priority="creation",
            created=NINE,
            creator_id=work.actor.user_id,
        )
        db.add(version)
        db.flush()
        return version

    return make_policy


@pytest.fixture
def does(app, db, clock, work_of):
    """`does(ticket, 2, said(), by="jo")`: somebody changes the ticket two hours after nine."""

    def change(ticket, hours, *changes, by="root", face=Face.WEB):
        clock.set(at(hours))
        return change_ticket(work_of(by, face), ticket, *changes)

    return change


@pytest.fixture
def clocks(db):
    """`clocks(ticket)`: its clocks by target, or target and cycle after the first."""

    def read(ticket):
        rows = db.scalars(
            select(ClockRow).where(ClockRow.ticket_id == ticket.id).execution_options(populate_existing=True)
        )
        return {row.target if row.cycle == 1 else f"{row.target} {row.cycle}": row for row in rows}

    return read


@pytest.fixture
def gold(policy, clock):
    """For every ticket: answered in 4 hours, again in 2, resolved in 24."""
    clock.set(NINE)
    return policy("Gold")


def set_to(name, value):
    """A setting of the plugin."""
    return PluginSetting(plugin="sla", name=name, value=value, changed=NINE)
