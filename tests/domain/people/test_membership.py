"""Membership: the closure against a naive reference, circles, and what one more member costs."""

import random
from itertools import count

import pytest
from sqlalchemy import insert, select

from rtpy.changes.membership import add_member, create_group, enable_group, paths_to, remove_member
from rtpy.errors import Refused
from rtpy.models import Group, GroupClosure, GroupMember, Principal
from rtpy.rights.grants import load_rights


def naive_closure(db):
    """Shortest ways through enabled groups, one step at a time, from the direct memberships alone."""
    groups = set(db.scalars(select(Group.id)))
    off = set(db.scalars(select(Principal.id).where(Principal.disabled.is_(True))))
    below = {}
    for group, member in db.execute(select(GroupMember.group_id, GroupMember.member_id)):
        below.setdefault(group, set()).add(member)
    found = set()
    for start in groups:
        seen, edge = {start: 0}, {start}
        for depth in count(1):
            edge = {
                member
                for here in edge
                if here == start or here not in off
                for member in below.get(here, ())
                if member not in seen
            }
            if not edge:
                break
            seen |= dict.fromkeys(edge, depth)
        found |= {(start, member, depth) for member, depth in seen.items()}
    return found


def stored_closure(db):
    return {
        tuple(row)
        for row in db.execute(select(GroupClosure.group_id, GroupClosure.member_id, GroupClosure.depth))
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_closure_is_what_the_direct_memberships_say(work, make, db, seed):
    chance = random.Random(seed)
    groups = [create_group(work, f"g{number}") for number in range(7)]
    people = [make.customer(f"p{number}@client.example").id for number in range(3)]
    refused = 0
    for _ in range(60):
        group, other = chance.choice(groups), chance.choice(groups)
        deed = chance.randrange(10)
        if deed < 4:
            try:
                add_member(work, group, other.id)
            except Refused:
                refused += 1
        elif deed < 6:
            add_member(work, group, chance.choice(people))
        elif deed < 8:
            members = db.scalars(select(GroupMember.member_id).where(GroupMember.group_id == group.id)).all()
            if members:
                remove_member(work, group, chance.choice(members))
        else:
            enable_group(work, group, enabled=chance.random() < 0.5)
        assert stored_closure(db) == naive_closure(db)
    assert refused


def test_who_is_in_a_group_by_two_ways_stays_when_one_is_taken_away(work, make, db):
    outer, left, right = (create_group(work, name) for name in ("outer", "left", "right"))
    ann = make.customer("ann@client.example").id
    for middle in (left, right):
        add_member(work, outer, middle.id)
        add_member(work, middle, ann)
    remove_member(work, left, ann)
    assert db.get(GroupClosure, (outer.id, ann)).depth == 2
    remove_member(work, outer, right.id)
    assert db.get(GroupClosure, (outer.id, ann)) is None


def test_a_circle_is_refused_with_its_path(work):
    staff, dispatch, night = (create_group(work, name) for name in ("Staff", "Dispatch", "Night shift"))
    add_member(work, staff, dispatch.id)
    add_member(work, dispatch, night.id)
    with pytest.raises(Refused) as refused:
        add_member(work, night, staff.id)
    assert str(refused.value) == (
        "Staff cannot be put into Night shift, it would contain itself: "
        "Staff, which has the member Dispatch, which has the member Night shift."
    )
    with pytest.raises(Refused, match="a member of itself"):
        add_member(work, night, night.id)


def test_a_circle_through_a_disabled_group_is_refused_too(work):
    outer, middle, inner = (create_group(work, name) for name in ("outer", "middle", "inner"))
    add_member(work, outer, middle.id)
    add_member(work, middle, inner.id)
    enable_group(work, middle, enabled=False)
    with pytest.raises(Refused, match="contain itself"):
        add_member(work, inner, outer.id)


def test_rights_through_a_disabled_group_stop_at_once_and_come_back(work, make, db):
    outer, middle = create_group(work, "outer"), create_group(work, "middle")
    jo = make.staff("jo")
    add_member(work, outer, middle.id)
    add_member(work, middle, jo.id)
    make.grant(outer, "AdminUsers")
    assert load_rights(db, jo.id).system("AdminUsers")
    enable_group(work, middle, enabled=False)
    assert not load_rights(db, jo.id).system("AdminUsers")
    enable_group(work, middle, enabled=True)
    assert load_rights(db, jo.id).system("AdminUsers")


def test_the_way_to_a_member_is_told(work, make, db):
    outer, middle = create_group(work, "outer"), create_group(work, "middle")
    jo = make.staff("jo")
    add_member(work, outer, middle.id)
    add_member(work, middle, jo.id)
    assert paths_to(db, outer.id, jo.id) == [middle.id]
    assert paths_to(db, middle.id, jo.id) == []
    assert paths_to(db, outer.id, work.actor.user_id) is None


def test_one_member_more_touches_only_its_own_rows(work, make, db, query_count):
    groups = [create_group(work, f"g{number}") for number in range(40)]
    rows = [{"group_id": group.id, "member_id": 0, "depth": 1} for group in groups]
    jo, eva = make.staff("jo"), make.staff("eva")
    for row in rows:
        row["member_id"] = eva.id
    db.connection().execute(insert(GroupClosure.__table__), rows)
    db.connection().execute(
        insert(GroupMember.__table__), [{key: row[key] for key in ("group_id", "member_id")} for row in rows]
    )
    before = stored_closure(db)
    with query_count() as few:
        add_member(work, groups[0], jo.id)
    assert few.total <= 8
    assert stored_closure(db) - before == {(groups[0].id, jo.id, 1)}
    assert before - stored_closure(db) == set()
