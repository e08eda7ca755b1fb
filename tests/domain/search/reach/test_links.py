"""Links in queries: by type and direction, to tickets, things and addresses; merged numbers lead on."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpy.changes.assets.links import LinkAsset
from rtpy.changes.assets.pipeline import CreateAsset, change_asset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.reminders import AddReminder
from rtpy.models import Link
from rtpy.search.fields.field import CannotSearch
from rtpy.search.searched import Target

URL = "https://wiki.example/7?a=b"


@pytest.fixture
def assets(work):
    machines = make_catalog(work, CatalogValues("Machines", "assets"))
    return {
        name: create_asset(work, CreateAsset(machines, name)) for name in ("box", "disk", "cable", "spare")
    }


@pytest.fixture
def made(work, make, assets):
    """b is part of a, c depends on a, c refers to d and back, e to an address, f to the box; d was merged into m."""
    tickets = {name: make.ticket(name) for name in "abcdefm"}
    a, b, c, d, e, f, m = (tickets[name] for name in "abcdefm")
    for ticket, link in (
        (b, AddLink("MemberOf", str(a.id))),
        (c, AddLink("DependsOn", str(a.id))),
        (c, AddLink("RefersTo", str(d.id))),
        (d, AddLink("RefersTo", str(b.id))),
        (e, AddLink("RefersTo", URL)),
        (f, AddLink("RefersTo", f"asset:{assets['box'].id}")),
    ):
        change_ticket(work, ticket, link)
    change_ticket(work, d, MergeInto(m))
    return tickets


@pytest.fixture
def ids(made):
    return {name: ticket.id for name, ticket in made.items() if name != "d"}


def test_links_are_found_by_type_and_direction(work, made, ids, assets, check_table):
    a, b, d, m = (made[name].id for name in "abdm")
    box = assets["box"].id
    check_table(
        work,
        ids,
        [
            (f"MemberOf = {a}", "b"),
            (f"MemberOf = '{a}'", "b"),
            (f"MemberOf = '#{a}'", "b"),
            (f"memberof = {a}", "b"),
            (f"MemberOf != {a}", "a c e f m"),
            ("MemberOf IS NULL", "a c e f m"),
            ("MemberOf IS NOT NULL", "b"),
            (f"HasMember = {b}", "a"),
            ("HasMember IS NULL", "b c e f m"),
            (f"DependsOn = {a}", "c"),
            (f"DependsOn = {b}", ""),
            (f"DependsOn != {b}", "a b c e f m"),
            ("DependedOnBy IS NOT NULL", "a"),
            ("DependentOn IS NOT NULL", "a"),
            (f"DependedOnBy = {made['c'].id}", "a"),
            (f"RefersTo = {m}", "c"),
            (f"RefersTo = {d}", "c"),
            (f"RefersTo != {d}", "a b e f m"),
            (f"ReferredToBy = {d}", "b"),
            (f"ReferredToBy = {m}", "b"),
            (f"RefersTo IN ({b}, {d})", "c m"),
            (f"RefersTo NOT IN ({b}, '{URL}')", "a b c f"),
            ("RefersTo IS NULL", "a b"),
            ("ReferredToBy IS NULL", "a c e f"),
            (f"RefersTo = '{URL}'", "e"),
            (f"RefersTo != '{URL}'", "a b c f m"),
            ("RefersTo = 'https://wiki.example/8'", ""),
            (f"RefersTo = 'asset:{box}'", "f"),
            (f"RefersTo != 'asset:{box}'", "a b c e m"),
            ("RefersTo = 'asset:999999'", ""),
            ("RefersTo = 'a:7'", ""),
            (f"LinkedTo = {a}", "b c"),
            (f"LinkedTo = {m}", "c"),
            ("LinkedTo IS NULL", "a"),
            (f"LinkedFrom = {made['c'].id}", "a m"),
            (f"LinkedFrom != {made['c'].id}", "b c e f"),
            (f"Linked = {b}", "a m"),
            (f"Linked != {b}", "b c e f"),
            ("Linked IS NULL", ""),
            (f"Linked = {d}", "b c"),
            ("MemberOf = 999999999999", ""),
            ("MemberOf = 0", ""),
        ],
    )


def test_what_is_no_link_is_a_pointed_error(work, found):
    for text in (
        "MemberOf = 'Printer'",
        "RefersTo = 'javascript:alert(1)'",
        "Linked = '-3'",
        "MemberOf.id = 3",
    ):
        with pytest.raises(CannotSearch) as caught:
            found(work, text)
        assert caught.value.column == 1


def test_a_reminder_is_no_link_to_who_asks_for_those_without(work, make, check_table):
    ticket, other = make.ticket("With a reminder"), make.ticket("Without")
    change_ticket(work, ticket, AddReminder("Call them"))
    check_table(work, {"with": ticket.id, "without": other.id}, [("ReferredToBy IS NULL", "with without")])


def test_links_of_assets(work, work_of, make, assets, made, check_table, grant_on):
    box, disk, cable = (assets[name] for name in ("box", "disk", "cable"))
    change_asset(work, disk, LinkAsset("MemberOf", f"asset:{box.id}"))
    change_asset(work, cable, LinkAsset("RefersTo", URL))
    ids = {name: asset.id for name, asset in assets.items()}
    f = made["f"].id
    table = [
        (f"MemberOf = 'asset:{box.id}'", "disk"),
        (f"MemberOf != 'asset:{box.id}'", "box cable spare"),
        (f"HasMember = 'asset:{disk.id}'", "box"),
        ("MemberOf IS NULL", "box cable spare"),
        ("HasMember IS NOT NULL", "box"),
        (f"RefersTo = '{URL}'", "cable"),
        ("RefersTo IS NOT NULL", "cable"),
        (f"ReferredToBy = {f}", "box"),
        (f"ReferredToBy != {f}", "disk cable spare"),
        ("ReferredToBy IS NULL", "disk cable spare"),
        (f"Linked = {f}", "box"),
        ("Linked IS NULL", "spare"),
        (f"LinkedFrom = 'asset:{disk.id}'", "box"),
    ]
    check_table(work, ids, table, Target.ASSETS)
    jo = make.staff("jo")  # sees assets, and not the ticket
    grant_on(jo, "ShowAsset", "catalog", box.catalog_id)
    make.revoke("ShowTicket", make.queue())
    hidden = [(f"ReferredToBy = {f}", ""), ("ReferredToBy IS NULL", "box disk cable spare")]
    check_table(work_of("jo"), ids, hidden, Target.ASSETS)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6),
    other=st.integers(0, 4),
)
def test_the_negation_of_a_link_is_its_exact_complement(work, make, db, found, pairs, other):
    names = ("MemberOf", "HasMember", "LinkedTo", "LinkedFrom", "Linked")
    ids = [ticket.id for ticket in _four(make, db)]
    with db.begin_nested() as undone:
        for base, target in pairs:
            db.add(
                Link(
                    type="MemberOf",
                    base="b",
                    target="t",
                    local_base_id=ids[base],
                    local_target_id=ids[target],
                )
            )
        db.flush()
        number = ids[other] if other < 4 else 999_999
        for name in names:
            has = _expected(name, pairs, other)
            assert set(found(work, f"{name} = {number}")) & set(ids) == {ids[each] for each in has}
            assert set(found(work, f"{name} != {number}")) & set(ids) == {
                ids[i] for i in range(4) if i not in has
            }
        undone.rollback()


def _four(make, db):
    if "four" not in db.info:
        db.info["four"] = [make.ticket(str(number)) for number in range(4)]
    return db.info["four"]


def _expected(name, pairs, other):
    towards = {base for base, target in pairs if target == other}
    from_ = {target for base, target in pairs if base == other}
    return {
        "MemberOf": towards, "LinkedTo": towards, "HasMember": from_, "LinkedFrom": from_, "Linked": towards | from_,
    }[name]  # fmt: skip
