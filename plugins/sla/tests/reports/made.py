"""Clocks and pauses as rows, for reports."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from rtpy.models import Ticket
from rtpy_sla.models import ClockRow, PauseRow, Policy, PolicyVersion, TicketSla

HOUR = 3600


def at(text):
    """`03-10 9:30`: of 2026, UTC."""
    day, _, clock = text.partition(" ")
    hours, _, minutes = (clock or "12").partition(":")
    month, number = day.split("-")
    return datetime(2026, int(month), int(number), int(hours), int(minutes or 0), tzinfo=UTC)


def put(db, ticket, **values):
    """The ticket as if that had happened to it."""
    db.flush()
    db.connection().execute(update(Ticket).where(Ticket.id == ticket.id).values(**values))
    db.expire(ticket)


@pytest.fixture
def gold(db, work):
    """The version of a policy of that name; no ticket gets it by itself."""
    policy = Policy(name="Gold", position=1, disabled=True)
    db.add(policy)
    db.flush()
    version = PolicyVersion(
        policy_id=policy.id,
        number=1,
        conditions={},
        bands=[],
        reopening="continue",
        confirm_seconds=0,
        on_priority="creation",
        created=work.now,
        creator_id=work.actor.user_id,
    )
    db.add(version)
    db.flush()
    return version


@pytest.fixture
def clock_row(db, gold):
    """`clock_row(ticket, "resolution", "03-01 9", ended="03-01 11", due="03-01 12")`; used is by the clock."""

    def made(ticket, target, started, *, ended=None, due=None, **more):
        begin, end, limit = at(started), ended and at(ended), due and at(due)
        is_missed = bool(limit and end and end > limit)
        missed = more.pop("missed", None)
        values = {
            "cycle": 1,
            "state": "ended" if end else "running",
            "unit": "business",
            "amount": int((limit - begin).total_seconds()) if limit else None,
            "used": int((end - begin).total_seconds()) if end else 0,
            "since": None if end else begin,
            "paused": 0,
            "missed": at(missed) if missed else (limit if is_missed else None),
            "version_id": gold.id,
            "calendar_versions": [],
            "steps": [],
            "started_by": 0,
            **more,
        }
        known = [each for each in (values["missed"], end) if each]
        row = ClockRow(
            ticket_id=ticket.id,
            target=target,
            started=begin,
            due=limit,
            ended=end,
            settled=min(known) if known else None,
            **values,
        )
        db.add(row)
        if db.get(TicketSla, ticket.id) is None:
            db.add(
                TicketSla(
                    ticket_id=ticket.id,
                    policy_id=gold.policy_id if values["version_id"] else None,
                    version_id=values["version_id"],
                    played=begin,
                )
            )
        db.flush()
        return row

    return made


@pytest.fixture
def pause_row(db):
    """`pause_row(ticket, "customer", "03-01 9", hours=3, wrote="03-01 10")`."""

    def made(ticket, ball, start, *, hours=1, wrote=None, by=None, **more):
        row = PauseRow(
            ticket_id=ticket.id,
            ball=ball,
            start=at(start),
            end=at(start) + timedelta(hours=hours),
            by_id=by.id if by else None,
            customer_wrote=at(wrote) if wrote else None,
            ended_why="customer" if wrote else "status",
            **more,
        )
        db.add(row)
        db.flush()
        return row

    return made
