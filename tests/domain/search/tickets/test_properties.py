"""Trees by chance: NOT is the exact complement, logic is that of plain records, and nothing else than CannotSearch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rtpy.models import Ticket
from rtpy.search.compile import names_in, where
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.parser import Precedence, parse
from rtpy.search.language.printer import show
from rtpy.search.language.tree import Both, Either, Name, Node, Not, Operator, Term
from rtpy.search.run import Search, asking_of, count, fields_of, find
from rtpy.search.searched import Target
from tests.domain.search.tickets.cases import GROUPS_OF_CASES
from tests.domain.search.tickets.shop import BERLIN

ONE_ROW = ("Updated", "TransactionDate")
"""Fields whose terms mean the same row where they stand in one AND: their logic is not that of single terms."""
CASES = [
    (parse(query, precedence=Precedence.SQL).node, fits)
    for group in GROUPS_OF_CASES.values()
    for query, fits in group()
    if query and not any(word in query for word in ONE_ROW)
]
OPENS = frozenset(("type", "effectiveid"))
"""Fields that let a query find what no other finds: its negation is not all the rest of what others find."""
LEAVES = [case for case in CASES if isinstance(case[0], Term) and not names_in(case[0]) & OPENS]
QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Case(NamedTuple):
    """A tree and what it means for a record; shown as the query."""

    node: Node
    fits: Callable[[Any], bool]

    def __repr__(self):
        return show(self.node)


def negated(case):
    return Case(Not(case.node), lambda record: not case.fits(record))


def all_of(cases):
    return Case(
        Both(tuple(each.node for each in cases)), lambda record: all(each.fits(record) for each in cases)
    )


def any_of(cases):
    return Case(
        Either(tuple(each.node for each in cases)), lambda record: any(each.fits(record) for each in cases)
    )


def grow(inner):
    """AND, OR and NOT of cases."""
    some = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(inner.map(negated), some.map(all_of), some.map(any_of))


trees = st.recursive(st.sampled_from([Case(*leaf) for leaf in LEAVES]), grow, max_leaves=8)


@QUICK
@given(case=trees)
def test_a_tree_finds_what_its_parts_mean_together_and_not_the_rest(shop, case):
    node, fits = case
    keys = {each.id: each.key for each in shop.tickets}
    work = shop.work()
    expected, everything = shop.expect(fits), shop.expect(lambda _: True)
    found = {keys[each] for each in find(work, Search(node=node, zone=BERLIN), limit=1000).ids}
    assert found == expected
    rest = {keys[each] for each in find(work, Search(node=Not(node), zone=BERLIN), limit=1000).ids}
    assert rest == everything - expected


def test_not_is_the_complement_of_every_query_even_where_filters_do_not_hide_anything(shop):
    work = shop.work()
    fields, asking = fields_of(work, Target.TICKETS), asking_of(work, Search(zone=BERLIN))
    everything = set(shop.db.scalars(select(Ticket.id)))
    queries = [query for group in GROUPS_OF_CASES.values() for query, _ in group()][::5]
    wrong = []
    for query in queries:
        node = parse(query).node
        if node is None:
            continue
        fits, rest = (
            set(shop.db.scalars(select(Ticket.id).where(where(fields, each, asking))))
            for each in (node, Not(node))
        )
        if fits & rest or fits | rest != everything:
            wrong.append(query)
    assert wrong == []


TEXTS = (
    "",
    "a",
    "0",
    "-1",
    "999999999999999999999999",
    "9223372036854775808",
    "\x00",
    "a\x00b",
    "\ud800",
    "%",
    "_",
    "\\",
    "'",
    "ß",
    "İ",
    "\U0001f5a8",
    "x" * 1999,
    "%" * 1999,
    "x" * 100_000,
    "__CurrentUser__",
    "__Active__",
    "__SelectedUserName__",
    "CurrentUser",
    "Nobody",
    "2026-02-01",
    "2026-02-30",
    "yesterday",
    "9999-12-31",
    "0001-01-01",
    "High",
    "a@b",
    "٣",
    "1e9",
    "inf",
    "NULL",
)
heads = st.one_of(
    st.sampled_from(
        "id Subject Status Queue Priority Due Created Updated UpdatedBy Owner Requestor Watcher Creator Type SLA Site "
        "Organization EffectiveId TimeWorked CustomRole RequestorGroup QueueCc Lifecycle Custom CF Content Filename "
        "MemberOf Linked HasAttribute HasUnreadMessages TxnCF QueueCF Description".split()
    ),
    st.text(max_size=8),
)
KEYS = ("id", "Name", "EmailAddress", "DayOfWeek", "Hour", "Account manager", "x")
names = st.builds(
    Name,
    heads,
    st.lists(
        st.one_of(
            st.sampled_from(KEYS),
            st.text(max_size=4),
        ),
        max_size=2,
    ).map(tuple),
)
chosen = st.integers(0, len(TEXTS) - 1).map(TEXTS.__getitem__)  # not sampled: their repr is long
simple = st.one_of(chosen, st.text(max_size=12), st.integers(-(2**70), 2**70))
values = st.one_of(simple, names, st.none(), st.lists(simple, max_size=4).map(tuple))
terms = st.builds(Term, names, st.sampled_from(list(Operator)), values, st.booleans(), st.integers(0, 99))
wild = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, max_size=3)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([Both(parts), Either(parts)])),
    ),
    max_leaves=5,
)


def answer(work, search):
    """What a search finds, or the sentence by which it is refused; any other error goes through."""
    try:
        return len(find(work, search).ids), count(work, search)
    except CannotSearch as told:
        return str(told)


@settings(QUICK, max_examples=400)
@given(node=wild)
def test_whatever_a_tree_holds_it_is_answered_or_refused_with_a_sentence(shop, node):
    said = answer(shop.work("jo"), Search(node=node, zone=BERLIN))
    if isinstance(said, str):
        assert said.strip().endswith((".", "?"))
        assert "SELECT" not in said
    else:
        assert said[0] <= said[1]


@pytest.mark.parametrize("what", ["nested", "conditions", "values"])
def test_trees_that_are_too_deep_or_too_large_are_refused(shop, what):
    leaf = Term(Name("Status"), Operator.EQUALS, "open")
    deep = leaf
    for _ in range(5000):
        deep = Not(deep)
    trees_by_fault = {
        "nested": deep,
        "values": Term(Name("id"), Operator.IN, tuple(range(5000))),
        "conditions": Either(tuple(Term(Name("Subject"), Operator.LIKE, f"word {n}") for n in range(501))),
    }
    assert what in answer(shop.work(), Search(node=trees_by_fault[what]))


def test_the_largest_tree_that_is_taken_can_be_answered(shop):
    likes = Either(tuple(Term(Name("Subject"), Operator.LIKE, f"word {n}") for n in range(499)))
    ids = Term(Name("id"), Operator.IN, tuple(range(1000)))
    assert find(shop.work(), Search(node=Both((likes, ids)))).ids == ()
    deep = Term(Name("Status"), Operator.EQUALS, "open")
    for _ in range(29):
        deep = Not(Both((deep, Term(Name("Due"), Operator.LESS, "today"))))
    assert count(shop.work(), Search(node=deep)) >= 0
