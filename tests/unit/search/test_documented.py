"""What the page about searching says is so."""

import pytest

from rtpy.search.language.parser import Precedence, QueryError, parse
from rtpy.search.language.printer import show
from rtpy.search.simple import Known, read_simple
from tests.unit.search.examples import pairs, queries

KNOWN = Known(
    statuses={"new": "new", "open": "open"}, queues={"support": "Support"}, people={"jo": "jo", "ann": "ann"}
)


LANGUAGES = ("ticketsql", "assetsql", "articlesql", "transactionsql")


@pytest.mark.parametrize("text", [text for language in LANGUAGES for text in queries(language)])
def test_an_example_is_a_query_that_both_rules_read_alike(text):
    parsed = parse(text)
    assert not parsed.is_mixed
    assert parse(show(parsed.node), precedence=Precedence.SQL).node == parsed.node


@pytest.mark.parametrize(("typed", "query"), pairs("simple"))
def test_what_is_typed_means_the_query_below_it(typed, query):
    assert show(read_simple(typed, KNOWN)) == query


@pytest.mark.parametrize(("text", "sentence"), pairs("mistakes"))
def test_a_mistake_is_answered_by_the_sentence_below_it(text, sentence):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value) == sentence


def test_the_page_has_examples_of_all_kinds():
    assert len(queries()) > 50
    assert len(pairs("simple")) > 6
    assert len(pairs("mistakes")) > 3
