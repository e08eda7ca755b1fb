"""Saved searches: who sees and who changes them, their names, pins and queues."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rtpy.changes.groups import make_group, put_into_group
from rtpy.changes.saved_searches import (
    change_search,
    delete_search,
    pin_search,
    save_search,
    set_queue_search,
    unpin_search,
)
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import Ace, ConfigChange, Queue
from rtpy.search.saved import (
    ChartChoice,
    Content,
    content_of,
    open_search,
    pinned,
    plain_content,
    saved_searches,
    search_of_queue,
)

OPEN = plain_content(Content("Status = '__Active__'", order=(("Priority", "DESC"),)))


@pytest.fixture
def group(work, make, work_of, db):
    """The group Night shift, whose members Jo and Kim may see and save its searches."""
    made = make_group(work, name="Night shift")
    for name in ("jo", "kim"):
        put_into_group(work, made, make.staff(name).id)
    for right in ("SeeGroupSavedSearch", "AdminGroupSavedSearch"):
        db.add(Ace(principal_id=made.id, right_name=right, object_type="group", object_id=made.id))
    db.flush()
    return made


def names(work):
    return [each.name for each in saved_searches(work)]


def test_ones_own_are_seen_by_nobody_else(group, work_of):
    jo, kim = work_of("jo"), work_of("kim")
    row = save_search(jo, name="Mine", content=OPEN, owner_id=jo.actor.user_id)
    assert names(jo) == ["Mine"]
    assert names(kim) == []
    with pytest.raises(NotFound):
        open_search(kim, row.id)
    with pytest.raises(Refused, match="only for yourself"):
        change_search(kim, row, name="Stolen", content=OPEN, owner_id=kim.actor.user_id)


def test_a_groups_are_seen_and_changed_by_its_members_only(group, work_of, make):
    make.staff("stranger")
    jo, kim, stranger = work_of("jo"), work_of("kim"), work_of("stranger")
    row = save_search(jo, name="Ours", content=OPEN, owner_id=group.id)
    assert names(kim) == ["Ours"]
    assert names(stranger) == []
    change_search(kim, row, name="Of us all", content=OPEN, owner_id=group.id)
    assert open_search(jo, row.id).owner == "Night shift"
    with pytest.raises(Refused, match="for this group"):
        delete_search(stranger, row)


def test_the_systems_are_seen_by_staff_and_changed_by_who_has_the_right(group, work, work_of):
    row = save_search(work, name="All open", content=OPEN, owner_id=None)
    jo = work_of("jo")
    assert [(each.name, each.may_change) for each in saved_searches(jo)] == [("All open", False)]
    with pytest.raises(Refused, match="for everybody"):
        delete_search(jo, row)
    delete_search(work, row)
    assert names(jo) == []


def test_own_ones_come_first_then_groups_then_the_systems(group, work, work_of):
    jo = work_of("jo")
    save_search(work, name="A", content=OPEN, owner_id=None)
    save_search(jo, name="B", content=OPEN, owner_id=group.id)
    save_search(jo, name="C", content=OPEN, owner_id=jo.actor.user_id)
    assert names(jo) == ["C", "B", "A"]


@pytest.mark.parametrize(("name", "problem"), [(" ", "a name"), ("x" * 201, "at most"), ("OPEN", "already")])
def test_a_name_that_does_not_hold_is_refused(work, name, problem):
    save_search(work, name="Open", content=OPEN, owner_id=None)
    with pytest.raises(Invalid, match=problem):
        save_search(work, name=name, content=OPEN, owner_id=None)


def test_a_deleted_name_is_free_and_other_kinds_have_names_of_their_own(work):
    delete_search(work, save_search(work, name="Open", content=OPEN, owner_id=None))
    save_search(work, name="Open", content=OPEN, owner_id=None)
    save_search(work, name="Open", content=OPEN, owner_id=None, kind="asset")


def test_only_shared_ones_are_in_the_log_of_the_set_up(work, db):
    row = save_search(work, name="All", content=OPEN, owner_id=None)
    change_search(work, row, name="All open", content=OPEN, owner_id=None)
    save_search(work, name="Mine", content=OPEN, owner_id=work.actor.user_id)
    noted = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "saved search").order_by(ConfigChange.id)
    ).all()
    assert [(each.action, each.after.get("name")) for each in noted] == [
        ("create", "All"),
        ("change", "All open"),
    ]


def test_pins_keep_their_order_until_the_search_is_no_longer_shared(group, work, work_of):
    jo, kim = work_of("jo"), work_of("kim")
    second = save_search(kim, name="Second", content=OPEN, owner_id=group.id)
    first = save_search(work, name="First", content=OPEN, owner_id=None)
    for row in (second, first, second):
        pin_search(jo, row)
    assert pinned(jo) == [(second.id, "Second"), (first.id, "First")]
    change_search(kim, second, name="Second", content=OPEN, owner_id=kim.actor.user_id)
    assert pinned(jo) == [(first.id, "First")]
    unpin_search(jo, first.id)
    assert pinned(jo) == []
    with pytest.raises(NotFound):
        pin_search(jo, second)


def test_a_queue_has_a_search_of_the_system_as_its_list(work, work_of, db, make):
    queue = db.scalar(select(Queue).where(Queue.name == "General"))
    shared = save_search(work, name="Shared", content=OPEN, owner_id=None)
    own = save_search(work, name="Own", content=OPEN, owner_id=work.actor.user_id)
    set_queue_search(work, queue, shared)
    assert search_of_queue(work, queue.id) == shared.id
    with pytest.raises(Invalid, match="for everybody"):
        set_queue_search(work, queue, own)
    make.staff("lee")
    with pytest.raises(Refused, match="General"):
        set_queue_search(work_of("lee"), queue, None)
    set_queue_search(work, queue, None)
    assert search_of_queue(work, queue.id) is None


words = st.text(max_size=10)
contents = st.builds(
    Content,
    words,
    st.sampled_from(["rt", "sql"]),
    words,
    st.lists(st.tuples(words, st.sampled_from(["ASC", "DESC"])), max_size=3).map(tuple),
    st.integers(0, 100),
    st.sampled_from(["table", "board", "chart"]),
    words,
    st.builds(ChartChoice, st.tuples(words), st.tuples(words, words), words),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contents)
def test_what_is_kept_comes_back(content):
    assert content_of(plain_content(content)) == content


def test_what_an_older_or_newer_version_kept_is_read_as_far_as_it_is_known():
    assert content_of({"query": "id = 1", "sparkle": 7, "chart": {"shape": "lines"}}) == Content(
        "id = 1", chart=ChartChoice(shape="lines")
    )
