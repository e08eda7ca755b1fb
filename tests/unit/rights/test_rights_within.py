"""Rights cut down to some queues: never more than before, all of it there, and nothing elsewhere."""

from hypothesis import given
from hypothesis import strategies as st

from rtpy.rights.grants import Grants, Rights
from rtpy.rights.names import RIGHTS, Right

QUEUES, ROLES, FIELDS = (1, 2, 3), ("Owner", "Cc", "CustomRole-1"), (7, 8)
queues = st.frozensets(st.sampled_from(QUEUES))
roles = st.frozensets(st.sampled_from(ROLES))
place = st.tuples(
    st.sampled_from(["queue", "catalog", "class", "group", "custom_field"]), st.sampled_from(QUEUES)
)
grants = st.builds(
    Grants,
    principals=st.just(frozenset({1})),
    everywhere=st.booleans(),
    queues=queues,
    roles_everywhere=roles,
    roles_in=st.frozensets(st.tuples(st.sampled_from(ROLES), st.sampled_from(QUEUES))),
    objects=st.frozensets(place),
    roles_on=st.frozensets(st.tuples(st.sampled_from(ROLES), place).map(lambda each: (each[0], *each[1]))),
    roles_on_field=st.frozensets(
        st.tuples(
            st.sampled_from(ROLES),
            st.sampled_from(FIELDS),
            st.sampled_from(["queue", "catalog"]),
            st.sampled_from(QUEUES),
        )
    ),
)


@given(grants, queues, roles)
def test_it_is_held_in_these_queues_as_before_and_in_no_other(held, limit, played):
    cut = held.within(limit)
    for queue in QUEUES:
        assert cut.in_queue(queue) == (queue in limit and held.in_queue(queue))
        assert cut.allows(queue, played) == (queue in limit and held.allows(queue, played))
        for field in FIELDS:
            if queue in limit:
                assert cut.on_field(field, "queue", queue, played) == held.on_field(
                    field, "queue", queue, played
                )
    for kind in ("catalog", "class", "group"):
        assert not any(cut.on(kind, number, played) for number in QUEUES)
    assert not cut.everywhere
    assert cut.within(limit) == cut


@given(grants, queues, queues)
def test_twice_is_as_good_as_both_at_once(held, first, second):
    assert held.within(first).within(second) == held.within(first & second)


def test_a_super_user_keeps_every_right_there_and_none_on_the_system():
    cut = Rights(frozenset({1}), super_user=True).within(frozenset({1, 2})).within(frozenset({2, 3}))
    assert not cut.super_user
    for right in RIGHTS:
        assert not cut.system(right)
        assert cut.of(right).in_queue(2) == (right != Right.SUPER_USER)
        assert not cut.of(right).in_queue(1)
        assert not cut.of(right).in_queue(3)
