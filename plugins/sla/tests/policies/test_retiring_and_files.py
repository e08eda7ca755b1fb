"""Policies that are disabled, and policies in set-up files."""

import pytest
from sqlalchemy import select

from plugins.sla.tests.web.conftest import HOUR, NINE, add_office, add_policy, term
from rtpy.errors import Invalid
from rtpy.models import OrganizationSite, WorkCalendar
from rtpy_sla.models import ClockRow, Policy, PolicyVersion, TicketSla
from rtpy_sla.policies.ordering import set_disabled
from rtpy_sla.policies.retiring import retire
from rtpy_sla.policies.sections import POLICIES


@pytest.fixture
def shop(db, work, clock, make):
    """Urgent for one queue, Usual for another; nothing for the third."""
    clock.set(NINE)
    work.now = NINE
    office = add_office(db)
    both = [make.queue("Here").id, make.queue("There").id]
    add_policy(db, work, office, "First", 1, {"queues": both}, first_response=term(HOUR))
    add_policy(db, work, office, "Second", 2, {"queues": both[:1]}, first_response=term(4 * HOUR))
    return [make.ticket("One", queue="Here"), make.ticket("Two", queue="There")]


def policy_named(db, name):
    return db.scalars(select(Policy).where(Policy.name == name)).one()


def test_tickets_of_a_disabled_policy_get_what_fits_or_nothing(shop, work, db):
    first, second = policy_named(db, "First"), policy_named(db, "Second")
    set_disabled(work, first, disabled=True)
    here, there = (db.get(TicketSla, ticket.id) for ticket in shop)
    assert (here.policy_id, there.policy_id, there.next_due) == (second.id, None, None)
    states = db.scalars(select(ClockRow.state).where(ClockRow.ticket_id == shop[1].id))
    assert set(states) == {"stopped"}
    assert retire(work) == 0  # nothing is left for the worker


def test_what_is_exported_can_be_loaded_and_comes_out_the_same(shop, work, db, make):
    acme = make.organization("Acme")
    db.add(OrganizationSite(organization_id=acme.id, name="Harbour"))
    db.flush()
    site = db.scalars(select(OrganizationSite.id)).one()
    version = db.scalars(select(PolicyVersion).order_by(PolicyVersion.id)).first()
    office = version.bands[0]["calendar_id"]
    conditions = {
        "organizations": [acme.id],
        "sites": [site],
        "priority_from": 50,
        "query": "Subject LIKE 'x'",
    }
    add_policy(db, work, db.get(WorkCalendar, office), "Third", 3, conditions, resolution=term(8 * HOUR))
    written = [POLICIES.whole(dict(each)) for each in POLICIES.dump(work)]
    assert written[2]["conditions"]["sites"] == [["Acme", "Harbour"]]
    assert written[2]["bands"][0]["calendar"] == "Berlin office"
    for each in written:
        POLICIES.save(work, {**each, "name": f"{each['name']} again"}, None)
    again = [{**each, "name": each["name"].removesuffix(" again")} for each in POLICIES.dump(work)]
    assert [POLICIES.whole(each) for each in again] == written * 2
    numbers = db.scalars(select(PolicyVersion.number)).all()
    POLICIES.save(work, written[0], written[0])
    assert db.scalars(select(PolicyVersion.number)).all() == numbers  # the same makes no version
    with pytest.raises(Invalid, match="no queue Nowhere"):
        POLICIES.save(work, {**written[0], "conditions": {"queues": ["Nowhere"]}}, written[0])
    with pytest.raises(Invalid, match="not as it is exported"):
        POLICIES.save(work, {**written[0], "bands": [{}]}, written[0])


def band(target="resolution", **given):
    said = {"amount": 3600, "unit": "business", "pauses": ["customer"], **given}
    return {"bands": [{"from_priority": 0, "calendar": "Berlin office", "terms": {target: said}}]}


@pytest.mark.databases("sqlite")  # what a file says is read before anything is asked
def test_a_file_with_terms_that_could_not_be_counted_by_is_refused(shop, work, db):
    wrong = [
        band("moon"),
        *(band(amount=each) for each in (-1, "x", None, 10**12)),
        *(band(unit=each) for each in ("parsec", None)),
        *(band(pauses=each) for each in (["mars"], None)),
        {"bands": [{"from_priority": 10**12, "calendar": "", "terms": {}}]},
        {"bands": [{"from_priority": 0, "calendar": "", "terms": ["resolution"]}]},
        *({"conditions": {name: "x"}} for name in ("organisations", "queues", "priority_from", "fields")),
        *({"conditions": each} for each in ({"channels": [1]}, {"fields": {"x": "y"}}, {"query": 1}, ["x"])),
    ]
    for each in wrong:
        with pytest.raises(Invalid, match="not as it is exported"):
            POLICIES.save(work, POLICIES.whole({"name": "Odd", **band(), **each}), None)
    POLICIES.save(work, POLICIES.whole({"name": "Fine", **band()}), None)
    assert "Odd" not in db.scalars(select(Policy.name)).all()
