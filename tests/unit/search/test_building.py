"""Queries as rows of a form: the same meaning there and back, whatever is nested in what."""

import pytest
from hypothesis import given, settings

from rtpy.search.building import Group, Row, added, as_group, as_query, count_parts, read_form, removed
from rtpy.search.language.parser import parse
from rtpy.search.language.printer import show_name
from rtpy.search.language.tree import Both, Not, Term
from tests.unit.search.trees import nodes


def meaning(node):
    """The tree without double negations, with values as text: alike for trees that say the same in other words."""

    def said(part, negated):
        match part:
            case Not():
                return said(part.part, not negated)
            case Term():
                value = part.value
                if isinstance(value, int):
                    value = str(value)
                if isinstance(value, tuple):
                    value = tuple(map(str, value))
                is_no = part.operator.is_negative != negated
                return (show_name(part.name), part.operator.positive, repr(value), part.shallow, is_no)
            case _:
                both = isinstance(part, Both) != negated
                return ("and" if both else "or", *(said(each, negated) for each in part.parts))

    return None if node is None else said(node, False)


@settings(max_examples=150, deadline=None)
@given(nodes())
def test_a_query_means_the_same_after_the_builder(node):
    query = as_query(as_group(node))
    assert meaning(parse(query).node) == meaning(node)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("", Group()),
        ("Status = 'open'", Group((Row("Status", "=", "open"),))),
        ("id = 5 OR id = 7", Group((Row("id", "=", "5"), Row("id", "=", "7")), any_of=True)),
        ("NOT Status = 'open'", Group((Row("Status", "!=", "open"),))),
        ("Due IS NULL", Group((Row("Due", "IS", "", True),))),
        ("Due < Started", Group((Row("Due", "<", "Started", True),))),
        ("Status IN ('a', 'b')", Group((Row("Status", "IN", "'a', 'b'", True),))),
        ("Cc SHALLOW = 'x'", Group((Row("Cc", "=", "x", is_shallow=True),))),
        (
            "Queue = 'A' AND NOT (id = 1 OR CF.{B c} LIKE 'd')",
            Group(
                (
                    Row("Queue", "=", "A"),
                    Group((Row("id", "=", "1"), Row("CF.{B c}", "LIKE", "d")), any_of=True, negated=True),
                )
            ),
        ),
    ],
)
def test_a_query_stands_in_rows(text, group):
    assert as_group(parse(text).node) == group


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (Row("Status", "IN", "new, open"), "Status IN ('new', 'open')"),
        (Row("Subject", "LIKE", "it's"), "Subject LIKE 'it\\'s'"),
        (Row("CF.{Asset}", "=", "007"), "CF.{Asset} = '007'"),
        (Row("Due", "IS NOT", "whatever"), "Due IS NOT NULL"),
        (Row("Due", "<", "not; a ' piece", True), "Due < 'not; a \\' piece'"),
        (Row("Status", "=", "x' OR id > '0", False), "Status = 'x\\' OR id > \\'0'"),
        (Row("Status", "=", "'x' OR id > 0", True), "Status = '\\'x\\' OR id > 0'"),
        (Row("", "=", "lost"), ""),
    ],
)
def test_a_row_becomes_a_condition(row, text):
    assert as_query(Group((row,))) == text


def test_rows_are_read_from_a_form_in_their_order():
    given_ = {
        "r.join": "any",
        "r.10.field": "Queue",
        "r.10.op": "=",
        "r.10.value": "A",
        "r.2.join": "not all",
        "r.2.0.field": "id",
        "r.2.0.op": ">",
        "r.2.0.value": "5",
        "x.field": "no",
        "r.abc.field": "no",
        "r.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.field": "deep",
    }
    inner = Group((Row("id", ">", "5"),), negated=True)
    assert read_form(given_) == Group((inner, Row("Queue", "=", "A")), any_of=True)


def test_parts_come_and_go():
    group = added(Group(), "r", Row("a"))
    group = added(group, "r", Group((Row("b"),), any_of=True))
    group = added(group, "r.1", Row("c"))
    assert group == Group((Row("a"), Group((Row("b"), Row("c")), any_of=True)))
    assert count_parts(group) == 4
    assert removed(removed(group, "r.1.0"), "r.1.0") == Group((Row("a"),))
    assert removed(group, "r") == Group()
    assert removed(group, "r.9") == group
    assert added(group, "nonsense", Row("d")).parts[-1] == Row("d")


def test_a_day_that_was_picked_goes_before_what_stood_there():
    given = {"r.0.field": "Created", "r.0.op": ">", "r.0.value": "yesterday", "r.0.day": "2026-03-05"}
    assert as_query(read_form(given)) == "Created > '2026-03-05'"
    assert as_query(read_form({**given, "r.0.day": ""})) == "Created > 'yesterday'"
