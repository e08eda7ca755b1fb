"""Units that are counted: a customer's assets and the members of a group."""

from datetime import date

import pytest

from rtpy.changes.membership import add_member, create_group
from rtpy.errors import Invalid
from rtpy.models import Asset, Catalog, Principal
from rtpy_billing.agreements.counting import count_line
from rtpy_billing.balances.kinds import LineKind
from rtpy_billing.invoicing.due import units_of

UNITS = {"price": "10", "quantity": "3", "unit": "device"}


@pytest.fixture
def assets(work, client, make, db):
    """Four of the client's, one of them retired, and one of somebody else."""
    catalog = Catalog(name="Devices", lifecycle="assets", created=work.now)
    db.add(catalog)
    db.flush()
    other = make.organization("Other")
    rows = [("Laptop 1", "in-use", client), ("Laptop 2", "in-use", client), ("Laptop 3", "deleted", client)]
    rows += [("Printer 1", "new", client), ("Laptop 9", "in-use", other)]
    for name, status, owner in rows:
        db.add(
            Asset(
                name=name,
                catalog_id=catalog.id,
                status=status,
                organization_id=owner.id,
                owner_id=work.app.nobody_id(db),
                creator_id=work.actor.user_id,
                last_updated_by_id=work.actor.user_id,
                created=work.now,
                last_updated=work.now,
            )
        )
    db.flush()


@pytest.mark.parametrize(
    ("query", "number"), [("", 3), ("Name LIKE 'Laptop'", 2), ("Name LIKE 'Printer'", 1)]
)
def test_the_customers_assets_are_counted_as_the_search_says(agree, work_of, assets, query, number):
    agreement, line = agree("per_unit", {**UNITS, "quantity_source": "assets", "count_query": query})
    assert count_line(work_of(), agreement, line)
    assert (line.counted, line.counted_on) == (number, date(2026, 3, 10))
    assert units_of(line, LineKind.PER_UNIT, date(2026, 3, 10)) == (number, "")


def test_members_of_a_group_are_counted_through_other_groups_and_only_while_they_are_on(
    agree, work_of, make, db
):
    work = work_of()
    outer, inner = create_group(work, "Licences"), create_group(work, "Sales")
    people = [make.customer(f"{name}@client.example") for name in ("ann", "bob", "cy")]
    for group, member in ((outer, people[0]), (outer, inner), (inner, people[1]), (inner, people[2])):
        add_member(work, group, member.id)
    db.get(Principal, people[2].id).disabled = True
    db.flush()
    agreement, line = agree("per_unit", {**UNITS, "quantity_source": "group", "count_group": "Licences"})
    assert count_line(work, agreement, line)
    assert line.counted == 2


def test_a_source_that_says_nothing_leaves_the_last_number(agree, work_of):
    agreement, line = agree("per_unit", {**UNITS, "quantity_source": "group", "count_group": "Gone"})
    line.counted, line.counted_on = 7, date(2026, 2, 1)
    assert not count_line(work_of(), agreement, line)
    number, remark = units_of(line, LineKind.PER_UNIT, date(2026, 3, 1))
    assert number == 7
    assert "7 were counted on 2026-02-01" in remark


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"quantity_source": "assets", "count_query": "Name = ="}, "This search cannot be read"),
        ({"quantity_source": "group"}, "Whose members are counted"),
    ],
)
def test_a_source_that_cannot_be_is_refused(agree, given, sentence):
    with pytest.raises(Invalid, match=sentence):
        agree("per_unit", {**UNITS, **given})
