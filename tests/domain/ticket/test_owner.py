"""Ownership: RT's table of who may give what to whom."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.owner import SetOwner, Steal, Take, Untake
from rtpy.errors import Refused
from rtpy.models import User
from rtpy.models.user import NOBODY
from rtpy.testing.people import Factory
from rtpy.work import Work


@pytest.fixture
def narrow(make: Factory) -> Factory:
    """Queue Narrow, where tech and other may own, see and take tickets, and no more."""
    queue = make.queue("Narrow", granted=False)
    for name in ("tech", "other"):
        make.grant(make.staff(name), "OwnTicket", "ShowTicket", "TakeTicket", "SeeQueue", queue=queue)
    return make


def _user(db: Session, name: str) -> User:
    return db.scalars(select(User).where(User.name == name)).one()


def test_taking_what_nobody_owns(narrow: Factory, work_of: Callable[..., Work], db: Session) -> None:
    ticket = narrow.ticket(queue="Narrow")

    outcome = change_ticket(work_of("tech"), ticket, Take())

    assert ticket.owner_id == _user(db, "tech").id
    assert [(entry.type, entry.field) for entry in outcome.transactions] == [("Set", "Owner")]


@pytest.mark.parametrize(
    ("owner", "extra", "change", "refusal"),
    [
        ("other", (), Take(), "Somebody owns"),
        ("tech", (), Take(), "You own"),
        ("other", (), Steal(), "StealTicket"),
        ("other", ("StealTicket",), Steal(), ""),
        (NOBODY, ("StealTicket",), Steal(), "nothing to steal"),
        ("other", (), Untake(), "ReassignTicket"),
        ("other", ("ReassignTicket",), Untake(), ""),
        ("tech", (), Untake(), ""),
        (NOBODY, (), Untake(), "Nobody owns"),
    ],
)
def test_the_table_of_ownership(
    owner: str,
    extra: tuple[str, ...],
    change: Change,
    refusal: str,
    narrow: Factory,
    work_of: Callable[..., Work],
    db: Session,
) -> None:
    ticket = narrow.ticket(queue="Narrow")
    if owner != NOBODY:
        change_ticket(work_of("root"), ticket, SetOwner(_user(db, owner)))
    narrow.grant(_user(db, "tech"), *extra, queue=narrow.queue("Narrow"))

    if refusal:
        with pytest.raises(Refused, match=refusal):
            change_ticket(work_of("tech"), ticket, change)
    else:
        change_ticket(work_of("tech"), ticket, change)
        assert ticket.owner_id != _user(db, "other").id


@pytest.mark.parametrize(
    ("owner", "to", "extra", "allowed"),
    [
        (NOBODY, "tech", (), True),
        (NOBODY, "other", (), False),
        (NOBODY, "other", ("ModifyTicket",), True),
        (NOBODY, "other", ("ReassignTicket",), True),
        ("other", "tech", (), False),
        ("other", "tech", ("ModifyTicket",), False),
        ("other", "tech", ("ReassignTicket",), True),
        ("tech", "other", (), False),
        ("tech", "other", ("ModifyTicket",), True),
    ],
)
def test_the_table_of_giving(
    owner: str,
    to: str,
    extra: tuple[str, ...],
    allowed: bool,
    narrow: Factory,
    work_of: Callable[..., Work],
    db: Session,
) -> None:
    ticket = narrow.ticket(queue="Narrow")
    if owner != NOBODY:
        change_ticket(work_of("root"), ticket, SetOwner(_user(db, owner)))
    narrow.grant(_user(db, "tech"), *extra, queue=narrow.queue("Narrow"))

    if allowed:
        change_ticket(work_of("tech"), ticket, SetOwner(_user(db, to)))
        assert ticket.owner_id == _user(db, to).id
    else:
        with pytest.raises(Refused):
            change_ticket(work_of("tech"), ticket, SetOwner(_user(db, to)))
