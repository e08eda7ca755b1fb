"""Hostile searches: what is too much for a database gets a sentence, and no text takes more than moments to read."""

import itertools
import time

import pytest

from rtpy.models import Queue
from rtpy.search.columns.column import CannotShow
from rtpy.search.columns.format import read_format
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.parser import parse
from rtpy.search.patience import TookTooLong
from rtpy.search.run import Search, asking_of, fields_of, find
from rtpy.search.searched import Target


def ask(work, text, kind=Target.TICKETS):
    return find(work, Search(kind, parse(text).node)).ids


def nested(depth):
    query = "id > 0"
    for _ in range(depth):
        query = f"Due < 'today' AND (Due != 'today' OR ({query}))"
    return query


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(["Due != 'today'"] * 500),
        nested(24),
    ],
    ids=["wide", "deep"],
)
def test_what_a_database_does_not_take_gets_a_sentence(work, make, text):
    ticket = make.ticket("One")
    try:
        assert set(ask(work, text)) <= {ticket.id}
    except CannotSearch as problem:
        assert "too" in str(problem)  # noqa: PT017 - one database takes what the other does not
    assert ask(work, "id > 0") == (ticket.id,)


@pytest.mark.parametrize("value", ["+-5", "- 5", "--1"])
def test_a_priority_that_is_nearly_a_number_is_refused_in_a_list_too(work, db, value):
    db.query(Queue).update({"priority_labels": "Low=0, High=50"})
    db.flush()
    with pytest.raises(CannotSearch, match="is none"):
        ask(work, f"Priority IN ('High', '{value}')")


@pytest.mark.parametrize(
    "text",
    ["{}" * 200 + "x'", f"'__{'{}' * 200}'", "'" + "<!--" * 2400 + "'", "'<a " + "href=" * 1900 + "'"],
    ids=["names", "places", "remarks", "addresses"],
)
def test_a_format_is_read_in_moments_whatever_it_says(text):
    begun = time.process_time()
    try:
        read_format(text)
    except CannotShow:
        pass
    assert time.process_time() - begun < 2


def test_words_for_priorities_of_queues_that_one_may_not_know_of_are_not_told(work_of, make):
    make.staff("jo")
    make.queue("Secret", granted=False).priority_labels = "Canary=0, Top=50"
    work = work_of("jo")
    with pytest.raises(CannotSearch) as problem:
        ask(work, "Priority = 'nonsense'")
    offered = fields_of(work, Target.TICKETS)["priority"].choices(asking_of(work, Search()))
    assert "Canary" not in offered
    assert "Canary" not in str(problem.value)


def test_a_query_that_takes_long_to_put_together_is_cut_off(work, monkeypatch):
    hours = itertools.count(step=3600)
    monkeypatch.setattr("rtpy.search.compile.monotonic", lambda: next(hours))
    with pytest.raises(TookTooLong, match="stopped after"):
        ask(work, "Linked != 1 AND Linked != 2")


def test_assets_linked_with_one_whose_number_no_database_holds_are_none(work):
    assert ask(work, "RefersTo = 'asset:99999999999999999999'", Target.ASSETS) == ()
