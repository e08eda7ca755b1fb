"""Hundreds of queries with what they are to find, for a super-user and for people who may see a part."""

from itertools import cycle

import pytest

from tests.domain.search.tickets.cases import GROUPS_OF_CASES

BY_READER = ("UpdatedBy", "CurrentUser", "SelectedUser", "Queue")
"""What these find depends on who asks, beyond which tickets they may see; other tests ask that."""


@pytest.mark.parametrize("about", GROUPS_OF_CASES)
def test_a_query_finds_just_what_fits(shop, about):
    wrong = {}
    for query, fits in GROUPS_OF_CASES[about]():
        found, expected = shop.find(query), shop.expect(fits)
        if sorted(found) != sorted(expected):
            wrong[query] = {"missing": expected - set(found), "too many": set(found) - expected}
    assert wrong == {}


@pytest.mark.parametrize("about", GROUPS_OF_CASES)
def test_rows_and_counts_hold_only_what_the_reader_may_see(shop, about):
    wrong = {}
    cases = [case for case in GROUPS_OF_CASES[about]() if not any(word in case[0] for word in BY_READER)]
    for (query, fits), who in zip(cases[::3], cycle(("jo", "jo", "max", "ann", "cleo"))):
        expected = shop.expect(fits, who)
        found, number = shop.find(query, who), shop.count(query, who)
        if sorted(found) != sorted(expected) or number != len(expected):
            wrong[query, who] = (expected, found, number)
    assert wrong == {}


def test_most_queries_of_the_table_find_some_and_leave_some(shop):
    cases = [case for group in GROUPS_OF_CASES.values() for case in group()]
    sizes = [len(shop.expect(fits)) for _, fits in cases]
    assert len(cases) > 400
    assert sum(0 < size < len(shop.expect(lambda _: True)) for size in sizes) > 0.75 * len(cases)
