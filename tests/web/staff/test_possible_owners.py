"""Who may own tickets is remembered, and read anew at once when that changes."""

import pytest
from sqlalchemy import select

from rtpy.changes.membership import add_member, create_group, enable_group, remove_member
from rtpy.identity.accounts import set_disabled
from rtpy.models import Group
from rtpy.models.group import PRIVILEGED
from rtpy.web.staff.ticket.choices import possible_owners


@pytest.fixture
def names(app, db, make):
    """Of who may own tickets of a queue in which nobody was granted anything."""
    queue = make.queue("Bare", granted=False)
    return lambda: [name for _, name in possible_owners(app, db, queue.id)]


def test_owners_are_read_once_and_customers_who_come_change_nothing(names, make, query_count):
    make.grant(make.staff("jo"), "OwnTicket")
    assert "jo" in names()
    make.customer("ann@client.example")
    with query_count() as count:
        names()
    assert count.total == 0


def test_what_changes_who_may_own_is_seen_at_once(names, work, db, make):
    group = create_group(work, "Network")
    make.grant(group, "OwnTicket")
    assert "kim" not in names()
    kim = make.staff("kim")
    for deed, owns in (
        (lambda: add_member(work, group, kim.id), True),
        (lambda: enable_group(work, group, enabled=False), False),
        (lambda: enable_group(work, group, enabled=True), True),
        (lambda: set_disabled(work, kim, disabled=True), False),
        (lambda: set_disabled(work, kim, disabled=False), True),
        (lambda: remove_member(work, group, kim.id), False),
    ):
        deed()
        db.flush()
        assert ("kim" in names()) is owns


def test_new_staff_and_new_names_are_seen_at_once(names, db, make):
    make.grant(db.scalar(select(Group).where(Group.name == PRIVILEGED)), "OwnTicket")
    names()
    max_ = make.staff("max")
    assert "max" in names()
    max_.real_name = "Max Maier"
    db.flush()
    assert "Max Maier" in names()
