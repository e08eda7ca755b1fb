"""Words for priorities: read as typed, written so that they read the same."""

import pytest

from rtpy.content.priorities import USUAL, label_of, read_labels, read_priority, write_labels
from rtpy.errors import Invalid


@pytest.mark.parametrize("text", ["", "numbers", "Later=0, Now=50", "Later = 0\nNow=50"])
def test_labels_written_read_the_same(text):
    labels = read_labels(text)
    assert read_labels(write_labels(labels)) == labels


@pytest.mark.parametrize("text", ["Low", "=5", "Low=x", "A=1, B=1", "A=1, a=2", "A=99999"])
def test_what_is_no_list_of_words_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match="write for example"):
        read_labels(text)


@pytest.mark.parametrize(
    ("number", "word"), [(0, "Low"), (49, "Low"), (50, "Medium"), (200, "Urgent"), (-1, "-1")]
)
def test_the_highest_word_that_is_not_above_counts(number, word):
    assert label_of(USUAL, number) == word


@pytest.mark.parametrize(
    ("text", "number"), [("high", 75), ("12", 12), ("-3", -3), ("soon", None), ("", None)]
)
def test_a_priority_is_a_word_or_a_number(text, number):
    assert read_priority(text, USUAL) == number
